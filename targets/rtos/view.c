/* SPDX-License-Identifier: MIT */
#include "rtos/view.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "core/core.h"

enum { FIRST_BLOCKS = 64 };

/* --- what may be read --- */

/* The external RAM of the architecture (DDI 0403, B3.1), and where an FMC has SDRAM. */
static bool is_external(uint32_t address)
{
    return (address >= 0x60000000u && address < 0xA0000000u) ||
           (address >= 0xC0000000u && address < 0xE0000000u);
}

bool view_is_ram(const struct view *view, uint32_t address)
{
    const struct target_region *region = target_region_at(view->core->target, address);

    return region ? region->kind == REGION_RAM : is_external(address);
}

bool view_is_memory(const struct view *view, uint32_t address)
{
    const struct target_region *region = target_region_at(view->core->target, address);

    return region ? region->kind != REGION_DEVICE : is_external(address);
}

/* --- blocks --- */

static int by_address(const void *left, const void *right)
{
    const struct view_block *a = left, *b = right;

    return (a->address > b->address) - (a->address < b->address);
}

static bool make_room(struct view *view, size_t more)
{
    size_t capacity = view->capacity ? view->capacity : FIRST_BLOCKS;

    if (view->count + more > VIEW_BLOCKS) {
        view->late = true;
        return false;
    }
    while (capacity < view->count + more)
        capacity *= 2;
    if (capacity == view->capacity)
        return true;
    struct view_block *blocks = realloc(view->blocks, capacity * sizeof *blocks);
    if (!blocks) {
        view->err = ERR_NO_MEMORY;
        return false;
    }
    view->blocks = blocks;
    view->capacity = capacity;
    return true;
}

static struct view_block *find(struct view *view, uint32_t address)
{
    address &= ~(uint32_t)(VIEW_BLOCK - 1);
    for (size_t n = 0; n < view->count; n++) {
        size_t i = (view->latest + n) % view->count;

        if (view->blocks[i].address == address) {
            view->latest = i;
            view->blocks[i].used = true;
            return &view->blocks[i];
        }
    }
    return NULL;
}

static bool follows(const struct view *view, size_t i)
{
    return view->blocks[i].address == view->blocks[i - 1].address + VIEW_BLOCK;
}

/* Blocks that follow each other are one read, which needs a place of its own: data of two of them
 * do not lie together. */
static enum err flush_blocks(struct view *view, size_t from)
{
    size_t n = view->count - from;
    uint8_t *data = malloc(n * VIEW_BLOCK);
    struct ops *ops = &view->core->ops;

    if (!data)
        return ERR_NO_MEMORY;
    for (size_t i = from, end; i < view->count; i = end) {
        for (end = i + 1; end < view->count && follows(view, end);)
            end++;
        ops_read(ops, view->blocks[i].address, 4, data + (i - from) * VIEW_BLOCK,
                 (uint32_t)((end - i) * VIEW_BLOCK / 4));
    }
    enum err err = core_flush_halted(view->core);
    for (size_t i = 0; i < n && !err; i++) {
        memcpy(view->blocks[from + i].data, data + i * VIEW_BLOCK, VIEW_BLOCK);
        view->blocks[from + i].good = view->blocks[from + i].tried = true;
    }
    free(data);
    return err;
}

static bool may_fetch(struct view *view)
{
    if (!view->err && core_now_us(view->core) > view->until_us)
        view->late = true;
    return !view->err && !view->late;
}

static void sort(struct view *view, size_t from)
{
    if (view->count > from)
        qsort(view->blocks + from, view->count - from, sizeof *view->blocks, by_address);
}

/* The bus refuses one of them: each is tried alone when it is asked for. */
static void fetch(struct view *view, size_t from)
{
    enum err mark = core_mark(view->core);
    enum err err = view->count > from ? flush_blocks(view, from) : ERR_OK;

    if (err != ERR_FAULT) {
        view->err = err;
        return;
    }
    core_rollback(view->core, mark);
    if (view->count == from + 1)
        view->blocks[from].tried = true;
}

void view_begin(struct view *view, struct core *core)
{
    size_t kept = 0;

    for (size_t i = 0; i < view->count; i++)
        if (view->blocks[i].used && view->blocks[i].good)
            view->blocks[kept++] = (struct view_block){.address = view->blocks[i].address};
    view->core = core;
    view->count = kept;
    view->latest = 0;
    view->err = ERR_OK;
    view->refused = view->gathers = false;
    view_go_on(view);
    sort(view, 0);
    fetch(view, 0);
}

void view_go_on(struct view *view)
{
    view->late = false;
    view->until_us = core_now_us(view->core) + VIEW_PATIENCE_US;
}

void view_gather(struct view *view)
{
    view->gathers = true;
    view->gathered = view->count;
}

bool view_gathered(struct view *view)
{
    size_t from = view->gathered;
    bool more = view->count > from;

    view->gathers = false;
    sort(view, from);
    if (may_fetch(view))
        fetch(view, from);
    return more;
}

void view_free(struct view *view)
{
    free(view->blocks);
    memset(view, 0, sizeof *view);
}

static void refuse(struct view *view, uint32_t address)
{
    if (view->gathers)
        return;
    if (!view->refused)
        view->refused_at = address;
    view->refused = true;
}

void view_want(struct view *view, uint32_t address, size_t length)
{
    uint64_t end = (uint64_t)address + length;
    size_t from = view->count;

    if (!may_fetch(view) || !make_room(view, length / VIEW_BLOCK + 2))
        return;
    for (uint64_t at = address & ~(uint32_t)(VIEW_BLOCK - 1); at < end; at += VIEW_BLOCK)
        if (at <= UINT32_MAX && view_is_memory(view, (uint32_t)at) && !find(view, (uint32_t)at))
            view->blocks[view->count++] =
                (struct view_block){.address = (uint32_t)at, .used = true};
    if (!view->gathers)
        fetch(view, from);
}

/* A block that was read, alone if it could not be with others. */
static const struct view_block *need(struct view *view, uint32_t address)
{
    struct view_block *block = find(view, address);

    if (!block) {
        view_want(view, address, 1);
        block = find(view, address);
    }
    if (block && !block->tried && !view->gathers && may_fetch(view)) {
        struct view_block last = view->blocks[view->count - 1];

        view->blocks[view->count - 1] = *block;
        *block = last;
        fetch(view, view->count - 1);
        block = find(view, address);
    }
    return block && block->good ? block : NULL;
}

bool view_read(struct view *view, uint32_t address, void *to, size_t length)
{
    memset(to, 0, length);
    for (size_t got = 0; got < length;) {
        uint32_t at = address + (uint32_t)got;
        size_t offset = at % VIEW_BLOCK, n = VIEW_BLOCK - offset;
        const struct view_block *block = need(view, at);

        if (!block) {
            if (!view->err && !view->late)
                refuse(view, at);
            memset(to, 0, length);
            return false;
        }
        n = n < length - got ? n : length - got;
        memcpy((uint8_t *)to + got, block->data + offset, n);
        got += n;
    }
    return true;
}

uint32_t view_word(struct view *view, uint32_t address)
{
    uint8_t bytes[4];

    view_read(view, address, bytes, sizeof bytes);
    return get_le32(bytes);
}

uint16_t view_half(struct view *view, uint32_t address)
{
    uint8_t bytes[2];

    view_read(view, address, bytes, sizeof bytes);
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

uint8_t view_byte(struct view *view, uint32_t address)
{
    uint8_t byte;

    view_read(view, address, &byte, 1);
    return byte;
}

void view_text(struct view *view, uint32_t address, char *text, size_t size)
{
    size_t length = 0;

    while (length + 1 < size) {
        int byte = view_is_memory(view, address) ? view_byte(view, address) : 0;

        if (!isprint(byte))
            break;
        text[length++] = (char)byte;
        address++;
    }
    text[length] = '\0';
}
