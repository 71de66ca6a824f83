/* SPDX-License-Identifier: MIT */
/* Which file a handle is. */
#include "core/semihosting_internal.h"

struct semihosting_file *semi_file(struct core *core, uint32_t handle)
{
    struct semihosting *semihosting = &core->semihosting;
    uint32_t at = handle - SEMI_FIRST_FILE;

    if (handle < SEMI_FIRST_FILE || at >= SEMI_FILES || semihosting->files[at].kind == SEMI_CLOSED)
        return NULL;
    return &semihosting->files[at];
}

struct semihosting_file *semi_free_file(struct core *core)
{
    for (size_t i = 0; i < SEMI_FILES; i++)
        if (core->semihosting.files[i].kind == SEMI_CLOSED)
            return &core->semihosting.files[i];
    return NULL;
}

uint32_t semi_handle_of(const struct core *core, const struct semihosting_file *file)
{
    return (uint32_t)(file - core->semihosting.files) + SEMI_FIRST_FILE;
}
