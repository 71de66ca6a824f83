/* SPDX-License-Identifier: MIT */
#include "fake_dap.h"

#include <string.h>

#include "adi/mem_ap.h"
#include "base/bytes.h"

#define POWER_REQUESTS (DP_CTRL_CDBGPWRUPREQ | DP_CTRL_CSYSPWRUPREQ)
#define STICKY (DP_CTRL_STICKYERR | DP_CTRL_STICKYORUN | DP_CTRL_STICKYCMP | DP_CTRL_WDATAERR)

static struct fake_dap *fake_of(struct probe *probe)
{
    return probe->state;
}

/* --- the core --- */

static uint32_t read_dhcsr(struct fake_dap *fake)
{
    uint32_t value = fake->dhcsr_sticky | (fake->halted ? 1u << 17 : 0);

    fake->dhcsr_sticky = 0;
    if (fake->busy) {
        fake->busy--;
        return value;
    }
    if (fake->dcrsr >> 16 & 1)
        fake->core[fake->dcrsr & 127] = fake->dcrdr;
    else
        fake->dcrdr = fake->core[fake->dcrsr & 127];
    return value | 1u << 16;
}

static bool debug_register(struct fake_dap *fake, uint32_t address, bool read, uint32_t *value)
{
    switch (address) {
    case 0xE000EDF0:
        if (read)
            *value = read_dhcsr(fake);
        return true;
    case 0xE000EDF4:
        if (!read) {
            fake->dcrsr = *value;
            fake->busy = fake->not_ready;
            fake->not_ready = 0;
            if (fake->busy && !(*value >> 16 & 1))
                fake->dcrdr = 0xDEADDEAD; /* what a hasty debugger would believe */
        }
        return true;
    case 0xE000EDF8:
        if (read)
            *value = fake->dcrdr;
        else
            fake->dcrdr = *value;
        return true;
    default:
        return false;
    }
}

/* --- the bus --- */

static bool bus(struct fake_dap *fake, uint32_t address, bool read, uint32_t *value)
{
    unsigned width = 1u << (fake->csw & 3), lane = 8 * (address & 3);

    if (debug_register(fake, address, read, value))
        return true;
    if (fake->bad_word && (address & ~3u) == fake->bad_word)
        return false;
    if (address < FAKE_RAM || address >= FAKE_HOLE || address % width)
        return false;
    for (size_t i = 0; i < 2; i++)
        if (fake->later[i].at_us && fake->now_us >= fake->later[i].at_us)
            fake->ram[fake->later[i].offset] = fake->later[i].value;
    uint8_t *at = fake->ram + (address - FAKE_RAM);
    if (read) {
        *value = 0xA5A5A5A5; /* lanes that were not asked for carry anything */
        for (unsigned i = 0; i < width; i++) {
            *value &= ~(0xFFu << (lane + 8 * i));
            *value |= (uint32_t)at[i] << (lane + 8 * i);
        }
    } else {
        for (unsigned i = 0; i < width; i++)
            at[i] = (uint8_t)(*value >> (lane + 8 * i));
    }
    return true;
}

/* TAR counts in its low ten bits only, as on real AHB-APs. */
static void count_tar(struct fake_dap *fake)
{
    if ((fake->csw & 0x30) == AP_CSW_ADDRINC_SINGLE)
        fake->tar = (fake->tar & ~0x3FFu) | ((fake->tar + (1u << (fake->csw & 3))) & 0x3FF);
}

static bool ap_access(struct fake_dap *fake, struct dap_access *access)
{
    uint32_t *value = &access->value;
    uint8_t reg = (uint8_t)((fake->select & 0xF0) | (access->reg & 0xC));

    if (fake->select >> 24 != 0) {
        *value = 0;
        return true;
    }
    switch (reg) {
    case AP_CSW:
        if (access->read)
            *value = fake->csw | (fake->closed ? 0 : AP_CSW_DEVICEEN);
        else
            fake->csw = *value & ~AP_CSW_DEVICEEN;
        return true;
    case AP_TAR:
        if (access->read)
            *value = fake->tar;
        else
            fake->tar = *value;
        return true;
    case AP_DRW:
        if (!bus(fake, fake->tar, access->read, value))
            return false;
        count_tar(fake);
        return true;
    case AP_BD0:
    case AP_BD0 + 4:
    case AP_BD0 + 8:
    case AP_BD0 + 12:
        return bus(fake, (fake->tar & ~0xFu) | (reg & 0xC), access->read, value);
    case AP_IDR:
        *value = 0x14770011;
        return true;
    default:
        *value = 0;
        return true;
    }
}

/* --- the port --- */

static void dp_access(struct fake_dap *fake, struct dap_access *access)
{
    if (access->read) {
        if (access->reg == DP_DPIDR)
            access->value = fake->dpidr;
        else if (access->reg == DP_CTRL_STAT)
            access->value = fake->ctrl;
        else
            access->value = 0;
        return;
    }
    if (access->reg == DP_ABORT && access->value & DP_ABORT_CLEAR_STICKY)
        fake->ctrl &= ~STICKY;
    if (access->reg == DP_SELECT)
        fake->select = access->value;
    if (access->reg == DP_CTRL_STAT) {
        fake->ctrl = (fake->ctrl & STICKY) | (access->value & POWER_REQUESTS);
        if (!fake->never_powers_up)
            fake->ctrl |= (access->value & POWER_REQUESTS) << 1;
    }
}

/* What a port answers even while a sticky flag stands (IHI 0031, B4.2.7). */
static bool always_answered(const struct dap_access *access)
{
    if (access->port != DAP_PORT_DP)
        return false;
    return access->read ? access->reg != DP_RDBUFF : access->reg == DP_ABORT;
}

static const struct fake_trouble *trouble_now(const struct fake_dap *fake)
{
    for (size_t i = 0; i < fake->trouble_count; i++) {
        const struct fake_trouble *t = &fake->troubles[i];
        if (fake->accesses >= t->at && fake->accesses - t->at < t->times)
            return t;
    }
    return NULL;
}

static enum swd_ack one_access(struct fake_dap *fake, struct dap_access *access)
{
    const struct fake_trouble *trouble = trouble_now(fake);

    fake->accesses++;
    fake->now_us += 10;
    if (!fake->alive || fake->needs_line)
        return SWD_NONE;
    if (trouble && trouble->drop_write && !access->read) {
        fake->ctrl |= DP_CTRL_WDATAERR;
        return SWD_OK;
    }
    if (trouble && trouble->ack == SWD_NONE)
        fake->needs_line = true;
    if (trouble && trouble->ack != SWD_PARITY && trouble->ack != SWD_OK)
        return trouble->ack;
    if (fake->ctrl & STICKY && !always_answered(access))
        return SWD_FAULT;
    if (access->port == DAP_PORT_DP) {
        dp_access(fake, access);
    } else if (!ap_access(fake, access)) {
        fake->ctrl |= DP_CTRL_STICKYERR;
        return access->read ? SWD_FAULT : SWD_OK;
    }
    if (trouble && trouble->ack == SWD_PARITY && access->read) {
        access->value ^= 0x10;
        return SWD_PARITY;
    }
    return SWD_OK;
}

static enum err fake_transfer(struct probe *probe, struct dap_access *list, size_t count,
                              size_t *done, enum swd_ack *ack)
{
    struct fake_dap *fake = fake_of(probe);

    fake->calls++;
    for (*done = 0; *done < count; ++*done) {
        if (fake->logged < FAKE_LOG)
            fake->log[fake->logged++] = list[*done];
        *ack = one_access(fake, &list[*done]);
        if (*ack != SWD_OK)
            return ERR_OK;
    }
    return ERR_OK;
}

static enum err fake_line_reset(struct probe *probe)
{
    fake_of(probe)->line_resets++;
    fake_of(probe)->needs_line = false;
    return ERR_OK;
}

/* --- the rest of a driver --- */

static uint64_t fake_now(struct clock *clock)
{
    return ((struct fake_dap *)clock)->now_us;
}

static void fake_sleep(struct clock *clock, uint64_t us)
{
    ((struct fake_dap *)clock)->now_us += us;
}

static enum err fake_open(struct probe *probe)
{
    return ERR_OK;
}

static void fake_close(struct probe *probe) {}

static enum err fake_connect(struct probe *probe, enum probe_connect how, uint32_t *dpidr)
{
    return dap_connect(probe, dpidr);
}

static enum err fake_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz)
{
    *actual_khz = khz;
    return ERR_OK;
}

static enum err fake_nrst(struct probe *probe, enum probe_nrst level)
{
    return ERR_OK;
}

static const struct probe_driver fake_driver = {
    .name = "fake",
    .open = fake_open,
    .close = fake_close,
    .connect = fake_connect,
    .disconnect = dap_disconnect,
    .run = mem_ap_run,
    .set_speed = fake_set_speed,
    .nrst = fake_nrst,
    .transfer = fake_transfer,
    .line_reset = fake_line_reset,
};

struct probe *fake_dap_open_unconnected(struct fake_dap *fake, struct job *job, FILE *wire)
{
    struct probe_info info = {.driver = &fake_driver, .product = "fake"};
    struct probe *probe;

    memset(fake, 0, sizeof *fake);
    fake->clock = (struct clock){fake_now, fake_sleep, .is_virtual = true, .stands_still = true};
    fake->dpidr = 0x1BA01477;
    fake->alive = true;
    fake->halted = true;
    job_init(job, NULL);
    if (probe_open(&info, job, wire, &probe) != ERR_OK)
        return NULL;
    probe->state = fake;
    probe->clock = &fake->clock;
    return probe;
}

struct probe *fake_dap_open(struct fake_dap *fake, struct job *job, FILE *wire)
{
    struct probe *probe = fake_dap_open_unconnected(fake, job, wire);

    if (probe && probe_connect(probe, PROBE_CONNECT_NORMAL, NULL) != ERR_OK) {
        probe_close(probe);
        return NULL;
    }
    fake_dap_arm(fake);
    return probe;
}

void fake_dap_arm(struct fake_dap *fake)
{
    fake->trouble_count = 0;
    fake->accesses = 0;
    fake->calls = 0;
    fake->line_resets = 0;
    fake->logged = 0;
}

void fake_dap_trouble(struct fake_dap *fake, uint64_t at, unsigned times, enum swd_ack ack)
{
    if (fake->trouble_count < FAKE_TROUBLES)
        fake->troubles[fake->trouble_count++] =
            (struct fake_trouble){.at = at, .times = times, .ack = ack};
}

size_t fake_dap_count(const struct fake_dap *fake, uint16_t port, uint8_t reg, bool read)
{
    size_t count = 0;

    for (size_t i = 0; i < fake->logged; i++)
        count += fake->log[i].port == port && fake->log[i].reg == reg && fake->log[i].read == read;
    return count;
}
