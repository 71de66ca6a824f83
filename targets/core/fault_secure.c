/* SPDX-License-Identifier: MIT */
#include "core/fault_secure.h"

#include <stdio.h>

#define SFSR_SFARVALID (1u << 6)

static const struct {
    uint32_t bit;
    const char *text;
} bits[] = {
    {1u << 3, "access to a Secure address from code that is not Secure"},
    {1u << 0, "branch into Secure code elsewhere than to an SG instruction"},
    {1u << 4, "branch from Secure code to code that is not, without saying so (BXNS, BLXNS)"},
    {1u << 1, "the integrity signature of a Secure stack frame is wrong"},
    {1u << 2, "exception return that does not fit the security state"},
    {1u << 5, "access to a Secure address while saving FPU registers"},
    {1u << 7, "error while saving or activating FPU registers"},
};

void fault_secure_explain(uint32_t sfsr, uint32_t sfar, char *text, size_t size)
{
    char where[32] = "";

    text[0] = '\0';
    if (sfsr & SFSR_SFARVALID)
        snprintf(where, sizeof where, " at 0x%08x (SFAR)", (unsigned)sfar);
    for (size_t i = 0; i < sizeof bits / sizeof bits[0] && !text[0]; i++)
        if (sfsr & bits[i].bit)
            snprintf(text, size, "%s%s", bits[i].text, where);
}
