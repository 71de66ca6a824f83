/* SPDX-License-Identifier: MIT */
#include "flash/controller.h"

#include "chip/chips.h"
#include "core/core.h"
#include "flash/bank_view.h"
#include "flash/options.h"

enum {
    SLICE_US = 40000, /* with what goes before and behind it, well below 50 ms */
    TELL_US = 5000000,
};

/* --- measuring --- */

static void take_map(struct flash_controller *controller)
{
    struct flash_geometry *geometry = &controller->geometry;
    size_t count;
    const struct target_region *regions = target_regions(controller->target, &count);

    for (size_t i = 0; i < count && geometry->area_count < FLASH_AREAS_MAX; i++)
        if (regions[i].kind == REGION_FLASH)
            geometry->areas[geometry->area_count++] = (struct flash_area){
                .start = regions[i].start,
                .size = regions[i].size,
                .sector_size = regions[i].sector_size,
            };
}

static void take_one_bank(struct flash_controller *controller)
{
    struct flash_geometry *geometry = &controller->geometry;
    const struct flash_area *last = &geometry->areas[geometry->area_count - 1];

    geometry->bank_count = 1;
    geometry->banks[0] = (struct flash_bank){
        .start = geometry->areas[0].start,
        .size = last->start + last->size - geometry->areas[0].start,
        .registers = controller->family->controller,
    };
}

void controller_find_banks(struct flash_geometry *geometry)
{
    struct flash_bank *banks = geometry->banks;

    if (geometry->area_count < 2)
        return;
    banks[0].size = geometry->areas[0].size;
    banks[1] = (struct flash_bank){
        .start = geometry->areas[1].start,
        .size = geometry->areas[1].size,
        .registers = banks[0].registers,
    };
    geometry->bank_count = 2;
}

unsigned controller_own_banks(const struct flash_controller *controller, unsigned banks)
{
    bool swapped = controller->target->chip.banks_swapped;

    return swapped ? (banks & FLASH_FIRST_BANK) << 1 | (banks & FLASH_SECOND_BANK) >> 1 : banks;
}

enum err controller_init(struct flash_controller *controller, struct target *target,
                         const struct flash_driver *driver)
{
    *controller = (struct flash_controller){
        .target = target,
        .driver = driver,
        .family = chip_family_of(target->chip.dev_id),
    };
    controller->geometry.erased = controller->family->erased;
    take_map(controller);
    if (!controller->geometry.area_count)
        return job_fail(target->job, ERR_UNSUPPORTED, "%s has no flash that is known",
                        target->chip.name);
    take_one_bank(controller);
    enum err err = driver->probe(controller);
    return err ? err : bank_view_look(controller);
}

/* --- taking, giving back --- */

/* What is stored is open, and does not count before it is loaded. */
static bool waits_for_load(const struct target *target)
{
    const struct flash_options *options = flash_options_for(target);

    return target->chip.unlocked && options && options->load && !options->unlock_wants_power;
}

static enum err refuse(struct flash_controller *controller)
{
    struct target *target = controller->target;

    if (waits_for_load(target))
        return job_fail(target->job, ERR_PROTECTED,
                        TARGET_UNLOCKED_TEXT ", or by `monitor %s %s 0`",
                        controller->family->commands, flash_options_for(target)->load_command);
    if (target->chip.unlocked)
        return job_fail(target->job, ERR_PROTECTED, TARGET_UNLOCKED_TEXT);
    return job_fail(target->job, ERR_PROTECTED,
                    "read protection is on (level 1); `monitor %s unlock 0` removes it and "
                    "erases %s; if that was done, switch the board off and on",
                    controller->family->commands, option_unlock_erases(target));
}

/* What the program had is known after the first time. */
static enum err look(struct flash_controller *controller, uint32_t *protection)
{
    const struct chip_family *family = controller->family;
    struct ops *ops = &controller->target->core->ops;
    struct dbgmcu_freeze freezes[DBGMCU_FREEZES];
    unsigned count = dbgmcu_freezes(&family->dbgmcu, freezes);

    if (family->rdp.address)
        ops_read32_still(ops, family->rdp.address, protection);
    for (unsigned i = 0; i < count && !controller->taken; i++)
        ops_read32_still(ops, freezes[i].address, &controller->watchdogs[i]);
    return core_flush_halted(controller->target->core);
}

/* Mostly they are frozen since the probe connected. A second time, after a loss, all is written. */
static void queue_watchdogs(struct flash_controller *controller, bool frozen)
{
    struct dbgmcu_freeze freezes[DBGMCU_FREEZES];
    unsigned count = dbgmcu_freezes(&controller->family->dbgmcu, freezes);

    for (unsigned i = 0; i < count; i++)
        if (controller->retaken || ~controller->watchdogs[i] & freezes[i].bits)
            ops_write32(&controller->target->core->ops, freezes[i].address,
                        controller->watchdogs[i] | (frozen ? freezes[i].bits : 0));
}

enum err controller_take(struct flash_controller *controller, bool refuse_protected)
{
    const struct chip_dbgmcu *dbgmcu = &controller->family->dbgmcu;
    struct target *target = controller->target;
    uint32_t word = 0;
    enum err err =
        core_note_loss(target->core, dbgmcu_wake(&target->dbgmcu, dbgmcu, &target->core->ops));

    if (!err)
        err = look(controller, &word);
    if (err)
        return err;
    if (refuse_protected && controller->family->rdp.address &&
        (detect_is_protected(&target->chip, word) || waits_for_load(target)))
        return refuse(controller);
    controller->retaken = controller->taken;
    controller->taken = true;
    queue_watchdogs(controller, true);
    return controller->driver->prepare(controller);
}

/* Banks have registers of their own, or the first one's. */
static bool has_registers(const struct flash_controller *controller, unsigned bank)
{
    const struct flash_bank *banks = controller->geometry.banks;

    return bank < controller->geometry.bank_count && banks[bank].registers &&
           (bank == 0 || banks[bank].registers != banks[bank - 1].registers);
}

static void queue_select_nothing(struct flash_controller *controller, unsigned bank)
{
    ops_write32(&controller->target->core->ops,
                controller->geometry.banks[bank].registers + controller->driver->control, 0);
}

void controller_queue_clear(struct flash_controller *controller)
{
    const struct flash_driver *driver = controller->driver;
    uint32_t clear = driver->clear ? driver->clear : driver->idle.offset;

    for (unsigned i = 0; has_registers(controller, i); i++) {
        ops_write32(&controller->target->core->ops, controller->geometry.banks[i].registers + clear,
                    driver->clears);
        queue_select_nothing(controller, i);
    }
}

/* Queues: the status of all banks. */
static void queue_status(struct flash_controller *controller, uint32_t status[FLASH_BANKS_MAX])
{
    for (unsigned i = 0; has_registers(controller, i); i++)
        ops_read32(&controller->target->core->ops,
                   controller->geometry.banks[i].registers + controller->driver->idle.offset,
                   &status[i]);
}

static uint32_t all_of(const uint32_t status[FLASH_BANKS_MAX])
{
    uint32_t all = 0;

    for (unsigned i = 0; i < FLASH_BANKS_MAX; i++)
        all |= status[i];
    return all;
}

enum err controller_take_status(struct flash_controller *controller, uint32_t *status)
{
    uint32_t now[FLASH_BANKS_MAX] = {0};

    queue_status(controller, now);
    controller_queue_clear(controller);
    enum err err = core_flush_halted(controller->target->core);
    if (!err)
        *status |= all_of(now);
    return err;
}

void controller_queue_thaw(struct flash_controller *controller)
{
    queue_watchdogs(controller, false);
}

static enum err give_back(struct flash_controller *controller)
{
    const struct flash_driver *driver = controller->driver;
    enum err err = driver->settle ? driver->settle(controller) : ERR_OK;

    driver->queue_finish(controller);
    controller_queue_thaw(controller);
    enum err left = core_flush_halted(controller->target->core);
    err = err ? err : left;
    left = controller_shut_options(controller);
    return err ? err : left;
}

enum err controller_give_back(struct flash_controller *controller)
{
    if (!controller->taken)
        return ERR_OK;
    struct core *core = controller->target->core;
    enum err mark = core_mark(core);
    enum err err = give_back(controller);
    if (!err || core->state != TARGET_HALTED)
        return err;
    core_rollback(core, mark);
    return give_back(controller);
}

enum err controller_end(struct flash_controller *controller, enum err err)
{
    struct target *target = controller->target;
    struct job_failure failure;

    job_set_aside(target->job, &failure);
    enum err left =
        target_state(target) == TARGET_HALTED ? controller_give_back(controller) : ERR_OK;
    job_take_back(target->job, &failure, "nor could the flash controller be locked again");
    return err ? err : left;
}

/* --- erasing --- */

static bool is_in(const struct flash_bank *bank, uint32_t address)
{
    return address - bank->start < bank->size;
}

static unsigned bank_at(const struct flash_geometry *geometry, uint32_t address)
{
    unsigned bank = 0;

    while (bank + 1 < geometry->bank_count && !is_in(&geometry->banks[bank], address))
        bank++;
    return bank;
}

uint32_t controller_registers(const struct flash_controller *controller, uint32_t address)
{
    const struct flash_geometry *geometry = &controller->geometry;

    return geometry->banks[bank_at(geometry, address)].registers;
}

struct flash_extent controller_sector(const struct flash_controller *controller, uint32_t address)
{
    const struct flash_geometry *geometry = &controller->geometry;
    struct flash_extent what = {.address = address, .limit_us = geometry->sector_erase_max_us};
    unsigned bank = bank_at(geometry, address);
    uint32_t start = geometry->banks[bank].start;

    what.banks = 1u << bank;
    for (size_t i = 0; i < geometry->area_count; i++) {
        const struct flash_area *area = &geometry->areas[i];
        uint32_t from = area->start > start ? area->start : start, end = area->start + area->size;

        if (from > address || end <= start)
            continue;
        what.number += ((address < end ? address : end) - from) / area->sector_size;
        what.size = area->sector_size;
    }
    return what;
}

struct flash_extent controller_banks(const struct flash_controller *controller, unsigned banks)
{
    const struct flash_geometry *geometry = &controller->geometry;
    bool all = banks == (1u << geometry->bank_count) - 1;

    return (struct flash_extent){
        .banks = banks,
        .address = geometry->banks[banks & 1 ? 0 : 1].start,
        .limit_us = all ? geometry->bank_erase_max_us : geometry->one_bank_erase_max_us,
    };
}

struct flash_extent controller_all(const struct flash_controller *controller)
{
    return controller_banks(controller, (1u << controller->geometry.bank_count) - 1);
}

static struct busy busy_with(const struct flash_controller *controller,
                             const struct flash_extent *what)
{
    const struct flash_driver *driver = controller->driver;
    struct busy busy = {0};

    for (unsigned i = 0; i < controller->geometry.bank_count; i++) {
        const struct flash_bank *bank = &controller->geometry.banks[i];

        if (what->banks >> i & 1)
            busy.parts[busy.count++] = (struct busy_part){
                .start = bank->start,
                .size = bank->size,
                .word = bank->registers + driver->idle.offset,
                .mask = driver->idle.mask,
                .value = driver->idle.value,
            };
    }
    return busy;
}

static void queue_idle(struct flash_controller *controller, const struct busy *busy)
{
    for (unsigned i = 0; i < busy->count; i++)
        ops_wait32(&controller->target->core->ops, busy->parts[i].word, busy->parts[i].mask,
                   busy->parts[i].value, SLICE_US);
}

enum err controller_await(struct flash_controller *controller, const struct flash_extent *what,
                          bool *ended)
{
    if (controller->driver->await)
        return controller->driver->await(controller, what, ended);
    struct target *target = controller->target;
    bool last = core_now_us(target->core) - controller->began_us >= what->limit_us;
    const struct busy busy = busy_with(controller, what);
    enum err mark = core_mark(target->core);
    uint32_t each[FLASH_BANKS_MAX] = {0};

    queue_idle(controller, &busy);
    queue_status(controller, each);
    for (unsigned i = 0; has_registers(controller, i); i++)
        queue_select_nothing(controller, i);
    enum err err = core_flush_halted(target->core);
    uint32_t status = all_of(each);
    *ended = err != ERR_TIMEOUT || last;
    target->busy = *ended ? (struct busy){0} : busy;
    if (!*ended)
        core_rollback(target->core, mark);
    if (err)
        return *ended ? err : ERR_OK;
    return status & controller->driver->errors
               ? controller->driver->explain(controller, status, what->address)
               : ERR_OK;
}

enum err controller_erase(struct flash_controller *controller, const struct flash_extent *what,
                          bool *ended)
{
    controller->began_us = core_now_us(controller->target->core);
    if (controller->driver->erase)
        return controller->driver->erase(controller, what, ended);
    controller->driver->queue_erase(controller, what);
    return controller_await(controller, what, ended);
}

static enum err await(struct flash_controller *controller, const struct busy *until,
                      const char *doing, uint32_t limit_us)
{
    struct target *target = controller->target;
    uint64_t began_us = core_now_us(target->core), told_us = began_us;
    enum err mark = core_mark(target->core);

    for (;;) {
        queue_idle(controller, until);
        enum err err = core_flush_halted(target->core);
        uint64_t now_us = core_now_us(target->core);
        bool again = core_wait_failed(target->core, err) && now_us - began_us < limit_us;
        target->busy = again ? *until : (struct busy){0};
        if (!again)
            return err;
        core_rollback(target->core, mark);
        if (now_us - told_us >= TELL_US) {
            told_us = now_us;
            job_print(target->job, "%s: %u s so far, at most %u s\n", doing,
                      (unsigned)((now_us - began_us) / 1000000), limit_us / 1000000);
        }
        job_serve_others(target->job);
    }
}

enum err controller_await_idle(struct flash_controller *controller, const char *doing,
                               uint32_t limit_us)
{
    const struct flash_extent all = controller_all(controller);
    const struct busy until = busy_with(controller, &all);

    return await(controller, &until, doing, limit_us);
}

enum err controller_await_clear(struct flash_controller *controller, uint32_t offset, uint32_t mask,
                                const char *doing, uint32_t limit_us)
{
    const struct flash_extent all = controller_all(controller);
    struct busy until = busy_with(controller, &all);

    for (unsigned i = 0; i < until.count; i++) {
        until.parts[i].word = controller_at(controller->target, offset);
        until.parts[i].mask = mask;
        until.parts[i].value = 0;
    }
    return await(controller, &until, doing, limit_us);
}

enum err controller_refuse_secure(struct flash_controller *controller)
{
    return job_fail(controller->target->job, ERR_UNSUPPORTED,
                    "TrustZone is on (option byte TZEN): flash and RAM are secure until the "
                    "program shares them, and a debug probe's accesses are not; the program that "
                    "is there can be debugged as far as it is not secure, but probed cannot "
                    "replace it");
}
