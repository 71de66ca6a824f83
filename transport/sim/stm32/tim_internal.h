/* SPDX-License-Identifier: MIT */
/* What tim_count.c (time, counter, events) and tim.c (registers) share. */
#ifndef PROBED_SIM_TIM_INTERNAL_H
#define PROBED_SIM_TIM_INTERNAL_H

#include "sim/stm32/stm32_internal.h"

enum { SIM_TIM_CHANNELS = 4 };

#define SIM_TIM_CEN (1u << 0) /* of CR1 */
#define SIM_TIM_UDIS (1u << 1)
#define SIM_TIM_URS (1u << 2)
#define SIM_TIM_OPM (1u << 3)
#define SIM_TIM_DIR (1u << 4)
#define SIM_TIM_CMS (3u << 5)
#define SIM_TIM_ARPE (1u << 7)
#define SIM_TIM_UPDATE (1u << 0) /* of DIER, SR and EGR */
#define SIM_TIM_TRIGGER (1u << 6)
#define SIM_TIM_MMS(cr2) ((cr2) >> 4 & 7)
enum { SIM_TIM_MMS_UPDATE = 2, SIM_TIM_ITRS = 4 };
#define SIM_TIM_CC(channel) (1u << (1 + (channel)))

struct sim_tim {
    uint32_t cr1, cr2, smcr, dier, sr, ccmr[2], ccer, bdtr, dcr, rcr;
    uint32_t psc, arr, ccr[SIM_TIM_CHANNELS];                /* as they were written, */
    uint32_t psc_used, arr_used, ccr_used[SIM_TIM_CHANNELS]; /* and as the last update took them */
    uint32_t count, repeats;
    bool down;
    uint64_t anchor_ps; /* when `count` was true */
};

/* Of counter and reload register. */
uint32_t sim_tim_widest(const struct sim_part *part);
/* Takes what was preloaded; the counter begins anew if `restart`. */
void sim_tim_update_event(struct sim_part *part, bool restart);
void sim_tim_update_irqs(struct sim_part *part);
/* Makes a flag of SR true, with all that follows from it. */
void sim_tim_flag(struct sim_part *part, uint32_t flag);
/* Its slave mode changed. */
void sim_tim_listen(struct sim_part *part);
/* For struct sim_device. */
void sim_tim_triggered(struct sim_part *part, uint64_t signal);
uint64_t sim_tim_sync(struct sim_part *part, uint64_t now_ps);

#endif
