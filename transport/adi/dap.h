/* SPDX-License-Identifier: MIT */
/* Debug port and access ports as registers (Arm Debug Interface v5, IHI 0031): names, bits, and the
 * state that a host keeps of them. For drivers that offer register accesses only. */
#ifndef PROBED_DAP_H
#define PROBED_DAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct probe;

/* The three ACK bits, least significant first on the wire, plus what a host makes of silence. */
enum swd_ack {
    SWD_OK = 1,
    SWD_WAIT = 2,
    SWD_FAULT = 4,
    SWD_NONE = 7,   /* nobody drove the line */
    SWD_PARITY = 8, /* acknowledged, but the data's parity was wrong */
    /* The probe gave up after WAIT, and whether the access was begun, or what stands behind it was
     * done, is not known. */
    SWD_UNSURE = 9,
    SWD_MISMATCH = 10, /* a read that was to match did not */
};

enum { DAP_PORT_DP = 0xFFFF };

struct dap_access {
    uint16_t port; /* AP number or DAP_PORT_DP */
    uint8_t reg;   /* byte address; DP bank and AP bank in bits 7:4, SELECT is the caller's work */
    bool read;
    bool match; /* for a driver that can: a read that must give `value`, where nothing comes back;
                 * a write: `value` is the mask of those from now on, and goes nowhere */
    bool once;  /* must not happen twice, nor before all in front is known to have */
    bool ran;   /* set by transfer(): behind the one that failed, and done all the same */
    uint32_t value; /* written, or read */
};

/* DP registers by address (B2.2). */
enum { DP_DPIDR = 0x0, DP_ABORT = 0x0, DP_CTRL_STAT = 0x4, DP_SELECT = 0x8, DP_RDBUFF = 0xC };

#define DP_ABORT_DAPABORT 0x01u
#define DP_ABORT_CLEAR_STICKY 0x1Eu /* STKCMPCLR, STKERRCLR, WDERRCLR, ORUNERRCLR */
#define DP_CTRL_STICKYORUN (1u << 1)
#define DP_CTRL_STICKYCMP (1u << 4)
#define DP_CTRL_STICKYERR (1u << 5)
#define DP_CTRL_WDATAERR (1u << 7)
#define DP_CTRL_CDBGRSTREQ (1u << 26)
#define DP_CTRL_CDBGPWRUPREQ (1u << 28)
#define DP_CTRL_CDBGPWRUPACK (1u << 29)
#define DP_CTRL_CSYSPWRUPREQ (1u << 30)
#define DP_CTRL_CSYSPWRUPACK (1u << 31)

/* MEM-AP registers by address (C2.6). */
enum {
    AP_CSW = 0x00,
    AP_TAR = 0x04,
    AP_DRW = 0x0C,
    AP_BD0 = 0x10,
    AP_CFG = 0xF4,
    AP_BASE = 0xF8,
    AP_IDR = 0xFC
};

#define AP_CSW_SIZE_8 0x0u
#define AP_CSW_SIZE_16 0x1u
#define AP_CSW_SIZE_32 0x2u
#define AP_CSW_ADDRINC_SINGLE 0x10u
#define AP_CSW_DEVICEEN (1u << 6)
#define AP_CSW_TRINPROG (1u << 7)
/* Privileged data access, debug master, as every debugger sets them on an AHB-AP (HPROT, bit 29).
 */
#define AP_CSW_PROT 0x23000000u
#define AP_CSW_CACHEABLE (1u << 27) /* HPROT[3]: the access looks into the core's data cache */

enum { DAP_AP_COUNT = 8 };

/* What the host believes of the port's registers; dap_forget() after anything doubtful. */
struct dap {
    bool select_known;
    uint32_t select;
    uint8_t csw_known; /* bit a: csw[a] is what AP a holds */
    uint8_t tar_known;
    uint8_t cacheable; /* bit a: accesses by AP a are (not a belief: the core's kind asks for it) */
    uint32_t csw[DAP_AP_COUNT];
    uint32_t tar[DAP_AP_COUNT];
    uint32_t access_ns; /* what an access cost lately, probe clock; 0: not measured */
};

void dap_forget(struct dap *dap);

/* The driver's transfer() with statistics and wire log around it. WAIT is retried for half a
 * second of the probe's clock; *ack is SWD_WAIT after that, or when the job is cancelled. */
enum err dap_transfer(struct probe *probe, struct dap_access *list, size_t count, size_t *done,
                      enum swd_ack *ack);

/* What a port that stopped answering OK has to say, and what was done about it. */
enum dap_trouble {
    DAP_WELL,      /* no error flag was set */
    DAP_REFUSED,   /* STICKYERR: a bus access failed */
    DAP_WRITE_BAD, /* WDATAERR: a write's data arrived garbled and was dropped */
    DAP_WAS_RESET, /* power-up requests are gone: the port lost power or was reset */
};

/* Reads CTRL/STAT and clears its sticky flags. */
enum err dap_recover(struct probe *probe, enum dap_trouble *trouble);
/* After no ACK: line reset, DPIDR, then as dap_recover(). ERR_NO_TARGET. */
enum err dap_reconnect(struct probe *probe, enum dap_trouble *trouble);
/* Ends an access that kept answering WAIT (DAPABORT). */
enum err dap_abort(struct probe *probe);

/* Wakes the port: line reset, DPIDR, sticky flags cleared, power-up requested and acknowledged.
 * As probe_driver.connect without NRST; for drivers with transfer() and line_reset(). */
enum err dap_connect(struct probe *probe, uint32_t *dpidr);
enum err dap_disconnect(struct probe *probe);

/* After FAULT: ABORT with the clear bits. The port answers OK again, or the error says why not. */
enum err dap_clear_sticky(struct probe *probe);

#endif
