/* SPDX-License-Identifier: MIT */
/* Programs half-words while the host fills the other buffer. Runs from any address.
 *
 * STM32F0, F1, F3 (ST PM0075, 2.3.3 and 3.5): with CR.PG set a half-word written to an erased cell
 * starts programming, SR.BSY falls when it is done. PGERR and WRPRTERR stick, so they are looked
 * at once a page. Half-words of FFFF are skipped: that is how the host says "leave this alone".
 *
 * In:  r0 mailbox (aligned to 32), r1 base of the flash controller, r2 buffer 0, r3 buffer 1
 * Mailbox: +0 status (0, or SR with an error bit; written before the core halts)
 *          +4 address of the first half-word that is not as asked (with an error)
 *          +16 {length, address} of buffer 0, +24 of buffer 1. The host fills the buffer and the
 *          address, then writes the length (even); 0 comes back when the buffer is free again.
 * Out: never returns; the host halts the core when all buffers are free. After an error it stops
 *      at a BKPT. No stack.
 */
    .syntax unified
    .cpu cortex-m0
    .thumb
    .text

    .equ SR, 0x0C
    .equ CR, 0x10
    .equ PG, 1
    .equ ERRORS, 0x14           /* PGERR, WRPRTERR */
    .equ SLOTS, 16

    mov   r9, r3                /* the other buffer */
    ldr   r3, =0xFFFF
    mov   r10, r3
    movs  r4, #SLOTS
    adds  r4, r4, r0            /* the slot in turn */

page:
    ldr   r5, [r4, #0]
    cmp   r5, #0
    beq   page
    ldr   r6, [r4, #4]
    mov   r8, r2                /* start of this buffer */
    adds  r5, r5, r2            /* its end */
    movs  r3, #PG
    str   r3, [r1, #CR]
    b     first

program:
    strh  r7, [r6]
next:                           /* fetched while the one before is programmed */
    adds  r2, r2, #2
    adds  r6, r6, #2
    cmp   r2, r5
    bhs   finish
first:
    ldrh  r7, [r2]
    cmp   r7, r10
    beq   next
busy:
    ldr   r3, [r1, #SR]
    lsrs  r3, r3, #1            /* BSY */
    bcc   program
    ldr   r3, [r1, #SR]
    lsrs  r3, r3, #1
    bcc   program
    b     busy

finish:
    ldr   r3, [r1, #SR]
    lsrs  r3, r3, #1
    bcs   finish
    movs  r3, #0
    str   r3, [r1, #CR]
    ldr   r3, [r1, #SR]
    movs  r7, #ERRORS
    tst   r3, r7
    bne   failed
    movs  r3, #0
    str   r3, [r4, #0]          /* free again */
    mov   r2, r9
    mov   r9, r8
    movs  r3, #8
    eors  r4, r4, r3
    b     page

failed:
    str   r3, [r0, #0]
    mov   r2, r8
    ldr   r6, [r4, #4]
compare:
    ldrh  r7, [r2]
    cmp   r7, r10
    beq   same
    ldrh  r3, [r6]
    cmp   r3, r7
    bne   found
same:
    adds  r2, r2, #2
    adds  r6, r6, #2
    cmp   r2, r5
    blo   compare
found:
    str   r6, [r0, #4]
    movs  r3, #0                /* nobody needs to wait for a buffer any more */
    str   r3, [r0, #SLOTS]
    str   r3, [r0, #SLOTS + 8]
    bkpt  #0
    .pool
