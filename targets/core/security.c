/* SPDX-License-Identifier: MIT */
/* Which security state a core is in (DDI 0553, DSCSR and DHCSR). */
#include "core/core.h"

enum err target_security(struct target *target, enum target_security *security)
{
    struct core *core = target->core;
    enum err err = core_need_connected(core);
    uint32_t dscsr = 0, dhcsr = 0;

    *security = TARGET_ONE_STATE;
    if (err || !core->profile->banks)
        return err;
    ops_read32(&core->ops, DSCSR, &dscsr);
    ops_read32(&core->ops, DHCSR, &dhcsr);
    err = core_flush(core);
    if (err)
        return err;
    core_saw_dhcsr(core, dhcsr);
    if (dscsr & DSCSR_CDS)
        *security = TARGET_SECURE;
    else
        *security = dhcsr & DHCSR_S_SDE ? TARGET_NONSECURE : TARGET_NONSECURE_ONLY;
    return ERR_OK;
}
