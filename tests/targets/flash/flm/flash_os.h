/* SPDX-License-Identifier: MIT */
/* struct FlashDevice as the Open-CMSIS-Pack specification lays it out. */
#ifndef TEST_FLASH_OS_H
#define TEST_FLASH_OS_H

enum { UNKNOWN, ONCHIP, EXT8BIT, EXT16BIT, EXT32BIT, EXTSPI };

struct FlashSectors {
    unsigned long szSector, AddrSector;
};

struct FlashDevice {
    unsigned short Vers;
    char DevName[128];
    unsigned short DevType;
    unsigned long DevAdr, szDev, szPage, Res;
    unsigned char valEmpty;
    unsigned long toProg, toErase;
    struct FlashSectors sectors[8];
};

#ifndef FLM_PAGE
#define FLM_PAGE 0x400
#endif

int Init(unsigned long address, unsigned long clock, unsigned long purpose);
int UnInit(unsigned long purpose);
int EraseChip(void);
int EraseSector(unsigned long address);
int ProgramPage(unsigned long address, unsigned long size, unsigned char *bytes);

#endif
