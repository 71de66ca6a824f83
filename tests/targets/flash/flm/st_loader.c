/* SPDX-License-Identifier: MIT */
/* By its symbol an external loader of ST's tools (STM32CubeProgrammer), which is no FLM. */
const struct {
    char name[100];
    unsigned short type;
    unsigned long start, size, page_size;
    unsigned char erased;
} StorageInfo
    __attribute__((section("DevDscr"), used)) = {"W25Q", 3, 0x90000000, 0x100000, 256, 0xFF};

int Init(void)
{
    return 1;
}
