/* SPDX-License-Identifier: MIT */
/* Flash by monitor commands: what there is, erasing, programming, protections, and the story of a
 * chip that is read-protected. */
#include "chip/families.h"
#include "commands/monitor.h"
#include "flash/options.h"
#include "monitor_rig.h"

enum { IMAGE_SIZE = 40000 };
static uint8_t image[IMAGE_SIZE];

static const char *image_file(void)
{
    for (size_t i = 0; i < IMAGE_SIZE; i++)
        image[i] = (uint8_t)(i * 7 + (i >> 8));
    /* A vector table that a reset survives: sp, and b . at 0x08000100. */
    memcpy(image, "\x00\x50\x00\x20\x01\x01\x00\x08", 8);
    memcpy(image + 0x100, "\xfe\xe7", 2);
    return rig_file("image.bin", image, sizeof image);
}

static int fresh_board(void **state)
{
    return rig_set_up(state);
}

static void banks_are_listed(void **state)
{
    (void)state;
    assert_prints("flash banks", "#0 : stm32f1x.flash (stm32f1x) at 0x08000000, size 0x00010000, "
                                 "buswidth 0, chipwidth 0\n");
    assert_prints("flash list", "{ name {stm32f1x.flash} driver stm32f1x base 0x08000000 "
                                "size 0x10000 bus_width 0 chip_width 0 target stm32f1x.cpu }\n");
    assert_prints("flash probe 0", "device id = 0x20036410\nflash size = 64 KiB\n"
                                   "flash 'stm32f1x' found at 0x08000000\n");
    assert_says("flash probe stm32f1x.flash", "found at 0x08000000");
    assert_says("flash probe 1", "[flash bank 1 is not there");
    assert_says("flash probe first", "['first' is no flash bank's number]");
}

static void somebody_may_say_how_large_it_is(void **state)
{
    (void)state;
    assert_prints("flash size", "flash size = 64 KiB\n");
    assert_prints("flash size 32k", "flash size = 32 KiB\n");
    assert_says("flash banks", "size 0x00008000");
    assert_says("flash fillw 0x08008000 1 1", "neither in flash nor in RAM");
    assert_says("flash size 128k", "[the flash has no 128 KiB: nothing answers at 0x0801fffc]");
    assert_prints("flash size", "flash size = 32 KiB\n");
    assert_says("flash banks", "size 0x00008000");
    assert_says("flash size 256k", "has more than 128 KiB of flash");
    assert_says("flash size 64", "[usage: flash size");
    assert_prints("flash size auto", "flash size = 64 KiB\n");
    assert_says("flash fillw 0x08008000 1 1", "wrote 4 bytes");
}

static void blocks_and_sectors_are_shown(void **state)
{
    (void)state;
    assert_says("flash info 0",
                "#0 : stm32f1x at 0x08000000, size 0x00010000, buswidth 0, chipwidth 0\n"
                "\t#  0: 0x00000000 (0x1000 4kB) not protected\n"
                "\t#  1: 0x00001000 (0x1000 4kB) not protected\n");
    assert_also("\t# 15: 0x0000f000 (0x1000 4kB) not protected\n"
                "STM32F101/F102/F103 medium-density - Rev: Y\n");
    assert_says("flash info 0 sectors", "\t# 63: 0x0000fc00 (0x400 1kB)\n");
    assert_says("flash info 0 pages", "[usage: flash info");
}

static void erasing_is_by_sectors(void **state)
{
    (void)state;
    assert_says("flash fillw 0x08000000 0x12345678 1024; flash erase_check 0",
                "successfully checked erase state\n\t#  0: 0x00000000 (0x400 1kB) not erased\n");
    assert_also("\t#  4: 0x00001000 (0x400 1kB) erased\n");
    assert_says("flash erase_sector 0 0 1", "erased sectors 0 through 1 on flash bank 0 in 0.");
    assert_prints("mdw 0x080007fc 2", "0x080007fc: ffffffff 12345678 \n");
    assert_says("flash erase_sector 0 3 last", "erased sectors 3 through 63 on flash bank 0 in ");
    assert_prints("mdw 0x08000bfc 2", "0x08000bfc: 12345678 ffffffff \n");
    assert_says("flash erase_address 0x08000800 0x400",
                "erased address 0x08000800 (length 1024) in 0.");
    assert_prints("flash erase_check 0", "successfully checked erase state\n\tBank is erased\n");
    assert_says("flash erase_sector 0 3 2", "[sectors 3 to 2: there are 0 to 63]");
    assert_says("flash erase_sector 0 0 64", "[sectors 0 to 64: there are 0 to 63]");
}

static void parts_of_sectors_need_a_word(void **state)
{
    (void)state;
    monitor("flash fillw 0x08000000 0x12345678 512");
    assert_says("flash erase_address 0x08000000 100", "not whole sectors of 1024 bytes");
    assert_prints("mdw 0x08000000", "0x08000000: 12345678 \n");
    assert_says("flash erase_address pad 0x080003fc 8", "erased address 0x080003fc (length 8) in ");
    assert_prints("flash erase_check 0", "successfully checked erase state\n\tBank is erased\n");
    assert_says("flash erase_address 0x20000000 1024", "not all in flash");
    assert_says("flash erase_address pad 0x20000000 1024", "[");
    assert_says("flash erase_address unlock pad 0x08000000 0", "nothing to erase");
    assert_says("flash erase_address 0x0800fc00 0xffffffff", "not all in flash");
    assert_says("flash erase_address pad 0x0800fc00 0xffffffff", "not all in flash");
    assert_says("flash erase_address pad unlock 0", "[usage: flash erase_address");
}

static void filling_has_four_widths(void **state)
{
    (void)state;
    assert_says("flash fillw 0x08000000 0xdeadbeef 2", "wrote 8 bytes to 0x08000000 in 0.");
    monitor("flash fillh 0x08000008 0xcafe 2; flash fillb 0x0800000c 0x5a 4;"
            "flash filld 0x08000010 0x11223344 1");
    assert_prints("mdw 0x08000000 6", "0x08000000: deadbeef deadbeef cafecafe 5a5a5a5a 11223344 "
                                      "00000000 \n");
    assert_says("flash fillb 0x08000000 256 1", "not a value of that width");
    assert_says("flash fillw 0x08000000 1 0", "holds nothing");
    assert_says("flash fillw 0x0800fffc 1 2", "neither in flash nor in RAM");
    assert_says("flash padded_value 0 0", "nothing is padded here");
}

static void a_write_reports_as_it_goes(void **state)
{
    const char *path = image_file();

    (void)state;
    monitorf("flash write_image erase %s 0x08000000", path);
    assert_true(strncmp(rig.output, "auto erase enabled\nflash: ", 26) == 0);
    assert_also(" KiB/s\n");
    assert_also("wrote 40000 bytes from file ");
    assert_true(rig.chunks > 8 && rig.chunks < 40); /* every tenth or so */
    monitorf("flash verify_image %s 0x08000000", path);
    assert_also("verified 40000 bytes in ");
    monitorf("flash write_image %s 0x08000000", path);
    assert_also("flash: 0 bytes programmed, 40000 were right already, 0 sectors erased\n");
}

static void what_is_beside_an_image_stays(void **state)
{
    (void)state;
    monitor("flash fillw 0x08000000 0x12345678 8");
    monitorf("flash write_image erase %s 0x08000008", rig_file("four", "abcd", 4));
    assert_prints("mdw 0x08000000 4", "0x08000000: 12345678 12345678 64636261 12345678 \n");
}

static void an_interrupted_write_says_what_it_left(void **state)
{
    const char *path = image_file();

    (void)state;
    rig.cancel_at = 12;
    monitorf("flash write_image %s 0x08000000", path);
    assert_int_equal(rig.err, ERR_CANCELLED);
    assert_also("programmed");
    monitorf("flash write_image %s 0x08000000; verify_image %s 0x08000000", path, path);
    assert_int_equal(rig.err, ERR_OK);
}

static void places_that_are_no_flash_are_refused_first(void **state)
{
    const char *path = image_file();

    (void)state;
    monitor("flash fillw 0x08000000 0x12345678 1");
    monitorf("flash write_image %s 0x0800f000", path);
    assert_int_equal(rig.err, ERR_NOT_FLASH);
    monitorf("program %s 0x1ffff000", path);
    assert_int_equal(rig.err, ERR_NOT_FLASH);
    assert_prints("mdw 0x08000000", "0x08000000: 12345678 \n");
    assert_says("flash write_image erase", "[usage: flash write_image");
}

static void program_prints_its_stars(void **state)
{
    const char *path = image_file();

    (void)state;
    monitorf("program %s 0x08000000 verify reset", path);
    assert_int_equal(rig.err, ERR_OK);
    assert_also("[stm32f1x.cpu] halted due to ");
    assert_also("** Programming Started **\n");
    assert_also("** Programming Finished **\n** Verify Started **\n** Verified OK **\n"
                "** Resetting Target **\n");
    assert_prints("curstate", "running\n");
    monitorf("program %s preverify reset 0x08000000", path);
    assert_also("**pre-verifying**\n**Verified OK - No flashing**\n** Resetting Target **\n");
    assert_int_equal(rig.last.outcome, MONITOR_NOTHING);
    monitorf("program %s 0x08000000 exit", path);
    assert_also("shutdown command invoked\n");
    assert_int_equal(rig.last.outcome, MONITOR_SHUTDOWN);
    assert_int_equal(rig.last.exit_code, 0);
    monitor("program /nonexistent exit");
    assert_int_equal(rig.last.outcome, MONITOR_SHUTDOWN);
    assert_int_equal(rig.last.exit_code, 1);
    monitorf("program %s 0x08000000 0x08000000", path);
    assert_also("[usage: program");
    assert_says("program verify", "[usage: program");
}

static void programming_another_file_over_it_works(void **state)
{
    const char *path = image_file();

    (void)state;
    monitorf("program %s 0x08000000 verify", path);
    image[5000] ^= 0xFF;
    path = rig_file("other.bin", image, sizeof image);
    monitorf("program %s preverify verify 0x08000000", path);
    assert_also("**pre-verifying**\n** Programming Started **\n");
    assert_also("** Verified OK **\n");
    assert_also("1 sectors erased");
}

static void banks_are_written_and_read_by_offset(void **state)
{
    const char *path = rig_file("in.bin", "0123456789abcdef", 16), *out = rig_path("out.bin");

    (void)state;
    monitorf("flash write_bank 0 %s 0x400", path);
    assert_also("wrote 16 bytes from file ");
    assert_also(" to flash bank 0 at offset 0x00000400 in 0.");
    assert_says("mdb 0x08000400 4", "30 31 32 33 ");
    monitorf("flash verify_bank 0 %s 0x400", path);
    assert_also(" and flash bank 0 at offset 0x00000400 in ");
    assert_also("contents match\n");
    monitorf("flash read_bank 0 %s 0x400 16; flash verify_bank 0 %s 0x400", out, out);
    assert_also("wrote 16 bytes to file ");
    assert_also("contents match\n");
    monitorf("flash verify_bank 0 %s", path);
    assert_also("contents differ\n[16 bytes differ");
    monitorf("flash read_bank 0 %s", out);
    assert_also("wrote 65536 bytes to file ");
    monitorf("flash write_bank 0 %s 0x10000", path);
    assert_also("behind the end of the bank");
    monitorf("flash read_bank 0 %s 0xfff0 17", out);
    assert_also("not a length that the bank has");
}

static void option_bytes_are_shown_as_openocd_does(void **state)
{
    (void)state;
    assert_prints("stm32f1x options_read 0", "option byte register = 0x3fffffc\n"
                                             "write protection register = 0xffffffff\n"
                                             "read protection: off\n"
                                             "watchdog: software\n"
                                             "stop mode: no reset generated upon entry\n"
                                             "standby mode: no reset generated upon entry\n"
                                             "user data = 0xffff\n");
}

static void option_bytes_are_changed(void **state)
{
    (void)state;
    assert_prints("stm32f1x options_write 0 HWWDG RSTSTOP USEROPT 0x1234",
                  "stm32x write options complete.\nINFO: a reset or power cycle is required for "
                  "the new settings to take effect.\n");
    assert_says("reset halt; stm32f1x options_read 0",
                "watchdog: hardware\nstop mode: reset generated upon entry\n"
                "standby mode: no reset generated upon entry\nuser data = 0x1234\n");
    monitor("stm32f1x options_write 0 SWWDG RSTSTNDBY NORSTSTOP; reset halt");
    assert_says("stm32f1x options_read 0",
                "watchdog: software\nstop mode: no reset generated upon entry\n"
                "standby mode: reset generated upon entry\nuser data = 0x1234\n");
    assert_says("stm32f1x options_write 0 SOMETHING", "[usage: stm32f1x options_write");
    assert_says("stm32f1x options_write 0 USEROPT", "[usage: stm32f1x options_write");
    assert_says("stm32f1x options_load 0", "any reset does it");
}

static void blocks_are_protected_against_writing(void **state)
{
    (void)state;
    assert_says("flash protect 0 0 1 on",
                "set protection for blocks 0 through 1 on flash bank 0\nINFO: a reset or");
    assert_says("reset halt; flash info 0", "\t#  1: 0x00001000 (0x1000 4kB) protected\n"
                                            "\t#  2: 0x00002000 (0x1000 4kB) not protected\n");
    assert_says("flash fillw 0x08000000 1 1", "write protected by the option bytes");
    assert_says("flash protect 0 0 last off",
                "cleared protection for blocks 0 through 15 on flash bank 0\n");
    assert_says("reset halt; flash fillw 0x08000000 1 1", "wrote 4 bytes");
    assert_says("flash protect 0 0 99 on", "there are 0 to 15");
    assert_says("flash protect 0 0 1 please", "[usage: flash protect");
}

static void mass_erase_is_complete(void **state)
{
    (void)state;
    monitor("flash fillw 0x08000000 1 1");
    assert_prints("stm32f1x mass_erase 0", "stm32x mass erase complete\n");
    assert_prints("flash erase_check 0", "successfully checked erase state\n\tBank is erased\n");
}

static void commands_of_other_families_are_refused(void **state)
{
    (void)state;
    assert_says("stm32f0x unlock 0", "[this chip is no stm32f0x: it is stm32f1x");
    assert_says("stm32f3x mass_erase 0", "[this chip is no stm32f3x");
    assert_says("gd32e23x lock 0", "[this chip is no gd32e23x");
    assert_says("stm32l4x unlock 0", "[this chip is no stm32l4x");
    assert_says("stm32f1x", "[stm32f1x wants one of: lock, mass_erase");
}

/* Names and words of the monitor's tables against those of the families. */
static const struct monitor_command *command_of(const char *driver, const char *what)
{
    char name[64];

    snprintf(name, sizeof name, "%s%s%s", driver, what[0] ? " " : "", what);
    for (size_t i = 0; i < monitor_command_count; i++)
        if (strcmp(monitor_commands[i].name, name) == 0)
            return &monitor_commands[i];
    return NULL;
}

static bool is_alias_of(const char *name, const char *driver)
{
    for (size_t i = 0; i < monitor_alias_count; i++)
        if (strcmp(monitor_aliases[i].name, name) == 0)
            return strcmp(monitor_aliases[i].means[0], driver) == 0;
    return false;
}

static void the_words_of_options_write_are_those_of_the_table(void **state)
{
    const struct flash_options *options = flash_options_for(rig.session.target);
    const char *usage = command_of("stm32f1x", "options_write")->usage;
    size_t words = 0;

    (void)state;
    for (uint8_t i = 0; i < options->field_count; i++) {
        const struct option_field *field = &options->fields[i];

        if (field->word)
            assert_non_null(strstr(usage, field->word));
        words += field->word != NULL;
        for (uint8_t n = 0; n < field->value_count && field->values[n].word; n++, words++)
            assert_non_null(strstr(usage, field->values[n].word));
    }
    assert_int_equal(words, 7);
}

static void every_family_has_its_commands(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHIP_NO_FLASH; i++) {
        const struct chip_family *family = &chip_families[i];
        char name[32];

        if (!family->commands)
            continue;
        assert_true(command_of(family->commands, "") || command_of(family->commands, "unlock"));
        /* Of target/stm32l0.cfg the commands are stm32l0x. */
        snprintf(name, sizeof name, "%.*sx",
                 (int)strlen(family->openocd) -
                     (family->openocd[strlen(family->openocd) - 1] == 'x'),
                 family->openocd);
        if (strcmp(name, family->commands) != 0)
            assert_true(is_alias_of(name, family->commands));
    }
}

/* --- the story: flash size = 0 because the chip is read-protected --- */

static int locked_board(void **state)
{
    (void)state;
    return rig_open("bluepill,locked") ? 0 : -1;
}

static void a_locked_chip_is_unlocked(void **state)
{
    const char *path = image_file();

    (void)state;
    assert_says("flash probe 0", "the size register does not say, as in a protected chip");
    assert_also("the flash is read-protected");
    assert_also("flash 'stm32f1x' found at 0x08000000\n");
    assert_says("stm32f1x options_read 0", "read protection: on\n");
    monitorf("program %s 0x08000000", path);
    assert_int_equal(rig.err, ERR_PROTECTED);
    assert_also("** Programming Failed **\n");
    assert_also("stm32f1x unlock 0");
    assert_says("dump_image /nonexistent/x 0x08000000 4", "FAULT");

    assert_says("stm32f1x unlock 0",
                "unlocking erases the whole flash\nstm32x unlocked.\nINFO: a reset or power cycle "
                "is required for the new settings to take effect.\nthe whole flash was erased");
    assert_also("a reset is not enough\non the simulated board: sim power off; sim power on\n");
    assert_int_equal(rig.chunks, 5); /* the warning came before */
    monitor("reset");
    assert_says("flash probe 0", "unlocked already");
    monitorf("program %s 0x08000000", path);
    assert_int_equal(rig.err, ERR_PROTECTED);
    assert_also("unlocked already");
    monitor("sim power off; sim power on");
    assert_says("flash probe 0", "flash size = 64 KiB\nflash 'stm32f1x' found");
    assert_null(strstr(rig.output, "protected"));
    assert_prints("flash erase_check 0", "successfully checked erase state\n\tBank is erased\n");
    monitorf("program %s 0x08000000 verify reset", path);
    assert_int_equal(rig.err, ERR_OK);
    assert_also("** Verified OK **\n");
}

static void a_chip_is_locked_and_unlocked(void **state)
{
    (void)state;
    monitor("flash fillw 0x08000000 0x12345678 1");
    assert_prints("stm32f1x lock 0", "stm32x locked\nINFO: a reset or power cycle is required for "
                                     "the new settings to take effect.\n");
    assert_says("reset halt; flash probe 0", "read-protected");
    assert_says("stm32f1x lock 0", "[read protection is on");
    assert_says("stm32f1x unlock 0; sim power off; sim power on; flash probe 0", "64 KiB\nflash '");
    assert_prints("mdw 0x08000000", "0x08000000: ffffffff \n");
    assert_says("stm32f1x unlock 0", "not read-protected: nothing is erased");
    assert_null(strstr(rig.output, "power off"));
}

static void nobody_programs_while_a_gdb_does(void **state)
{
    struct session *session = &rig.session;

    (void)state;
    session->clients[0].open = true;
    assert_int_equal(flash_open(session->target, &session->clients[0].flash), ERR_OK);
    assert_says("flash fillw 0x08000000 1 1",
                "the flash is being programmed by another gdb: a load");
    assert_says("flash erase_sector 0 0 last", "the flash is being programmed by another gdb");
    assert_says("stm32f1x mass_erase 0", "the flash is being programmed by another gdb");
    assert_says("stm32f1x unlock 0", "the flash is being programmed by another gdb");
    assert_says("program /nonexistent", "No such file");
    assert_says("resume", "the flash is being programmed by another gdb");
    flash_close(session->clients[0].flash);
    session->clients[0] = (struct client){0};
    assert_says("flash fillw 0x08000000 1 1", "wrote 4 bytes");
}

#define ON_BLUE_PILL(test) cmocka_unit_test_setup_teardown(test, fresh_board, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BLUE_PILL(banks_are_listed),
        ON_BLUE_PILL(somebody_may_say_how_large_it_is),
        ON_BLUE_PILL(blocks_and_sectors_are_shown),
        ON_BLUE_PILL(erasing_is_by_sectors),
        ON_BLUE_PILL(parts_of_sectors_need_a_word),
        ON_BLUE_PILL(filling_has_four_widths),
        ON_BLUE_PILL(a_write_reports_as_it_goes),
        ON_BLUE_PILL(what_is_beside_an_image_stays),
        ON_BLUE_PILL(an_interrupted_write_says_what_it_left),
        ON_BLUE_PILL(places_that_are_no_flash_are_refused_first),
        ON_BLUE_PILL(program_prints_its_stars),
        ON_BLUE_PILL(programming_another_file_over_it_works),
        ON_BLUE_PILL(banks_are_written_and_read_by_offset),
        ON_BLUE_PILL(option_bytes_are_shown_as_openocd_does),
        ON_BLUE_PILL(option_bytes_are_changed),
        ON_BLUE_PILL(the_words_of_options_write_are_those_of_the_table),
        cmocka_unit_test(every_family_has_its_commands),
        ON_BLUE_PILL(blocks_are_protected_against_writing),
        ON_BLUE_PILL(mass_erase_is_complete),
        ON_BLUE_PILL(commands_of_other_families_are_refused),
        cmocka_unit_test_setup_teardown(a_locked_chip_is_unlocked, locked_board, rig_tear_down),
        ON_BLUE_PILL(a_chip_is_locked_and_unlocked),
        ON_BLUE_PILL(nobody_programs_while_a_gdb_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
