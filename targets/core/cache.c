/* SPDX-License-Identifier: MIT */
#include "core/cache.h"

#include <stdio.h>

/* A claimed line is one that is not valid but has an address; no line begins at address 1. */
enum { LINE_FREE = 1 };

static bool is_claimed(const struct cache_line *line)
{
    return !line->valid && line->address != LINE_FREE && line->read_at_us != 0;
}

static void drop(struct cache_line *line)
{
    line->valid = false;
    line->address = LINE_FREE;
    line->read_at_us = 0;
}

struct cache_line *cache_find(struct cache *cache, uint32_t address, uint64_t now_us)
{
    uint32_t start = cache_line_of(address);

    for (size_t i = 0; i < CACHE_LINES; i++) {
        struct cache_line *line = &cache->lines[i];
        if (!line->valid || line->address != start)
            continue;
        if (line->ram && now_us - line->read_at_us > CACHE_RAM_LIFE_US)
            return NULL;
        return line;
    }
    return NULL;
}

bool cache_is_claimed(const struct cache *cache, uint32_t address)
{
    for (size_t i = 0; i < CACHE_LINES; i++)
        if (cache->lines[i].address == cache_line_of(address) && is_claimed(&cache->lines[i]))
            return true;
    return false;
}

struct cache_line *cache_claim(struct cache *cache, uint32_t address, bool ram, uint64_t now_us)
{
    uint32_t start = cache_line_of(address);
    struct cache_line *line = NULL;

    for (size_t i = 0; i < CACHE_LINES && !line; i++)
        if (cache->lines[i].address == start &&
            (cache->lines[i].valid || is_claimed(&cache->lines[i])))
            line = &cache->lines[i];
    /* RAM is dropped at each step: its lines must not push those of flash out. */
    for (size_t i = 0; i < CACHE_LINES && !line; i++)
        if (!cache->lines[i].valid && !is_claimed(&cache->lines[i]))
            line = &cache->lines[i];
    if (!line) {
        line = &cache->lines[cache->next];
        cache->next = (cache->next + 1) % CACHE_LINES;
    }
    *line = (struct cache_line){.address = start, .ram = ram, .read_at_us = now_us ? now_us : 1};
    return line;
}

void cache_commit(struct cache *cache, bool ok)
{
    for (size_t i = 0; i < CACHE_LINES; i++) {
        struct cache_line *line = &cache->lines[i];
        if (!is_claimed(line))
            continue;
        if (ok)
            line->valid = true;
        else
            drop(line);
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
        if (line->valid && line->address < end && (uint64_t)line->address + CACHE_LINE > address)
            drop(line);
    }
}

struct cache *cache_of_epoch(struct cache *cache, uint32_t epoch)
{
    if (cache->epoch != epoch)
        cache_drop_all(cache);
    cache->epoch = epoch;
    return cache;
}
