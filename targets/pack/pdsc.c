/* SPDX-License-Identifier: MIT */
/* Read twice: which chip is meant, then what is said of it and of all that it stands in. */
#include "pack/pdsc.h"

#include <errno.h>
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What chips stand in, from the outside. */
enum level { FAMILY, SUB_FAMILY, DEVICE, VARIANT, LEVELS };

static const struct {
    const char *element, *name; /* and the attribute with its name */
} levels[LEVELS] = {
    [FAMILY] = {"family", "Dfamily"},
    [SUB_FAMILY] = {"subFamily", "DsubFamily"},
    [DEVICE] = {"device", "Dname"},
    [VARIANT] = {"variant", "Dvariant"},
};

/* Where the reader is: the how-many-eth of each level, counted in the whole file; 0: in none. */
struct place {
    unsigned number[LEVELS];
};

struct reader {
    struct job *job;
    const char *file;
    XML_Parser parser;
    enum err err;
    struct place now;
    unsigned seen[LEVELS];
    /* The first time: */
    void (*visit)(void *user, const char *name, const struct place *place);
    void *user;
    /* The second time: */
    const struct place *wanted;
    struct pdsc_chip *chip;
    uint8_t memory_level[PDSC_MEMORIES_MAX], algorithm_level[PDSC_ALGORITHMS_MAX];
};

static void fail(struct reader *reader, const char *what, const char *which)
{
    if (reader->err)
        return;
    reader->err = job_fail(reader->job, ERR_FILE, "%s, line %lu: %s%.100s", reader->file,
                           (unsigned long)XML_GetCurrentLineNumber(reader->parser), what, which);
    XML_StopParser(reader->parser, XML_FALSE);
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

/* Decimal or hexadecimal. What does not fit into 32 bits is beyond a Cortex-M. */
static uint32_t number(struct reader *reader, const char *text)
{
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    char *end;

    errno = 0;
    unsigned long long value = strtoull(text, &end, hexadecimal ? 16 : 10);
    while (*end == ' ' || *end == 'U' || *end == 'u' || *end == 'L' || *end == 'l')
        end++;
    if (*text < '0' || *text > '9' || *end || errno || value > UINT32_MAX)
        fail(reader, "no number of 32 bits: ", text);
    return (uint32_t)value;
}

/* --- what belongs to the chip that is meant --- */

/* The innermost level that the reader is in; LEVELS: in none. */
static unsigned depth(const struct place *place)
{
    unsigned level = LEVELS;

    for (unsigned i = LEVELS; i-- > 0 && level == LEVELS;)
        if (place->number[i])
            level = i;
    return level;
}

static bool is_said_of(const struct place *now, const struct place *wanted)
{
    for (unsigned i = 0; i < LEVELS; i++)
        if (now->number[i] && now->number[i] != wanted->number[i])
            return false;
    return depth(now) != LEVELS;
}

/* One that was said further outside makes room. NULL: this one is further outside, or no room. */
static struct pdsc_memory *room_for_memory(struct reader *reader, const char *name, unsigned level)
{
    struct pdsc_chip *chip = reader->chip;
    size_t at = 0;

    while (at < chip->memory_count && strcmp(chip->memories[at].name, name) != 0)
        at++;
    if (at < chip->memory_count && reader->memory_level[at] > level)
        return NULL;
    if (at == PDSC_MEMORIES_MAX) {
        fail(reader, "too many memories, with ", name);
        return NULL;
    }
    chip->memory_count += at == chip->memory_count;
    reader->memory_level[at] = (uint8_t)level;
    return &chip->memories[at];
}

static void take_memory(struct reader *reader, const char **attributes)
{
    const char *id = attribute(attributes, "id"), *access = attribute(attributes, "access");
    const char *name = attribute(attributes, "name"), *start = attribute(attributes, "start");
    const char *size = attribute(attributes, "size");

    name = name ? name : id;
    if (!name || !start || !size) {
        fail(reader, "a memory without name, start or size", "");
        return;
    }
    if (access && strchr(access, 'p'))
        return; /* peripherals */
    struct pdsc_memory *memory = room_for_memory(reader, name, depth(&reader->now));
    if (!memory)
        return;
    snprintf(memory->name, sizeof memory->name, "%s", name);
    memory->start = number(reader, start);
    memory->size = number(reader, size);
    memory->writable = access ? strchr(access, 'w') != NULL : strncmp(name, "IRAM", 4) == 0;
    if ((uint64_t)memory->start + memory->size > 1ull << 32)
        fail(reader, "a memory that passes the end of the address space: ", name);
}

static bool is_for_us(const char *style)
{
    return !style || strcasecmp(style, "Keil") == 0;
}

static struct pdsc_algorithm *room_for_algorithm(struct reader *reader, uint32_t start,
                                                 uint32_t size, unsigned level)
{
    struct pdsc_chip *chip = reader->chip;
    size_t at = 0;

    while (at < chip->algorithm_count &&
           (chip->algorithms[at].start != start || chip->algorithms[at].size != size ||
            reader->algorithm_level[at] == level))
        at++;
    if (at < chip->algorithm_count && reader->algorithm_level[at] > level)
        return NULL;
    if (at == PDSC_ALGORITHMS_MAX) {
        fail(reader, "too many flash algorithms for one chip", "");
        return NULL;
    }
    chip->algorithm_count += at == chip->algorithm_count;
    reader->algorithm_level[at] = (uint8_t)level;
    return &chip->algorithms[at];
}

static void take_ram(struct reader *reader, struct pdsc_algorithm *algorithm,
                     const char **attributes)
{
    const char *start = attribute(attributes, "RAMstart"), *size = attribute(attributes, "RAMsize");

    algorithm->has_ram = start != NULL;
    algorithm->ram_start = start ? number(reader, start) : 0;
    algorithm->ram_size = start && size ? number(reader, size) : 0;
}

static void take_algorithm(struct reader *reader, const char **attributes)
{
    const char *name = attribute(attributes, "name"), *chosen = attribute(attributes, "default");
    const char *start = attribute(attributes, "start"), *size = attribute(attributes, "size");

    if (!is_for_us(attribute(attributes, "style")))
        return;
    if (!name || !start || !size || strlen(name) >= PDSC_PATH) {
        fail(reader, "a flash algorithm without name, start or size", "");
        return;
    }
    uint32_t from = number(reader, start), bytes = number(reader, size);
    struct pdsc_algorithm *algorithm =
        reader->err ? NULL : room_for_algorithm(reader, from, bytes, depth(&reader->now));
    if (!algorithm)
        return;
    *algorithm = (struct pdsc_algorithm){.start = from, .size = bytes};
    snprintf(algorithm->path, sizeof algorithm->path, "%s", name);
    algorithm->is_default = chosen && (strcmp(chosen, "1") == 0 || strcmp(chosen, "true") == 0);
    take_ram(reader, algorithm, attributes);
}

/* --- elements --- */

static void XMLCALL begin(void *user, const char *element, const char **attributes)
{
    struct reader *reader = user;
    bool ours = reader->chip && is_said_of(&reader->now, reader->wanted);

    if (ours && strcmp(element, "memory") == 0)
        take_memory(reader, attributes);
    if (ours && strcmp(element, "algorithm") == 0)
        take_algorithm(reader, attributes);
    for (unsigned i = 0; i < LEVELS; i++) {
        const char *name = attribute(attributes, levels[i].name);

        if (strcmp(element, levels[i].element) != 0)
            continue;
        reader->now.number[i] = ++reader->seen[i];
        if (reader->visit && i >= DEVICE && name)
            reader->visit(reader->user, name, &reader->now);
    }
}

static void XMLCALL end(void *user, const char *element)
{
    struct reader *reader = user;

    for (unsigned i = 0; i < LEVELS; i++)
        if (strcmp(element, levels[i].element) == 0)
            reader->now.number[i] = 0;
}

static enum err parse(struct reader *reader, const char *text, size_t size)
{
    reader->parser = XML_ParserCreate(NULL);
    if (!reader->parser)
        return job_fail(reader->job, ERR_NO_MEMORY, "out of memory");
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, begin, end);
    if (XML_Parse(reader->parser, text, (int)size, 1) != XML_STATUS_OK && !reader->err)
        fail(reader,
             "no description of a CMSIS-Pack: ", XML_ErrorString(XML_GetErrorCode(reader->parser)));
    XML_ParserFree(reader->parser);
    return reader->err;
}

/* --- names --- */

struct visitor {
    void (*visit)(void *user, const char *name);
    void *user;
};

static void pass_name(void *user, const char *name, const struct place *place)
{
    struct visitor *visitor = user;

    (void)place;
    visitor->visit(visitor->user, name);
}

enum err pdsc_names(struct job *job, const char *file, const char *text, size_t size,
                    void (*visit)(void *user, const char *name), void *user)
{
    struct visitor visitor = {visit, user};
    struct reader reader = {.job = job, .file = file, .visit = pass_name, .user = &visitor};

    return parse(&reader, text, size);
}

struct search {
    const char *wanted;
    size_t best; /* letters in common with the one that fits so far; 0: none does */
    struct place place;
    char name[PDSC_NAME];
    size_t alike; /* letters in common with those named below */
    char others[200];
};

/* How many letters begin both. An x in the pack's name stands for any (STM32F103C8Tx). */
static size_t common(const char *name, const char *wanted)
{
    size_t count = 0;

    while (name[count] && wanted[count] &&
           (name[count] == 'x' || strncasecmp(name + count, wanted + count, 1) == 0))
        count++;
    return count;
}

static void note_alike(struct search *search, const char *name, size_t letters)
{
    size_t used;

    if (letters < search->alike || letters < 3)
        return;
    if (letters > search->alike)
        search->others[0] = '\0';
    search->alike = letters;
    used = strlen(search->others);
    if (used + strlen(name) + 3 < sizeof search->others)
        snprintf(search->others + used, sizeof search->others - used, "%s%s", used ? ", " : "",
                 name);
}

static void compare(void *user, const char *name, const struct place *place)
{
    struct search *search = user;
    size_t letters = common(name, search->wanted), length = strlen(name);

    note_alike(search, name, letters);
    if (letters < length || letters <= search->best)
        return;
    search->best = letters;
    search->place = *place;
    snprintf(search->name, sizeof search->name, "%s", name);
}

enum err pdsc_find(struct job *job, const char *file, const char *text, size_t size,
                   const char *name, struct pdsc_chip *chip)
{
    struct search search = {.wanted = name};
    struct reader first = {.job = job, .file = file, .visit = compare, .user = &search};
    struct reader second = {.job = job, .file = file, .wanted = &search.place, .chip = chip};
    enum err err = parse(&first, text, size);

    *chip = (struct pdsc_chip){0};
    if (err)
        return err;
    if (!search.best)
        return job_fail(job, ERR_ARGUMENT, "%s has no chip %s%s%s", file, name,
                        search.others[0] ? "; alike are " : "", search.others);
    snprintf(chip->name, sizeof chip->name, "%s", search.name);
    return parse(&second, text, size);
}
