/* SPDX-License-Identifier: MIT */
#include "flash/flags.h"

#include <inttypes.h>

#include "core/core.h"
#include "flash/controller.h"

enum err flash_explain_flags(struct flash_controller *controller, uint32_t status, uint32_t address,
                             const struct flash_flag *flags, size_t count, const char *name)
{
    struct job *job = controller->target->job;
    enum err err = controller_take_status(controller, &status);

    if (err)
        return err;
    for (size_t i = 0; i < count; i++)
        if (status & flags[i].bits)
            return job_fail(job, flags[i].err, "0x%08" PRIx32 " %s", address, flags[i].text);
    return job_fail(job, ERR_FLASH, "flash at 0x%08" PRIx32 ": %s 0x%06" PRIx32, address, name,
                    status);
}
