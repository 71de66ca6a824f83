/* SPDX-License-Identifier: MIT */
/* CRC-32 of consecutive pages, as gdb's qCRC (polynomial 04C11DB7, start FFFFFFFF, most
 * significant bit first). Runs from any address, on any core.
 *
 * A page that is erased throughout is recognised at three cycles a word and reported with the CRC
 * that the host says an erased page has; any other page takes about 33 cycles a word.
 *
 * In:  r0 parameters: +0 address of the first page (aligned to 4)
 *                       +4 bytes a page (multiple of 16)
 *                       +8 number of pages; counts down to 0 as their results are written
 *                       +12 erased word, +16 CRC of an erased page
 *                       +20 address of the results: one word a page
 *      r1 table: 1024 bytes of scratch
 * Out: halted at a BKPT. No stack.
 */
    .syntax unified
    .cpu cortex-m0
    .thumb
    .text

    ldr   r2, [r0, #0]          /* where we are */
    ldr   r3, [r0, #20]
    mov   r9, r3                /* next result */
    movs  r3, #0
    mov   r12, r3               /* no table yet */

page:
    mov   r10, r2
    ldr   r7, [r0, #4]
    adds  r7, r7, r2            /* end of the page */
    mov   r11, r7
blank:
    ldmia r2!, {r3, r4, r5, r6}
    ldr   r7, [r0, #12]
    cmp   r3, r7
    bne   written
    cmp   r4, r7
    bne   written
    cmp   r5, r7
    bne   written
    cmp   r6, r7
    bne   written
    cmp   r2, r11
    blo   blank
    ldr   r3, [r0, #16]
    b     report

written:
    mov   r3, r12
    cmp   r3, #0
    bne   checksum
    mov   r12, r1
    ldr   r7, =0x04C11DB7
    movs  r2, #255              /* the table, from its end */
entry:
    lsls  r3, r2, #24
    movs  r4, #8
bit:
    lsls  r3, r3, #1
    bcc   clear
    eors  r3, r3, r7
clear:
    subs  r4, r4, #1
    bne   bit
    lsls  r4, r2, #2
    str   r3, [r1, r4]
    subs  r2, r2, #1
    bpl   entry

checksum:
    mov   r2, r10
    movs  r3, #0
    mvns  r3, r3
word:
    ldmia r2!, {r4}
    rev   r4, r4
    eors  r3, r3, r4
    .rept 4
    lsrs  r4, r3, #24
    lsls  r4, r4, #2
    ldr   r4, [r1, r4]
    lsls  r3, r3, #8
    eors  r3, r3, r4
    .endr
    cmp   r2, r11
    blo   word

report:
    mov   r4, r9
    stmia r4!, {r3}
    mov   r9, r4
    ldr   r4, [r0, #8]
    subs  r4, r4, #1
    str   r4, [r0, #8]
    bne   page
    bkpt  #0
    .pool
