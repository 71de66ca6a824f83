/* SPDX-License-Identifier: MIT */
#include "fake_chip.h"

#include "base/bytes.h"

#define DHCSR 0xE000EDF0u
#define DEMCR 0xE000EDFCu
#define AIRCR 0xE000ED0Cu
#define DFSR 0xE000ED30u
#define PPB 0xE0000000u

static struct fake_chip *fake_of(struct probe *probe)
{
    return probe->state;
}

void fake_chip_word(struct fake_chip *chip, uint32_t address, uint32_t value)
{
    for (size_t i = 0; i < chip->count; i++) {
        if (chip->words[i].address == address) {
            chip->words[i].value = value;
            return;
        }
    }
    assert_true(chip->count < FAKE_WORDS);
    chip->words[chip->count].address = address;
    chip->words[chip->count++].value = value;
}

void fake_chip_rom(struct fake_chip *chip, uint16_t maker, uint16_t part)
{
    const uint32_t ids[12] = {
        (uint32_t)maker >> 8,   0, 0,    0,    part & 0xFFu, (maker & 0xFu) << 4 | part >> 8,
        8u | (maker >> 4 & 7u), 0, 0x0D, 0x10, 0x05,         0xB1};

    for (uint32_t i = 0; i < 12; i++)
        fake_chip_word(chip, 0xE00FFFD0 + 4 * i, ids[i]);
}

void fake_chip_bluepill(struct fake_chip *chip)
{
    memset(chip, 0, sizeof *chip);
    chip->dpidr = 0x1BA01477;
    chip->fastest_khz = 10000;
    chip->vtref_mv = 3300;
    fake_chip_word(chip, 0xE000ED00, 0x411FC231);
    fake_chip_word(chip, 0xE0042000, 0x20036410);
    fake_chip_word(chip, 0x1FFFF7E0, 0xFFFF0040);
    fake_chip_word(chip, 0x4002201C, 0x03FFFFFC);
    fake_chip_rom(chip, 0x020, 0x410);
}

/* --- the core --- */

static uint32_t read_dhcsr(struct fake_chip *chip)
{
    return chip->dhcsr | chip->dhcsr_more | (chip->halted ? 1u << 17 : 0) |
           (chip->nrst_low && !chip->hides_reset ? 1u << 25 : 0);
}

static void start(struct fake_chip *chip)
{
    chip->resets++;
    chip->halted = chip->dhcsr & 1 && chip->demcr & 1;
    chip->catches |= chip->halted;
    if (chip->needs_reset && !chip->halted)
        chip->vanished = true; /* the firmware runs and switches SWD off */
}

static bool read_word(struct fake_chip *chip, uint32_t address, uint32_t *value)
{
    if (address == DHCSR) {
        *value = read_dhcsr(chip);
        return true;
    }
    if (address == DFSR && !chip->obeys) {
        *value = chip->catches ? 1u << 3 : 0;
        return true;
    }
    for (size_t i = 0; i < chip->count; i++) {
        if (chip->words[i].address == address) {
            *value = chip->words[i].value;
            return true;
        }
    }
    *value = 0;
    return chip->obeys && address >= PPB;
}

static bool write_word(struct fake_chip *chip, uint32_t address, uint32_t value)
{
    if (address == DHCSR) {
        chip->dhcsr = value & 0xF;
        if (chip->obeys) /* a step is over at once */
            chip->halted = (value & 3) == 3 || (value & 5) == 5;
    } else if (address == DEMCR) {
        chip->demcr = value;
    } else if (address == DFSR && !chip->obeys) {
        chip->catches &= !(value & 1u << 3);
    } else if (address == AIRCR) {
        start(chip);
    } else if (chip->obeys && address >= PPB) {
        fake_chip_word(chip, address, value);
    } else {
        return false;
    }
    return true;
}

/* --- a driver at the level of operations --- */

static bool is_silent(const struct fake_chip *chip)
{
    return chip->khz > chip->fastest_khz || chip->vanished ||
           (chip->nrst_low && chip->mute_in_reset);
}

static enum err run_one(struct probe *probe, struct op *op)
{
    struct fake_chip *chip = fake_of(probe);
    uint32_t value = 0;

    if (op->kind == OP_DP_READ) {
        *op->result = chip->dpidr;
        return is_silent(chip) ? job_fail(probe->job, ERR_NO_TARGET, "no answer on SWD") : ERR_OK;
    }
    if (op->kind == OP_AP_READ) {
        *op->result = op->address == 0xFC ? 0x14770011 : 0x23000052;
        return ERR_OK;
    }
    if (op->ap != chip->core_ap)
        return probe_fail_op(probe, op, op->address, SWD_FAULT);
    if (chip->obeys && op->kind == OP_REG_READ) {
        *op->result = 0x1000 + op->address;
        return ERR_OK;
    }
    if (op->kind == OP_WAIT) {
        bool met = read_word(chip, op->address, &value) && (value & op->mask) == op->value;
        probe->failed = met ? NULL : op;
        return met ? ERR_OK : job_fail(probe->job, ERR_TIMEOUT, "waited in vain");
    }
    if (op->kind == OP_WRITE && op->inline_data)
        return write_word(chip, op->address, op->value)
                   ? ERR_OK
                   : probe_fail_op(probe, op, op->address, SWD_FAULT);
    assert_int_equal(op->kind, OP_READ);
    for (uint32_t i = 0; i < op->count; i++) {
        if (!read_word(chip, op->address + 4 * i, &value))
            return probe_fail_op(probe, op, op->address + 4 * i, SWD_FAULT);
        if (op->data)
            put_le32((uint8_t *)op->data + 4 * (size_t)i, value);
        else
            *op->result = value;
    }
    return ERR_OK;
}

static enum err fake_run(struct probe *probe, struct op *ops, size_t count)
{
    fake_of(probe)->flushes++;
    for (size_t i = 0; i < count; i++) {
        enum err err = run_one(probe, &ops[i]);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err fake_nrst(struct probe *probe, enum probe_nrst level)
{
    struct fake_chip *chip = fake_of(probe);
    bool low = level == PROBE_NRST_ASSERT && !chip->nrst_open;

    chip->pulls += level == PROBE_NRST_ASSERT;
    if (chip->nrst_low && !low)
        start(chip);
    if (low)
        chip->vanished = chip->halted = false;
    chip->nrst_low = low;
    return ERR_OK;
}

static enum err fake_connect(struct probe *probe, enum probe_connect how, uint32_t *dpidr)
{
    struct fake_chip *chip = fake_of(probe);

    chip->connects++;
    if (how == PROBE_CONNECT_UNDER_RESET)
        fake_nrst(probe, PROBE_NRST_ASSERT);
    if (chip->connect_error)
        return job_fail(probe->job, chip->connect_error, "broken on purpose");
    if (is_silent(chip))
        return job_fail(probe->job, ERR_NO_TARGET, "read of DPIDR: no answer on SWD");
    *dpidr = chip->dpidr;
    if (chip->asleep)
        return job_fail(probe->job, ERR_POWER, "the debug domain does not power up");
    return ERR_OK;
}

static enum err fake_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz)
{
    fake_of(probe)->khz = *actual_khz = khz ? khz : 1800; /* 0: as it was opened */
    return ERR_OK;
}

static enum err fake_vtref(struct probe *probe, uint32_t *millivolts)
{
    if (fake_of(probe)->no_vtref)
        return job_fail(probe->job, ERR_UNSUPPORTED, "cannot measure");
    *millivolts = fake_of(probe)->vtref_mv;
    return ERR_OK;
}

static enum err fake_open(struct probe *probe)
{
    return ERR_OK;
}

static void fake_close(struct probe *probe) {}

static const struct probe_driver fake_driver = {
    .name = "fake",
    .open = fake_open,
    .close = fake_close,
    .connect = fake_connect,
    .run = fake_run,
    .set_speed = fake_set_speed,
    .nrst = fake_nrst,
    .vtref = fake_vtref,
};

struct probe *fake_chip_open(struct fake_chip *chip, struct job *job)
{
    struct probe_info info = {.driver = &fake_driver, .product = "fake"};
    struct probe *probe;

    job_init(job, NULL);
    assert_int_equal(probe_open(&info, job, NULL, &probe), ERR_OK);
    probe->state = chip;
    chip->khz = 1800;
    return probe;
}
