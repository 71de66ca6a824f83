/* SPDX-License-Identifier: MIT */
#include "image/frame_rules.h"

#include <dwarf.h>
#include <stdlib.h>

#include "image/debug_info_internal.h"

enum { STACK_MAX = 16 };

/* --- DWARF expressions, as far as frames use them (DWARF 5, 2.5) --- */

struct machine {
    const struct frame_registers *registers;
    const struct frame_memory *memory;
    uint32_t cfa;
    uint32_t stack[STACK_MAX];
    size_t depth;
    bool is_value; /* the result is it, not its address */
    enum frame_found trouble;
};

static bool fail(struct machine *machine, enum frame_found trouble)
{
    machine->trouble = trouble;
    return false;
}

static bool push(struct machine *machine, uint32_t value)
{
    if (machine->depth == STACK_MAX)
        return fail(machine, FRAME_STRANGE);
    machine->stack[machine->depth++] = value;
    return true;
}

static bool push_register(struct machine *machine, Dwarf_Word number, Dwarf_Word offset)
{
    if (number >= FRAME_REGISTERS || !(machine->registers->known >> number & 1))
        return fail(machine, FRAME_OUTERMOST);
    return push(machine, machine->registers->value[number] + (uint32_t)offset);
}

static bool dereference(struct machine *machine)
{
    if (machine->depth == 0)
        return fail(machine, FRAME_STRANGE);
    uint32_t *top = &machine->stack[machine->depth - 1];
    return machine->memory->read(machine->memory->user, *top, top) ||
           fail(machine, FRAME_UNREADABLE);
}

static bool combine(struct machine *machine, uint8_t atom)
{
    if (machine->depth < 2)
        return fail(machine, FRAME_STRANGE);
    uint32_t second = machine->stack[--machine->depth];
    uint32_t *first = &machine->stack[machine->depth - 1];

    if (atom == DW_OP_plus)
        *first += second;
    else if (atom == DW_OP_minus)
        *first -= second;
    else
        *first &= second;
    return true;
}

static bool step(struct machine *machine, const Dwarf_Op *op)
{
    uint8_t atom = op->atom;

    if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31)
        return push_register(machine, atom - DW_OP_breg0, op->number);
    if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31)
        return push(machine, atom - DW_OP_lit0);
    if (atom >= DW_OP_const1u && atom <= DW_OP_consts)
        return push(machine, (uint32_t)op->number);
    switch (atom) {
    case DW_OP_bregx:
        return push_register(machine, op->number, op->number2);
    case DW_OP_call_frame_cfa:
        return push(machine, machine->cfa);
    case DW_OP_plus_uconst:
        return push(machine, (uint32_t)op->number) && combine(machine, DW_OP_plus);
    case DW_OP_plus:
    case DW_OP_minus:
    case DW_OP_and:
        return combine(machine, atom);
    case DW_OP_deref:
        return dereference(machine);
    case DW_OP_stack_value:
        machine->is_value = true;
        return true;
    default:
        return fail(machine, FRAME_STRANGE);
    }
}

static bool evaluate(struct machine *machine, const Dwarf_Op *ops, size_t count, uint32_t *result)
{
    machine->depth = 0;
    machine->is_value = false;
    for (size_t i = 0; i < count; i++)
        if (!step(machine, &ops[i]))
            return false;
    if (machine->depth == 0)
        return fail(machine, FRAME_STRANGE);
    *result = machine->stack[machine->depth - 1];
    return true;
}

/* --- rules --- */

static bool find_cfa(struct machine *machine, Dwarf_Frame *frame)
{
    Dwarf_Op *ops;
    size_t count;

    if (dwarf_frame_cfa(frame, &ops, &count) != 0 || count == 0)
        return fail(machine, FRAME_STRANGE);
    return evaluate(machine, ops, count, &machine->cfa);
}

/* The caller's is in another register. */
static bool other_register(struct machine *machine, const Dwarf_Op *op, uint32_t *value)
{
    Dwarf_Word number = op->atom == DW_OP_regx ? op->number : (Dwarf_Word)op->atom - DW_OP_reg0;

    if (!push_register(machine, number, 0))
        return false;
    *value = machine->stack[--machine->depth];
    return true;
}

/* A register of the caller's by its rule; *own: there is none, it is the function's. */
static bool find_register(struct machine *machine, Dwarf_Frame *frame, unsigned number,
                          uint32_t *value, bool *own)
{
    Dwarf_Op memory[3], *ops;
    size_t count;

    *own = false;
    if (dwarf_frame_register(frame, (int)number, memory, &ops, &count) != 0)
        return fail(machine, FRAME_STRANGE);
    *own = count == 0;
    if (*own)
        return true;
    if (ops[0].atom == DW_OP_regx || (ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_reg31))
        return other_register(machine, &ops[0], value);
    if (!evaluate(machine, ops, count, value))
        return false;
    return machine->is_value || machine->memory->read(machine->memory->user, *value, value) ||
           fail(machine, FRAME_UNREADABLE);
}

/* Those that a function keeps for its caller, and those it may spoil (AAPCS32, 6.1.1). */
static bool is_kept(unsigned number)
{
    return number >= 4 && number <= 11;
}

static bool find_caller(struct machine *machine, Dwarf_Frame *frame, bool called,
                        struct frame_registers *caller)
{
    bool own;

    machine->depth = 0;
    for (unsigned i = 0; i < FRAME_PC; i++) {
        if (!find_register(machine, frame, i, &caller->value[i], &own))
            return false;
        if (own) /* what was there before */
            caller->value[i] = machine->registers->value[i];
        bool kept = !own || (is_kept(i) && machine->registers->known >> i & 1);
        caller->known |= kept ? 1u << i : 0;
        if (i == FRAME_SP && own) {
            caller->value[i] = machine->cfa;
            caller->known |= 1u << i;
        }
        if (i == FRAME_LR && own && (called || !(machine->registers->known >> i & 1)))
            return fail(machine, FRAME_OUTERMOST);
    }
    caller->value[FRAME_PC] = caller->value[FRAME_LR];
    caller->known |= 1u << FRAME_PC;
    caller->known &= ~(1u << FRAME_LR); /* it has made a call */
    return true;
}

static Dwarf_Frame *find_frame(Dwarf_CFI *rules, uint32_t place)
{
    Dwarf_Frame *frame = NULL;

    return rules && dwarf_cfi_addrframe(rules, place, &frame) == 0 ? frame : NULL;
}

enum frame_found frame_rules_caller(const struct debug_info *info, uint32_t place, bool called,
                                    const struct frame_memory *memory,
                                    struct frame_registers *registers)
{
    struct machine machine = {.registers = registers, .memory = memory};
    struct frame_registers caller = {0};
    Dwarf_Frame *frame = info->dwarf ? find_frame(dwarf_getcfi(info->dwarf), place) : NULL;

    if (!frame)
        frame = find_frame(info->exception_rules, place);
    if (!frame)
        return FRAME_NO_RULES;
    bool found = find_cfa(&machine, frame) && find_caller(&machine, frame, called, &caller);
    free(frame);
    if (!found)
        return machine.trouble;
    *registers = caller;
    return FRAME_CALLER;
}
