/* SPDX-License-Identifier: MIT */
#include "flash/batch.h"

#include "flash/checksum.h"
#include "probe/ops.h"

/* One page by the wire. What cannot be read, because its ECC is wrong, holds something, and only an
 * erase helps. */
static enum err sum_by_wire(struct batch *batch, uint32_t i, uint32_t *sum)
{
    struct flash *flash = batch->flash;
    struct core *core = flash->target->core;
    uint32_t size = flash->plan.page_size, address = batch->address + i * size;
    enum err mark = core_mark(core);

    ops_read(&core->ops, address, 4, flash->page, size / 4);
    enum err err = core_flush_halted(core);
    *sum = err ? ~flash->erased_sum : checksum(flash->page, size);
    if (err != ERR_FAULT)
        return err;
    core_rollback(core, mark);
    plan_found(batch->pages[i].sector, batch->pages[i].page, PAGE_STALE);
    return ERR_OK;
}

/* The core ran into such a page. */
static enum err sum_all_by_wire(struct batch *batch, enum err err, uint32_t *sums)
{
    struct flash *flash = batch->flash;

    if (err != ERR_LOADER || !loader_after_fault(&flash->loader))
        return err;
    job_clear(&flash->work);
    err = ERR_OK;
    for (uint32_t i = 0; i < batch->count && !err; i++)
        err = sum_by_wire(batch, i, &sums[i]);
    return err;
}

enum err batch_run(struct batch *batch)
{
    uint32_t sums[LOADER_CHECKSUM_PAGES];

    if (!batch->count)
        return ERR_OK;
    enum err err = loader_checksum(&batch->flash->loader, batch->address, batch->count, sums);
    if (err)
        err = sum_all_by_wire(batch, err, sums);
    for (uint32_t i = 0; i < batch->count && !err; i++)
        err = batch->take(batch->flash, batch->pages[i].sector, batch->pages[i].page, sums[i]);
    batch->count = 0;
    return err ? err : flash_checkpoint(batch->flash);
}

static enum err batch_add(struct batch *batch, struct plan_sector *sector, uint32_t page)
{
    uint32_t size = batch->flash->plan.page_size;
    uint32_t address = sector->address + page * size;
    enum err err = ERR_OK;

    if (batch->count == LOADER_CHECKSUM_PAGES || address != batch->address + batch->count * size)
        err = batch_run(batch);
    if (!batch->count)
        batch->address = address;
    batch->pages[batch->count].sector = sector;
    batch->pages[batch->count++].page = page;
    return err;
}

enum err batch_add_sector(struct batch *batch, struct plan_sector *sector)
{
    enum err err = ERR_OK;

    for (uint32_t page = 0; page < plan_page_count(&batch->flash->plan, sector) && !err; page++)
        err = batch_add(batch, sector, page);
    return err;
}
