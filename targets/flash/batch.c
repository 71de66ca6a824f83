/* SPDX-License-Identifier: MIT */
#include "flash/batch.h"

enum err batch_run(struct batch *batch)
{
    uint32_t sums[LOADER_CHECKSUM_PAGES];

    if (!batch->count)
        return ERR_OK;
    enum err err = loader_checksum(&batch->flash->loader, batch->address, batch->count, sums);
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
