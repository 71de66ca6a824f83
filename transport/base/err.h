/* SPDX-License-Identifier: MIT */
/* The one list of errors. A code says what kind of thing went wrong, so that callers can decide;
 * the sentence for the user is written once, by the place that knows the numbers (job_fail). */
#ifndef PROBED_ERR_H
#define PROBED_ERR_H

#define ERR_LIST(X)                                               \
    X(OK, "ok")                                                   \
    X(ARGUMENT, "wrong argument")                                 \
    X(UNSUPPORTED, "not supported")                               \
    X(NO_MEMORY, "out of memory")                                 \
    X(FILE, "file cannot be used")                                \
    X(CANCELLED, "cancelled")                                     \
    X(TIMEOUT, "time limit passed")                               \
    X(BUSY, "in use by another session")                          \
    X(NO_PROBE, "no debug probe found")                           \
    X(OTHER_PROBE, "only other debug probes are there")           \
    X(PROBE_GONE, "the debug probe is gone")                      \
    X(PROBE_ACCESS, "the debug probe cannot be opened")           \
    X(PROBE, "the debug probe reported an error")                 \
    X(NO_TARGET, "no target answers")                             \
    X(WAIT, "the target kept answering WAIT")                     \
    X(FAULT, "the target refused the access")                     \
    X(PARITY, "garbled answer on the wire")                       \
    X(POWER, "the debug domain does not power up")                \
    X(ALIGNMENT, "address or length not aligned")                 \
    X(NOT_HALTED, "the core is not halted")                       \
    X(LOCKUP, "the core is locked up")                            \
    X(NOT_CONNECTED, "not connected to a target")                 \
    X(RESET_LOST, "the target was reset or lost power meanwhile") \
    X(NO_RESOURCE, "no free comparator")                          \
    X(PROTECTED, "the flash is protected")                        \
    X(NOT_FLASH, "the address is not in flash")                   \
    X(FLASH, "the flash controller reported an error")            \
    X(VERIFY, "memory differs from what was written")             \
    X(LOADER, "the flash loader did not finish")                  \
    X(PROBE_LOADER, "the debug probe waits for new firmware")

enum err {
#define ERR_ENUM(name, text) ERR_##name,
    ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
        ERR_COUNT
};

/* The general text of a code; never NULL. */
const char *err_text(enum err code);

#endif
