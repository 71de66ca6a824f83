/* SPDX-License-Identifier: MIT */
/* A debug port with one MEM-AP and some memory behind it, at the level of a driver's transfer():
 * counts what it is asked, keeps the architecture's rules, and fails where a test says. */
#ifndef PROBED_FAKE_DAP_H
#define PROBED_FAKE_DAP_H

#include "probe/driver.h"

enum { FAKE_RAM = 0x20000000, FAKE_RAM_SIZE = 0x2000, FAKE_LOG = 4096, FAKE_TROUBLES = 16 };
/* The first word behind the RAM: accesses from here on are bus faults. */
enum { FAKE_HOLE = FAKE_RAM + FAKE_RAM_SIZE };

/* From access number `at` on (0 is the next after fake_dap_arm()), `times` accesses get this ACK.
 */
struct fake_trouble {
    uint64_t at;
    unsigned times;
    enum swd_ack ack;
    bool drop_write; /* instead of the ACK: the write is lost as if its data had been garbled */
};

struct fake_dap {
    struct clock clock;
    uint64_t now_us;
    uint32_t dpidr;
    bool alive;      /* false: nobody answers until it is true again */
    bool needs_line; /* nobody answers before a line reset */
    uint32_t ctrl, select, csw, tar;
    bool never_powers_up, closed;
    uint8_t ram[FAKE_RAM_SIZE];
    uint32_t bad_word; /* accesses of it are bus faults; 0: none */
    struct {
        uint64_t at_us; /* 0: unused */
        uint32_t offset;
        uint8_t value;
    } later[2]; /* the RAM's byte becomes this then */

    /* A core's debug registers. */
    uint32_t core[128];
    uint32_t dhcsr_sticky, dcrsr, dcrdr;
    bool halted;
    unsigned not_ready; /* so many reads of DHCSR show S_REGRDY 0 after the next DCRSR write */
    unsigned busy;

    struct fake_trouble troubles[FAKE_TROUBLES];
    size_t trouble_count;
    uint64_t accesses; /* since fake_dap_arm() */
    unsigned calls;    /* of transfer(), since fake_dap_arm() */
    unsigned line_resets;
    struct dap_access log[FAKE_LOG];
    size_t logged;
};

/* A connected probe over `fake`; to be closed with probe_close(). */
struct probe *fake_dap_open(struct fake_dap *fake, struct job *job, FILE *wire);
/* As above without connecting. */
struct probe *fake_dap_open_unconnected(struct fake_dap *fake, struct job *job, FILE *wire);

/* Counters, log and troubles start anew. */
void fake_dap_arm(struct fake_dap *fake);
void fake_dap_trouble(struct fake_dap *fake, uint64_t at, unsigned times, enum swd_ack ack);
/* How many of the logged accesses have this port and register address. */
size_t fake_dap_count(const struct fake_dap *fake, uint16_t port, uint8_t reg, bool read);

#endif
