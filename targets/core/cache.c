/* SPDX-License-Identifier: MIT */
#include "core/cache.h"

#include <stdio.h>

static uint8_t part_bit(uint32_t address)
{
    return (uint8_t)(1u << address % CACHE_LINE / CACHE_PART);
}

static void drop(struct cache_line *line)
{
    line->valid = line->claimed = 0;
}

static bool is_too_old(const struct cache_line *line, uint64_t now_us)
{
    return line->ram && now_us - line->read_at_us > CACHE_RAM_LIFE_US;
}

/* NULL: nothing of the line is there. */
static struct cache_line *find_line(struct cache *cache, uint32_t address)
{
    for (size_t i = 0; i < CACHE_LINES; i++) {
        struct cache_line *line = &cache->lines[i];
        if (line->address == cache_line_of(address) && (line->valid || line->claimed))
            return line;
    }
    return NULL;
}

const uint8_t *cache_find(struct cache *cache, uint32_t address, uint64_t now_us)
{
    const struct cache_line *line = find_line(cache, address);

    if (!line || !(line->valid & part_bit(address)) || is_too_old(line, now_us))
        return NULL;
    return line->data + address % CACHE_LINE;
}

bool cache_is_claimed(const struct cache *cache, uint32_t address)
{
    for (size_t i = 0; i < CACHE_LINES; i++)
        if (cache->lines[i].address == cache_line_of(address) &&
            cache->lines[i].claimed & part_bit(address))
            return true;
    return false;
}

size_t cache_claimed_parts(const struct cache *cache)
{
    size_t parts = 0;

    for (size_t i = 0; i < CACHE_LINES; i++)
        for (uint8_t left = cache->lines[i].claimed; left; left &= (uint8_t)(left - 1))
            parts++;
    return parts;
}

/* RAM is dropped at each step: its lines must not push those of flash out. Nor may anything push
 * out what is being read. */
static struct cache_line *new_line(struct cache *cache)
{
    for (size_t i = 0; i < CACHE_LINES; i++)
        if (!cache->lines[i].valid && !cache->lines[i].claimed)
            return &cache->lines[i];
    struct cache_line *line;
    do {
        line = &cache->lines[cache->next];
        cache->next = (cache->next + 1) % CACHE_LINES;
    } while (line->claimed);
    return line;
}

uint8_t *cache_claim(struct cache *cache, uint32_t address, bool ram, uint64_t now_us)
{
    struct cache_line *line = find_line(cache, address);
    uint8_t bit = part_bit(address);

    if (!line) {
        line = new_line(cache);
        *line = (struct cache_line){
            .address = cache_line_of(address), .ram = ram, .read_at_us = now_us};
    } else if (is_too_old(line, now_us)) {
        line->valid = 0;
        line->read_at_us = now_us;
    }
    line->valid &= (uint8_t)~bit;
    line->claimed |= bit;
    return line->data + cache_part_of(address) % CACHE_LINE;
}

void cache_commit(struct cache *cache, bool ok)
{
    for (size_t i = 0; i < CACHE_LINES; i++) {
        struct cache_line *line = &cache->lines[i];
        if (ok)
            line->valid |= line->claimed;
        line->claimed = 0;
    }
}

static uint32_t word_of(uint32_t address)
{
    return address & ~(uint32_t)3;
}

void cache_refuse(struct cache *cache, uint32_t address, const char *text)
{
    struct cache_refusal *refusal = &cache->refusals[cache->next_refusal];

    if (cache_refusal(cache, address))
        return;
    cache->next_refusal = (cache->next_refusal + 1) % CACHE_REFUSALS;
    refusal->address = word_of(address);
    snprintf(refusal->text, sizeof refusal->text, "%s", text);
}

const char *cache_refusal(const struct cache *cache, uint32_t address)
{
    for (size_t i = 0; i < CACHE_REFUSALS; i++)
        if (cache->refusals[i].text[0] && cache->refusals[i].address == word_of(address))
            return cache->refusals[i].text;
    return NULL;
}

void cache_drop_all(struct cache *cache)
{
    for (size_t i = 0; i < CACHE_REFUSALS; i++)
        cache->refusals[i].text[0] = '\0';
    for (size_t i = 0; i < CACHE_LINES; i++)
        drop(&cache->lines[i]);
}

void cache_drop_ram(struct cache *cache)
{
    for (size_t i = 0; i < CACHE_LINES; i++)
        if (cache->lines[i].ram)
            drop(&cache->lines[i]);
}

void cache_drop_range(struct cache *cache, uint32_t address, size_t length)
{
    uint64_t end = (uint64_t)address + length;

    for (size_t i = 0; i < CACHE_LINES; i++) {
        struct cache_line *line = &cache->lines[i];
        for (uint32_t at = line->address; at - line->address < CACHE_LINE; at += CACHE_PART)
            if (at < end && (uint64_t)at + CACHE_PART > address)
                line->valid &= (uint8_t)~part_bit(at);
    }
}

struct cache *cache_of_epoch(struct cache *cache, uint32_t epoch)
{
    if (cache->epoch != epoch)
        cache_drop_all(cache);
    cache->epoch = epoch;
    return cache;
}
