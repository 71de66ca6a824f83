/* SPDX-License-Identifier: MIT */
/* Words of other tools (OpenOCD, stlink, pyOCD, probe-rs, ST's and SEGGER's): what they are called
 * here. Pure. */
#ifndef PROBED_OTHER_TOOLS_H
#define PROBED_OTHER_TOOLS_H

/* For a word that is no tool's name: a sentence with what to say instead. NULL: nobody's. */
const char *other_tools_command(const char *word);
/* For an option ("-v", "--serial") that is not ours: ours, with its value. NULL: nobody's. */
const char *other_tools_option(const char *option);

#endif
