/* SPDX-License-Identifier: MIT */
/* What the options say of a chip that somebody else describes: --pack and its kin. */
#ifndef PROBED_PACK_WORDS_H
#define PROBED_PACK_WORDS_H

#include "options/options.h"
#include "pack/pack.h"

/* *pack NULL: they say nothing. The rest as pack_open(). */
enum err pack_of_options(const struct options *options, struct job *job, struct pack **pack);

#endif
