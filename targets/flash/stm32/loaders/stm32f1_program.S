/* SPDX-License-Identifier: MIT */
/* Programs half-words while the host brings more. Runs from any address.
 *
 * STM32F0, F1, F3 (ST PM0075, 2.3.3 and 3.5): with CR.PG set a half-word written to an erased cell
 * starts programming, SR.BSY falls when it is done. PGERR and WRPRTERR stick, so they are looked
 * at once a block. Half-words of FFFF are skipped: that is how the host says "leave this alone".
 * The independent watchdog is fed with every half-word, and while there is nothing to do.
 *
 * In:  r0 mailbox, r1 base of the flash controller
 * Mailbox: +0 status (0, or SR with an error bit; written before the core halts)
 *          +4 address of the first half-word that is not as asked (with an error)
 *          +8 address of IWDG_KR, or of +12, which nobody needs
 *          +16 size of a unit (what other families' routines need)
 *          +20 how many blocks are done: counts on from what the host wrote; bit 31 after an error
 *          +24 the first block's trailer, +28 the last one's, +32 what they are apart
 * Blocks: a ring in RAM, each its data and then, where that ends, its trailer: +0 address in flash,
 *          +4 length in the lower half (even), in the upper one which block it is: the first is one
 *          more than what the host wrote to +20. So that its last word comes last, the host writes
 *          data and trailer in this order, and again if it likes: it is 0 again once the block is
 *          done, or was the one with the error.
 * Out: never returns; the host halts the core when all blocks are done. After an error it stops
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
#include "../../loaders/mailbox.inc"

    begin
    ldr   r3, =0xFFFF
    mov   r10, r3
    ldr   r4, =0xAAAA           /* feeds */

page:
    await_block
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
    ldr   r3, [r0, #WATCHDOG]
    str   r4, [r3]
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
    next_block
    b     page

failed:
    begin_report
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
    end_report
    .pool
