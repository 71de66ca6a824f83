/* SPDX-License-Identifier: MIT */
/* What the flash controllers of the families have in common: keys, a lock, being busy, the flags
 * that tell of it and their interrupt, the launch of option bytes, read protection. Where a family
 * has the bits, its table says; what erasing and programming mean, its own file. */
#include "sim/stm32/stm32_internal.h"

static struct sim_flash *flash_of(const struct sim_board *board)
{
    return board->flash->state; /* each one's begins with it */
}

static const struct sim_flash_registers *registers_of(const struct sim_board *board)
{
    return board->chip->flash->registers;
}

void sim_flash_update_irq(struct sim_board *board)
{
    const struct sim_flash_registers *bits = registers_of(board);
    const struct sim_flash *flash = flash_of(board);
    uint32_t errors = bits->operation_error ? bits->operation_error : bits->errors;

    sim_part_irq(board->flash, 0,
                 (flash->sr & errors && flash->cr & bits->error_irq) ||
                     (flash->sr & bits->done && flash->cr & bits->done_irq));
}

/* --- busy --- */

void sim_flash_begin(struct sim_board *board, uint64_t ns)
{
    struct sim_flash *flash = flash_of(board);

    flash->sr |= registers_of(board)->busy;
    flash->busy_until_ps = sim_now_ps(board) + ns * SIM_PS_PER_NS;
    sim_parts_touched(board);
    sim_windows_update(board);
}

static void end(struct sim_board *board)
{
    const struct sim_flash_registers *bits = registers_of(board);
    struct sim_flash *flash = flash_of(board);

    flash->busy_until_ps = 0;
    flash->sr &= ~bits->busy;
    flash->cr &= ~bits->start;
    if (!bits->done_needs_irq || flash->cr & bits->done_irq)
        flash->sr |= bits->done;
    sim_windows_update(board);
    sim_flash_update_irq(board);
}

uint64_t sim_flash_sync(struct sim_part *part, uint64_t now_ps)
{
    const struct sim_flash *flash = part->state;

    if (flash->busy_until_ps > now_ps)
        return flash->busy_until_ps;
    if (flash->busy_until_ps != 0)
        end(part->board);
    return SIM_NEVER;
}

uint64_t sim_flash_busy_until(const struct sim_board *board)
{
    return flash_of(board)->busy_until_ps;
}

void sim_flash_wait(struct sim_board *board)
{
    uint64_t until = sim_flash_busy_until(board), now = sim_now_ps(board);

    if (until == 0)
        return;
    sim_stall_core(board, until);
    sim_flash_sync(board->flash, until > now ? until : now);
}

void sim_flash_fail(struct sim_board *board, uint32_t errors)
{
    const struct sim_flash_registers *bits = registers_of(board);
    struct sim_flash *flash = flash_of(board);

    flash->sr |= errors;
    if (flash->cr & bits->error_irq)
        flash->sr |= bits->operation_error;
    flash->cr &= ~bits->start;
    sim_flash_update_irq(board);
}

/* --- option bytes --- */

void sim_flash_launch(struct sim_board *board)
{
    flash_of(board)->launching = true;
    sim_reset_request(board, SIM_CAUSE_OPTIONS);
}

bool sim_flash_launched(struct sim_board *board)
{
    struct sim_flash *flash = flash_of(board);
    bool launched = flash->launching;

    flash->launching = false;
    return launched;
}

bool sim_flash_accessible(const struct sim_board *board)
{
    if (!board->chip->flash->is_protected(board))
        return true;
    return !board->debugger && !board->debugger_seen && board->booted == SIM_FLASH;
}

/* --- keys --- */

bool sim_key_take(struct sim_keys *keys, const uint32_t words[2], bool open, uint32_t value,
                  bool *opens)
{
    if (keys->blocked || open || value != words[keys->step]) {
        keys->blocked = true;
        return false;
    }
    keys->step ^= 1;
    *opens = keys->step == 0;
    return true;
}

/* Where a second right pair is an error, it locks. */
static bool take_key(struct sim_board *board, uint32_t value)
{
    const struct sim_flash_registers *bits = registers_of(board);
    struct sim_flash *flash = flash_of(board);
    bool open = !(flash->cr & bits->lock) && !bits->opens_twice, opens = false;
    bool right = sim_key_take(&flash->keys, bits->keys, open, value, &opens);

    if (opens)
        flash->cr &= ~bits->lock;
    else if (!right)
        flash->cr |= bits->lock;
    return right;
}

/* --- registers --- */

bool sim_flash_read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_flash_registers *at = registers_of(part->board);
    const struct sim_flash *flash = part->state;

    if (offset == at->acr)
        *value = flash->acr;
    else if (offset == at->sr)
        *value = flash->sr;
    else if (offset == at->cr)
        *value = flash->cr;
    else
        return sim_ecc_register_read(part, offset, value);
    return true;
}

bool sim_flash_write(struct sim_part *part, uint32_t offset, uint32_t value, bool *ok)
{
    const struct sim_flash_registers *at = registers_of(part->board);
    struct sim_flash *flash = part->state;

    *ok = true;
    if (offset == at->acr) {
        flash->acr = value & at->acr_writable;
    } else if (offset == at->keyr) {
        *ok = take_key(part->board, value);
    } else if (offset == at->sr) { /* ones clear */
        flash->sr &= ~(value & (at->done | at->errors | at->operation_error));
        sim_flash_update_irq(part->board);
    } else {
        return sim_ecc_register_write(part, offset, value);
    }
    return true;
}

/* A reset ends an operation under way; what OBL_LAUNCH asked of it is still to be done. */
void sim_flash_reset(struct sim_part *part)
{
    const struct sim_flash_registers *bits = registers_of(part->board);
    struct sim_flash *flash = part->state;

    *flash =
        (struct sim_flash){.acr = bits->acr_reset, .cr = bits->lock, .launching = flash->launching};
    sim_flash_update_irq(part->board);
}
