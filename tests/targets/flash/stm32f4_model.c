/* SPDX-License-Identifier: MIT */
#include "stm32f4_model.h"

#define BASE 0x40023C00u

/* --- the controller's registers on the way to the chip --- */

struct model model;

uint32_t *reg(uint32_t offset)
{
    return &model.registers[offset / 4];
}

static bool write_key(uint32_t value)
{
    bool locked = *reg(STM32F4_CR) & STM32F4_CR_LOCK;

    if (!locked || value != (model.keys % 2 ? STM32F4_KEY2 : STM32F4_KEY1)) {
        model.faults++;
        return false;
    }
    if (model.keys++ % 2)
        *reg(STM32F4_CR) = 0;
    return true;
}

static void write_optcr(uint32_t value)
{
    if (value & OPTSTRT)
        model.starts[model.start_count++ % WRITES_MAX] = value & ~OPTSTRT;
    *reg(STM32F4_OPTCR) = value & ~OPTSTRT;
}

static bool write_register(uint32_t offset, uint32_t value)
{
    if (offset == STM32F4_KEYR)
        return write_key(value);
    if (offset == STM32F4_OPTKEYR && model.option_keys++ % 2)
        *reg(STM32F4_OPTCR) &= ~OPTLOCK;
    if (offset == STM32F4_OPTCR) {
        write_optcr(value);
        return true;
    }
    if (offset == STM32F4_CR && *reg(STM32F4_CR) & STM32F4_CR_LOCK)
        return true;
    if (offset == STM32F4_CR && value)
        model.cr_writes[model.cr_count++ % WRITES_MAX] = value;
    if (offset == STM32F4_SR)
        *reg(STM32F4_SR) &= ~value;
    else
        *reg(offset) = offset == STM32F4_CR ? value & ~STM32F4_CR_STRT : value;
    return true;
}

static enum err run_one(struct probe *probe, struct op *op)
{
    uint32_t offset = op->address - BASE;

    if (op->kind == OP_REG_READ || op->kind == OP_REG_WRITE || offset >= 4 * REGISTERS)
        return model.inner->run(probe, op, 1);
    if (op->kind == OP_WRITE && !write_register(offset, op->value))
        return probe_fail_op(probe, op, op->address, SWD_FAULT);
    if (op->kind == OP_READ)
        *op->result = *reg(offset);
    if (op->kind == OP_WAIT)
        assert_int_equal(*reg(offset) & op->mask, op->value);
    return ERR_OK;
}

static enum err run(struct probe *probe, struct op *ops, size_t count)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < count && !err; i++)
        err = run_one(probe, &ops[i]);
    return err;
}

/* --- a chip and its controller --- */

static bool is_f7(uint16_t dev_id)
{
    return dev_id == 0x449 || dev_id == 0x451 || dev_id == 0x452;
}

void up(struct rig *rig, uint16_t dev_id, uint16_t kib, uint32_t optcr, uint32_t vtref_mv)
{
    struct target_stop stop;

    memset(rig, 0, sizeof *rig);
    fake_chip_bluepill(&rig->fake);
    rig->fake.obeys = true;
    rig->fake.vtref_mv = vtref_mv;
    rig->fake.no_vtref = vtref_mv == 0;
    fake_chip_word(&rig->fake, 0xE000ED00, is_f7(dev_id) ? 0x410FC271 : 0x410FC241);
    fake_chip_word(&rig->fake, 0xE0042000, 0x10000000u | dev_id);
    fake_chip_word(&rig->fake, 0x1FFF7A20, (uint32_t)kib << 16);
    fake_chip_word(&rig->fake, 0x1FF07A20, (uint32_t)kib << 16); /* F72x */
    fake_chip_word(&rig->fake, 0x1FF0F440, (uint32_t)kib << 16); /* F74x, F76x */
    fake_chip_word(&rig->fake, 0xE0042008, 0);
    fake_chip_word(&rig->fake, 0x40023844, 1u << 14); /* SYSCFG has a clock, .. */
    fake_chip_word(&rig->fake, 0x40013800, 0);        /* ..and the first bank shows */
    rig->probe = fake_chip_open(&rig->fake, &rig->job);
    memset(&model, 0, sizeof model);
    model.inner = rig->probe->driver;
    model.driver = *rig->probe->driver;
    model.driver.run = run;
    rig->probe->driver = &model.driver;
    *reg(STM32F4_CR) = STM32F4_CR_LOCK;
    *reg(STM32F4_OPTCR) = optcr;
    *reg(STM32F4_ACR) = CACHES_ON;
    assert_int_equal(target_create(rig->probe, &rig->target), ERR_OK);
    assert_int_equal(target_connect(rig->target, TARGET_CONNECT_NORMAL), ERR_OK);
    assert_int_equal(target_halt(rig->target, &stop), ERR_OK);
    assert_int_equal(controller_init(&rig->controller, rig->target,
                                     is_f7(dev_id) ? &stm32f7_flash : &stm32f4_flash),
                     ERR_OK);
}

void down(struct rig *rig)
{
    target_destroy(rig->target);
    rig->probe->driver = model.inner;
    probe_close(rig->probe);
}
