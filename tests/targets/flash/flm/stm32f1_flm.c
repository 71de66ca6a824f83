/* SPDX-License-Identifier: MIT */
/* A flash algorithm as packs have them, for the flash of an STM32F103: written for tests, from
 * RM0008 (PM0075) and the interface of the Open-CMSIS-Pack specification alone. */
#include "flash_os.h"

#define FLASH_KEYR (*(volatile unsigned *)0x40022004)
#define FLASH_SR (*(volatile unsigned *)0x4002200C)
#define FLASH_CR (*(volatile unsigned *)0x40022010)
#define FLASH_AR (*(volatile unsigned *)0x40022014)

enum { SR_BSY = 1, SR_PGERR = 4, SR_WRPRTERR = 16, SR_EOP = 32 };
enum { CR_PG = 1, CR_PER = 2, CR_MER = 4, CR_STRT = 64, CR_LOCK = 128 };

const struct FlashDevice FlashDevice __attribute__((section("DevDscr"))) = {
    .Vers = 0x0101,
    .DevName = "STM32F103 of the tests",
    .DevType = ONCHIP,
    .DevAdr = 0x08000000,
    .szDev = 0x10000,
    .szPage = FLM_PAGE,
    .valEmpty = 0xFF,
    .toProg = 100,
    .toErase = 500,
#ifdef FLM_ENDLESS_TABLE
    .sectors = {{0x400, 0},
                {0x400, 0x400},
                {0x400, 0x800},
                {0x400, 0xC00},
                {0x400, 0x1000},
                {0x400, 0x1400},
                {0x400, 0x1800},
                {0x400, 0x1C00}},
#else
    .sectors = {{0x400, 0}, {0xFFFFFFFF, 0xFFFFFFFF}},
#endif
};

/* Data of its own, to be found by r9 alone: wherever it is put. */
struct data {
    unsigned magic, begun_for;
};
__attribute__((used)) struct data data = {0x1234, 0};
register struct data *here __asm__("r9");

static int finish(void)
{
    while (FLASH_SR & SR_BSY)
        ;
    unsigned errors = FLASH_SR & (SR_PGERR | SR_WRPRTERR);
    FLASH_SR = SR_EOP | SR_PGERR | SR_WRPRTERR;
    return errors || here->begun_for == 0;
}

int Init(unsigned long address, unsigned long clock, unsigned long purpose)
{
    if (here->magic != 0x1234 || here->begun_for != 0)
        return 1; /* its data is not where it should be, or it is still in use */
    here->begun_for = purpose;
    FLASH_SR = SR_EOP | SR_PGERR | SR_WRPRTERR;
    if (FLASH_CR & CR_LOCK) {
        FLASH_KEYR = 0x45670123;
        FLASH_KEYR = 0xCDEF89AB;
    }
    return FLASH_CR & CR_LOCK ? 1 : 0;
}

int UnInit(unsigned long purpose)
{
    int wrong = here->begun_for != purpose;

    here->begun_for = 0;
    FLASH_CR = CR_LOCK;
    return wrong;
}

int EraseChip(void)
{
    FLASH_CR = CR_MER;
    FLASH_CR = CR_MER | CR_STRT;
    int failed = finish();
    FLASH_CR = 0;
    return failed;
}

int EraseSector(unsigned long address)
{
#ifdef FLM_HANGS
    for (;;)
        ;
#endif
    FLASH_CR = CR_PER;
    FLASH_AR = address;
    FLASH_CR = CR_PER | CR_STRT;
    int failed = finish();
    FLASH_CR = 0;
    return failed;
}

#ifdef FLM_DEEP
static int use_stack(unsigned depth)
{
    volatile unsigned words[32];

    for (unsigned i = 0; i < 32; i++)
        words[i] = depth;
    return depth ? use_stack(depth - 1) + (int)words[depth] : 0;
}
#endif

int ProgramPage(unsigned long address, unsigned long size, unsigned char *bytes)
{
#ifdef FLM_STRAYS
    ((void (*)(void))0x08000001)(); /* into what is erased */
#endif
#ifdef FLM_DEEP
    use_stack(6);
#endif
    for (unsigned i = 0; i < size; i += 2) {
        FLASH_CR = CR_PG;
        *(volatile unsigned short *)(address + i) = (unsigned short)(bytes[i] | bytes[i + 1] << 8);
        if (finish()) {
            FLASH_CR = 0;
            return 1;
        }
    }
    FLASH_CR = 0;
    return 0;
}
