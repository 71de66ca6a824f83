/* SPDX-License-Identifier: MIT */
/* Where instructions lead, judged by Unicorn: all of 16 bits, and many of 32. What the decoder says
 * for certain has to happen, unless the instruction faults; what it must know is listed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <unicorn/unicorn.h>

#include "core/thumb.h"

/* Each in a slot of its own, and written before the first one runs, since Unicorn translates ahead
 * and remembers. */
enum { NARROW = 0x10000, WIDE = 50000, SLOTS = NARROW + WIDE, SLOT = 16 };
#define CODE 0x10000000u
#define CODE_SIZE (((uint32_t)SLOTS * SLOT + 0xFFFFF) & ~0xFFFFFu)
#define AROUND 0x2000000u /* how far BL reaches */
#define RAM 0x20000000u
#define RAM_SIZE 0x100000u
#define STACK (RAM + RAM_SIZE / 4) /* what is written within.. */
#define STACK_REACH 0x2000u        /* ..this distance was written there */

static const int registers[] = {
    UC_ARM_REG_R0,  UC_ARM_REG_R1,  UC_ARM_REG_R2,  UC_ARM_REG_R3, UC_ARM_REG_R4,
    UC_ARM_REG_R5,  UC_ARM_REG_R6,  UC_ARM_REG_R7,  UC_ARM_REG_R8, UC_ARM_REG_R9,
    UC_ARM_REG_R10, UC_ARM_REG_R11, UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR,
};

struct judge {
    uc_engine *uc;
    unsigned on, jumps, other, faults;
    bool stored; /* not to the stack */
    unsigned stores, may_store;
};

/* Instruction number `i`, in two half-words. */
static void instruction(uint32_t i, uint16_t code[2])
{
    uint32_t random = i * 2654435761u;

    random ^= random >> 15;
    random *= 2246822519u;
    random ^= random >> 13;
    code[0] = (uint16_t)(i < NARROW ? i : 0xE800 + i % 3 * 0x800 + (random >> 16 & 0x7FF));
    code[1] = (uint16_t)(i < NARROW ? 0xBF00 : random);
}

static void note_store(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                       void *user)
{
    struct judge *judge = user;

    (void)uc, (void)type, (void)size, (void)value;
    judge->stored |= address < STACK - STACK_REACH || address > STACK + STACK_REACH;
}

static void open_judge(struct judge *judge)
{
    uc_hook hook;

    *judge = (struct judge){0};
    assert_int_equal(uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &judge->uc), UC_ERR_OK);
    assert_int_equal(uc_ctl_set_cpu_model(judge->uc, UC_CPU_ARM_CORTEX_M4), UC_ERR_OK);
    assert_int_equal(
        uc_mem_map(judge->uc, CODE - AROUND, CODE_SIZE + 2 * AROUND, UC_PROT_READ | UC_PROT_EXEC),
        UC_ERR_OK);
    assert_int_equal(uc_mem_map(judge->uc, RAM, RAM_SIZE, UC_PROT_READ | UC_PROT_WRITE), UC_ERR_OK);
    assert_int_equal(uc_hook_add(judge->uc, &hook, UC_HOOK_MEM_WRITE, (void *)(size_t)note_store,
                                 judge, (uint64_t)1, (uint64_t)0),
                     UC_ERR_OK);
    for (uint32_t i = 0; i < SLOTS; i++) {
        uint16_t code[2];

        instruction(i, code);
        assert_int_equal(uc_mem_write(judge->uc, CODE + i * SLOT, code, sizeof code), UC_ERR_OK);
    }
}

/* False: it faults. */
static bool run(struct judge *judge, uint32_t pc, const uint16_t code[2])
{
    uint32_t middle = RAM + RAM_SIZE / 2, stack = STACK, none = 0;

    for (size_t r = 0; r < sizeof registers / sizeof *registers; r++)
        uc_reg_write(judge->uc, registers[r], &middle);
    uc_reg_write(judge->uc, UC_ARM_REG_SP, &stack);
    uc_reg_write(judge->uc, UC_ARM_REG_XPSR, &none);
    judge->stored = false;
    bool ran = uc_emu_start(judge->uc, pc | 1, 0, 0, 1) == UC_ERR_OK;
    if (judge->stored && !thumb_may_store(code[0]))
        fail_msg("%04x %04x stores, and is not known to", code[0], code[1]);
    judge->stores += judge->stored;
    judge->may_store += thumb_may_store(code[0]);
    return ran;
}

static void look(struct judge *judge, uint32_t i)
{
    uint32_t now = 0, pc = CODE + i * SLOT;
    uint16_t code[2];

    instruction(i, code);
    struct thumb thumb = thumb_decode(pc, code[0], code[1]);
    bool stores_only = (code[0] & 0xFE00) == 0xE800; /* multiple, dual, exclusive */
    bool ran = (stores_only || thumb.flow != THUMB_OTHER) && run(judge, pc, code);
    if (thumb.flow == THUMB_OTHER) {
        judge->other++;
        return;
    }
    if (!ran) {
        judge->faults++;
        return;
    }
    uc_reg_read(judge->uc, UC_ARM_REG_PC, &now);
    if ((now & ~1u) != thumb.next)
        fail_msg("%04x %04x at %08x leads to %08x, not to %08x", code[0], code[1], pc, now,
                 thumb.next);
    judge->on += thumb.flow == THUMB_ON;
    judge->jumps += thumb.flow == THUMB_JUMP;
}

static void what_is_certain_happens(void **state)
{
    struct judge judge;

    (void)state;
    open_judge(&judge);
    for (uint32_t i = 0; i < 0xE800; i++)
        look(&judge, i);
    print_message("16 bits: %u go on, %u jump, %u other, %u fault\n", judge.on, judge.jumps,
                  judge.other, judge.faults);
    assert_in_range(judge.on, 45000, NARROW);
    assert_int_equal(judge.jumps, 0x800);
    for (uint32_t i = NARROW; i < SLOTS; i++)
        look(&judge, i);
    print_message("and of 32: %u go on, %u jump, %u other, %u fault\n", judge.on, judge.jumps,
                  judge.other, judge.faults);
    assert_in_range(judge.jumps, 0x800 + 500, SLOTS);
    print_message("%u store elsewhere than on the stack, %u may\n", judge.stores, judge.may_store);
    assert_in_range(judge.stores, 10000, judge.may_store);
    uc_close(judge.uc);
}

struct example {
    uint16_t first, second;
    enum thumb_flow flow;
    const char *text;
};

static void check(const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (thumb_decode(CODE, examples[i].first, examples[i].second).flow != examples[i].flow)
            fail_msg("%s", examples[i].text);
}

/* What compilers make of C most of the time has to be known. */
static void common_code_is_known(void **state)
{
    static const struct example examples[] = {
        {0x2103, 0, THUMB_ON, "movs r1, #3"},
        {0x68F8, 0, THUMB_ON, "ldr r0, [r7, #12]"},
        {0x60B8, 0, THUMB_ON, "str r0, [r7, #8]"},
        {0x4B04, 0, THUMB_ON, "ldr r3, [pc, #16]"},
        {0x4618, 0, THUMB_ON, "mov r0, r3"},
        {0xB580, 0, THUMB_ON, "push {r7, lr}"},
        {0xB084, 0, THUMB_ON, "sub sp, #16"},
        {0xB2DB, 0, THUMB_ON, "uxtb r3, r3"},
        {0xF7FF, 0xFFD3, THUMB_JUMP, "bl"},
        {0xE7FE, 0, THUMB_JUMP, "b ."},
        {0xE92D, 0x47F0, THUMB_ON, "push.w {r4-r10, lr}"},
        {0xE8BD, 0x07F0, THUMB_ON, "pop.w {r4-r10}"},
        {0xF8D3, 0x3080, THUMB_ON, "ldr.w r3, [r3, #128]"},
        {0xF44F, 0x7380, THUMB_ON, "mov.w r3, #256"},
        {0xF1B3, 0x0F0F, THUMB_ON, "cmp.w r3, #15"},
        {0xFB02, 0xF303, THUMB_ON, "mul r3, r2, r3"},
        {0xFB93, 0xF3F2, THUMB_ON, "sdiv r3, r3, r2"},
        {0xEE30, 0x0A20, THUMB_ON, "vadd.f32 s0, s0, s1"},
    };

    (void)state;
    check(examples, sizeof examples / sizeof *examples);
}

/* These stop the core, wait, depend on something, or choose their way by a register. */
static void what_is_uncertain_is_not_guessed(void **state)
{
    static const struct example examples[] = {
        {0x4770, 0, THUMB_OTHER, "bx lr"},
        {0x4798, 0, THUMB_OTHER, "blx r3"},
        {0x469F, 0, THUMB_OTHER, "mov pc, r3"},
        {0x449F, 0, THUMB_OTHER, "add pc, r3"},
        {0xBD80, 0, THUMB_OTHER, "pop {r7, pc}"},
        {0xD0FE, 0, THUMB_OTHER, "beq ."},
        {0xB103, 0, THUMB_OTHER, "cbz r3"},
        {0xBF08, 0, THUMB_OTHER, "it eq"},
        {0xBF30, 0, THUMB_OTHER, "wfi"},
        {0xBF20, 0, THUMB_OTHER, "wfe"},
        {0xBE00, 0, THUMB_OTHER, "bkpt"},
        {0xDF00, 0, THUMB_OTHER, "svc"},
        {0xDE00, 0, THUMB_OTHER, "udf"},
        {0xB662, 0, THUMB_OTHER, "cpsie i"},
        {0xE8BD, 0x8010, THUMB_OTHER, "pop.w {r4, pc}"},
        {0xE8DF, 0xF003, THUMB_OTHER, "tbb [pc, r3]"},
        {0xF85D, 0xFB04, THUMB_OTHER, "ldr pc, [sp], #4"},
        {0xF000, 0x8001, THUMB_OTHER, "beq.w"},
        {0xF380, 0x8810, THUMB_OTHER, "msr primask, r0"},
        {0xEA4F, 0x0F03, THUMB_OTHER, "mov.w pc, r3"},
    };

    (void)state;
    check(examples, sizeof examples / sizeof *examples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_certain_happens),
        cmocka_unit_test(common_code_is_known),
        cmocka_unit_test(what_is_uncertain_is_not_guessed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
