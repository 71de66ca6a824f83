/* SPDX-License-Identifier: MIT */
/* Checksums of consecutive pages: are they what the host thinks they are? Runs from any address, on
 * any core.
 *
 * For every word w of a page, from h = FFFFFFFF: h = (h ^ w) * 9E3779B1; h = h ^ h >> 15. Each step
 * is a permutation of h, so a page that differs in one word never has the same checksum; others
 * have it by chance, once in 2^32. At six cycles a word it is five times as fast as a CRC by table,
 * and the core may be running at 8 MHz while gdb waits.
 *
 * In:  r0 parameters: +0 address of the first page (aligned to 4)
 *                     +4 bytes a page (multiple of 16)
 *                     +8 number of pages; counts down to 0 as their results are written
 *                     +12 address of the results: one word a page
 * Out: halted at a BKPT. No stack.
 */
    .syntax unified
    .cpu cortex-m0
    .thumb
    .text

    .macro mix word
    eors  r3, r3, \word
    muls  r3, r1, r3
    lsrs  r2, r3, #15
    eors  r3, r3, r2
    .endm

    ldr   r1, =0x9E3779B1
    ldr   r2, [r0, #12]
    mov   r8, r2                /* next result */
    ldr   r2, [r0, #0]
    mov   r9, r2                /* where we are */

page:
    mov   r2, r9
    ldr   r3, [r0, #4]
    adds  r3, r3, r2
    mov   r10, r3               /* end of the page */
    movs  r3, #0
    mvns  r3, r3
words:
    mov   r2, r9
    ldmia r2!, {r4, r5, r6, r7}
    mov   r9, r2
    mix   r4
    mix   r5
    mix   r6
    mix   r7
    cmp   r9, r10
    blo   words

    mov   r2, r8
    stmia r2!, {r3}
    mov   r8, r2
    ldr   r2, [r0, #8]
    subs  r2, r2, #1
    str   r2, [r0, #8]
    bne   page
    bkpt  #0
    .pool
