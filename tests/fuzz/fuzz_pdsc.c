/* SPDX-License-Identifier: MIT */
/* Any text as a pack's description: what is taken lies in the address space and has a name. */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "pack/pdsc.h"

static void see(void *user, const char *name)
{
    *(size_t *)user += strlen(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    struct pdsc_chip chip;
    size_t letters = 0;

    job_init(&job, NULL);
    enum err err = pdsc_names(&job, "fuzz", (const char *)data, size, see, &letters);
    assert(err == job.err && letters <= size);
    job_init(&job, NULL);
    err = pdsc_find(&job, "fuzz", (const char *)data, size, "FX103C8", &chip);
    assert(err == job.err && (!err || job.text[0]));
    for (size_t i = 0; i < chip.memory_count && !err; i++)
        assert((uint64_t)chip.memories[i].start + chip.memories[i].size <= UINT64_C(1) << 32);
    for (size_t i = 0; i < chip.algorithm_count && !err; i++)
        assert(chip.algorithms[i].path[0] || size);
    return 0;
}

const char *const fuzz_seeds[] = {
    "<package><devices><family Dfamily=\"F\"><subFamily DsubFamily=\"S\"><memory id=\"IRAM1\" "
    "start=\"0x20000000\" size=\"0x1000\"/><device Dname=\"FX103C8\"><memory name=\"A\" "
    "access=\"rwx\" start=\"0\" size=\"100\"/><algorithm name=\"a.FLM\" start=\"0x08000000\" "
    "size=\"0x10000\" RAMstart=\"0x20000000\" default=\"1\"/><variant "
    "Dvariant=\"FX103C8T\"/></device></subFamily></family></devices></package>",
    "<family><device Dname=\"FX103\"><algorithm name=\"b\" start=\"1\" size=\"2\" "
    "style=\"IAR\"/></device></family>",
    "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"cccc\"><!ENTITY d \"&b;&b;\">]><a>&d;</a>",
    NULL,
};
