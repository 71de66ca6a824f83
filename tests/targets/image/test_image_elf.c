/* SPDX-License-Identifier: MIT */
/* ELF files as linkers make them, and as an enemy would. */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image/image.h"

/* A program of two segments: code at its address, data loaded behind it and copied to RAM. */
struct file {
    Elf32_Ehdr header;
    Elf32_Phdr segments[3];
    Elf32_Shdr sections[4];
    uint8_t code[64], data[16];
};

static struct file file;
static struct job job;
static struct image image;

static Elf32_Shdr section(uint32_t type, uint32_t flags, uint32_t offset, uint32_t size)
{
    return (Elf32_Shdr){.sh_type = type, .sh_flags = flags, .sh_offset = offset, .sh_size = size};
}

static int make(void **state)
{
    enum { CODE = offsetof(struct file, code), DATA = offsetof(struct file, data) };

    (void)state;
    file = (struct file){
        .header = {.e_ident = {0x7F, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_machine = EM_ARM,
                   .e_entry = 0x08000009,
                   .e_phoff = offsetof(struct file, segments),
                   .e_shoff = offsetof(struct file, sections),
                   .e_phentsize = sizeof(Elf32_Phdr),
                   .e_phnum = 3,
                   .e_shentsize = sizeof(Elf32_Shdr),
                   .e_shnum = 4},
        .segments = {{.p_type = PT_LOAD,
                      .p_offset = CODE,
                      .p_vaddr = 0x08000000,
                      .p_paddr = 0x08000000,
                      .p_filesz = 64,
                      .p_memsz = 64},
                     {.p_type = PT_LOAD,
                      .p_offset = DATA,
                      .p_vaddr = 0x20000000,
                      .p_paddr = 0x08000040,
                      .p_filesz = 16,
                      .p_memsz = 48},
                     {.p_type = PT_LOAD,
                      .p_offset = DATA + 16,
                      .p_vaddr = 0x20000030,
                      .p_paddr = 0x20000030,
                      .p_filesz = 0,
                      .p_memsz = 400}},
        .sections = {section(SHT_NULL, 0, 0, 0), section(SHT_PROGBITS, SHF_ALLOC, CODE, 64),
                     section(SHT_PROGBITS, SHF_ALLOC, DATA, 16),
                     section(SHT_NOBITS, SHF_ALLOC, DATA + 16, 400)},
    };
    for (unsigned i = 0; i < 64; i++)
        file.code[i] = (uint8_t)i;
    memset(file.data, 0xDA, sizeof file.data);
    job_init(&job, NULL);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    image_finish(&image);
    return 0;
}

static enum err parse(void)
{
    return image_parse(&job, "a.elf", &file, sizeof file, IMAGE_AUTO, 0, &image);
}

static void refused(const char *sentence)
{
    assert_int_equal(parse(), ERR_FILE);
    assert_string_equal(job.text, sentence);
    assert_null(image.segments);
}

static void loads_segments_at_their_load_addresses(void **state)
{
    (void)state;
    assert_int_equal(parse(), ERR_OK);
    assert_int_equal(image.count, 1); /* they follow each other */
    assert_int_equal(image.segments[0].address, 0x08000000);
    assert_int_equal(image.segments[0].size, 80);
    assert_memory_equal(image.segments[0].data, file.code, 80);
    assert_int_equal(image.entry, 0x08000009);
}

static void leaves_out_the_headers_that_a_linker_mapped(void **state)
{
    (void)state;
    file.segments[0].p_offset = 0;
    file.segments[0].p_paddr = 0x08000000 - offsetof(struct file, code);
    file.segments[0].p_filesz = file.segments[0].p_memsz = offsetof(struct file, code) + 64;
    assert_int_equal(parse(), ERR_OK);
    assert_int_equal(image.segments[0].address, 0x08000000);
    assert_memory_equal(image.segments[0].data, file.code, 64);
}

static void needs_no_sections(void **state)
{
    (void)state;
    file.header.e_shnum = 0;
    assert_int_equal(parse(), ERR_OK);
    assert_int_equal(image.bytes, 80);
}

/* Whoever made the sections: what is in a segment is program. */
static void a_segment_needs_no_section(void **state)
{
    (void)state;
    file.sections[2].sh_flags = 0;
    assert_int_equal(parse(), ERR_OK);
    assert_int_equal(image.bytes, 80);
    assert_memory_equal(image.segments[0].data, file.code, 80);
}

static void a_section_may_begin_behind_its_segments_head(void **state)
{
    (void)state;
    file.sections[1].sh_offset += 16;
    file.sections[1].sh_size -= 16;
    assert_int_equal(parse(), ERR_OK);
    assert_int_equal(image.segments[0].address, 0x08000000);
    assert_memory_equal(image.segments[0].data, file.code, 80);
}

/* A segment that begins with the file's headers, which are followed by fill and a vector table
 * without a section; its first word begins with zeros, as 0x20010000 does. */
static void vectors_between_headers_and_first_section_are_taken(void **state)
{
    uint32_t head = offsetof(struct file, code);

    (void)state;
    memset(file.code, 0, 16);
    memcpy(file.code + 8, "\x00\x00\x01\x20", 4);
    file.segments[0].p_offset = 0;
    file.segments[0].p_paddr = 0x08000000 - head;
    file.segments[0].p_filesz = file.segments[0].p_memsz = head + 64;
    file.sections[1].sh_offset += 16;
    file.sections[1].sh_size -= 16;
    assert_int_equal(parse(), ERR_OK);
    assert_int_equal(image.segments[0].address, 0x08000008);
    assert_memory_equal(image.segments[0].data, file.code + 8, 56);
}

/* The fill behind the headers lies where a boot loader may be; a section's own zeros are program.
 */
static void fill_behind_headers_is_left_out_and_zeros_of_sections_are_not(void **state)
{
    uint32_t head = offsetof(struct file, code);

    (void)state;
    memset(file.code, 0, 48);
    file.segments[0].p_offset = 0;
    file.segments[0].p_paddr = 0x08000000 - head;
    file.segments[0].p_filesz = file.segments[0].p_memsz = head + 64;
    file.sections[1].sh_offset += 32;
    file.sections[1].sh_size -= 32;
    assert_int_equal(parse(), ERR_OK);
    assert_int_equal(image.segments[0].address, 0x08000020);
    assert_memory_equal(image.segments[0].data, file.code + 32, 32);
}

static void without_sections_headers_are_left_out_all_the_same(void **state)
{
    uint32_t head = offsetof(struct file, code);

    (void)state;
    file.header.e_shnum = 0;
    file.header.e_shoff = 0;
    memset(file.sections, 0, sizeof file.sections);
    memcpy(file.code, "\x00\x50\x00\x20", 4);
    file.segments[0].p_offset = 0;
    file.segments[0].p_paddr = 0x08000000 - head;
    file.segments[0].p_filesz = file.segments[0].p_memsz = head + 64;
    assert_int_equal(parse(), ERR_OK);
    assert_int_equal(image.segments[0].address, 0x08000000);
    assert_memory_equal(image.segments[0].data, file.code, 64);
}

static void a_file_without_program_headers_is_not_called_cut_short(void **state)
{
    (void)state;
    file.header.e_phnum = 0;
    file.header.e_phoff = 0;
    refused("a.elf: it has no program headers, which say what goes where: linked without them, or "
            "only symbols");
}

static void refuses_other_programs(void **state)
{
    (void)state;
    file.header.e_machine = EM_X86_64;
    refused("a.elf: not a program for Arm");
    make(NULL);
    file.header.e_ident[EI_CLASS] = ELFCLASS64;
    refused("a.elf: not a 32-bit little-endian ELF file");
    make(NULL);
    file.header.e_type = ET_REL;
    refused("a.elf: not linked (not an executable)");
}

static void refuses_what_is_not_in_the_file(void **state)
{
    (void)state;
    file.segments[1].p_offset = sizeof file - 15;
    refused("a.elf: the segment for 0x08000040 is not all in the file: cut short?");
    make(NULL);
    file.segments[1].p_offset = 0xFFFFFFF0;
    refused("a.elf: the segment for 0x08000040 is not all in the file: cut short?");
    make(NULL);
    file.header.e_phoff = 0xFFFFFFFF;
    refused("a.elf: the program headers are missing or cut short");
    make(NULL);
    file.header.e_phnum = 0xFFFF;
    refused("a.elf: the program headers are missing or cut short");
    make(NULL);
    file.header.e_phentsize = 1;
    refused("a.elf: the program headers are missing or cut short");
}

static void refuses_absurd_segments(void **state)
{
    (void)state;
    file.segments[1].p_paddr = 0x08000030;
    refused("a.elf: 64 bytes at 0x08000000 overlap those at 0x08000030");
    make(NULL);
    file.segments[1].p_paddr = 0xFFFFFFF8;
    refused("a.elf: 16 bytes at 0xfffffff8 run past 0xffffffff");
    make(NULL);
    file.segments[1].p_memsz = 8;
    refused("a.elf: the segment for 0x08000040 is larger in the file than in memory");
}

static void every_cut_is_noticed_or_harmless(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof file; size++) {
        uint8_t *cut = malloc(size ? size : 1);
        memcpy(cut, &file, size);
        job_init(&job, NULL);
        assert_int_equal(image_parse(&job, "a.elf", cut, size, IMAGE_ELF, 0, &image), ERR_FILE);
        free(cut);
    }
}

/* Random changes: any outcome but a crash, and what is loaded is bounded. */
static void survives_mutations(void **state)
{
    uint32_t random = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        make(NULL);
        for (int n = 0; n < 3; n++) {
            random = random * 1664525 + 1013904223;
            ((uint8_t *)&file)[(random >> 8) % offsetof(struct file, code)] = (uint8_t)random;
        }
        if (parse() == ERR_OK)
            assert_true(image.bytes <= 3 * sizeof file);
        image_finish(&image);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
    const struct CMUnitTest tests[] = {
        TEST(loads_segments_at_their_load_addresses),
        TEST(leaves_out_the_headers_that_a_linker_mapped),
        TEST(needs_no_sections),
        TEST(a_segment_needs_no_section),
        TEST(a_section_may_begin_behind_its_segments_head),
        TEST(vectors_between_headers_and_first_section_are_taken),
        TEST(fill_behind_headers_is_left_out_and_zeros_of_sections_are_not),
        TEST(without_sections_headers_are_left_out_all_the_same),
        TEST(a_file_without_program_headers_is_not_called_cut_short),
        TEST(refuses_other_programs),
        TEST(refuses_what_is_not_in_the_file),
        TEST(refuses_absurd_segments),
        TEST(every_cut_is_noticed_or_harmless),
        TEST(survives_mutations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
