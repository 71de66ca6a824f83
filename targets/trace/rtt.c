/* SPDX-License-Identifier: MIT */
#include "trace/rtt.h"

#include <string.h>

#include "core/memory.h"
#include "trace/rtt_internal.h"

/* --- what may be looked at --- */

static bool is_within(const struct target_region *region, uint32_t address, uint32_t length)
{
    return address - region->start < region->size &&
           length <= region->size - (address - region->start);
}

static bool is_ram(const void *target, uint32_t address, uint32_t length)
{
    const struct target_region *region = target_region_at(target, address);

    return region && region->kind == REGION_RAM && is_within(region, address, length);
}

struct rtt_ram rtt_target_ram(const struct target *target)
{
    return (struct rtt_ram){.holds = is_ram, .user = target};
}

enum err rtt_flush(struct core *core, bool *refused)
{
    enum err mark = core_mark(core);
    enum err err = core_flush_halted(core);

    *refused = err == ERR_FAULT;
    if (*refused)
        core_rollback(core, mark);
    return *refused ? ERR_OK : err;
}

/* --- the block --- */

void rtt_init(struct rtt *rtt)
{
    memset(rtt, 0, sizeof *rtt);
    rtt_set_id(rtt, RTT_DEFAULT_ID);
}

bool rtt_set_id(struct rtt *rtt, const char *id)
{
    size_t length = strlen(id);

    if (length == 0 || length >= RTT_ID)
        return false;
    memset(rtt->id, 0, RTT_ID);
    memcpy(rtt->id, id, length);
    return true;
}

void rtt_forget(struct rtt *rtt)
{
    if (rtt->found)
        rtt->last = rtt->address;
    rtt->found = rtt->tried = false;
    rtt->region = 0;
    rtt->cursor = 0;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static uint32_t descriptor_at(const struct rtt *rtt, bool down, unsigned channel)
{
    return RTT_HEADER + ((down ? rtt->up_count : 0) + channel) * RTT_DESCRIPTOR;
}

/* Header and the first of each direction's descriptors. */
static void queue_block(struct rtt *rtt, struct core *core, unsigned ups, unsigned downs)
{
    size_t length = RTT_HEADER + (size_t)ups * RTT_DESCRIPTOR;

    if (ups == rtt->up_count) { /* they lie behind one another */
        memory_queue_read(core, rtt->address, rtt->block, length + (size_t)downs * RTT_DESCRIPTOR);
        return;
    }
    memory_queue_read(core, rtt->address, rtt->block, length);
    if (downs > 0)
        memory_queue_read(core, rtt->address + descriptor_at(rtt, true, 0), rtt->block + length,
                          (size_t)downs * RTT_DESCRIPTOR);
}

/* Takes what queue_block() has read; false: it is the block no more. */
static bool take_block(struct rtt *rtt, struct core *core, unsigned ups, unsigned downs)
{
    const struct rtt_ram ram = rtt_target_ram(core->target);
    const uint8_t *bytes = rtt->block + RTT_HEADER;
    unsigned up, down;

    if (!rtt_header(rtt->block, rtt->id, rtt->address, &ram, &up, &down) || up != rtt->up_count ||
        down != rtt->down_count)
        return false;
    for (unsigned i = 0; i < ups; i++, bytes += RTT_DESCRIPTOR)
        rtt_channel_get(bytes, &rtt->up[i]);
    for (unsigned i = 0; i < downs; i++, bytes += RTT_DESCRIPTOR)
        rtt_channel_get(bytes, &rtt->down[i]);
    return true;
}

static enum err read_block(struct rtt *rtt, struct core *core, unsigned ups, unsigned downs)
{
    bool refused;

    queue_block(rtt, core, ups, downs);
    enum err err = rtt_flush(core, &refused);
    if (err || refused || !take_block(rtt, core, ups, downs))
        rtt_forget(rtt);
    return err;
}

enum err rtt_look(struct rtt *rtt, struct target *target)
{
    return read_block(rtt, target->core, least(rtt->up_count, RTT_CHANNELS),
                      least(rtt->down_count, RTT_CHANNELS));
}

/* --- one round of moving --- */

/* What a round moves; the bytes of up channels stand in rtt->data. */
struct move {
    unsigned channel;
    struct rtt_span span;
    size_t at[2]; /* in rtt->data: where the pieces begin */
};

struct round {
    struct rtt *rtt;
    struct core *core;
    const struct rtt_ends *ends;
    unsigned ups, downs; /* channels up to which anybody wants anything */
    struct move up[RTT_CHANNELS], down[RTT_CHANNELS];
    size_t up_moves, down_moves, words, used, bytes;
};

static void find_channels(struct round *round)
{
    const struct rtt *rtt = round->rtt;
    const struct rtt_ends *ends = round->ends;
    const uint8_t *bytes;

    for (unsigned i = 0; i < RTT_CHANNELS; i++) {
        if (i < rtt->up_count && ends->wanted(ends->user, i) > 0)
            round->ups = i + 1;
        if (i < rtt->down_count && ends->waiting(ends->user, i, &bytes) > 0)
            round->downs = i + 1;
    }
}

/* As whole words: a piece that begins or ends in the midst of one would cost a trip more. Regions
 * of RAM consist of whole ones. */
static void queue_piece(struct round *round, uint32_t address, uint32_t length, size_t *at)
{
    uint32_t from = address & ~3u, to = (address + length + 3) & ~3u;

    *at = round->used + (address - from);
    memory_queue_read(round->core, from, round->rtt->data + round->used, to - from);
    round->used += to - from;
}

static void queue_offset(struct round *round, bool down, unsigned channel, uint32_t value)
{
    struct rtt *rtt = round->rtt;
    uint32_t at = rtt->address + descriptor_at(rtt, down, channel);
    uint32_t *word = &rtt->words[round->words++];

    *word = value;
    memory_queue_write(round->core, at + (down ? RTT_WRITE_AT : RTT_READ_AT), word, 4);
}

/* How much of a channel this round may take: what is wanted, and what is not long on the wire. */
static uint32_t limit_of(const struct round *round, unsigned channel)
{
    enum { SLACK = 32 }; /* for the ends of pieces */
    size_t wanted = round->ends->wanted(round->ends->user, channel);
    size_t room = sizeof round->rtt->data - round->used, slice = memory_slice(round->core);

    room = room > SLACK ? room - SLACK : 0;
    room = room < slice ? room : slice;
    return (uint32_t)(room < wanted ? room : wanted);
}

/* The reader's offset goes behind the data: it is not written if that did not come. */
static void queue_up(struct round *round, unsigned channel)
{
    const struct rtt_ram ram = rtt_target_ram(round->core->target);
    struct move *move = &round->up[round->up_moves];

    if (!rtt_channel_good(&round->rtt->up[channel], &ram) ||
        rtt_filled(&round->rtt->up[channel], limit_of(round, channel), &move->span) == 0)
        return;
    for (int i = 0; i < 2; i++)
        if (move->span.length[i] > 0)
            queue_piece(round, move->span.address[i], move->span.length[i], &move->at[i]);
    queue_offset(round, false, channel, move->span.next);
    move->channel = channel;
    round->up_moves++;
}

static void queue_down(struct round *round, unsigned channel)
{
    const struct rtt_ram ram = rtt_target_ram(round->core->target);
    const struct rtt_channel *down = &round->rtt->down[channel];
    struct move *move = &round->down[round->down_moves];
    const uint8_t *bytes;
    size_t waiting = round->ends->waiting(round->ends->user, channel, &bytes);

    if (waiting == 0 || !rtt_channel_good(down, &ram) ||
        rtt_free(down, waiting < RTT_SLICE ? (uint32_t)waiting : RTT_SLICE, &move->span) == 0)
        return;
    memory_queue_write(round->core, move->span.address[0], bytes, move->span.length[0]);
    if (move->span.length[1] > 0)
        memory_queue_write(round->core, move->span.address[1], bytes + move->span.length[0],
                           move->span.length[1]);
    queue_offset(round, true, channel, move->span.next);
    move->channel = channel;
    round->down_moves++;
}

/* Who was first is last in the next round, so that a flood keeps nobody from his turn. */
static bool queue_moves(struct round *round)
{
    unsigned first = round->ups ? round->rtt->next % round->ups : 0;

    round->up_moves = round->down_moves = round->words = round->used = 0;
    for (unsigned i = 0; i < round->ups; i++)
        queue_up(round, (first + i) % round->ups);
    for (unsigned i = 0; i < round->downs; i++)
        queue_down(round, i);
    round->rtt->next = first + 1;
    return round->up_moves + round->down_moves > 0;
}

static void hand_over(struct round *round)
{
    const struct rtt_ends *ends = round->ends;

    for (size_t i = 0; i < round->up_moves; i++) {
        const struct move *move = &round->up[i];

        for (int piece = 0; piece < 2; piece++) {
            round->bytes += move->span.length[piece];
            if (move->span.length[piece] > 0)
                ends->bring(ends->user, move->channel, round->rtt->data + move->at[piece],
                            move->span.length[piece]);
        }
    }
    for (size_t i = 0; i < round->down_moves; i++) {
        const struct move *move = &round->down[i];
        size_t length = move->span.length[0] + move->span.length[1];

        round->bytes += length;
        ends->took(ends->user, move->channel, length);
    }
}

/* What is wrong with the channel will not change by waiting: what was sent to it is dropped. */
static void drop_lost(struct round *round)
{
    const struct rtt_ends *ends = round->ends;
    const uint8_t *bytes;

    for (unsigned i = 0; i < RTT_CHANNELS; i++) {
        size_t waiting = ends->waiting(ends->user, i, &bytes);

        if (waiting > 0 && (i >= round->rtt->down_count || !round->rtt->down[i].buffer))
            ends->took(ends->user, i, waiting);
    }
}

/* With each round but the last the block is read again, so that the next one knows what there is.
 */
static enum err move(struct round *round, bool last, bool *more)
{
    struct rtt *rtt = round->rtt;
    bool refused;

    *more = queue_moves(round);
    if (!*more)
        return ERR_OK;
    if (!last)
        queue_block(rtt, round->core, round->ups, round->downs);
    enum err err = rtt_flush(round->core, &refused);
    if (!err && !refused)
        hand_over(round);
    if (err || refused || (!last && !take_block(rtt, round->core, round->ups, round->downs)))
        rtt_forget(rtt);
    return err;
}

enum err rtt_move(struct rtt *rtt, struct target *target, const struct rtt_ends *ends,
                  unsigned rounds, size_t *moved)
{
    struct round round = {.rtt = rtt, .core = target->core, .ends = ends};
    bool more = true;

    *moved = 0;
    find_channels(&round);
    enum err err = read_block(rtt, round.core, round.ups, round.downs);
    for (unsigned i = 0; i < rounds && more && rtt->found && !err; i++)
        err = move(&round, i + 1 == rounds, &more);
    if (!err && rtt->found)
        drop_lost(&round);
    *moved = round.bytes;
    return err;
}

/* --- what else is written --- */

enum err rtt_set_mode(struct rtt *rtt, struct target *target, unsigned channel, enum rtt_mode mode)
{
    struct core *core = target->core;
    struct rtt_channel *up = &rtt->up[channel];
    uint32_t *word = &rtt->words[0];
    bool refused;

    *word = (up->flags & ~RTT_MODE) | (uint32_t)mode;
    memory_queue_write(core, rtt->address + descriptor_at(rtt, false, channel) + RTT_FLAGS_AT, word,
                       4);
    enum err err = rtt_flush(core, &refused);
    if (!err && !refused)
        up->flags = *word;
    return err;
}

enum err rtt_wipe(struct rtt *rtt, struct target *target)
{
    static const uint8_t zeros[RTT_ID];
    bool refused;

    if (!rtt->found)
        return ERR_OK;
    memory_queue_write(target->core, rtt->address, zeros, sizeof zeros);
    rtt_forget(rtt);
    return rtt_flush(target->core, &refused);
}
