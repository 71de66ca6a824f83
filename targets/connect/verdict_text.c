/* SPDX-License-Identifier: MIT */
/* Values into sentences. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "chip/chips.h"
#include "chip/detect.h"
#include "connect/verdict_internal.h"

static void put_volts(struct buf *out, uint32_t mv)
{
    buf_printf(out, "%u.%02u V", mv / 1000, mv % 1000 / 10);
}

static void put_vtref(const struct measurements *m, struct buf *out)
{
    if (!m->vtref_count) {
        buf_printf(out, "this probe does not measure VTref");
        return;
    }
    buf_printf(out, "VTref reads ");
    put_volts(out, verdict_vtref(m));
}

static void put_vtrefs(const struct measurements *m, struct buf *out)
{
    for (unsigned i = 0; i < m->vtref_count; i++) {
        buf_printf(out, "%s", i ? ", " : "");
        put_volts(out, m->vtref_mv[i]);
    }
}

static void put_reset_tried(const struct measurements *m, struct buf *out)
{
    buf_printf(out, "%s", m->reset_tried ? ", nor under reset" : " (under reset was not tried)");
}

/* Of all clocks that were not clean. */
static void put_errors(const struct measurements *m, struct buf *out)
{
    struct wire_errors sum = {0};

    for (unsigned i = 0; i < m->speed_count; i++) {
        struct wire_errors errors = verdict_errors(m, &m->speeds[i]);
        if (!errors.lost && !errors.garbled)
            continue;
        sum.tries += errors.tries;
        sum.lost += errors.lost;
        sum.garbled += errors.garbled;
    }
    buf_printf(out, "of %u tries %u without an answer, %u answers garbled%s", sum.tries, sum.lost,
               sum.garbled, sum.lost + sum.garbled > sum.tries ? " with repeats" : "");
}

static void put_clean_clock(const struct measurements *m, struct buf *out)
{
    if (m->good_khz)
        buf_printf(out, "%u kHz", m->good_khz);
    else
        buf_printf(out, "a low clock");
}

static void put_dpidr(const struct measurements *m, struct buf *out)
{
    buf_printf(out, "DPIDR 0x%08x", m->dpidr);
}

static void put_dpidr_if_known(const struct measurements *m, struct buf *out)
{
    if (m->dpidr)
        buf_printf(out, " (DPIDR 0x%08x)", m->dpidr);
}

static void put_cpuid(const struct measurements *m, struct buf *out)
{
    buf_printf(out, "CPUID 0x%08x", m->cpuid);
}

static void put_idcode(const struct measurements *m, struct buf *out)
{
    buf_printf(out, "id code 0x%08x", m->chip.idcode);
}

static void put_chip(const struct measurements *m, struct buf *out)
{
    buf_printf(out, "%s", m->chip_known ? m->chip.name : detect_core_name(m->cpuid));
}

static void put_size_register(const struct measurements *m, struct buf *out)
{
    const struct chip *chip = chip_by_dev_id(m->chip.dev_id);
    unsigned shift = chip && chip->flash_size_reg & 2 ? 16 : 0;

    if (m->size_known)
        buf_printf(out, "%u", m->size_register >> shift & 0xFFFF);
    else
        buf_printf(out, "%u", m->chip.flash_size / 1024);
}

static void put_blocks(const struct measurements *m, struct buf *out)
{
    buf_printf(out, "%u of %u blocks", m->write_protected, m->write_blocks);
}

static void put_vectors(const struct measurements *m, struct buf *out)
{
    buf_printf(out, "0x%08x", m->vectors[0]);
}

static void put_pc(const struct measurements *m, struct buf *out)
{
    if (m->pc_known)
        buf_printf(out, " (pc 0x%08x)", m->pc);
}

static void put_resets(const struct measurements *m, struct buf *out)
{
    buf_printf(out, "seen in %u of %u looks", m->was_reset + m->in_reset, m->samples);
}

bool verdict_reset_words(const struct measurements *m, char *text, size_t size)
{
    static const struct {
        unsigned flag;
        const char *word;
    } words[] = {
        {MEASURED_IWDG, "independent watchdog"},
        {MEASURED_WWDG, "window watchdog"},
        {MEASURED_LOW_POWER, "low power"},
        {MEASURED_SOFTWARE, "software"},
        {MEASURED_POWER_ON, "power"},
        {MEASURED_PIN, "NRST"},
    };
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; m->reset_flags_known && i < sizeof words / sizeof *words; i++)
        if (m->reset_flags & words[i].flag && used < size)
            used +=
                (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", words[i].word);
    return used > 0;
}

static void put_flags(const struct measurements *m, struct buf *out)
{
    char words[120];

    if (verdict_reset_words(m, words, sizeof words))
        buf_printf(out, "; reset by: %s", words);
}

static const struct {
    const char *name;
    void (*put)(const struct measurements *m, struct buf *out);
} names[] = {
    {"vtref", put_vtref},
    {"vtrefs", put_vtrefs},
    {"reset", put_reset_tried},
    {"errors", put_errors},
    {"clean", put_clean_clock},
    {"dpidr", put_dpidr},
    {"dpidr?", put_dpidr_if_known},
    {"cpuid", put_cpuid},
    {"idcode", put_idcode},
    {"chip", put_chip},
    {"register", put_size_register},
    {"blocks", put_blocks},
    {"vectors", put_vectors},
    {"pc", put_pc},
    {"resets", put_resets},
    {"flags", put_flags},
    {"hints", verdict_put_copy_hints},
};

static void put_named(const struct measurements *m, const char *name, size_t length,
                      struct buf *out)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i].name) == length && !strncmp(names[i].name, name, length))
            names[i].put(m, out);
}

void verdict_fill(const struct measurements *m, const char *text, char *out, size_t size)
{
    struct buf buf;

    buf_init(&buf, out, size - 1);
    while (*text) {
        const char *close = *text == '{' ? strchr(text, '}') : NULL;
        if (close)
            put_named(m, text + 1, (size_t)(close - text - 1), &buf);
        else
            buf_printf(&buf, "%c", *text);
        text = close ? close + 1 : text + 1;
    }
    out[buf.length] = '\0';
}
