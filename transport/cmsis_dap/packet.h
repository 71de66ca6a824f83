/* SPDX-License-Identifier: MIT */
/* Register accesses as packets of DAP_Transfer and DAP_TransferBlock, and what their replies mean.
 * Pure. The first packets are the fewest that there can be: each takes as many of the accesses
 * ahead as either command has room for, and what fits a command fits it also without its begin. */
#ifndef PROBED_CMSIS_DAP_PACKET_H
#define PROBED_CMSIS_DAP_PACKET_H

#include "adi/dap.h"

/* Largest that is used, in bytes; smallest that there is. */
enum { CMSIS_PACKET_MAX = 1024, CMSIS_PACKET_MIN = 64 };

struct cmsis_packet {
    struct dap_access *list; /* what it carries, */
    size_t count;            /* so many */
    bool once, match;        /* one of them at least is */
    uint8_t bytes[CMSIS_PACKET_MAX];
    size_t length;
    size_t reply_length; /* if all goes well */
};

/* Fills a packet of at most `size` bytes, its reply too, with as many as possible of the `count`
 * accesses in the list, at least one. */
void cmsis_pack(struct cmsis_packet *packet, struct dap_access *list, size_t count, size_t size);

/* What a reply says: `done` accesses were answered OK, whose values are in the list; the next one,
 * or the end of the packet, with `ack`. */
struct cmsis_outcome {
    size_t done;
    enum swd_ack ack; /* SWD_UNSURE: WAIT, and a read may have been begun whose value never came */
    bool cut;         /* the probe says OK of all and did less: it is told as SWD_UNSURE */
};

/* `exact`: the reply has the length that was sent, else padding may follow. False: this is not a
 * reply to that packet. */
bool cmsis_unpack(const struct cmsis_packet *packet, const uint8_t *reply, size_t length,
                  bool exact, struct cmsis_outcome *outcome);

#endif
