/* SPDX-License-Identifier: MIT */
/* How fast SWD is: what was asked for, or as fast as the link proves clean. */
#include "stlink.h"

#include <string.h>

#include "base/bytes.h"

enum { DEFAULT_V2_KHZ = 1800, DEFAULT_V3_KHZ = 3300, FAST_V2_KHZ = 4000, FAST_V3_KHZ = 8000 };
enum { LINK_TEST_BYTES = 256, LINK_TEST_ROUNDS = 3 };
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
    enum err error = stlink_ask_status(probe, command, reply, sizeof reply, NULL);
    return error == ERR_OK ? ERR_OK
                           : job_fail(probe->job, error, "the probe refused the SWD speed");
}

/* The probe lists its speeds, highest first. */
static enum err set_v3_speed(struct probe *probe, uint32_t khz, uint32_t *actual)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[52] = {0};
    uint32_t chosen = 0;

    stlink_command(command, STLINK_DEBUG, STLINK_GET_COM_FREQ);
    enum err error = stlink_ask_status(probe, command, reply, sizeof reply, NULL);
    for (int i = 0; error == ERR_OK && i < reply[8] && i < 10; i++) {
        chosen = get_le32(reply + 12 + 4 * i);
        if (chosen <= khz)
            break;
    }
    if (error == ERR_OK) {
        stlink_command(command, STLINK_DEBUG, STLINK_SET_COM_FREQ);
        put_le32(command + 4, chosen);
        error = stlink_ask_status(probe, command, reply, 8, NULL);
    }
    if (error != ERR_OK)
        return job_fail(probe->job, error, "the probe refused the SWD speed");
    *actual = get_le32(reply + 4);
    return ERR_OK;
}

static enum err choose_speed(struct probe *probe, uint32_t khz, uint32_t *actual)
{
    struct stlink *stlink = stlink_of(probe);

    *actual = 0;
    enum err error =
        stlink->caps.com_freq ? set_v3_speed(probe, khz, actual) : set_v2_speed(probe, khz, actual);

    if (error == ERR_OK)
        stlink->khz = *actual;
    return error;
}

enum err stlink_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz)
{
    stlink_of(probe)->speed_chosen = true;
    return choose_speed(probe, khz, actual_khz);
}

enum err stlink_default_speed(struct probe *probe)
{
    uint32_t actual;

    return choose_speed(probe, stlink_of(probe)->caps.com_freq ? DEFAULT_V3_KHZ : DEFAULT_V2_KHZ,
                        &actual);
}

static bool read_test_bytes(struct probe *probe, uint8_t data[LINK_TEST_BYTES])
{
    struct op op = {.kind = OP_READ,
                    .width = 4,
                    .increment = true,
                    .address = LINK_TEST_ADDRESS,
                    .count = LINK_TEST_BYTES / 4,
                    .data = data};

    return stlink_run_one(probe, &op) == ERR_OK;
}

/* The bytes that the safe speed brought, several times over: the wire can take this speed. */
static bool link_is_clean(struct probe *probe, const uint8_t expected[LINK_TEST_BYTES])
{
    uint8_t data[LINK_TEST_BYTES];

    for (int round = 0; round < LINK_TEST_ROUNDS; round++)
        if (!read_test_bytes(probe, data) || memcmp(data, expected, sizeof data) != 0)
            return false;
    return true;
}

/* Nobody asked for a speed: as fast as the link proves clean. */
enum err stlink_search_speed(struct probe *probe)
{
    struct stlink *stlink = stlink_of(probe);
    uint32_t safe = stlink->khz, actual, khz = stlink->caps.com_freq ? FAST_V3_KHZ : FAST_V2_KHZ;
    uint8_t expected[LINK_TEST_BYTES];

    if (stlink->speed_chosen || (!stlink->caps.swd_freq && !stlink->caps.com_freq))
        return ERR_OK;
    if (!read_test_bytes(probe, expected)) { /* whoever comes next will see what is wrong */
        job_clear(probe->job);
        return stlink->lost ? job_fail(probe->job, ERR_PROBE_GONE, "the probe is gone") : ERR_OK;
    }
    enum err error = choose_speed(probe, khz, &actual);
    if (error == ERR_OK && link_is_clean(probe, expected)) {
        stlink->speed_chosen = true;
        return ERR_OK;
    }
    if (stlink->lost)
        return job_fail(probe->job, ERR_PROBE_GONE, "the probe is gone");
    job_clear(probe->job);
    log_line(probe->job->log, LOG_INFO, "SWD is not clean at %u kHz: staying at %u kHz", actual,
             safe);
    error = choose_speed(probe, safe, &actual);
    return error == ERR_OK ? stlink_reenter(probe) : error;
}
