/* SPDX-License-Identifier: MIT */
#include "stlink_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "stlink_swd.h"

enum { COMMAND_SIZE = 16, DATA_MAX = 0x2000, BLOCK_MAX = 6144 };
/* Words on their way out need no buffer: st-flash sends 32 KiB at once. */
enum { STREAM_MAX = 0xFFFC };
enum mode { MODE_DFU = 0, MODE_MASS = 1, MODE_DEBUG = 2, MODE_SWIM = 3, MODE_LOADER = 4 };
enum { AP_OPEN_MAX = 8 };
enum { OLD_J = 11 }; /* of the years before SWD was worth much */

struct stlink_model {
    const struct stlink_config *config;
    struct stlink_config own; /* with what is wrong with it */
    struct stlink_swd swd;
    enum mode mode;
    uint32_t aps_open; /* bit a: INIT_AP was done */
    uint8_t last_status;
    uint32_t khz;
    uint64_t commands;

    uint8_t command[COMMAND_SIZE];
    uint8_t reply[DATA_MAX];
    size_t reply_length, reply_at;
    uint8_t data[STREAM_MAX]; /* OUT data phase */
    size_t data_wanted, data_length;

    uint32_t misc_items; /* RW_MISC: results of the last script */
    uint8_t misc_result[DATA_MAX];
};

/* The first JTAG/SWD firmware that knows a command; 0: all, NEVER: none of that generation. */
enum { NEVER = 255 };

struct command {
    uint8_t group, op;
    uint8_t v2_from, v3_from;
    void (*run)(struct stlink_model *model, const uint8_t *command);
};

/* clang-format off */
const struct stlink_config stlink_configs[] = {
    {"V2J43", STLINK_V2, 0x3748, 43, 0, 7, "STM32 STLink", "53FF6B064977505312340887", STLINK_WANTS_VTREF},
    {"V2J24", STLINK_V2, 0x3748, 24, 0, 4, "STM32 STLink", "52FF69064970495323150967", STLINK_WANTS_VTREF | STLINK_RAW_SERIAL},
    {"V2J17", STLINK_V2, 0x3748, 17, 0, 4, "STM32 STLink", "0A240F002B135937334D4E00", STLINK_RAW_SERIAL | STLINK_VTREF_INTERNAL},
    {"V2J14", STLINK_V2, 0x3748, 14, 0, 4, "STM32 STLink", "52FF69064970495323150968", STLINK_WANTS_VTREF | STLINK_RAW_SERIAL},
    {"V2-1", STLINK_V2_1, 0x374B, 46, 31, 0, "STM32 STLink", "066DFF515555657867145123", 0},
    {"V3", STLINK_V3, 0x374E, 15, 7, 0, "STLINK-V3", "002B00283532511531333430", STLINK_WANTS_GENUINE},
    {"V3J2", STLINK_V3, 0x374F, 2, 1, 0, "STLINK-V3", "0030001E3532511531333430", STLINK_WANTS_GENUINE},
    {"clone", STLINK_V2, 0x3748, 37, 0, 7, "STM32 STLink", "3544170029135147324D4E00", STLINK_VTREF_INTERNAL | STLINK_VTREF_REF_ZERO},
    /* Only looked at, never opened for debugging; the last is no ST-Link at all. */
    {"V1", STLINK_V2, 0x3744, 13, 0, 4, "STM32 STLink", "303030303030303030303031", 0},
    {"loader", STLINK_V3, 0x374D, 0, 0, 0, "STLINK-V3 Loader", "", 0},
    {"loader-2", STLINK_V3, 0x3755, 0, 0, 0, "STLINK-V3 Loader", "", 0},
    {"stranger", STLINK_V2, 0x5740, 0, 0, 0, "STM32 Virtual ComPort", "00000000001A", 0},
    {NULL, STLINK_V2, 0, 0, 0, 0, NULL, NULL, 0},
};
/* clang-format on */

const struct stlink_config *stlink_config_find(const char *name)
{
    for (const struct stlink_config *config = stlink_configs; config->name; config++)
        if (strcmp(config->name, name) == 0)
            return config;
    return NULL;
}

struct stlink_model *stlink_model_create(const struct stlink_config *config,
                                         struct sim_board *board)
{
    struct stlink_model *model = calloc(1, sizeof *model);

    if (!model)
        return NULL;
    model->config = &model->own;
    model->own = *config;
    if (sim_board_probe_trouble(board) == SIM_PROBE_OLD_FIRMWARE)
        model->own.j = OLD_J;
    model->swd.board = board;
    model->swd.wants_vtref = config->quirks & STLINK_WANTS_VTREF;
    /* It has the status code; which firmware uses it is not known. */
    model->swd.names_write_errors = config->j >= 32 || config->generation == STLINK_V3;
    model->last_status = ST_OK;
    model->mode = config->generation == STLINK_V2 ? MODE_DFU : MODE_MASS;
    if (sim_board_probe_trouble(board) == SIM_PROBE_LOADER)
        model->mode = MODE_LOADER;
    model->khz = config->generation == STLINK_V3 ? 3300 : 1800;
    sim_board_set_swclk(board, model->khz);
    return model;
}

void stlink_model_destroy(struct stlink_model *model)
{
    free(model);
}

void stlink_model_usb_reset(struct stlink_model *model)
{
    model->reply_length = model->reply_at = 0;
    model->data_wanted = model->data_length = 0;
}

void stlink_model_core_behind(struct stlink_model *model, uint8_t ap)
{
    model->swd.core_ap = ap;
}

uint16_t stlink_model_pid(const struct stlink_model *model)
{
    return model->config->pid;
}

uint64_t stlink_model_commands(const struct stlink_model *model)
{
    return model->commands;
}

/* --- replies --- */

static void answer(struct stlink_model *model, const void *data, size_t length)
{
    memcpy(model->reply, data, length);
    model->reply_length = length;
    model->reply_at = 0;
}

/* A reply of `length` bytes that begins with a status. */
static void answer_status(struct stlink_model *model, uint8_t status, size_t length)
{
    memset(model->reply, 0, length);
    model->reply[0] = status;
    model->reply_length = length;
    model->reply_at = 0;
}

static void answer_value(struct stlink_model *model, uint8_t status, uint32_t value)
{
    answer_status(model, status, 8);
    put_le32(model->reply + 4, value);
}

/* --- firmware-level commands --- */

static void get_version(struct stlink_model *model, const uint8_t *command)
{
    const struct stlink_config *c = model->config;
    unsigned word = 2u << 12 | (unsigned)c->j << 6 | (c->generation == STLINK_V2_1 ? c->m : c->s);
    uint8_t reply[6];

    (void)command;
    if (c->generation == STLINK_V3)
        word = 3u << 12;
    reply[0] = (uint8_t)(word >> 8);
    reply[1] = (uint8_t)word;
    put_le16(reply + 2, 0x0483);
    put_le16(reply + 4, c->pid);
    answer(model, reply, sizeof reply);
}

static void get_version_ex(struct stlink_model *model, const uint8_t *command)
{
    const struct stlink_config *c = model->config;
    uint8_t reply[12] = {3, c->s, c->j, c->m, 0, 0};

    (void)command;
    put_le16(reply + 8, 0x0483);
    put_le16(reply + 10, c->pid);
    answer(model, reply, sizeof reply);
}

static void get_mode(struct stlink_model *model, const uint8_t *command)
{
    uint8_t reply[2] = {(uint8_t)model->mode, 0};

    (void)command;
    answer(model, reply, sizeof reply);
}

static void get_voltage(struct stlink_model *model, const uint8_t *command)
{
    uint32_t mv =
        model->config->quirks & STLINK_VTREF_INTERNAL ? 3300 : sim_board_vtref_mv(model->swd.board);
    uint32_t reference = 1500; /* V = 2 * measured * 1.2 / reference */
    uint8_t reply[8];

    (void)command;
    put_le32(reply, model->config->quirks & STLINK_VTREF_REF_ZERO ? 0 : reference);
    put_le32(reply + 4, mv * reference / 2400);
    answer(model, reply, sizeof reply);
}

static void leave_dfu(struct stlink_model *model, const uint8_t *command)
{
    if (command[1] == 0x07 && model->mode == MODE_DFU)
        model->mode = MODE_MASS;
}

static void leave_swim(struct stlink_model *model, const uint8_t *command)
{
    (void)command;
    if (model->mode == MODE_SWIM)
        model->mode = MODE_MASS;
}

static void leave_debug(struct stlink_model *model, const uint8_t *command)
{
    (void)command;
    model->mode = MODE_MASS;
    model->aps_open = 0;
}

static bool needs_init_ap(const struct stlink_model *model, uint8_t ap)
{
    if (model->config->generation == STLINK_V3)
        return ap != 0 || model->config->j >= 7;
    return model->config->j >= (ap == 0 ? 37 : 28);
}

static bool ap_ready(const struct stlink_model *model, uint8_t ap)
{
    return !needs_init_ap(model, ap) || (ap < AP_OPEN_MAX && (model->aps_open >> ap & 1));
}

/* The old commands, made before there was INIT_AP, open AP 0 by themselves: st-util 1.7 works on
 * V2J43. */
static bool old_ap_ready(const struct stlink_model *model, uint8_t ap)
{
    return ap == 0 || ap_ready(model, ap);
}

static void enter_mode(struct stlink_model *model, const uint8_t *command)
{
    if (command[2] != 0xA3) {
        answer_status(model, ST_NO_DEVICE, 2); /* the board's JTAG is not wired */
        return;
    }
    uint8_t status = stlink_swd_enter(&model->swd);
    if (model->config->quirks & STLINK_WANTS_GENUINE && !sim_board_is_genuine(model->swd.board))
        status = ST_GET_IDCODE;
    if (status == ST_OK)
        model->mode = MODE_DEBUG;
    model->aps_open = 0;
    model->last_status = status;
    answer_status(model, status, 2);
}

static void read_idcodes(struct stlink_model *model, const uint8_t *command)
{
    uint32_t dpidr = 0;
    uint8_t status = stlink_swd_dpidr(&model->swd, &dpidr);

    (void)command;
    answer_status(model, status, 12);
    put_le32(model->reply + 4, dpidr);
}

static void last_status(struct stlink_model *model, const uint8_t *command)
{
    answer_status(model, model->last_status, command[1] == 0x3B ? 2 : 12);
    if (command[1] == 0x3E)
        put_le32(model->reply + 4, model->swd.last_fault);
    model->last_status = ST_OK;
}

static void drive_nrst(struct stlink_model *model, const uint8_t *command)
{
    if (command[2] == 2) {
        sim_board_nrst(model->swd.board, true);
        sim_board_advance_us(model->swd.board, 100);
        sim_board_nrst(model->swd.board, false);
    } else {
        sim_board_nrst(model->swd.board, command[2] == 0);
    }
    answer_status(model, ST_OK, 2);
}

static void set_freq_v2(struct stlink_model *model, const uint8_t *command)
{
    static const struct {
        uint16_t divisor, khz;
    } table[] = {{0, 4000}, {1, 1800}, {2, 1200}, {3, 950},  {7, 480},  {15, 240},
                 {31, 125}, {40, 100}, {79, 50},  {158, 25}, {265, 15}, {798, 5}};

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].divisor == get_le16(command + 2)) {
            model->khz = table[i].khz;
            sim_board_set_swclk(model->swd.board, model->khz);
            answer_status(model, ST_OK, 2);
            return;
        }
    answer_status(model, ST_COMMAND_ERROR, 2);
}

static const uint32_t v3_khz[] = {24000, 8000, 3300, 1000, 200, 50, 5};
enum { V3_SPEEDS = sizeof v3_khz / sizeof *v3_khz };

static void get_freq_v3(struct stlink_model *model, const uint8_t *command)
{
    (void)command;
    answer_status(model, ST_OK, 52);
    put_le32(model->reply + 4, model->khz);
    model->reply[8] = V3_SPEEDS;
    for (int i = 0; i < V3_SPEEDS; i++)
        put_le32(model->reply + 12 + 4 * i, v3_khz[i]);
}

static void set_freq_v3(struct stlink_model *model, const uint8_t *command)
{
    uint32_t wanted = get_le32(command + 4);

    model->khz = v3_khz[V3_SPEEDS - 1];
    for (int i = V3_SPEEDS - 1; i >= 0; i--)
        if (v3_khz[i] <= wanted)
            model->khz = v3_khz[i];
    sim_board_set_swclk(model->swd.board, model->khz);
    answer_value(model, ST_OK, model->khz);
}

static void reset_system(struct stlink_model *model, const uint8_t *command)
{
    (void)command;
    answer_status(model, stlink_swd_write32(&model->swd, 0, 0xE000ED0C, 0x05FA0004), 2);
}

/* --- trace: a UART whose bytes go to an endpoint of their own --- */

/* A copy without that wire takes the commands all the same. */
static void trace_start(struct stlink_model *model, const uint8_t *command)
{
    uint32_t baud = get_le32(command + 4);
    uint32_t most = model->config->generation == STLINK_V3 ? 24000000 : 2250000;

    if (baud == 0 || baud > most)
        answer_status(model, ST_COMMAND_ERROR, 2);
    else
        answer_status(model,
                      sim_board_swo_listen(model->swd.board, baud, get_le16(command + 2))
                          ? ST_OK
                          : ST_COMMAND_ERROR,
                      2);
}

static void trace_stop(struct stlink_model *model, const uint8_t *command)
{
    (void)command;
    (void)sim_board_swo_listen(model->swd.board, 0, 0);
    answer_status(model, ST_OK, 2);
}

/* No status before it. */
static void trace_count(struct stlink_model *model, const uint8_t *command)
{
    uint8_t reply[2];
    size_t waiting = sim_board_swo_waiting(model->swd.board);

    (void)command;
    put_le16(reply, (uint16_t)(waiting < 0xFFFF ? waiting : 0xFFFF));
    answer(model, reply, sizeof reply);
}

size_t stlink_model_trace_in(struct stlink_model *model, uint8_t *data, size_t capacity)
{
    return sim_board_swo_take(model->swd.board, data, capacity);
}

/* --- core level --- */

static void read_debug_reg(struct stlink_model *model, const uint8_t *command)
{
    uint32_t value = 0;
    uint8_t status = ST_BAD_AP;

    if (old_ap_ready(model, 0))
        status = stlink_swd_read32(&model->swd, 0, get_le32(command + 2), &value);
    answer_value(model, status,
                 status == ST_OK ? value : get_le32(command + 2)); /* the ghost value */
}

static void write_debug_reg(struct stlink_model *model, const uint8_t *command)
{
    uint8_t status = ST_BAD_AP;

    if (old_ap_ready(model, 0))
        status = stlink_swd_write32(&model->swd, 0, get_le32(command + 2), get_le32(command + 6));
    answer_status(model, status, 2);
}

static void read_reg(struct stlink_model *model, const uint8_t *command)
{
    uint32_t value = 0;

    answer_value(model, stlink_swd_reg_read(&model->swd, 0, command[2], &value), 0);
    put_le32(model->reply + 4, value);
}

static void write_reg(struct stlink_model *model, const uint8_t *command)
{
    answer_status(model, stlink_swd_reg_write(&model->swd, 0, command[2], get_le32(command + 3)),
                  2);
}

static void read_all_regs(struct stlink_model *model, const uint8_t *command)
{
    uint8_t status = ST_OK;

    (void)command;
    answer_status(model, ST_OK, 88);
    for (int i = 0; i < 20 && status == ST_OK; i++) {
        uint32_t value = 0;
        status = stlink_swd_reg_read(&model->swd, 0, (uint8_t)(i == 19 ? 20 : i), &value);
        put_le32(model->reply + 4 + 4 * i, value);
    }
    model->reply[0] = status;
}

/* --- memory --- */

struct access {
    uint8_t op;
    uint8_t width;
    bool write, increment;
};

static const struct access accesses[] = {
    {0x07, 4, false, true}, {0x08, 4, true, true}, {0x47, 2, false, true}, {0x48, 2, true, true},
    {0x0C, 1, false, true}, {0x0D, 1, true, true}, {0x50, 4, true, false}, {0x54, 4, false, false},
};

static const struct access *access_of(uint8_t op)
{
    for (size_t i = 0; i < sizeof accesses / sizeof *accesses; i++)
        if (accesses[i].op == op)
            return &accesses[i];
    return NULL;
}

static size_t block_limit(const struct stlink_model *model, const struct access *access)
{
    if (access->width == 4 && access->write)
        return STREAM_MAX;
    if (access->width > 1)
        return BLOCK_MAX;
    return model->config->generation == STLINK_V3 && model->config->j >= 6 ? 512 : 64;
}

static uint8_t check_access(const struct stlink_model *model, const struct access *access,
                            const uint8_t *command)
{
    uint32_t address = get_le32(command + 2);
    uint16_t length = get_le16(command + 6);

    if (!old_ap_ready(model, command[8]))
        return ST_BAD_AP;
    if (address % access->width || length % access->width || length > block_limit(model, access))
        return ST_ALIGNMENT;
    return ST_OK;
}

static bool has_csw(const struct stlink_model *model)
{
    return model->config->j >= (model->config->generation == STLINK_V3 ? 2 : 32);
}

static void take_csw(struct stlink_model *model, const uint8_t *command)
{
    model->swd.csw_override = has_csw(model) ? get_le32(command + 8) >> 8 : 0;
}

static void read_memory(struct stlink_model *model, const uint8_t *command)
{
    const struct access *access = access_of(command[1]);
    uint16_t length = get_le16(command + 6);
    uint8_t status = check_access(model, access, command);

    /* What the buffer held before is sent when the read fails: the firmware sends no status here.
     */
    take_csw(model, command);
    if (status == ST_OK)
        status =
            stlink_swd_read(&model->swd, has_csw(model) ? command[8] : 0, get_le32(command + 2),
                            access->width, access->increment, model->reply, length);
    model->swd.csw_override = 0;
    model->last_status = status;
    model->reply_length = length == 1 ? 2 : length;
    model->reply_at = 0;
}

static void write_memory_data(struct stlink_model *model)
{
    const uint8_t *command = model->command;
    const struct access *access = access_of(command[1]);
    uint8_t status = check_access(model, access, command);

    take_csw(model, command);
    if (status == ST_OK)
        status =
            stlink_swd_write(&model->swd, has_csw(model) ? command[8] : 0, get_le32(command + 2),
                             access->width, access->increment, model->data, get_le16(command + 6));
    model->swd.csw_override = 0;
    model->last_status = status;
}

static void write_memory(struct stlink_model *model, const uint8_t *command)
{
    model->data_wanted = get_le16(command + 6);
    model->data_length = 0;
    if (model->data_wanted == 0 || model->data_wanted > sizeof model->data)
        model->data_wanted = 0;
}

/* --- DP and AP registers --- */

static void read_dap(struct stlink_model *model, const uint8_t *command)
{
    uint16_t port = get_le16(command + 2);
    uint32_t value = 0;
    uint8_t status = ST_BAD_AP;

    if (port == 0xFFFF)
        status = stlink_swd_dp(&model->swd, true, command[4], &value);
    else if (ap_ready(model, (uint8_t)port) || command[4] == 0xFC)
        status = stlink_swd_ap(&model->swd, (uint8_t)port, true, command[4], &value);
    answer_value(model, status, value);
}

static void write_dap(struct stlink_model *model, const uint8_t *command)
{
    uint16_t port = get_le16(command + 2);
    uint32_t value = get_le32(command + 6);
    uint8_t status = ST_BAD_AP;

    if (port == 0xFFFF)
        status = stlink_swd_dp(&model->swd, false, command[4], &value);
    else if (ap_ready(model, (uint8_t)port))
        status = stlink_swd_ap(&model->swd, (uint8_t)port, false, command[4], &value);
    answer_status(model, status, 2);
}

static void init_ap(struct stlink_model *model, const uint8_t *command)
{
    uint32_t idr = 0;
    uint8_t status = command[2] < AP_OPEN_MAX
                         ? stlink_swd_ap(&model->swd, command[2], true, 0xFC, &idr)
                         : ST_BAD_AP;

    if (status == ST_OK && idr == 0)
        status = ST_BAD_AP;
    if (status == ST_OK)
        model->aps_open |= 1u << command[2];
    answer_status(model, status, 2);
}

static void close_ap(struct stlink_model *model, const uint8_t *command)
{
    if (command[2] < AP_OPEN_MAX)
        model->aps_open &= ~(1u << command[2]);
    answer_status(model, model->config->j >= 29 ? ST_OK : ST_UNKNOWN, 2);
}

/* --- RW_MISC: a script of word accesses --- */

enum { MISC_ADDRESS = 1, MISC_WRITE = 2, MISC_READ = 3, MISC_AP = 5 };

static uint32_t misc_max(const struct stlink_model *model)
{
    return model->config->generation == STLINK_V3 ? 1227 : 64;
}

static void misc_out(struct stlink_model *model, const uint8_t *command)
{
    uint32_t items = get_le32(command + 2);

    model->misc_items = items <= misc_max(model) ? items : 0;
    model->data_wanted = model->misc_items ? (items + 3) / 4 * 4 + 4 * items : 0;
    model->data_length = 0;
}

static void misc_run(struct stlink_model *model)
{
    uint32_t items = model->misc_items, address = 0;
    uint8_t ap = 0;

    for (uint32_t i = 0; i < items; i++) {
        uint32_t operand = get_le32(model->data + (items + 3) / 4 * 4 + 4 * i), value = 0;
        uint8_t status = ST_OK;

        if (model->data[i] == MISC_ADDRESS)
            address = operand;
        else if (model->data[i] == MISC_AP)
            ap = (uint8_t)operand;
        else if (!ap_ready(model, ap))
            status = ST_BAD_AP;
        else if (model->data[i] == MISC_WRITE)
            status = stlink_swd_write32(&model->swd, ap, address, operand);
        else if (model->data[i] == MISC_READ)
            status = stlink_swd_read32(&model->swd, ap, operand, &value);
        else
            status = ST_UNKNOWN_COMMAND;
        put_le32(model->misc_result + 4 * i, value);
        put_le32(model->misc_result + 4 * items + 4 * i, status);
    }
}

static void misc_in(struct stlink_model *model, const uint8_t *command)
{
    (void)command;
    if (model->misc_items == 0)
        answer_status(model, ST_COMMAND_ERROR, 2);
    else
        answer(model, model->misc_result, 8 * model->misc_items);
}

static void misc_get_max(struct stlink_model *model, const uint8_t *command)
{
    (void)command;
    answer_value(model, ST_OK, misc_max(model));
}

static void board_identifiers(struct stlink_model *model, const uint8_t *command)
{
    (void)command;
    answer_status(model, ST_OK, 128);
}

static const struct command commands[] = {
    {0xF1, 0, 0, 0, get_version},
    {0xFB, 0, NEVER, 0, get_version_ex},
    {0xF5, 0, 0, 0, get_mode},
    {0xF7, 0, 13, 0, get_voltage},
    {0xF3, 0, 0, 0, leave_dfu},
    {0xF4, 0x01, 0, 0, leave_swim},
    {0xF2, 0x07, 0, 0, read_memory},
    {0xF2, 0x08, 0, 0, write_memory},
    {0xF2, 0x0C, 0, 0, read_memory},
    {0xF2, 0x0D, 0, 0, write_memory},
    {0xF2, 0x21, 0, 0, leave_debug},
    {0xF2, 0x30, 0, 0, enter_mode},
    {0xF2, 0x31, 0, 0, read_idcodes},
    {0xF2, 0x32, 0, 0, reset_system},
    {0xF2, 0x33, 0, 0, read_reg},
    {0xF2, 0x34, 0, 0, write_reg},
    {0xF2, 0x35, 0, 0, write_debug_reg},
    {0xF2, 0x36, 0, 0, read_debug_reg},
    {0xF2, 0x3A, 0, 0, read_all_regs},
    {0xF2, 0x3B, 0, 0, last_status},
    {0xF2, 0x3C, 0, 0, drive_nrst},
    {0xF2, 0x3E, 15, 0, last_status},
    {0xF2, 0x43, 22, NEVER, set_freq_v2},
    {0xF2, 0x45, 24, 0, read_dap},
    {0xF2, 0x46, 24, 0, write_dap},
    {0xF2, 0x47, 26, 0, read_memory},
    {0xF2, 0x48, 26, 0, write_memory},
    {0xF2, 0x4B, 28, 0, init_ap},
    {0xF2, 0x4C, 28, 0, close_ap},
    {0xF2, 0x40, 13, 0, trace_start},
    {0xF2, 0x41, 13, 0, trace_stop},
    {0xF2, 0x42, 13, 0, trace_count},
    {0xF2, 0x50, 26, 1, write_memory},
    {0xF2, 0x51, 32, 2, misc_out},
    {0xF2, 0x52, 32, 2, misc_in},
    {0xF2, 0x53, 32, 2, misc_get_max},
    {0xF2, 0x54, 32, 2, read_memory},
    {0xF2, 0x56, 36, 6, board_identifiers},
    {0xF2, 0x61, NEVER, 0, set_freq_v3},
    {0xF2, 0x62, NEVER, 0, get_freq_v3},
};

static bool is_debug_command(const struct command *entry)
{
    return entry->group == 0xF2 && entry->op != 0x30 && entry->op != 0x21 && entry->op != 0x3C &&
           entry->op != 0x43 && entry->op != 0x61 && entry->op != 0x62 &&
           (entry->op < 0x40 || entry->op > 0x42);
}

static const struct command *find(const struct stlink_model *model, const uint8_t *bytes)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const struct command *entry = &commands[i];
        uint8_t from = model->config->generation == STLINK_V3 ? entry->v3_from : entry->v2_from;

        if (entry->group == bytes[0] && (entry->op == bytes[1] || entry->op == 0) &&
            from != NEVER && model->config->j >= from)
            return entry;
    }
    return NULL;
}

static void run_command(struct stlink_model *model)
{
    const struct command *entry = find(model, model->command);

    model->commands++;
    model->reply_length = model->reply_at = 0;
    if (!entry)
        answer_status(model, ST_UNKNOWN_COMMAND, 2);
    else if (entry->group == 0xF2 && entry->op != 0x21 &&
             sim_board_probe_trouble(model->swd.board) == SIM_PROBE_IN_USE)
        answer_status(model, ST_IN_USE, 2);
    else if ((is_debug_command(entry) && model->mode != MODE_DEBUG) ||
             (entry->group == 0xF2 && model->mode == MODE_LOADER))
        answer_status(model, ST_COMMAND_ERROR, 2);
    else
        entry->run(model, model->command);
}

static void run_data(struct stlink_model *model)
{
    if (model->command[1] == 0x51)
        misc_run(model);
    else
        write_memory_data(model);
    model->data_wanted = 0;
}

void stlink_model_out(struct stlink_model *model, const uint8_t *data, size_t length)
{
    if (model->data_wanted > 0) {
        size_t take = model->data_wanted - model->data_length;

        if (take > length)
            take = length;
        memcpy(model->data + model->data_length, data, take);
        model->data_length += take;
        if (model->data_length == model->data_wanted)
            run_data(model);
        return;
    }
    memset(model->command, 0, sizeof model->command);
    memcpy(model->command, data, length < COMMAND_SIZE ? length : COMMAND_SIZE);
    run_command(model);
}

size_t stlink_model_in(struct stlink_model *model, uint8_t *data, size_t capacity)
{
    size_t left = model->reply_length - model->reply_at;

    if (left > capacity)
        left = capacity;
    memcpy(data, model->reply + model->reply_at, left);
    model->reply_at += left;
    return left;
}

/* --- as any probe's --- */

static bool firmware_out(void *model, const uint8_t *data, size_t length)
{
    stlink_model_out(model, data, length);
    return true;
}

static size_t firmware_in(void *model, uint8_t *data, size_t capacity)
{
    return stlink_model_in(model, data, capacity);
}

static size_t firmware_trace_in(void *model, uint8_t *data, size_t capacity)
{
    return stlink_model_trace_in(model, data, capacity);
}

static void firmware_usb_reset(void *model)
{
    stlink_model_usb_reset(model);
}

static uint64_t firmware_commands(const void *model)
{
    return stlink_model_commands(model);
}

/* Only the vendor interface: it is what debuggers use. */
struct usb_identity stlink_identity(const struct stlink_config *config)
{
    bool v2 = config->generation == STLINK_V2, v3 = config->generation == STLINK_V3;

    return (struct usb_identity){
        .vid = 0x0483,
        .pid = config->pid,
        .release = 0x0100,
        .high_speed = v3,
        .manufacturer = "STMicroelectronics",
        .product = config->product,
        .serial = config->serial,
        .raw_serial = config->quirks & STLINK_RAW_SERIAL,
        .reply_in = 0x81,
        .interfaces = {{.class = 0xFF,
                        .subclass = 0xFF,
                        .protocol = 0xFF,
                        .type = USB_BULK,
                        .endpoints = {0x81, v2 ? 0x02 : 0x01, v2 ? 0x83 : 0x82},
                        .packet = v3 ? 512 : 64}},
    };
}

struct firmware stlink_firmware(struct stlink_model *model)
{
    static const struct firmware_driver driver = {firmware_out, firmware_in, firmware_trace_in,
                                                  firmware_usb_reset, firmware_commands};

    return (struct firmware){
        .driver = &driver, .model = model, .high_speed = model->config->generation == STLINK_V3};
}
