/* SPDX-License-Identifier: MIT */
/* The XML documents, read back by expat: well-formed, complete, without overlaps or gaps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <expat.h>

#include "gdb/target_xml.h"
#include "gdb/xfer.h"

/* Elements as lines: "reg name=r0 bitsize=32". */
struct reading {
    char lines[8192];
    unsigned long long next; /* memory map: the address the next element must have */
};

static void element(void *user, const char *name, const char **attributes)
{
    struct reading *reading = user;
    size_t used = strlen(reading->lines);
    unsigned long long start = 0, length = 0;

    used += (size_t)snprintf(reading->lines + used, sizeof reading->lines - used, "%s", name);
    for (; *attributes; attributes += 2) {
        if (strcmp(attributes[0], "start") == 0)
            start = strtoull(attributes[1], NULL, 0);
        if (strcmp(attributes[0], "length") == 0)
            length = strtoull(attributes[1], NULL, 0);
        used += (size_t)snprintf(reading->lines + used, sizeof reading->lines - used, " %s=%s",
                                 attributes[0], attributes[1]);
    }
    snprintf(reading->lines + used, sizeof reading->lines - used, "\n");
    if (strcmp(name, "memory") != 0)
        return;
    assert_true(start == reading->next);
    assert_true(length > 0);
    reading->next = start + length;
}

static void text(void *user, const char *bytes, int length)
{
    struct reading *reading = user;
    size_t used = strlen(reading->lines);

    if (bytes[0] != '\n')
        snprintf(reading->lines + used, sizeof reading->lines - used, "%.*s\n", length, bytes);
}

static void read_document(const struct buf *document, struct reading *reading)
{
    XML_Parser parser = XML_ParserCreate(NULL);

    memset(reading, 0, sizeof *reading);
    assert_false(document->overflow);
    XML_SetUserData(parser, reading);
    XML_SetElementHandler(parser, element, NULL);
    XML_SetCharacterDataHandler(parser, text);
    assert_int_equal(XML_Parse(parser, (const char *)document->data, (int)document->length, 1),
                     XML_STATUS_OK);
    XML_ParserFree(parser);
}

static void registers_keep_their_order_and_features(void **state)
{
    static const struct target_register registers[] = {
        {"r0", "org.gnu.gdb.arm.m-profile", "int", 32, 0, 0},
        {"sp", "org.gnu.gdb.arm.m-profile", "data_ptr", 32, 13, 0},
        {"msp", "org.gnu.gdb.arm.m-system", "data_ptr", 32, 17, 0},
        {"control", "org.gnu.gdb.arm.m-system", "int", 8, 20, 24},
        {"d0", "org.gnu.gdb.arm.vfp", "ieee_double", 64, 64, 0},
    };
    static char memory[DESCRIBE_SIZE];
    struct reading reading;
    struct buf out;

    (void)state;
    buf_init(&out, memory, sizeof memory);
    describe_target(&out, registers, 5);
    read_document(&out, &reading);
    assert_string_equal(reading.lines,
                        "target version=1.0\narchitecture\narm\n"
                        "feature name=org.gnu.gdb.arm.m-profile\n"
                        "reg name=r0 bitsize=32 regnum=0 type=int group=general\n"
                        "reg name=sp bitsize=32 regnum=1 type=data_ptr group=general\n"
                        "feature name=org.gnu.gdb.arm.m-system\n"
                        "reg name=msp bitsize=32 regnum=2 type=data_ptr group=system\n"
                        "reg name=control bitsize=8 regnum=3 type=int group=system\n"
                        "feature name=org.gnu.gdb.arm.vfp\n"
                        "reg name=d0 bitsize=64 regnum=4 type=ieee_double group=float\n");
}

static void as_many_registers_as_there_can_be_fit(void **state)
{
    static struct target_register registers[64];
    static char memory[DESCRIBE_SIZE];
    struct reading reading;
    struct buf out;

    (void)state;
    for (size_t i = 0; i < 64; i++)
        registers[i] = (struct target_register){
            "primask_ns", "org.gnu.gdb.arm.m-profile-mve", "ieee_double", 64, 0, 0};
    buf_init(&out, memory, sizeof memory);
    describe_target(&out, registers, 64);
    assert_false(out.overflow);
    buf_init(&out, memory, sizeof memory);
    describe_target(&out, registers, 0);
    read_document(&out, &reading);
}

static void map_covers_all_addresses_once(void **state)
{
    static const struct target_region regions[] = {
        {"sram", REGION_RAM, 0x20000000, 0x5000, 0, 0},
        {"flash", REGION_FLASH, 0x08000000, 0x10000, 0x400, 0},
        {"alias", REGION_FLASH_ALIAS, 0, 0x10000, 0x800, 0x08000000},
        {"overlap", REGION_ROM, 0x0800F000, 0x2000, 0, 0},
        {"devices", REGION_DEVICE, 0x40000000, 0x20000000, 0, 0},
        {"top", REGION_DEVICE, 0xFFFFF000, 0x1000, 0, 0},
    };
    static char memory[DESCRIBE_SIZE];
    struct reading reading;
    struct buf out;

    (void)state;
    for (size_t count = 0; count <= sizeof regions / sizeof *regions; count++) {
        buf_init(&out, memory, sizeof memory);
        describe_memory(&out, regions, count);
        read_document(&out, &reading);
        assert_true(reading.next == 1ull << 32);
    }
    assert_string_equal(reading.lines, "memory-map\n"
                                       "memory type=flash start=0x00000000 length=0x10000\n"
                                       "property name=blocksize\n0x800\n"
                                       "memory type=ram start=0x00010000 length=0x7ff0000\n"
                                       "memory type=flash start=0x08000000 length=0x10000\n"
                                       "property name=blocksize\n0x400\n"
                                       "memory type=ram start=0x08010000 length=0x1000\n"
                                       "memory type=ram start=0x08011000 length=0x17fef000\n"
                                       "memory type=ram start=0x20000000 length=0x5000\n"
                                       "memory type=ram start=0x20005000 length=0x1fffb000\n"
                                       "memory type=ram start=0x40000000 length=0x20000000\n"
                                       "memory type=ram start=0x60000000 length=0x9ffff000\n"
                                       "memory type=ram start=0xfffff000 length=0x1000\n");
}

static void threads_are_any_number(void **state)
{
    struct reading reading;
    char memory[512];
    struct buf out;

    (void)state;
    buf_init(&out, memory, sizeof memory);
    describe_threads_begin(&out);
    describe_thread(&out, 1, "core", "halted");
    describe_thread(&out, 0x1A, "", "");
    describe_thread(&out, 3, "<&\"'>", "Blocked, prio 3");
    describe_threads_end(&out);
    read_document(&out, &reading);
    assert_string_equal(reading.lines, "threads\nthread id=1 core=0 name=core\nhalted\n"
                                       "thread id=1a core=0\n"
                                       "thread id=3 core=0 name=<&\"'>\nBlocked, prio 3\n");
    buf_init(&out, memory, sizeof memory);
    describe_threads_begin(&out);
    describe_threads_end(&out);
    read_document(&out, &reading);
    assert_string_equal(reading.lines, "threads\n");
}

static const char *window(size_t offset, size_t length, size_t room)
{
    static char memory[32];
    struct buf reply;

    buf_init(&reply, memory, room);
    if (xfer_window(&reply, "ab#defgh", 8, offset, length) != ERR_OK)
        return "error";
    assert_false(reply.overflow);
    memory[reply.length] = '\0';
    return memory;
}

static void windows_are_exact(void **state)
{
    (void)state;
    assert_string_equal(window(0, 8, 30), "lab}\003defgh");
    assert_string_equal(window(0, 7, 30), "mab}\003defg");
    assert_string_equal(window(3, 2, 30), "mde");
    assert_string_equal(window(3, 5, 30), "ldefgh");
    assert_string_equal(window(3, SIZE_MAX, 30), "ldefgh");
    assert_string_equal(window(8, 1, 30), "l");
    assert_string_equal(window(9, 1, 30), "error");
    assert_string_equal(window(SIZE_MAX, 1, 30), "error");
    assert_string_equal(window(0, 8, 4), "mab"); /* the escaped '#' does not fit */
    assert_string_equal(window(0, 8, 5), "mab}\003");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_keep_their_order_and_features),
        cmocka_unit_test(as_many_registers_as_there_can_be_fit),
        cmocka_unit_test(map_covers_all_addresses_once),
        cmocka_unit_test(threads_are_any_number),
        cmocka_unit_test(windows_are_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
