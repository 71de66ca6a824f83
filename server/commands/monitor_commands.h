/* SPDX-License-Identifier: MIT */
/* For the files of the monitor: the handlers of its table, each in the file of its group, and what
 * they share. */
#ifndef PROBED_MONITOR_COMMANDS_H
#define PROBED_MONITOR_COMMANDS_H

#include "commands/monitor.h"
#include "image/image.h"

/* --- monitor.c --- */

/* Connected, or ERR_NOT_CONNECTED with the sentence why not; tries to connect first. */
enum err monitor_target(struct monitor *monitor, struct target **target);

/* --- monitor_args.c: all fail with ERR_ARGUMENT and a sentence --- */

/* The usage line of the command called `name`. */
enum err monitor_usage(struct monitor *monitor, const char *name);
/* `what`: "an address", "a count". */
enum err monitor_value(struct monitor *monitor, const char *word, const char *what, uint32_t limit,
                       uint32_t *value);
enum err monitor_address(struct monitor *monitor, const char *word, uint32_t *address);
/* "enable" or "on", "disable" or "off"; false: neither. */
bool monitor_switch(const char *word, bool *on);
/* Which of `count` names; `count` if none. */
size_t monitor_choice(const char *word, const char *const names[], size_t count);

/* Time on the probe's clock, or the machine's while there is no probe. */
struct clock *monitor_clock(const struct monitor *monitor);
/* "0.002814s (355.366 KiB/s)" for `bytes` since then; as OpenOCD writes it. */
struct monitor_rate {
    char text[48];
};
struct monitor_rate monitor_rate(const struct monitor *monitor, uint64_t started_us, size_t bytes);

/* --- monitor_halted.c --- */

/* Index of the register called so or numbered so, or the count of registers. */
size_t monitor_find_register(const struct target *target, const char *name);
/* Where the core stands and why: two lines as OpenOCD has them, and a sentence on a fault. */
enum err monitor_print_halted(struct monitor *monitor);
/* Why it stands, or that this says nothing of the program that is in the flash by now. */
const char *monitor_why_halted(const struct session *session);
/* Resets, lets the program begin, and prints what came of that if it is not well. */
enum err monitor_reset_run(struct monitor *monitor);

/* --- monitor_bank.c: flash as banks and sectors --- */

/* A stretch of flash without gaps. */
struct monitor_bank {
    unsigned number;
    uint32_t start, size;
};
bool monitor_bank_get(const struct target *target, unsigned number, struct monitor_bank *bank);
/* Connected, and `word` is a bank's number or name. */
enum err monitor_bank(struct monitor *monitor, const char *word, struct target **target,
                      struct monitor_bank *bank);
/* The sector number `index` of the bank; false behind the last. */
bool monitor_bank_sector(const struct target *target, const struct monitor_bank *bank,
                         uint32_t index, uint32_t *address, uint32_t *size);
/* The words `first last` as sectors' numbers, "last" being the last. */
enum err monitor_bank_sectors(struct monitor *monitor, uint32_t count, const char *const words[2],
                              uint32_t *first, uint32_t *last);
/* "stm32f4x", "stm32f2x": what OpenOCD calls the chip's family, and its flash driver. */
const char *monitor_family(const struct target *target);
const char *monitor_flash_driver(const struct target *target);
/* "stm32f1x.cpu" */
struct monitor_name {
    char text[32];
};
struct monitor_name monitor_target_name(const struct target *target);
/* "stm32wlx.cpu1": of one of its cores. */
struct monitor_name monitor_core_name(const struct target *target, unsigned core);
/* Which core is called so; false: none. The first may be called "stm32wlx.cpu0", too. */
bool monitor_core_of(const struct target *target, const char *name, unsigned *core);

/* --- monitor_files.c --- */

/* Words behind a file name: [address [format]]. A binary needs the address. */
enum err monitor_image(struct monitor *monitor, int argc, const char *const argv[], int file,
                       struct image *image);
/* Compares with memory: *differences bytes; `print`: which. */
enum err monitor_compare(struct monitor *monitor, struct target *target, const struct image *image,
                         bool print, uint32_t *differences);
/* Reads memory into a new file. */
enum err monitor_save(struct monitor *monitor, struct target *target, uint32_t address,
                      uint32_t size, const char *path);

/* --- monitor_program.c --- */

/* May flash be changed now? Also ends what this gdb has begun. */
enum err monitor_flash_allowed(struct monitor *monitor, struct target **target);
/* flash_image() with progress and a line on what was done. */
enum err monitor_program_image(struct monitor *monitor, struct target *target,
                               const struct image *image);

typedef enum err monitor_handler(struct monitor *monitor, int argc, const char *const argv[]);

/* monitor_help.c */
monitor_handler monitor_help;
/* monitor_control.c */
monitor_handler monitor_halt, monitor_resume, monitor_reset, monitor_step, monitor_soft_reset_halt,
    monitor_wait_halt, monitor_poll;
/* monitor_core.c */
monitor_handler monitor_dap_info;
monitor_handler monitor_targets, monitor_target_current, monitor_curstate, monitor_maskisr,
    monitor_vector_catch, monitor_core_reset_config;
/* monitor_semihosting.c */
monitor_handler monitor_semihosting, monitor_semihosting_cmdline, monitor_semihosting_resexit,
    monitor_semihosting_fileio, monitor_semihosting_redirect, monitor_semihosting_basedir,
    monitor_semihosting_user_param;
/* monitor_status.c */
monitor_handler monitor_status, monitor_stats, monitor_sim, monitor_sim_hand;
/* monitor_doctor.c */
monitor_handler monitor_doctor;
/* monitor_memory.c: the width is the third letter of the name */
monitor_handler monitor_display, monitor_write, monitor_read_memory, monitor_write_memory;
/* monitor_reg.c */
monitor_handler monitor_reg, monitor_get_reg, monitor_set_reg;
/* monitor_break.c */
monitor_handler monitor_bp, monitor_rbp, monitor_wp, monitor_rwp;
/* monitor_files.c */
monitor_handler monitor_load_image, monitor_dump_image, monitor_verify_image, monitor_test_image;
/* monitor_flash.c */
monitor_handler monitor_otp, monitor_flash_size, monitor_flash_banks, monitor_flash_list,
    monitor_flash_probe, monitor_flash_info, monitor_erase_check, monitor_erase_sector,
    monitor_erase_address, monitor_padded_value;
/* monitor_program.c */
monitor_handler monitor_write_image, monitor_program;
/* monitor_flash_bank.c */
monitor_handler monitor_write_bank, monitor_read_bank, monitor_verify_bank, monitor_fill;
/* monitor_options.c */
monitor_handler monitor_lock, monitor_unlock, monitor_mass_erase, monitor_options_read,
    monitor_options_write, monitor_options_load, monitor_options, monitor_optcr2_write,
    monitor_protect;
/* monitor_option_registers.c */
monitor_handler monitor_option_read, monitor_option_write, monitor_option_load, monitor_wrp_info,
    monitor_trustzone;
/* monitor_rtt.c */
monitor_handler monitor_rtt_console, monitor_rtt_setup, monitor_rtt_start, monitor_rtt_stop,
    monitor_rtt_channels, monitor_rtt_channellist, monitor_rtt_polling_interval,
    monitor_rtt_server_start, monitor_rtt_server_stop;
/* monitor_swo.c */
monitor_handler monitor_swo, monitor_swo_on, monitor_swo_off, monitor_swo_times,
    monitor_swo_exceptions, monitor_swo_samples, monitor_swo_port, monitor_swo_cortex_debug,
    monitor_swo_jlink, monitor_tpiu_config, monitor_tpiu_configure, monitor_tpiu_enable,
    monitor_itm_port, monitor_itm_ports;
/* monitor_adapter.c */
monitor_handler monitor_speed, monitor_adapter_name, monitor_adapter_list, monitor_adapter_serial,
    monitor_adapter_place, monitor_adapter_signal, monitor_adapter_srst, monitor_reset_config,
    monitor_transport_list, monitor_transport_select, monitor_scan;
/* monitor_settings.c */
monitor_handler monitor_gdb_setting, monitor_breakpoint_override, monitor_console_escapes,
    monitor_gdb_sync, monitor_before_init, monitor_debug_level, monitor_log_output;
/* monitor_script.c */
monitor_handler monitor_echo, monitor_sleep, monitor_version, monitor_init, monitor_shutdown,
    monitor_exit, monitor_not_yet, monitor_rtos;

#endif
