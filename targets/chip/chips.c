/* SPDX-License-Identifier: MIT */
/* What the reference manuals' chapters "Debug support" (id codes), "Device electronic signature"
 * (flash size, unique id) and "Embedded flash memory" describe. The values follow ST's published
 * device data; where the tables of other debuggers differ from it, ST's data stands. */
#include "chip/chips.h"

/* clang-format off */
/* One macro a thing that many chips share, so that a row is a line. */
#define CHIP(id, cores, family, ...) {id, CHIP_##cores, CHIP_##family, __VA_ARGS__}
#define CHIP_M4_M0P (CHIP_M4 | CHIP_M0P)
#define CHIP_M7_M4 (CHIP_M7 | CHIP_M4)
#define CHIP_A7_M4 (CHIP_A7 | CHIP_M4)

#define PAGES(size) CHIP_PAGES, size
#define SECTORS16 CHIP_SECTORS16, 0
#define SECTORS32 CHIP_SECTORS32, 0

/* Address of the id code. */
#define ID_PPB 0xE0042000 /* DBGMCU on the private peripheral bus */
#define ID_APB 0x40015800 /* Cortex-M0 and M0+ */
#define ID_M33 0xE0044000
#define ID_H5  0x44024000 /* as the core sees it; 0xE0044000 by access port 0 */
#define ID_H7  0x5C001000

/* Electronic signature: flash size register, unique id. */
#define SIG_F0     0x1FFFF7CC, 0x1FFFF7AC
#define SIG_F1     0x1FFFF7E0, 0x1FFFF7E8
#define SIG_F4     0x1FFF7A22, 0x1FFF7A10
#define SIG_F7     0x1FF0F442, 0x1FF0F420
#define SIG_F72    0x1FF07A22, 0x1FF07A10
#define SIG_L0     0x1FF8007C, 0x1FF80050
#define SIG_L1     0x1FF8004C, 0x1FF80050
#define SIG_L1_BIG 0x1FF800CC, 0x1FF800D0
#define SIG_L4     0x1FFF75E0, 0x1FFF7590
#define SIG_C0     0x1FFF75A0, 0x1FFF7550
#define SIG_L5     0x0BFA05E0, 0x0BFA0590
#define SIG_U5     0x0BFA07A0, 0x0BFA0700
#define SIG_WBA5   0x0BF907A0, 0x0BF90700
#define SIG_H5     0x08FFF80C, 0x08FFF800
#define SIG_H7     0x1FF1E880, 0x1FF1E800

#define KIB 1024
#define RAM(kib) 0x20000000, (kib) * KIB

/* id, core, family, sectors, flash KiB largest and smallest, second bank at KiB, id code, signature,
 * RAM, name. Parts of 0x44E, 0x44F, 0x45A were new when this was written: their unique id's address
 * is known, the flash size register's is inferred from it. */
const struct chip chips[] = {
    CHIP(0x01E, M0P, WB0, PAGES(2048), 256, 256, 0, 0, 0, 0, 0x20000000, 65512, "STM32WB06/WB07"),
    CHIP(0x028, M0P, WB0, PAGES(2048), 192, 192, 0, 0, 0, 0, 0x20000000, 24552, "STM32WB05"),
    CHIP(0x032, M0P, WB0, PAGES(2048), 512, 512, 0, 0, 0, 0, 0x20000000, 65512, "STM32WB09"),
    CHIP(0x410, M3, F1, PAGES(1024), 128, 64, 0, ID_PPB, SIG_F1, RAM(20), "STM32F101/F102/F103 medium-density"),
    CHIP(0x411, M3, F2, SECTORS16, 1024, 128, 0, ID_PPB, SIG_F4, RAM(128), "STM32F205/F207/F215/F217"),
    CHIP(0x412, M3, F1, PAGES(1024), 32, 16, 0, ID_PPB, SIG_F1, RAM(10), "STM32F101/F102/F103 low-density"),
    CHIP(0x413, M4, F4, SECTORS16, 1024, 512, 0, ID_PPB, SIG_F4, RAM(128), "STM32F405/F407/F415/F417"),
    CHIP(0x414, M3, F1, PAGES(2048), 512, 256, 0, ID_PPB, SIG_F1, RAM(64), "STM32F101/F103 high-density"),
    CHIP(0x415, M4, L4, PAGES(2048), 1024, 256, 0, ID_PPB, SIG_L4, RAM(96), "STM32L471/L475/L476/L485/L486"),
    CHIP(0x416, M3, L1, PAGES(256), 128, 32, 0, ID_PPB, SIG_L1, RAM(16), "STM32L100/L151/L152 Cat.1"),
    CHIP(0x417, M0P, L0, PAGES(128), 64, 32, 0, ID_APB, SIG_L0, RAM(8), "STM32L05x/L06x"),
    CHIP(0x418, M3, F1, PAGES(2048), 256, 64, 0, ID_PPB, SIG_F1, RAM(64), "STM32F105/F107 connectivity line"),
    CHIP(0x419, M4, F4, SECTORS16, 2048, 512, 0, ID_PPB, SIG_F4, RAM(192), "STM32F427/F429/F437/F439"),
    CHIP(0x420, M3, F1, PAGES(1024), 128, 16, 0, ID_PPB, SIG_F1, RAM(8), "STM32F100 value line low/medium-density"),
    CHIP(0x421, M4, F4, SECTORS16, 512, 256, 0, ID_PPB, SIG_F4, RAM(128), "STM32F446"),
    CHIP(0x422, M4, F3, PAGES(2048), 256, 128, 0, ID_PPB, SIG_F0, RAM(40), "STM32F302/F303 xB/xC, F358"),
    CHIP(0x423, M4, F4, SECTORS16, 256, 128, 0, ID_PPB, SIG_F4, RAM(64), "STM32F401 xB/xC"),
    CHIP(0x425, M0P, L0, PAGES(128), 32, 16, 0, ID_APB, SIG_L0, RAM(8), "STM32L031/L041"),
    CHIP(0x427, M3, L1, PAGES(256), 256, 256, 0, ID_PPB, SIG_L1_BIG, RAM(32), "STM32L100/L151/L152/L162 Cat.3"),
    CHIP(0x428, M3, F1, PAGES(2048), 512, 256, 0, ID_PPB, SIG_F1, RAM(32), "STM32F100 value line high-density"),
    CHIP(0x429, M3, L1, PAGES(256), 128, 32, 0, ID_PPB, SIG_L1, RAM(32), "STM32L100/L151/L152 Cat.2"),
    CHIP(0x42A, M33, U3, PAGES(4096), 2048, 1024, 0, ID_M33, SIG_U5, RAM(640), "STM32U3B5/U3C5"),
    CHIP(0x430, M3, F1_XL, PAGES(2048), 1024, 768, 0, ID_PPB, SIG_F1, RAM(96), "STM32F101/F103 XL-density"),
    CHIP(0x431, M4, F4, SECTORS16, 512, 256, 0, ID_PPB, SIG_F4, RAM(128), "STM32F411"),
    CHIP(0x432, M4, F3, PAGES(2048), 256, 64, 0, ID_PPB, SIG_F0, RAM(32), "STM32F373/F378"),
    CHIP(0x433, M4, F4, SECTORS16, 512, 384, 0, ID_PPB, SIG_F4, RAM(96), "STM32F401 xD/xE"),
    CHIP(0x434, M4, F4, SECTORS16, 2048, 512, 0, ID_PPB, SIG_F4, RAM(320), "STM32F469/F479"),
    CHIP(0x435, M4, L4, PAGES(2048), 256, 128, 0, ID_PPB, SIG_L4, RAM(64), "STM32L431/L432/L433/L442/L443"),
    CHIP(0x436, M3, L1, PAGES(256), 384, 256, 0, ID_PPB, SIG_L1_BIG, RAM(48), "STM32L151/L152/L162 Cat.3/4"),
    CHIP(0x437, M3, L1, PAGES(256), 512, 384, 256, ID_PPB, SIG_L1_BIG, RAM(80), "STM32L151/L152/L162 Cat.5/6"),
    CHIP(0x438, M4, F3, PAGES(2048), 64, 16, 0, ID_PPB, SIG_F0, RAM(12), "STM32F303x6/x8, F328, F334"),
    CHIP(0x439, M4, F3, PAGES(2048), 64, 32, 0, ID_PPB, SIG_F0, RAM(16), "STM32F301, F302x6/x8, F318"),
    CHIP(0x440, M0, F0, PAGES(1024), 64, 16, 0, ID_APB, SIG_F0, RAM(8), "STM32F051/F058/F030x8"),
    CHIP(0x441, M4, F4, SECTORS16, 1024, 512, 0, ID_PPB, SIG_F4, RAM(256), "STM32F412"),
    CHIP(0x442, M0, F0, PAGES(2048), 256, 128, 0, ID_APB, SIG_F0, RAM(32), "STM32F091/F098/F030xC"),
    CHIP(0x443, M0P, C0, PAGES(2048), 32, 16, 0, ID_APB, SIG_C0, RAM(6), "STM32C011"),
    CHIP(0x444, M0, F0, PAGES(1024), 32, 16, 0, ID_APB, SIG_F0, RAM(4), "STM32F031/F038/F030 x4/x6"),
    CHIP(0x445, M0, F0, PAGES(1024), 32, 16, 0, ID_APB, SIG_F0, RAM(6), "STM32F042/F048/F070x6"),
    CHIP(0x446, M4, F3, PAGES(2048), 512, 384, 0, ID_PPB, SIG_F0, RAM(64), "STM32F302/F303 xD/xE, F398"),
    CHIP(0x447, M0P, L0, PAGES(128), 192, 64, 0, ID_APB, SIG_L0, RAM(20), "STM32L07x/L08x"),
    CHIP(0x448, M0, F0, PAGES(2048), 128, 64, 0, ID_APB, SIG_F0, RAM(16), "STM32F071/F072/F078/F070xB"),
    CHIP(0x449, M7, F7, SECTORS32, 1024, 64, 0, ID_PPB, SIG_F7, RAM(320), "STM32F745/F746/F750/F756"),
    CHIP(0x44C, M0P, C0, PAGES(2048), 64, 32, 0, ID_APB, SIG_C0, RAM(12), "STM32C051"),
    CHIP(0x44D, M0P, C0, PAGES(2048), 256, 128, 0, ID_APB, SIG_C0, RAM(36), "STM32C091/C092"),
    CHIP(0x44E, M33, C5, PAGES(8192), 512, 256, 0, ID_M33, SIG_H5, RAM(128), "STM32C551/C552/C562"),
    CHIP(0x44F, M33, C5, PAGES(8192), 256, 128, 128, ID_M33, SIG_H5, RAM(64), "STM32C531/C532/C542"),
    CHIP(0x450, M7_M4, H7, PAGES(131072), 2048, 128, 1024, ID_H7, SIG_H7, RAM(992), "STM32H742/H743/H745/H747/H750/H753/H755/H757"),
    CHIP(0x451, M7, F7, SECTORS32, 2048, 1024, 0, ID_PPB, SIG_F7, RAM(512), "STM32F765/F767/F768/F769/F777/F778/F779"),
    CHIP(0x452, M7, F7, SECTORS16, 512, 64, 0, ID_PPB, SIG_F72, RAM(256), "STM32F722/F723/F730/F732/F733"),
    CHIP(0x453, M0P, C0, PAGES(2048), 32, 16, 0, ID_APB, SIG_C0, RAM(12), "STM32C031"),
    CHIP(0x454, M33, U3, PAGES(4096), 1024, 512, 0, ID_M33, SIG_U5, RAM(256), "STM32U375/U385"),
    CHIP(0x455, M33, U5, PAGES(8192), 512, 128, 0, ID_M33, SIG_U5, RAM(256), "STM32U535/U545"),
    CHIP(0x456, M0P, G0, PAGES(2048), 64, 32, 0, ID_APB, SIG_L4, RAM(18), "STM32G050/G051/G061"),
    CHIP(0x457, M0P, L0, PAGES(128), 16, 8, 0, ID_APB, SIG_L0, RAM(2), "STM32L011/L021"),
    CHIP(0x458, M4, F4, SECTORS16, 128, 64, 0, ID_PPB, SIG_F4, RAM(32), "STM32F410"),
    CHIP(0x459, M0P, U0, PAGES(2048), 64, 16, 0, ID_APB, 0x1FFF3EA0, 0x1FFF3E50, RAM(12), "STM32U031"),
    CHIP(0x45A, M33, C5, PAGES(8192), 1024, 512, 0, ID_M33, SIG_H5, RAM(256), "STM32C591/C593/C5A3"),
    CHIP(0x460, M0P, G0, PAGES(2048), 128, 32, 0, ID_APB, SIG_L4, RAM(36), "STM32G070/G071/G081"),
    CHIP(0x461, M4, L4, PAGES(2048), 1024, 512, 0, ID_PPB, SIG_L4, RAM(320), "STM32L496/L4A6"),
    CHIP(0x462, M4, L4, PAGES(2048), 512, 256, 0, ID_PPB, SIG_L4, RAM(160), "STM32L451/L452/L462"),
    CHIP(0x463, M4, F4, SECTORS16, 1536, 1024, 0, ID_PPB, SIG_F4, RAM(320), "STM32F413/F423"),
    CHIP(0x464, M4, L4, PAGES(2048), 128, 64, 0, ID_PPB, SIG_L4, RAM(40), "STM32L412/L422"),
    CHIP(0x466, M0P, G0, PAGES(2048), 64, 16, 0, ID_APB, SIG_L4, RAM(8), "STM32G030/G031/G041"),
    CHIP(0x467, M0P, G0, PAGES(2048), 512, 128, 0, ID_APB, SIG_L4, RAM(144), "STM32G0B0/G0B1/G0C1"),
    CHIP(0x468, M4, G4, PAGES(2048), 128, 32, 0, ID_PPB, SIG_L4, RAM(32), "STM32G431/G441"),
    CHIP(0x469, M4, G4, PAGES(2048), 512, 128, 256, ID_PPB, SIG_L4, RAM(128), "STM32G471/G473/G474/G483/G484"),
    CHIP(0x470, M4, L4, PAGES(4096), 2048, 1024, 0, ID_PPB, SIG_L4, RAM(640), "STM32L4R5/R7/R9/S5/S7/S9"),
    CHIP(0x471, M4, L4, PAGES(4096), 1024, 512, 0, ID_PPB, SIG_L4, RAM(320), "STM32L4P5/L4Q5"),
    CHIP(0x472, M33, L5, PAGES(2048), 512, 256, 0, ID_M33, SIG_L5, RAM(256), "STM32L552/L562"),
    CHIP(0x474, M33, H5, PAGES(8192), 128, 128, 0, ID_H5, SIG_H5, RAM(32), "STM32H503"),
    CHIP(0x476, M33, U5, PAGES(8192), 4096, 2048, 0, ID_M33, SIG_U5, RAM(3008), "STM32U5F7/U5F9/U5G7/U5G9"),
    CHIP(0x478, M33, H5, PAGES(8192), 512, 256, 0, ID_H5, SIG_H5, RAM(272), "STM32H523/H533"),
    CHIP(0x479, M4, G4, PAGES(2048), 512, 256, 0, ID_PPB, SIG_L4, RAM(112), "STM32G491/G4A1"),
    CHIP(0x480, M7, H7AB, PAGES(8192), 2048, 128, 1024, ID_H7, SIG_H5, RAM(1280), "STM32H7A3/H7B0/H7B3"),
    CHIP(0x481, M33, U5, PAGES(8192), 4096, 2048, 0, ID_M33, SIG_U5, RAM(2496), "STM32U595/U599/U5A5/U5A9"),
    CHIP(0x482, M33, U5, PAGES(8192), 2048, 1024, 0, ID_M33, SIG_U5, RAM(768), "STM32U575/U585"),
    CHIP(0x483, M7, H7, PAGES(131072), 1024, 128, 0, ID_H7, SIG_H7, RAM(496), "STM32H723/H725/H730/H733/H735"),
    CHIP(0x484, M33, H5, PAGES(8192), 2048, 1024, 0, ID_H5, SIG_H5, RAM(640), "STM32H562/H563/H573"),
    CHIP(0x485, M7, H7RS, PAGES(8192), 64, 64, 0, ID_H7, SIG_H5, RAM(680), "STM32H7R3/H7R7/H7S3/H7S7"),
    CHIP(0x486, M55, NO_FLASH, PAGES(0), 0, 0, 0, 0x44001000, 0, 0x46009014, 0x34000000, 4325376, "STM32N645/N647/N655/N657"),
    CHIP(0x489, M0P, U0, PAGES(2048), 256, 64, 0, ID_APB, 0x1FFF6EA0, 0x1FFF6E50, RAM(40), "STM32U073/U083"),
    CHIP(0x492, M33, WBA, PAGES(8192), 1024, 512, 0, ID_M33, SIG_WBA5, RAM(128), "STM32WBA50/WBA52/WBA54/WBA55"),
    CHIP(0x493, M0P, C0, PAGES(2048), 128, 64, 0, ID_APB, SIG_C0, RAM(24), "STM32C071"),
    CHIP(0x494, M4_M0P, WB, PAGES(2048), 320, 320, 0, ID_PPB, SIG_L4, RAM(48), "STM32WB10/WB15"),
    CHIP(0x495, M4_M0P, WB, PAGES(4096), 1024, 256, 0, ID_PPB, SIG_L4, RAM(256), "STM32WB30/WB35/WB50/WB55"),
    CHIP(0x496, M4, WB, PAGES(4096), 512, 512, 0, ID_PPB, 0x1FFF75E0, 0, RAM(0), "STM32WB30/WB35"),
    CHIP(0x497, M4_M0P, WL, PAGES(2048), 256, 64, 0, ID_PPB, SIG_L4, RAM(64), "STM32WL54/WL55/WLE4/WLE5"),
    CHIP(0x4B0, M33, WBA, PAGES(8192), 2048, 1024, 0, ID_M33, SIG_U5, RAM(512), "STM32WBA62/WBA63/WBA64/WBA65"),
    CHIP(0x4B2, M33, U3, PAGES(4096), 512, 512, 0, ID_M33, 0x0BF8D7A0, 0, RAM(0), "STM32WBA2x"),
    CHIP(0x500, A7_M4, NO_FLASH, PAGES(0), 0, 0, 0, 0x50081000, 0, 0x5C005234, 0x10000000, 0, "STM32MP151/MP153/MP157"),
};
const size_t chip_count = sizeof chips / sizeof chips[0];

/* clang-format on */

const struct chip *chip_by_dev_id(uint16_t dev_id)
{
    for (size_t i = 0; i < chip_count; i++)
        if (chips[i].dev_id == dev_id)
            return &chips[i];
    return NULL;
}

const struct chip_family *chip_family(const struct chip *chip)
{
    return &chip_families[chip->family];
}

const struct chip_family *chip_family_of(uint16_t dev_id)
{
    const struct chip *chip = chip_by_dev_id(dev_id);

    return chip ? chip_family(chip) : &chip_families[CHIP_NO_FLASH];
}

/* RM0008, 31.6.1; other families have letters of their own. */
char chip_revision_letter(uint16_t dev_id, uint16_t revision)
{
    static const struct {
        uint16_t dev_id, revision;
        char letter;
    } letters[] = {
        {0x410, 0x0000, 'A'}, {0x410, 0x2000, 'B'}, {0x410, 0x2001, 'Z'}, {0x410, 0x2003, 'Y'},
        {0x412, 0x1000, 'A'}, {0x414, 0x1000, 'A'}, {0x414, 0x1001, 'Z'}, {0x414, 0x1003, 'Y'},
        {0x418, 0x1000, 'A'}, {0x418, 0x1001, 'Z'}, {0x430, 0x1000, 'A'},
    };

    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if (letters[i].dev_id == dev_id && letters[i].revision == revision)
            return letters[i].letter;
    return 0;
}

/* --- sectors --- */

/* Runs of a layout in KiB; the last has no end. */
struct run {
    uint16_t sector_kib, count;
};

static const struct run sectors16[] = {{16, 4}, {64, 1}, {128, UINT16_MAX}};
static const struct run sectors32[] = {{32, 4}, {128, 1}, {256, UINT16_MAX}};

/* One bank of `size` bytes at `address`; returns how many runs it took. `page`: of CHIP_PAGES.
 * Where two banks are a choice, the sectors of each are half as large (F76x). */
static size_t bank_runs(const struct chip *chip, uint32_t address, uint32_t size, uint32_t page,
                        bool halved, struct chip_sectors *runs)
{
    bool large = chip->layout == CHIP_SECTORS32 && !halved;
    const struct run *layout = large ? sectors32 : sectors16;
    size_t count = 0;

    if (chip->layout == CHIP_PAGES) {
        runs[0] = (struct chip_sectors){address, size - size % page, page};
        return runs[0].size > 0;
    }
    for (size_t i = 0; i < 3; i++) {
        uint32_t sector = (uint32_t)layout[i].sector_kib * KIB;
        uint32_t sectors = size / sector < layout[i].count ? size / sector : layout[i].count;
        if (!sectors)
            break;
        runs[count++] = (struct chip_sectors){address, sectors * sector, sector};
        address += sectors * sector;
        size -= sectors * sector;
    }
    return count;
}

/* Sectors of different sizes start anew in a second bank: the 2 MiB parts of F42x, F43x, F46x, F47x
 * have two. Their 1 MiB parts (DB1M) and the F76x (nDBANK) have them as an option, off as
 * delivered. L4, G4, G0, U5: DUALBANK, DBANK, DB1M, DB512K; the largest L47x, L49x and U5 always,
 * and H5. RM0090, RM0386, RM0410, RM0351, RM0432, RM0440, RM0456, RM0481, "Embedded flash memory".
 */
enum { TWO_BANKS_KIB = 2048, ALWAYS = 32 };

static const struct {
    uint16_t dev_id;
    uint16_t kib; /* of the flash; 0: whichever it is */
    uint8_t bit;  /* of the word that tells of read protection, or ALWAYS, .. */
    bool on;      /* .. is this: two banks */
    bool widens;  /* pages are twice as large in one bank */
} bank_options[] = {
    {0x415, 1024, ALWAYS, true, false}, {0x415, 0, 21, true, false},
    {0x419, 1024, 30, true, false},     {0x434, 1024, 30, true, false},
    {0x451, 0, 29, false, false},       {0x461, 1024, ALWAYS, true, false},
    {0x461, 0, 21, true, false},        {0x467, 0, 21, true, false},
    {0x469, 0, 22, true, true},         {0x470, 2048, 22, true, true},
    {0x470, 1024, 21, true, true},      {0x471, 1024, 22, true, true},
    {0x471, 512, 21, true, true},       {0x474, 0, ALWAYS, true, false},
    {0x478, 0, ALWAYS, true, false},    {0x484, 0, ALWAYS, true, false},
    {0x455, 0, 21, true, false},        {0x476, 4096, ALWAYS, true, false},
    {0x476, 0, 21, true, false},        {0x481, 4096, ALWAYS, true, false},
    {0x481, 0, 21, true, false},        {0x482, 2048, ALWAYS, true, false},
    {0x482, 0, 21, true, false},
};

enum { BANK_OPTIONS = sizeof bank_options / sizeof *bank_options };

/* BANK_OPTIONS: the chip has no choice. */
static size_t find_bank_option(const struct chip *chip, uint32_t flash_size)
{
    size_t i = 0;

    while (i < BANK_OPTIONS && (bank_options[i].dev_id != chip->dev_id ||
                                (bank_options[i].kib && flash_size != bank_options[i].kib * KIB)))
        i++;
    return i;
}

bool chip_can_have_two_banks(const struct chip *chip)
{
    for (size_t i = 0; i < BANK_OPTIONS; i++)
        if (bank_options[i].dev_id == chip->dev_id)
            return true;
    return false;
}

bool chip_two_banks_chosen(const struct chip *chip, uint32_t flash_size, uint32_t options)
{
    size_t i = find_bank_option(chip, flash_size);

    if (i == BANK_OPTIONS)
        return false;
    uint8_t bit = bank_options[i].bit;
    return bit == ALWAYS || (options >> bit & 1) == bank_options[i].on;
}

/* G0Bx, G0Cx: nSWAP_BANK (RM0444, 3.7.8). U5: SWAP_BANK (RM0456, 7.3.2). */
bool chip_banks_swapped(const struct chip *chip, uint32_t options)
{
    enum { G0B = 0x467, SWAP_BANK = 20 };
    bool bit = options >> SWAP_BANK & 1;

    if (chip->family == CHIP_U5)
        return bit && options != CHIP_BANKS_AS_DELIVERED;
    return chip->dev_id == G0B && !bit;
}

/* Of CHIP_PAGES. */
static uint32_t page_size(const struct chip *chip, uint32_t flash_size, bool two_banks)
{
    size_t i = find_bank_option(chip, flash_size);
    bool wide = i < BANK_OPTIONS && bank_options[i].widens && !two_banks;

    return chip->page_size << wide;
}

/* H750 and H7B0, the value lines, have 128 KiB in one bank (RM0433, RM0455). */
static uint32_t single_bank_up_to(const struct chip *chip)
{
    return chip->family == CHIP_H7 || chip->family == CHIP_H7AB ? 128 * KIB : 0;
}

/* Each bank of an H7 has a controller of its own. */
uint32_t chip_second_bank(uint16_t dev_id)
{
    const struct chip *chip = chip_by_dev_id(dev_id);
    bool counted =
        chip && chip->bank2_kib && (chip->family == CHIP_H7 || chip->family == CHIP_H7AB);

    return counted ? chip_family(chip)->flash_base + (uint32_t)chip->bank2_kib * KIB : 0;
}

/* RM0433, 4.3.12. Others raise an NMI in the core that reads it. */
bool chip_ecc_refuses(uint16_t dev_id)
{
    const struct chip *chip = chip_by_dev_id(dev_id);

    return chip &&
           (chip->family == CHIP_H7 || chip->family == CHIP_H7AB || chip->family == CHIP_H7RS);
}

static bool two_runs(const struct chip *chip, uint32_t flash_size)
{
    uint32_t two_banks = 2u * KIB * chip->bank2_kib;

    return flash_size > single_bank_up_to(chip) &&
           (flash_size < two_banks || (flash_size == two_banks && chip_second_bank(chip->dev_id)));
}

size_t chip_sector_runs(const struct chip *chip, uint32_t flash_size, bool two_banks,
                        struct chip_sectors runs[CHIP_RUNS_MAX])
{
    uint32_t base = chip_family(chip)->flash_base;
    uint32_t half = flash_size / 2, second = base + half;

    if (chip->family == CHIP_NO_FLASH || (chip->layout == CHIP_PAGES && !chip->page_size))
        return 0;
    uint32_t page = page_size(chip, flash_size, two_banks);
    bool gap = two_runs(chip, flash_size) && page == chip->page_size;
    if (gap)
        second = base + (uint32_t)chip->bank2_kib * KIB;
    bool restart = chip->layout == CHIP_SECTORS16 && flash_size == TWO_BANKS_KIB * KIB;
    if (!gap && !restart && !two_banks)
        return bank_runs(chip, base, flash_size, page, false, runs);
    size_t count = bank_runs(chip, base, half, page, two_banks, runs);
    return count + bank_runs(chip, second, half, page, two_banks, runs + count);
}
