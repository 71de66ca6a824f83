/* SPDX-License-Identifier: MIT */
/* What STM32F1 has of its own: protections and option bytes (PM0075, 2.4 and 2.5). OpenOCD calls
 * these `stm32f1x ..`, with aliases for families whose controller is the same: on an F1 they are
 * refused, since who types them expects another chip. */
#include "flash/stm32/stm32f1.h"

#include <string.h>

#include "chip/chips.h"
#include "commands/monitor_commands.h"
#include "flash/flash.h"

#define OBR_USER_WDG_SW (1u << 0)
#define OBR_USER_RST_STOP (1u << 1)
#define OBR_USER_RST_STDBY (1u << 2)

static enum err check_family(struct monitor *monitor, const struct target *target)
{
    const struct chip *chip = chip_by_dev_id(target_chip(target)->dev_id);
    const char *asked = monitor->typed, *family = monitor_family(target);

    if (asked[0] && strcmp(asked, family) != 0)
        return job_fail(monitor->job, ERR_UNSUPPORTED, "this chip is no %.20s: it is %s (%s)",
                        asked, family, target_chip(target)->name);
    if (chip && (chip->family == CHIP_F1 || chip->family == CHIP_F1_XL))
        return ERR_OK;
    return job_fail(monitor->job, ERR_UNSUPPORTED,
                    "the option bytes of %s are not known to this command yet",
                    target_chip(target)->name);
}

/* `BANK` is argv[1]. */
static enum err find(struct monitor *monitor, const char *const argv[], struct target **target)
{
    struct monitor_bank bank;
    enum err err = monitor_bank(monitor, argv[1], target, &bank);

    return err == ERR_OK ? check_family(monitor, *target) : err;
}

/* The same, about to change something. */
static enum err find_to_change(struct monitor *monitor, const char *const argv[],
                               struct target **target)
{
    enum err err = find(monitor, argv, target);

    return err == ERR_OK ? monitor_flash_allowed(monitor, target) : err;
}

static void print_takes_effect(struct monitor *monitor)
{
    job_print(monitor->job, "INFO: a reset or power cycle is required for the new settings to take "
                            "effect.\n");
}

/* --- protection against reading --- */

enum err monitor_lock(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    enum err err = find_to_change(monitor, argv, &target);

    (void)argc;
    if (err == ERR_OK)
        err = stm32f1_options_lock(target);
    if (err != ERR_OK)
        return err;
    job_print(monitor->job, "stm32x locked\n");
    print_takes_effect(monitor);
    return ERR_OK;
}

/* PM0075, 2.4.1: protection ends with a power-on reset, not with just any. */
static void print_unlocked(struct monitor *monitor, bool was_protected)
{
    job_print(monitor->job, "stm32x unlocked.\n");
    print_takes_effect(monitor);
    if (!was_protected)
        return;
    job_print(monitor->job, "the whole flash was erased; that it can be read again takes a power "
                            "cycle on this part, a reset is not enough\n");
    if (strcmp(probe_driver_name(monitor->session->probe), "sim") == 0)
        job_print(monitor->job, "on the simulated board: sim power off; sim power on\n");
}

enum err monitor_unlock(struct monitor *monitor, int argc, const char *const argv[])
{
    struct stm32f1_options before;
    struct target *target;
    enum err err = find_to_change(monitor, argv, &target);

    (void)argc;
    if (err == ERR_OK)
        err = stm32f1_options_read(target, &before);
    if (err != ERR_OK)
        return err;
    if (before.readout_protected && target_chip(target)->unlocked) {
        job_print(monitor->job, TARGET_UNLOCKED_TEXT "\n");
        return ERR_OK;
    }
    if (before.readout_protected)
        job_print(monitor->job, "unlocking erases the whole flash\n");
    else
        job_print(monitor->job, "the flash is not read-protected: nothing is erased, the option "
                                "bytes get their defaults\n");
    err = stm32f1_options_unlock(target);
    if (err == ERR_OK)
        print_unlocked(monitor, before.readout_protected);
    return err;
}

/* --- erase --- */

enum err monitor_mass_erase(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    struct monitor_bank bank;
    enum err err = monitor_bank(monitor, argv[1], &target, &bank);

    (void)argc;
    if (err == ERR_OK)
        err = check_family(monitor, target);
    if (err == ERR_OK)
        err = monitor_flash_allowed(monitor, &target);
    if (err != ERR_OK)
        return err;
    err = flash_erase_now(target, bank.start, 0);
    job_print(monitor->job, "stm32x mass erase %s\n", err == ERR_OK ? "complete" : "failed");
    return err;
}

/* --- option bytes --- */

static void print_options(struct monitor *monitor, const struct stm32f1_options *options,
                          uint32_t obr, uint32_t wrpr)
{
    uint8_t user = (uint8_t)(obr >> 2); /* in force, not what is stored */

    job_print(monitor->job, "option byte register = 0x%x\n", (unsigned)obr);
    job_print(monitor->job, "write protection register = 0x%x\n", (unsigned)wrpr);
    job_print(monitor->job, "read protection: %s\n", options->readout_protected ? "on" : "off");
    job_print(monitor->job, "watchdog: %sware\n", user & OBR_USER_WDG_SW ? "soft" : "hard");
    job_print(monitor->job, "stop mode: %sreset generated upon entry\n",
              user & OBR_USER_RST_STOP ? "no " : "");
    job_print(monitor->job, "standby mode: %sreset generated upon entry\n",
              user & OBR_USER_RST_STDBY ? "no " : "");
    job_print(monitor->job, "user data = 0x%02x%02x\n", options->data[1], options->data[0]);
    if (options->broken)
        job_print(monitor->job, "an option byte and its complement disagree (OPTERR)\n");
}

enum err monitor_options_read(struct monitor *monitor, int argc, const char *const argv[])
{
    struct stm32f1_options options;
    struct target *target;
    uint32_t obr, wrpr;
    enum err err = find(monitor, argv, &target);

    (void)argc;
    if (err == ERR_OK)
        err = stm32f1_options_read(target, &options);
    if (err == ERR_OK)
        err = target_read_width(target, STM32F1_FLASH_OBR, 4, &obr, 1);
    if (err == ERR_OK)
        err = target_read_width(target, STM32F1_FLASH_WRPR, 4, &wrpr, 1);
    if (err == ERR_OK)
        print_options(monitor, &options, obr, wrpr);
    return err;
}

/* One word of options_write; USEROPT takes the next one. */
static bool take_option(struct stm32f1_options *options, const char *word)
{
    static const struct {
        const char *name;
        uint8_t bit;
        bool set;
    } words[] = {
        {"SWWDG", OBR_USER_WDG_SW, true},          {"HWWDG", OBR_USER_WDG_SW, false},
        {"NORSTSTNDBY", OBR_USER_RST_STDBY, true}, {"RSTSTNDBY", OBR_USER_RST_STDBY, false},
        {"NORSTSTOP", OBR_USER_RST_STOP, true},    {"RSTSTOP", OBR_USER_RST_STOP, false},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i].name) == 0) {
            options->user = (uint8_t)(words[i].set ? options->user | words[i].bit
                                                   : options->user & ~words[i].bit);
            return true;
        }
    return false;
}

static enum err take_options(struct monitor *monitor, int argc, const char *const argv[],
                             struct stm32f1_options *options)
{
    for (int i = 2; i < argc; i++) {
        uint32_t value;

        if (take_option(options, argv[i]))
            continue;
        if (strcmp(argv[i], "USEROPT") != 0 || i + 1 == argc)
            return monitor_usage(monitor, argv[0]);
        enum err err =
            monitor_value(monitor, argv[++i], "user data of 16 bits", UINT16_MAX, &value);
        if (err != ERR_OK)
            return err;
        options->data[0] = (uint8_t)value;
        options->data[1] = (uint8_t)(value >> 8);
    }
    return ERR_OK;
}

enum err monitor_options_write(struct monitor *monitor, int argc, const char *const argv[])
{
    struct stm32f1_options options;
    struct target *target;
    enum err err = find_to_change(monitor, argv, &target);

    if (err == ERR_OK)
        err = stm32f1_options_read(target, &options);
    if (err == ERR_OK)
        err = take_options(monitor, argc, argv, &options);
    if (err == ERR_OK)
        err = stm32f1_options_write(target, &options);
    if (err != ERR_OK)
        return err;
    job_print(monitor->job, "stm32x write options complete.\n");
    print_takes_effect(monitor);
    return ERR_OK;
}

enum err monitor_options_load(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    enum err err = find(monitor, argv, &target);

    (void)argc;
    return err != ERR_OK
               ? err
               : job_fail(monitor->job, ERR_UNSUPPORTED,
                          "STM32F1 cannot load its option bytes on demand: any reset does it, and "
                          "the end of read protection takes a power cycle");
}

/* --- protection against writing: `flash protect BANK FIRST LAST on|off` --- */

/* Blocks of 4 KiB: a bit each, the last one for all that follows (PM0075, 2.4.2). */
static uint32_t block_count(const struct monitor_bank *bank)
{
    enum { BLOCK = 4096, BLOCKS = 32 };
    uint32_t count = (bank->size + BLOCK - 1) / BLOCK;

    return count < BLOCKS ? count : BLOCKS;
}

enum err monitor_protect(struct monitor *monitor, int argc, const char *const argv[])
{
    struct stm32f1_options options;
    struct monitor_bank bank;
    struct target *target;
    uint32_t first, last;
    bool on;
    enum err err = monitor_bank(monitor, argv[1], &target, &bank);

    (void)argc;
    monitor->typed = ""; /* no family's own command */
    if (err == ERR_OK && !monitor_switch(argv[4], &on))
        err = monitor_usage(monitor, argv[0]);
    if (err == ERR_OK)
        err = check_family(monitor, target);
    if (err == ERR_OK)
        err = monitor_flash_allowed(monitor, &target);
    if (err == ERR_OK)
        err = monitor_bank_sectors(monitor, block_count(&bank), argv + 2, &first, &last);
    if (err == ERR_OK)
        err = stm32f1_options_read(target, &options);
    if (err != ERR_OK)
        return err;
    for (uint32_t i = first; i <= last; i++)
        options.wrp = on ? options.wrp & ~(1u << i) : options.wrp | 1u << i;
    err = stm32f1_options_write(target, &options);
    if (err != ERR_OK)
        return err;
    job_print(monitor->job, "%s protection for sectors %u through %u on flash bank %u\n",
              on ? "set" : "cleared", (unsigned)first, (unsigned)last, bank.number);
    print_takes_effect(monitor);
    return ERR_OK;
}
