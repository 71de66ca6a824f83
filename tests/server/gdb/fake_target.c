/* SPDX-License-Identifier: MIT */
#include "fake_target.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct target {
    int unused;
};
struct probe {
    int unused;
};
struct flash {
    struct flash_report report;
};

struct fake fake;
static struct target the_target;
static struct probe the_probe;
static struct flash the_flash;

#define note fake_note
void fake_note(const char *format, ...)
{
    size_t used = strlen(fake.log);
    va_list args;

    va_start(args, format);
    vsnprintf(fake.log + used, sizeof fake.log - used, format, args);
    va_end(args);
}

void fake_reset(void)
{
    memset(&fake, 0, sizeof fake);
    for (size_t i = 0; i < FAKE_REGISTERS; i++)
        fake.registers[i] = 0x1000 + i;
    for (size_t i = 0; i < FAKE_RAM_SIZE; i++)
        fake.ram[i] = (uint8_t)i;
    memset(fake.flash, 0xFF, sizeof fake.flash);
}

const char *fake_log(void)
{
    static char copy[sizeof fake.log];

    memcpy(copy, fake.log, sizeof copy);
    fake.log[0] = '\0';
    return copy;
}

static enum err failing(void)
{
    return fake.fail == ERR_OK ? ERR_OK : job_fail(fake.job, fake.fail, "it fails");
}

static void speak(void)
{
    if (fake.says && fake.text) /* as semihosting.c does */
        fake.text(fake.text_user,
                  &(struct program_text){TEXT_SEMIHOSTING, 1, fake.says, strlen(fake.says)});
    fake.says = NULL;
}

static void interlude(void)
{
    void (*between)(void *user) = fake.between;

    fake.between = NULL;
    if (between)
        between(fake.between_user);
}

/* --- probe --- */

struct clock *probe_clock(const struct probe *probe)
{
    return clock_real();
}

enum err target_say_flash_size(struct target *target, uint32_t bytes)
{
    return ERR_OK;
}

void probe_say_supply(struct probe *probe, uint32_t millivolts) {}

enum err probe_open(const struct probe_info *info, struct job *job, FILE *wire,
                    struct probe **probe)
{
    note("open;");
    if (fake.open_error != ERR_OK)
        return job_fail(job, fake.open_error, "no probe here");
    *probe = &the_probe;
    return ERR_OK;
}

bool probe_outlives_cable(const struct probe *probe)
{
    return fake.outlives_cable;
}

void probe_close(struct probe *probe)
{
    if (probe)
        note("close;");
}

void probe_set_job(struct probe *probe, struct job *job)
{
    fake.job = job;
}

enum err probe_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz)
{
    note("speed %u;", khz);
    return ERR_OK;
}

uint32_t probe_speed_khz(const struct probe *probe)
{
    (void)probe;
    return fake.speed_khz;
}

struct job *probe_job(const struct probe *probe)
{
    return fake.job;
}

/* --- life --- */

struct probe *target_probe(const struct target *target)
{
    return &the_probe;
}

const struct target_core *target_core(const struct target *target)
{
    static const struct target_core core = {.name = "core made of variables"};

    return &core;
}

unsigned target_core_count(const struct target *target)
{
    return fake.two_cores ? 2 : 1;
}

unsigned target_select_core(struct target *target, unsigned index)
{
    unsigned before = fake.selected;

    fake.selected = index;
    return before;
}

enum err target_reach_core(struct target *target)
{
    if (fake.selected == 0 || fake.other_state != TARGET_ABSENT)
        return ERR_OK;
    return job_fail(fake.job, ERR_NOT_CONNECTED, "the other core sleeps");
}

const struct target_chip *target_chip(const struct target *target)
{
    static const struct target_chip chip = {.name = "chip made of variables"};

    return &chip;
}

enum err target_create(struct probe *probe, struct target **target)
{
    *target = &the_target;
    fake.state = TARGET_ABSENT;
    return ERR_OK;
}

void target_destroy(struct target *target) {}

void target_describe(struct target *target, const struct chip_description *description) {}

void target_set_text(struct target *target,
                     void (*text)(void *user, const struct program_text *text), void *user)
{
    fake.text = text;
    fake.text_user = user;
}

struct job *target_set_job(struct target *target, struct job *job)
{
    struct job *before = fake.job;

    fake.job = job;
    return before;
}

enum err target_connect(struct target *target, enum target_connect how)
{
    note("connect;");
    if (fake.connect_error != ERR_OK)
        return job_fail(fake.job, fake.connect_error, "nothing answers");
    fake.state = TARGET_RUNNING;
    return ERR_OK;
}

enum err target_disconnect(struct target *target)
{
    note("disconnect;");
    return ERR_OK;
}

enum target_state target_state(const struct target *target)
{
    return fake.selected ? fake.other_state : fake.state;
}

const struct target_region *target_regions(const struct target *target, size_t *count)
{
    static const struct target_region regions[] = {
        {"flash", REGION_FLASH, FAKE_FLASH, FAKE_FLASH_SIZE, 1024, 0},
        {"sram", REGION_RAM, FAKE_RAM, FAKE_RAM_SIZE, 0, 0},
        {"system memory", REGION_ROM, 0x1FFFF000, 0x800, 0, 0},
    };

    *count = 3;
    return regions;
}

const struct target_region *target_region_at(const struct target *target, uint32_t address)
{
    size_t count;
    const struct target_region *regions = target_regions(target, &count);

    for (size_t i = 0; i < count; i++)
        if (address >= regions[i].start && address - regions[i].start < regions[i].size)
            return &regions[i];
    return NULL;
}

const struct target_register *target_registers(const struct target *target, size_t *count)
{
#define CORE(name, sel)                                      \
    {                                                        \
        name, "org.gnu.gdb.arm.m-profile", "int", 32, sel, 0 \
    }
#define SYSTEM(name, bits, sel)                               \
    {                                                         \
        name, "org.gnu.gdb.arm.m-system", "int", bits, sel, 0 \
    }
    static const struct target_register registers[FAKE_REGISTERS] = {
        CORE("r0", 0),    CORE("r1", 1),         CORE("r2", 2),         CORE("r3", 3),
        CORE("r4", 4),    CORE("r5", 5),         CORE("r6", 6),         CORE("r7", 7),
        CORE("r8", 8),    CORE("r9", 9),         CORE("r10", 10),       CORE("r11", 11),
        CORE("r12", 12),  CORE("sp", 13),        CORE("lr", 14),        CORE("pc", 15),
        CORE("xpsr", 16), SYSTEM("msp", 32, 17), SYSTEM("psp", 32, 18), SYSTEM("control", 8, 20)};

    *count = FAKE_REGISTERS;
    return registers;
}

/* --- run control --- */

/* What the core does when it runs: stops as the test said, or goes on. */
static enum err until_next(struct target_stop *stop)
{
    speak();
    *stop = fake.next;
    if (fake.next.reason == STOP_NONE)
        return ERR_OK;
    fake.last = fake.next;
    fake.next = (struct target_stop){0};
    fake.state = TARGET_HALTED;
    return ERR_OK;
}

enum err target_poll(struct target *target, struct target_stop *stop)
{
    enum err err = fake.poll_error;

    *stop = (struct target_stop){0};
    if (err) {
        fake.poll_error = ERR_OK;
        fake.state = fake.poll_state;
        return job_fail(fake.job, err, "something happened");
    }
    return fake.state == TARGET_HALTED ? ERR_OK : until_next(stop);
}

bool target_locked_up(const struct target *target)
{
    return fake.locked_up && fake.state == TARGET_RUNNING;
}

enum err target_measure(struct target *target, struct target_stop *stop)
{
    note("measure;");
    return target_poll(target, stop);
}

bool target_found_reset(const struct target *target)
{
    return false;
}

enum err target_explain_reset_loop(struct target *target, char *text, size_t size)
{
    note("explain;");
    snprintf(text, size, "%s", "it loops by its watchdog");
    return ERR_OK;
}

enum err target_explain_lockup(struct target *target, char *text, size_t size)
{
    snprintf(text, size, "%s", "it hit a wall");
    return ERR_OK;
}

enum err target_halt(struct target *target, struct target_stop *stop)
{
    note("halt;");
    *stop = (struct target_stop){0};
    if (fake.fail != ERR_OK || fake.state == TARGET_HALTED)
        return failing();
    fake.state = TARGET_HALTED;
    fake.last = *stop = (struct target_stop){.reason = STOP_REQUEST, .pc = 0x08000100};
    return ERR_OK;
}

enum err target_resume(struct target *target)
{
    note("resume;");
    if (fake.fail != ERR_OK)
        return failing();
    fake.state = TARGET_RUNNING;
    return ERR_OK;
}

enum err target_continue(struct target *target, unsigned owner)
{
    note("continue%u;", owner);
    if (fake.fail != ERR_OK)
        return failing();
    fake.state = TARGET_RUNNING;
    return ERR_OK;
}

enum err target_step(struct target *target, struct target_stop *stop)
{
    note("step;");
    if (fake.fail != ERR_OK)
        return failing();
    if (fake.next.reason == STOP_NONE)
        fake.next.reason = STOP_STEP;
    return until_next(stop);
}

enum err target_step_range(struct target *target, uint32_t start, uint32_t end,
                           struct target_stop *stop)
{
    note("range %08x %08x;", start, end);
    interlude();
    if (job_cancelled(fake.job))
        fake.next.reason = STOP_REQUEST;
    else if (fake.next.reason == STOP_NONE)
        fake.next.reason = STOP_STEP;
    return until_next(stop);
}

enum err target_reset(struct target *target, enum target_reset kind)
{
    note("reset %d;", kind);
    if (fake.fail != ERR_OK)
        return failing();
    fake.state = kind == TARGET_RESET_RUN ? TARGET_RUNNING : TARGET_HALTED;
    fake.last = (struct target_stop){.reason = STOP_RESET};
    return ERR_OK;
}

const struct target_stop *target_last_reset(const struct target *target)
{
    return &fake.reset;
}

const struct target_stop *target_last_stop(const struct target *target)
{
    return &fake.last;
}

/* --- registers and memory --- */

enum err target_read_register(struct target *target, size_t index, uint64_t *value)
{
    if (fake.state != TARGET_HALTED)
        return job_fail(fake.job, ERR_NOT_HALTED, "the core runs");
    if (fake.fail != ERR_OK)
        return failing();
    *value = fake.registers[index];
    return ERR_OK;
}

enum err target_write_register(struct target *target, size_t index, uint64_t value)
{
    fake.registers[index] = value;
    return failing();
}

static uint8_t *cell(uint64_t address)
{
    if (address >= FAKE_RAM && address < FAKE_RAM + FAKE_RAM_SIZE)
        return &fake.ram[address - FAKE_RAM];
    if (address >= FAKE_FLASH && address < FAKE_FLASH + FAKE_FLASH_SIZE)
        return &fake.flash[address - FAKE_FLASH];
    return NULL;
}

static enum err access_memory(uint32_t address, void *to, const void *from, size_t length,
                              size_t *done)
{
    for (size_t i = 0; i < length; i++) {
        uint8_t *at = fake.fail == ERR_OK ? cell((uint64_t)address + i) : NULL;

        if (!at && (i == 0 || !done))
            return job_fail(fake.job, ERR_FAULT, "no memory at 0x%08x", address);
        if (!at) {
            *done = i;
            return ERR_OK;
        }
        if (to)
            ((uint8_t *)to)[i] = *at;
        else
            *at = ((const uint8_t *)from)[i];
    }
    if (done)
        *done = length;
    return ERR_OK;
}

enum err target_read(struct target *target, uint32_t address, void *data, size_t length,
                     size_t *done)
{
    return access_memory(address, data, NULL, length, done);
}

enum err target_write(struct target *target, uint32_t address, const void *data, size_t length)
{
    return access_memory(address, NULL, data, length, NULL);
}

enum err target_read_width(struct target *target, uint32_t address, unsigned width, void *data,
                           size_t count)
{
    return access_memory(address, data, NULL, width * count, NULL);
}

enum err target_crc(struct target *target, uint32_t address, size_t length, uint32_t *crc)
{
    *crc = address ^ (uint32_t)length;
    return failing();
}

/* --- breakpoints --- */

enum err target_breakpoint_set(struct target *target, unsigned owner, enum breakpoint_kind kind,
                               uint32_t address, unsigned size)
{
    note("bp%u+%s %08x/%u;", owner, kind == BREAKPOINT_SW ? "sw" : "hw", address, size);
    return failing();
}

enum err target_breakpoint_clear(struct target *target, unsigned owner, enum breakpoint_kind kind,
                                 uint32_t address, unsigned size)
{
    note("bp%u-%s %08x/%u;", owner, kind == BREAKPOINT_SW ? "sw" : "hw", address, size);
    return failing();
}

bool target_comparator_free(const struct target *target)
{
    (void)target;
    return true;
}

enum err target_watchpoint_set_value(struct target *target, unsigned owner, enum watch_kind kind,
                                     uint32_t address, uint32_t length, uint32_t value)
{
    (void)target, (void)owner, (void)kind, (void)address, (void)length, (void)value;
    return ERR_UNSUPPORTED;
}

enum err target_watchpoint_set(struct target *target, unsigned owner, enum watch_kind kind,
                               uint32_t address, uint32_t length)
{
    note("wp%u+%d %08x/%u;", owner, kind, address, length);
    return failing();
}

enum err target_watchpoint_clear(struct target *target, unsigned owner, enum watch_kind kind,
                                 uint32_t address, uint32_t length)
{
    note("wp%u-%d %08x/%u;", owner, kind, address, length);
    return failing();
}

enum err target_breakpoints_drop_owner(struct target *target, unsigned owner)
{
    note("drop%u;", owner);
    return ERR_OK;
}

/* --- flash --- */

enum err flash_open(struct target *target, struct flash **flash)
{
    note("flash;");
    if (fake.fail != ERR_OK)
        return failing();
    fake.state = TARGET_HALTED;
    the_flash.report = (struct flash_report){0};
    *flash = &the_flash;
    return ERR_OK;
}

enum err flash_erase(struct flash *flash, uint32_t address, uint32_t length)
{
    note("erase %08x/%x;", address, length);
    flash->report.bytes_announced += length;
    if (address < FAKE_FLASH || address - FAKE_FLASH + length > FAKE_FLASH_SIZE)
        return job_fail(fake.job, ERR_NOT_FLASH, "not in flash");
    return failing();
}

enum err flash_write(struct flash *flash, uint32_t address, const void *data, uint32_t length)
{
    note("write %08x/%x;", address, length);
    interlude();
    if (address < FAKE_FLASH || address - FAKE_FLASH > FAKE_FLASH_SIZE ||
        address - FAKE_FLASH + length > FAKE_FLASH_SIZE)
        return job_fail(fake.job, ERR_NOT_FLASH, "not in flash");
    memcpy(&fake.flash[address - FAKE_FLASH], data, length);
    return failing();
}

enum err flash_done(struct flash *flash)
{
    note("done;");
    return failing();
}

void flash_stand(struct flash *flash)
{
    fake.stood++;
}

const struct flash_report *flash_report(const struct flash *flash)
{
    return &flash->report;
}

void flash_close(struct flash *flash)
{
    if (flash)
        note("end;");
}

/* --- monitor: "say X", "fail" --- */

enum err monitor_run(struct monitor *monitor, const char *line)
{
    if (strncmp(line, "say ", 4) == 0) {
        job_print(monitor->job, "%s\n", line + 4);
        return ERR_OK;
    }
    if (strcmp(line, "halt") == 0)
        return session_halt(monitor->session, monitor->job);
    if (strcmp(line, "resume") == 0)
        return session_resume(monitor->session, monitor->job);
    if (strcmp(line, "reset") == 0)
        return session_reset(monitor->session, monitor->job, TARGET_RESET_RUN);
    return job_fail(monitor->job, ERR_ARGUMENT, "unknown command");
}

void target_end_text(struct target *target)
{
    (void)target; /* a program made of variables writes nothing */
}

/* Nor does it make other calls. */
void target_set_files(struct target *target, const struct semihosting_files *files, void *user)
{
    (void)target;
    (void)files;
    (void)user;
}

void target_set_command_line(struct target *target, const char *text)
{
    (void)target;
    (void)text;
}

bool target_is_borrowed(const struct target *target)
{
    (void)target;
    return fake.borrowed;
}

bool target_talks(const struct target *target)
{
    (void)target;
    return false;
}

void target_set_remote_files(struct target *target, semihosting_ask *ask, void *user)
{
    (void)target;
    (void)ask;
    (void)user;
}

void target_answer(struct target *target, int64_t result)
{
    (void)target;
    (void)result;
}

void target_ask_again(struct target *target)
{
    (void)target;
}

unsigned target_selected_core(const struct target *target)
{
    (void)target;
    return 0;
}

void target_set_input(struct target *target, semihosting_input *input, void *user)
{
    (void)target;
    (void)input;
    (void)user;
}
