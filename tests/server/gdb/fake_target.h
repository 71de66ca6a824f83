/* SPDX-License-Identifier: MIT */
/* A target made of variables, in place of targets/: tests set what it will do next and read what
 * was asked of it. One at a time; RAM at 0x20000000, flash at 0x08000000, nothing else answers. */
#ifndef FAKE_TARGET_H
#define FAKE_TARGET_H

#include "commands/monitor.h"
#include "flash/flash.h"
#include "target.h"

enum {
    FAKE_RAM = 0x20000000,
    FAKE_RAM_SIZE = 0x5000,
    FAKE_FLASH = 0x08000000,
    FAKE_FLASH_SIZE = 0x10000,
    FAKE_REGISTERS = 20,
};

struct fake {
    enum target_state state;
    bool two_cores;
    unsigned selected; /* as target_select_core() */
    enum target_state other_state;
    enum err connect_error, open_error; /* what the next tries answer */
    enum err fail;                      /* what run control and memory answer, if not ERR_OK */
    struct target_stop next;            /* the next poll or step finds this (if not STOP_NONE) */
    enum err poll_error;                /* the next poll answers this, once */
    enum target_state poll_state;       /* ..and leaves this */
    struct target_stop last, reset;
    bool locked_up;
    bool borrowed;
    uint32_t speed_khz;  /* the probe's; 0: unknown */
    bool outlives_cable; /* the probe, as the simulated one does */
    const char *says;    /* the program's text at the next poll or step */
    void (*text)(void *user, const struct program_text *text); /* as target_set_text() */
    void *text_user;
    uint64_t registers[FAKE_REGISTERS];
    uint8_t ram[FAKE_RAM_SIZE], flash[FAKE_FLASH_SIZE];
    struct job *job;
    unsigned stood; /* by flash_stand() */
    /* During a range step or flash_write: called once, as another session's checkpoint would. */
    void (*between)(void *user);
    void *between_user;
    char log[1024]; /* words of what was asked: "resume;", "bp0+sw 08000100/2;".. */
};

extern struct fake fake;

void fake_reset(void);
/* The words since the last call. */
const char *fake_log(void);
void fake_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
