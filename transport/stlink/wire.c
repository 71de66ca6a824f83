/* SPDX-License-Identifier: MIT */
#include "stlink/wire.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"

const struct stlink_product stlink_products[] = {
    {0x3744, "ST-LINK/V1", "it is too old (no speed, no voltage, no reset line): use a V2 or V3",
     ERR_UNSUPPORTED},
    {0x3748, "ST-LINK/V2", NULL, ERR_OK},
    {0x374A, "ST-LINK/V2-1", NULL, ERR_OK},
    {0x374B, "ST-LINK/V2-1", NULL, ERR_OK},
    {0x374D, "STLINK-V3 loader", "it is in firmware update mode: unplug and replug it",
     ERR_PROBE_LOADER},
    {0x374E, "STLINK-V3", NULL, ERR_OK},
    {0x374F, "STLINK-V3", NULL, ERR_OK},
    {0x3752, "ST-LINK/V2-1", NULL, ERR_OK},
    {0x3753, "STLINK-V3", NULL, ERR_OK},
    {0x3754, "STLINK-V3", NULL, ERR_OK},
    {0x3755, "STLINK-V3 loader", "it is in firmware update mode: unplug and replug it",
     ERR_PROBE_LOADER},
    {0x3757, "STLINK-V3PWR", NULL, ERR_OK},
    {0, NULL, NULL, ERR_OK},
};

const struct stlink_product *stlink_product(uint16_t pid)
{
    for (const struct stlink_product *product = stlink_products; product->pid; product++)
        if (product->pid == pid)
            return product;
    return NULL;
}

static bool is_v2_1(uint16_t pid)
{
    return pid == 0x374A || pid == 0x374B || pid == 0x3752;
}

bool stlink_decode_version(const uint8_t reply[6], uint16_t pid, struct stlink_version *version)
{
    unsigned word = (unsigned)reply[0] << 8 | reply[1];
    uint8_t x = word >> 6 & 0x3F, y = word & 0x3F;

    *version = (struct stlink_version){.generation = (uint8_t)(word >> 12)};
    if (version->generation >= 3)
        return false;
    if (!is_v2_1(pid)) {
        version->j = x;
        version->s = y;
    } else if ((x <= 22 && y == 7) || (x >= 25 && y >= 7 && y <= 12)) {
        version->m = x; /* firmware for STM8 only: no SWD */
        version->s = y;
    } else {
        version->j = x;
        version->m = y;
    }
    return true;
}

void stlink_decode_version_ex(const uint8_t reply[12], struct stlink_version *version)
{
    /* The V3PWR reports generation 4 and speaks V3's commands. */
    *version = (struct stlink_version){
        .generation = 3, .s = reply[1], .j = reply[2], .m = reply[3], .b = reply[4], .p = reply[5]};
}

void stlink_format_version(const struct stlink_version *version, char *text, size_t size)
{
    const struct {
        char letter;
        uint8_t number;
    } parts[] = {{'J', version->j},
                 {'M', version->m},
                 {'B', version->b},
                 {'P', version->p},
                 {'S', version->s}};
    int length = snprintf(text, size, "V%u", version->generation);

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].number && length > 0 && (size_t)length < size)
            length += snprintf(text + length, size - (size_t)length, "%c%u", parts[i].letter,
                               parts[i].number);
}

struct stlink_caps stlink_caps(const struct stlink_version *version)
{
    bool v3 = version->generation == 3;
    uint8_t j = version->j;

    return (struct stlink_caps){
        .last_status2 = v3 || j >= 15,
        .swd_freq = !v3 && j >= 22,
        .com_freq = v3,
        .dap_regs = v3 || j >= 24,
        .mem16 = v3 || j >= 26,
        .fifo_write = v3 || j >= 26,
        .fifo_read = j >= (v3 ? 2 : 32),
        .init_ap = v3 || j >= 28,
        .init_ap0 = j >= (v3 ? 7 : 37),
        .rw_misc = j >= (v3 ? 2 : 32),
        .trace_baud = v3 ? 24000000 : 2000000,
        .trace_buffer = v3 ? 16384 : 4096,
        .misc_max = v3 ? 512 : 64,
        /* 512 with V3J6, but reads above 255 were seen to fail. */
        .block8 = v3 && j >= 6 ? 128 : 64,
        .block = 6144,
        .boundary = j >= (v3 ? 2 : 32) ? 0 : 1024,
    };
}

static const struct stlink_status statuses[] = {
    {0x80, "ok", ERR_OK, false},
    {0x81, "the target refused the access", ERR_FAULT, false},
    {0x01, "the target refused the access", ERR_FAULT, false},
    {0x02, "SPI error inside the probe", ERR_PROBE, false},
    {0x03, "DMA error inside the probe", ERR_PROBE, false},
    {0x04, "nothing answers on SWDIO", ERR_NO_TARGET, false},
    {0x05, "nothing answers on SWDIO", ERR_NO_TARGET, false},
    {0x06, "error inside the probe", ERR_PROBE, false},
    {0x07, "the probe is busy", ERR_PROBE, true},
    {0x08, "the probe refused the command", ERR_PROBE, false},
    {0x09, "nothing answers on SWDIO", ERR_NO_TARGET, false},
    {0x0A, "address or length not aligned", ERR_ALIGNMENT, false},
    {0x0B, "the debug domain does not power up", ERR_POWER, false},
    {0x0C, "the write failed", ERR_FAULT, false},
    {0x0E, "another program uses the probe in another mode", ERR_BUSY, false},
    {0x10, "WAIT", ERR_WAIT, true},
    {0x11, "FAULT", ERR_FAULT, false},
    {0x12, "no or garbled acknowledge", ERR_NO_TARGET, false},
    {0x13, "wrong parity", ERR_PARITY, false},
    {0x14, "WAIT", ERR_WAIT, true},
    {0x15, "FAULT", ERR_FAULT, false},
    {0x16, "no or garbled acknowledge", ERR_NO_TARGET, false},
    {0x17, "wrong parity", ERR_PARITY, false},
    {0x18, "data to be written arrived garbled", ERR_PARITY, false},
    {0x19, "sticky error", ERR_FAULT, false},
    {0x1A, "sticky overrun", ERR_FAULT, false},
    {0x1D, "that access port is not there or not opened", ERR_FAULT, false},
    {0x29, "too many access ports are open", ERR_PROBE, false},
    {0x41, "the speed is not supported", ERR_UNSUPPORTED, false},
    {0x42, "the probe's firmware does not know the command", ERR_UNSUPPORTED, false},
};

const struct stlink_status *stlink_status(uint8_t code)
{
    static const struct stlink_status unknown = {0, "the probe answered with an unknown status",
                                                 ERR_PROBE, false};

    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].code == code)
            return &statuses[i];
    return &unknown;
}

void stlink_command(uint8_t command[STLINK_COMMAND_SIZE], uint8_t group, uint8_t op)
{
    memset(command, 0, STLINK_COMMAND_SIZE);
    command[0] = group;
    command[1] = op;
}

uint8_t stlink_memory_op(const struct stlink_caps *caps, bool write, unsigned width, bool increment)
{
    if (!increment) {
        bool can = write ? caps->fifo_write : caps->fifo_read;
        return width == 4 && can ? (write ? STLINK_WRITEMEM_32_FIFO : STLINK_READMEM_32_FIFO) : 0;
    }
    switch (width) {
    case 4:
        return write ? STLINK_WRITEMEM_32 : STLINK_READMEM_32;
    case 2:
        return !caps->mem16 ? 0 : write ? STLINK_WRITEMEM_16 : STLINK_READMEM_16;
    default:
        return write ? STLINK_WRITEMEM_8 : STLINK_READMEM_8;
    }
}

void stlink_v2_speed(uint32_t khz, uint16_t *divisor, uint32_t *actual_khz)
{
    static const struct {
        uint16_t divisor, khz;
    } speeds[] = {{0, 4000}, {1, 1800}, {2, 1200}, {3, 950},  {7, 480},  {15, 240},
                  {31, 125}, {40, 100}, {79, 50},  {158, 25}, {265, 15}, {798, 5}};
    size_t i = 0;

    while (i + 1 < sizeof speeds / sizeof *speeds && speeds[i].khz > khz)
        i++;
    *divisor = speeds[i].divisor;
    *actual_khz = speeds[i].khz;
}

bool stlink_decode_voltage(const uint8_t reply[8], uint32_t *millivolts)
{
    uint32_t reference = get_le32(reply), measured = get_le32(reply + 4);

    if (reference == 0)
        return false; /* some clones */
    *millivolts = (uint32_t)((uint64_t)measured * 2400 / reference);
    return true;
}

void stlink_serial(const uint8_t *descriptor, size_t length, char serial[STLINK_SERIAL_SIZE])
{
    serial[0] = '\0';
    if (length == 50) {
        for (int i = 0; i < 24; i++)
            serial[i] = (char)toupper(descriptor[2 + 2 * i]);
        serial[24] = '\0';
    } else if (length == 26) {
        for (int i = 0; i < 12; i++)
            snprintf(serial + 2 * i, 3, "%02X", descriptor[2 + 2 * i]);
    }
}

static bool mangled_matches(const char *serial, const char *request)
{
    for (int i = 0; i < 24; i += 2) {
        bool wild = strncasecmp(request + i, "3F", 2) == 0 && strchr("89ABCDEFabcdef", serial[i]) &&
                    serial[i];
        if (!wild && strncasecmp(serial + i, request + i, 2) != 0)
            return false;
    }
    return true;
}

bool stlink_serial_matches(const char *serial, const char *request)
{
    size_t length = strlen(request);

    if (strlen(serial) == 24 && length == 24 && mangled_matches(serial, request))
        return true;
    return length > 0 && strcasestr(serial, request) != NULL;
}
