/* SPDX-License-Identifier: MIT */
/* While the button is pressed the chip answers, and what is set then stops the core as it comes up.
 * A button that was only tapped gives some milliseconds before the program is where it was. */
#include "connect/by_hand.h"

enum {
    WINDOW_US = 15000000, /* to read the sentence, find the button, and press it */
    PAUSE_US = 5000,
};

static enum err try_again(struct climb *climb)
{
    struct job *job = probe_job(climb->probe);

    job_clear(job);
    enum err err = job_checkpoint(job);
    if (err)
        return err;
    clock_sleep_us(probe_clock(climb->probe), PAUSE_US);
    climb->findings->rung_count--;
    return rung_try(climb, WAY_BY_HAND, 0);
}

enum err by_hand_try(struct climb *climb)
{
    struct clock *clock = probe_clock(climb->probe);
    uint64_t deadline = clock_now_us(clock) + WINDOW_US;

    job_print(probe_job(climb->probe),
              "nothing answers: press the board's reset button and hold it (for %u s I keep "
              "trying; Ctrl-C gives up)\n",
              WINDOW_US / 1000000);
    climb->held_until = deadline;
    enum err err = rung_try(climb, WAY_BY_HAND, 0);
    while (err && !rung_is_final(climb, err) && clock_now_us(clock) < deadline)
        err = try_again(climb);
    return err;
}
