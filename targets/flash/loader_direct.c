/* SPDX-License-Identifier: MIT */
/* No routine at all: the driver programs over the debug port, page by page. Slow, but it takes
 * neither RAM nor a core that may run. */
#include "flash/loader.h"

static enum err program(struct loader *loader, uint32_t address, const void *data,
                        enum loader_pace pace)
{
    struct flash_controller *controller = loader->controller;

    (void)pace;
    enum err err =
        controller->driver->program(controller, address, data, controller->geometry.page_size);
    loader->handed++;
    if (err) {
        loader->failed_at = address;
        return err;
    }
    loader->done++;
    loader->programmed += controller->geometry.page_size;
    return ERR_OK;
}

/* A page is programmed when program() returns. */
static enum err nothing_to_wait_for(struct loader *loader)
{
    (void)loader;
    return ERR_OK;
}

static void nothing_to_forget(struct loader *loader)
{
    (void)loader;
}

const struct loader_protocol loader_direct = {
    .program = program,
    .stand = nothing_to_wait_for,
    .end = nothing_to_wait_for,
    .forget = nothing_to_forget,
};
