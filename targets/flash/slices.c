/* SPDX-License-Identifier: MIT */
/* Work on flash is cut into slices: between them progress is told, others' jobs run and a cancel
 * takes effect. */
#include "flash/flash_internal.h"

enum { SLICE_US = 45000 };

void flash_count_programmed(struct flash *flash)
{
    flash->report.bytes_programmed += loader_take_programmed(&flash->loader);
}

static void tell_progress(struct flash *flash)
{
    flash_count_programmed(flash);
    flash->report.elapsed_us = core_now_us(flash->target->core) - flash->report.started_us;
    if (flash->progress)
        flash->progress(flash->progress_user, &flash->report);
}

enum err flash_checkpoint(struct flash *flash)
{
    tell_progress(flash);
    target_set_job(flash->target, flash->caller);
    enum err err = job_checkpoint(flash->caller);
    target_set_job(flash->target, &flash->work);
    flash->slice_us = core_now_us(flash->target->core);
    if (err) {
        job_fail(&flash->work, err, "%s", job_text(flash->caller, err));
        job_clear(flash->caller); /* a longer sentence follows */
        return err;
    }
    if (target_state(flash->target) != TARGET_HALTED)
        return job_fail(&flash->work, ERR_NOT_HALTED, "another session let the core run meanwhile");
    return ERR_OK;
}

bool flash_goes_on(struct flash *flash)
{
    if (flash->controller.driver->unbroken || job_cancelled(flash->caller) ||
        job_others_wait(flash->caller))
        return false;
    tell_progress(flash);
    return true;
}

bool flash_put_off(struct flash *flash, enum err *err)
{
    if (*err != ERR_CANCELLED)
        return false;
    job_clear(&flash->work);
    *err = ERR_OK;
    return true;
}

enum err flash_interrupted(struct flash *flash)
{
    return job_fail(&flash->work, ERR_CANCELLED, "interrupted");
}

/* Flash stands idle while the core is halted for others: not if there are none. */
bool flash_slice_ends(struct flash *flash, uint32_t work_us)
{
    if (job_cancelled(flash->caller))
        return true;
    if (core_now_us(flash->target->core) - flash->slice_us + work_us <= SLICE_US)
        return false;
    if (job_others_wait(flash->caller))
        return true;
    tell_progress(flash);
    flash->slice_us = core_now_us(flash->target->core);
    return false;
}
