/* SPDX-License-Identifier: MIT */
/* How fast SWD is: what was asked for, or as fast as the link proves clean. */
#include "stlink/stlink.h"

#include <string.h>

#include "base/bytes.h"

enum { DEFAULT_V2_KHZ = 1800, DEFAULT_V3_KHZ = 3300, FAST_V2_KHZ = 4000, FAST_V3_KHZ = 8000 };
enum { LINK_TEST_BYTES = 256, LINK_TEST_ROUNDS = 3 };
enum { V3_SPEEDS_MAX = 10, V3_FREQ_REPLY = 52 };
#define LINK_TEST_ADDRESS 0xE00FF000u /* ROM table: there on every core, changes never */

static enum err set_v2_speed(struct probe *probe, uint32_t khz, uint32_t *actual)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[2] = {0};
    uint16_t divisor;

    if (!stlink_of(probe)->caps.swd_freq) {
        *actual = DEFAULT_V2_KHZ;
        return ERR_OK; /* firmware before J22 has this one speed */
    }
    stlink_v2_speed(khz, &divisor, actual);
    stlink_command(command, STLINK_DEBUG, STLINK_SWD_FREQ);
    put_le16(command + 2, divisor);
    enum err err = stlink_ask_status(probe, command, reply, sizeof reply, NULL);
    return !err ? ERR_OK : job_fail(probe->job, err, "the probe refused the SWD speed");
}

/* The probe lists its speeds, highest first. */
static enum err set_v3_speed(struct probe *probe, uint32_t khz, uint32_t *actual)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[V3_FREQ_REPLY] = {0};
    uint32_t chosen = khz;

    stlink_command(command, STLINK_DEBUG, STLINK_GET_COM_FREQ);
    enum err err = stlink_ask_status(probe, command, reply, sizeof reply, NULL);
    for (int i = 0; !err && i < reply[8] && i < V3_SPEEDS_MAX; i++) {
        chosen = get_le32(reply + 12 + 4 * i);
        if (chosen <= khz)
            break;
    }
    if (!err) {
        stlink_command(command, STLINK_DEBUG, STLINK_SET_COM_FREQ);
        put_le32(command + 4, chosen);
        err = stlink_ask_status(probe, command, reply, 8, NULL);
    }
    if (err)
        return job_fail(probe->job, err, "the probe refused the SWD speed");
    *actual = get_le32(reply + 4) ? get_le32(reply + 4) : chosen;
    return ERR_OK;
}

static enum err choose_speed(struct probe *probe, uint32_t khz, uint32_t *actual)
{
    struct stlink *stlink = stlink_of(probe);

    *actual = 0;
    stlink->wire_proved = false;
    enum err err =
        stlink->caps.com_freq ? set_v3_speed(probe, khz, actual) : set_v2_speed(probe, khz, actual);

    if (!err)
        probe->now_khz = stlink->khz = *actual;
    return err;
}

static uint32_t default_khz(const struct stlink *stlink)
{
    return stlink->caps.com_freq ? DEFAULT_V3_KHZ : DEFAULT_V2_KHZ;
}

enum err stlink_default_speed(struct probe *probe)
{
    uint32_t actual;

    return choose_speed(probe, default_khz(stlink_of(probe)), &actual);
}

enum err stlink_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz)
{
    stlink_of(probe)->speed_chosen = khz != 0;
    if (khz)
        return choose_speed(probe, khz, actual_khz);
    *actual_khz = 0; /* until the link was tried */
    return stlink_default_speed(probe);
}

/* --- is the link clean? --- */

struct sample {
    uint8_t bytes[LINK_TEST_BYTES];
    uint32_t length; /* fewer at a crawling clock */
};

static enum err take_sample(struct probe *probe, struct sample *sample)
{
    uint32_t accesses = stlink_slice_accesses(stlink_of(probe)), most = LINK_TEST_BYTES / 4;
    struct op op = {.kind = OP_READ,
                    .ap = stlink_of(probe)->sample_ap,
                    .width = 4,
                    .increment = true,
                    .address = LINK_TEST_ADDRESS,
                    .count = accesses < 1      ? 1
                             : accesses < most ? accesses
                                               : most,
                    .data = sample->bytes};

    sample->length = op.count * 4;
    enum err err = stlink_run_piece(probe, &op);
    if (err == ERR_FAULT || err == ERR_PARITY)
        stlink_clear_sticky(probe);
    return err;
}

/* Several times over the same bytes, none of them garbled. */
static bool brings(struct probe *probe, const struct sample *expected)
{
    struct sample sample;

    for (int round = 0; round < LINK_TEST_ROUNDS; round++)
        if (take_sample(probe, &sample) != ERR_OK ||
            memcmp(sample.bytes, expected->bytes, expected->length) != 0)
            return false;
    return true;
}

bool stlink_link_garbles(struct probe *probe)
{
    struct sample first, sample;
    int good = 0;

    for (int round = 0; round <= LINK_TEST_ROUNDS && !stlink_of(probe)->lost; round++) {
        enum err err = take_sample(probe, good ? &sample : &first);
        if (err == ERR_PARITY ||
            (!err && good && memcmp(first.bytes, sample.bytes, first.length) != 0))
            return true;
        good += !err;
    }
    /* Memory that is refused each time is closed; refused now and then it is the wire's doing. */
    return good > 0 && good <= LINK_TEST_ROUNDS && !stlink_of(probe)->lost;
}

/* --- the search --- */

/* The link anew at the highest speed not above `khz`, and it is clean there. */
static bool clean_at(struct probe *probe, uint32_t khz)
{
    uint32_t actual;
    struct sample expected;

    job_clear(probe->job);
    return choose_speed(probe, khz, &actual) == ERR_OK && stlink_reenter(probe) == ERR_OK &&
           take_sample(probe, &expected) == ERR_OK && brings(probe, &expected);
}

/* Whether what the search came to is news: each reconnection searches anew. */
static bool is_news(struct stlink *stlink)
{
    bool news = stlink->told_khz != stlink->khz;

    stlink->told_khz = stlink->khz;
    return news;
}

/* Down from a speed that is not clean; ends where it began if none is better. */
static enum err go_down(struct probe *probe)
{
    struct stlink *stlink = stlink_of(probe);
    const struct log *log = probe->job->log;
    uint32_t began = stlink->khz, above;

    do {
        above = stlink->khz;
        if (clean_at(probe, above - 1)) {
            if (is_news(stlink))
                log_line(log, LOG_WARN,
                         "SWD is not clean at %u kHz: going down to %u kHz; shorten the wires, "
                         "connect GND",
                         began, stlink->khz);
            probe->speed_khz = stlink->khz;
            return ERR_OK;
        }
    } while (!stlink->lost && stlink->khz < above && stlink->khz > 1);
    job_clear(probe->job);
    if (stlink->lost)
        return job_fail(probe->job, ERR_PROBE_GONE, "the probe is gone");
    if (is_news(stlink))
        log_line(
            log, LOG_WARN,
            "SWD is not clean at any speed from %u down to %u kHz: shorten the wires, connect GND",
            began, stlink->khz);
    enum err err = choose_speed(probe, began, &above);
    return !err ? stlink_reenter(probe) : err;
}

/* From the safe speed, where `expected` was read. */
static enum err go_up(struct probe *probe, const struct sample *expected)
{
    struct stlink *stlink = stlink_of(probe);
    uint32_t safe = stlink->khz, fast = stlink->caps.com_freq ? FAST_V3_KHZ : FAST_V2_KHZ, actual;

    if (choose_speed(probe, fast, &actual) == ERR_OK && brings(probe, expected))
        return ERR_OK;
    if (!clean_at(probe, safe))
        return ERR_PARITY;
    if (is_news(stlink))
        log_line(probe->job->log, LOG_INFO, "SWD is not clean at %u kHz: staying at %u kHz", fast,
                 stlink->khz);
    return ERR_OK;
}

/* Port 0 refuses: an STM32H5 has its core behind the next one. */
static enum err sample_core_elsewhere(struct probe *probe, struct sample *sample)
{
    struct stlink *stlink = stlink_of(probe);

    if (!stlink->caps.rw_misc)
        return ERR_FAULT;
    stlink->sample_ap = 1;
    if (take_sample(probe, sample) == ERR_OK)
        return ERR_OK;
    stlink->sample_ap = 0;
    return ERR_FAULT;
}

enum err stlink_search_speed(struct probe *probe)
{
    struct stlink *stlink = stlink_of(probe);
    struct sample expected;

    if (stlink->speed_chosen || (!stlink->caps.swd_freq && !stlink->caps.com_freq))
        return ERR_OK;
    probe->speed_khz = 0;
    stlink->sample_ap = 0;
    enum err err = take_sample(probe, &expected);
    if (err == ERR_FAULT && stlink_link_garbles(probe))
        err = ERR_PARITY;
    if (err == ERR_FAULT)
        err = sample_core_elsewhere(probe, &expected);
    if (!err)
        err = go_up(probe, &expected);
    job_clear(probe->job);
    if (stlink->lost)
        return job_fail(probe->job, ERR_PROBE_GONE, "the probe is gone");
    /* Other errors: whoever comes next will see what is wrong. */
    return err == ERR_PARITY ? go_down(probe) : ERR_OK;
}
