/* SPDX-License-Identifier: MIT */
/* Why a place cannot be listened at, in a sentence. */
#ifndef PROBED_ENDPOINT_TROUBLE_H
#define PROBED_ENDPOINT_TROUBLE_H

#include "net/endpoint.h"

/* `error`: what libuv said (UV_EADDRINUSE); looks at the file system for what it leaves out.
 * `service`: "gdb", whose option "--gdb" chooses another place. */
void endpoint_trouble(const struct endpoint *endpoint, const char *service, int err, char *why,
                      size_t why_size);

#endif
