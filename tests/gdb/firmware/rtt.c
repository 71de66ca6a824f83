/* SPDX-License-Identifier: MIT */
/* A program that talks by RTT: its control block is laid out as SEGGER's headers lay theirs, in code
 * of its own. What it shall do comes down channel 0, a letter each:
 *   h    says a line on channel 0, and one on channel 1
 *   t    speaks as terminals 1 and 0 on channel 0
 *   f F  floods channel 0 with counted lines, losing none (mode 2), until F comes
 *   w    the same in wide lines, which are quicker made
 *   s S  the same in mode 0: what does not fit is left away, whole lines
 *   m    moves its control block to another place, destroying the old one
 *   k    forgets its control block, makes it anew half a second of rounds later
 * Anything else comes back as it is. */
#include <stdint.h>
#include <string.h>

#ifndef RTT_BUFFER
#define RTT_BUFFER 1024
#endif
#ifndef RTT_NAME
#define RTT_NAME "Terminal"
#endif

enum { SKIP, TRIM, BLOCK };

struct ring {
    const char *name;
    char *buffer;
    uint32_t size;
    volatile uint32_t write, read;
    volatile uint32_t flags;
};

struct control_block {
    char id[16];
    int32_t ups, downs;
    struct ring up[2], down[2];
};

static char up0[RTT_BUFFER], up1[256], down0[16], down1[32];
struct control_block _SEGGER_RTT __attribute__((aligned(4)));
struct control_block elsewhere __attribute__((aligned(4)));
static struct control_block *block = &_SEGGER_RTT;
volatile uint32_t rounds, lines;

/* The id is written last and backwards, from a text that is none, so that it stands complete only
 * where the rest is, and nowhere else. */
static void begin(struct control_block *at, uint32_t mode)
{
    static const char backwards[] = "\0\0\0\0\0\0TTR REGGES";

    memset(at, 0, sizeof *at);
    at->ups = at->downs = 2;
    at->up[0] = (struct ring){RTT_NAME, up0, sizeof up0, 0, 0, mode};
    at->up[1] = (struct ring){"Data", up1, sizeof up1, 0, 0, SKIP};
    at->down[0] = (struct ring){"Terminal", down0, sizeof down0, 0, 0, SKIP};
    at->down[1] = (struct ring){"Data", down1, sizeof down1, 0, 0, SKIP};
    __asm__ volatile("dmb" ::: "memory");
    for (int i = 0; i < 16; i++)
        ((volatile char *)at->id)[i] = backwards[15 - i];
    __asm__ volatile("dmb" ::: "memory");
    block = at;
}

static uint32_t room(const struct ring *ring)
{
    uint32_t read = ring->read, write = ring->write;

    return read > write ? read - write - 1 : ring->size - 1 - (write - read);
}

static void put(struct ring *ring, const char *text, uint32_t length)
{
    if ((ring->flags & 3) == SKIP && room(ring) < length)
        return;
    while (length > 0) {
        uint32_t write = ring->write, part = room(ring);

        if (part == 0 && (ring->flags & 3) == TRIM)
            return;
        part = part < length ? part : length;
        if (part > ring->size - write)
            part = ring->size - write;
        memcpy(ring->buffer + write, text, part);
        __asm__ volatile("dmb" ::: "memory");
        ring->write = write + part < ring->size ? write + part : 0;
        text += part;
        length -= part;
    }
}

static void say(struct ring *ring, const char *text)
{
    put(ring, text, strlen(text));
}

static char flooding;

static void say_line(uint32_t number)
{
    static char line[] = "line 00000000 of a flood that wants to be read\n";
    static char wide[] = "line 00000000 of a flood .......................................................................... "
                         "..................................................................... that wants to be read\n";
    char *text = flooding == 'w' ? wide : line;

    for (int i = 12; i >= 5; i--, number /= 10)
        text[i] = (char)('0' + number % 10);
    put(&block->up[0], text, strlen(text));
}

static int get(struct ring *ring)
{
    uint32_t read = ring->read;

    if (read == ring->write)
        return -1;
    int byte = (unsigned char)ring->buffer[read];
    ring->read = read + 1 < ring->size ? read + 1 : 0;
    return byte;
}

static void obey(int letter)
{
    char text[2] = {(char)letter, 0};

    switch (letter) {
    case 'h':
        say(&block->up[0], "hello by channel 0\n");
        say(&block->up[1], "hello by channel 1\n");
        break;
    case 't':
        say(&block->up[0], "zero\n\xff" "1one\n\xff" "0zero again\n");
        break;
    case 'f':
    case 'w':
    case 's':
        flooding = text[0];
        lines = 0;
        block->up[0].flags = (block->up[0].flags & ~3u) | (letter == 's' ? SKIP : BLOCK);
        break;
    case 'F':
    case 'S':
        flooding = 0;
        say(&block->up[0], "the flood is over\n");
        break;
    case 'm':
        memset(block, 0x55, sizeof *block);
        begin(block == &_SEGGER_RTT ? &elsewhere : &_SEGGER_RTT, SKIP);
        say(&block->up[0], "moved\n");
        break;
    case 'k':
        memset(block, 0, sizeof *block);
        for (volatile uint32_t i = 0; i < 300000; i++)
            ;
        begin(block, SKIP);
        say(&block->up[0], "back again\n");
        break;
    default:
        say(&block->up[0], text);
    }
}

int main(void)
{
    begin(&_SEGGER_RTT, SKIP);
    say(&block->up[0], "the program begins\n");
    for (;;) {
        int letter = get(&block->down[0]), byte = get(&block->down[1]);

        rounds++;
        if (letter >= 0)
            obey(letter);
        if (byte >= 0)
            put(&block->up[1], &(char){(char)byte}, 1);
        if (flooding)
            say_line(lines++);
    }
}
