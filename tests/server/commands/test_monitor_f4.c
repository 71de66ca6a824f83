/* SPDX-License-Identifier: MIT */
/* The words of OpenOCD's driver stm32f2x on an STM32F401: what OpenOCD 0.12 answers is what it
 * printed on the same simulated board (tests/peers/test_chips.py compares them). */
#include "monitor_rig.h"

static int fresh_board(void **state)
{
    (void)state;
    return rig_open("blackpill-f401,still") ? 0 : -1;
}

#define WRITTEN                                                                               \
    "stm32f2x write options complete.\nINFO: a reset or power cycle is required for the new " \
    "settings to take effect.\n"

static void the_driver_is_named_as_openocd_does(void **state)
{
    (void)state;
    assert_says("flash banks", "#0 : stm32f4x.flash (stm32f2x) at 0x08000000, size 0x00040000, "
                               "buswidth 0, chipwidth 0\n");
    assert_prints("flash probe 0", "device id = 0x10016423\nflash size = 256 KiB\n"
                                   "flash 'stm32f2x' found at 0x08000000\n");
    assert_says("flash info 0",
                "#0 : stm32f2x at 0x08000000, size 0x00040000, buswidth 0, chipwidth 0\n"
                "\t#  0: 0x00000000 (0x4000 16kB) not protected\n");
    assert_also("\t#  5: 0x00020000 (0x20000 128kB) not protected\n");
}

static void user_options_are_a_number(void **state)
{
    (void)state;
    assert_prints("stm32f2x options_read 0", "stm32f2x user_options 0xEC\n");
    assert_prints("stm32f4x options_write 0 0xe0", WRITTEN);
    assert_says("reset halt; stm32f4x options_read 0", "\nstm32f2x user_options 0xE0\n");
    assert_says("stm32f2x options_write 0 0x1ec", "[stm32f2x invalid user_options]");
    assert_says("stm32f2x options_write 0 0xec 1 2", "[usage: stm32f2x options_write");
    assert_says("stm32f2x options_write 0", "[usage: stm32f2x options_write");
    assert_says("stm32f2x options_write 0 --irreversible", "[usage: stm32f2x options_write");
    assert_says("stm32f2x optcr2_write 0 1", "[no optcr2 register]");
    assert_prints("stm32f2x options_read 0", "stm32f2x user_options 0xE0\n");
}

static void sectors_are_protected(void **state)
{
    (void)state;
    assert_says("flash protect 0 4 4 on",
                "set protection for sectors 4 through 4 on flash bank 0\nINFO: a reset");
    assert_says("flash fillw 0x08010000 1 1", "0x08010000 is write protected by the option bytes");
    assert_says("flash info 0", "\t#  4: 0x00010000 (0x10000 64kB) protected\n\t#  5: 0x00020000 "
                                "(0x20000 128kB) not protected\n");
    monitor("flash protect 0 0 last off");
    assert_says("flash fillw 0x08010000 1 1", "wrote 4 bytes to 0x08010000");
    assert_says("flash protect 0 0 0 on now", "[usage: flash protect");
}

static void it_is_locked_and_unlocked(void **state)
{
    (void)state;
    monitor("flash fillw 0x08000000 0x12345678 1; stm32f2x options_write 0 0xe0");
    assert_says("stm32f4x lock 0", "stm32f2x locked\n");
    assert_says("sim power off; sim power on; flash probe 0", "the flash is read-protected");
    assert_says("mdw 0x08000000", "[");
    assert_says("stm32f2x options_write 0 0xec", "[read protection is on");
    assert_says("stm32f4x unlock 0", "unlocking erases the whole flash\nstm32f2x unlocked.\nINFO: "
                                     "a reset or power cycle is required for the new");
    monitor("sim power off; sim power on");
    assert_says("mdw 0x08000000", "0x08000000: ffffffff \n");
    assert_prints("stm32f2x options_read 0", "stm32f2x user_options 0xE0\n");
}

/* The watchdog by hardware is the program's to start while the chip erases itself, and again after
 * it. */
static void a_hardware_watchdog_does_not_end_the_erase(void **state)
{
    (void)state;
    monitor("stm32f2x options_write 0 0xcc; stm32f2x lock 0; sim power off; sim power on");
    assert_says("stm32f2x options_read 0", "stm32f2x user_options 0xCC\n");
    assert_says("stm32f2x unlock 0", "stm32f2x unlocked.");
    monitor("sim power off; sim power on");
    assert_says("stm32f2x options_read 0", "stm32f2x user_options 0xCC\n");
    assert_says("mdw 0x08000000", "ffffffff");
}

static void options_have_names(void **state)
{
    (void)state;
    assert_says("options", "RDP         off          off, level1, level2 (no way back)\n"
                           "BOR_LEV     off          off, 2.1V, 2.4V, 2.7V\n");
    assert_also("WRP         none         none, all, or blocks of 0-5\n");
    assert_prints("options bor_lev=2.7v WRP=0,4-5",
                  "BOR_LEV: off -> 2.7V\nWRP: none -> 0,4-5\nINFO: a reset or power cycle is "
                  "required for the new settings to take effect.\n");
    assert_says("flash info 0", "\t#  4: 0x00010000 (0x10000 64kB) protected\n");
    assert_prints("stm32f2x options_read 0", "stm32f2x user_options 0xE0\n");
    assert_says("options SPRMOD=pcrop", "[SPRMOD = pcrop: there is no way back");
    assert_says("options RDP=0xcc", "[RDP = level2: there is no way back");
    assert_says("options --irreversible", "[usage: options");
    assert_says("options RDP=2", "'2' is nothing that RDP can be: off, level1, level2");
    assert_prints("stm32f2x options_read 0", "stm32f2x user_options 0xE0\n");
}

static void mass_erase_is_complete(void **state)
{
    (void)state;
    monitor("flash fillw 0x0803fffc 1 1");
    assert_prints("stm32f2x mass_erase 0", "stm32x mass erase complete\n");
    assert_prints("mdw 0x0803fffc", "0x0803fffc: ffffffff \n");
}

static void one_time_memory_is_not_written(void **state)
{
    (void)state;
    assert_prints("stm32f2x otp 1 show", "OTP memory bank #1 is disabled for write commands.\n");
    assert_says("stm32f2x otp 1 enable", "[what is written to one-time memory stays for ever");
    assert_says("stm32f2x otp 0 show", "[Failed: not an OTP bank.]");
    assert_says("stm32f2x otp 1 maybe", "[usage: stm32f2x otp");
    assert_says("flash fillw 0x1fff7800 1 1", "is one-time programmable memory");
    assert_prints("mdw 0x1fff7800", "0x1fff7800: ffffffff \n");
}

static void words_of_other_families_are_refused(void **state)
{
    (void)state;
    assert_says("stm32f1x unlock 0", "[this chip is no stm32f1x: it is stm32f4x");
    assert_says("stm32f7x lock 0", "[this chip is no stm32f7x: it is stm32f4x");
    assert_says("stm32f2x", "[stm32f2x wants one of: lock, mass_erase");
}

#define ON_BLACK_PILL(test) cmocka_unit_test_setup_teardown(test, fresh_board, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BLACK_PILL(the_driver_is_named_as_openocd_does),
        ON_BLACK_PILL(user_options_are_a_number),
        ON_BLACK_PILL(sectors_are_protected),
        ON_BLACK_PILL(it_is_locked_and_unlocked),
        ON_BLACK_PILL(a_hardware_watchdog_does_not_end_the_erase),
        ON_BLACK_PILL(options_have_names),
        ON_BLACK_PILL(mass_erase_is_complete),
        ON_BLACK_PILL(one_time_memory_is_not_written),
        ON_BLACK_PILL(words_of_other_families_are_refused),
    };

    return cmocka_run_group_tests_name("monitor_f4", tests, NULL, NULL);
}
