/* SPDX-License-Identifier: MIT */
/* Programs double words while the host brings more. Runs from any address.
 *
 * STM32L4, G4, WB, WL, G0 (RM0351 3.3.7, RM0440 3.3.7, RM0444 3.3.8): with CR.PG set two words written
 * to an aligned double word start programming, SR.BSY falls when it is done; G0, WB and WL say in CFGBSY
 * that a first word waits for its second, G0 in BSY2 that the other bank is busy, and WB and WL in PESD
 * that the other core suspends programming: what begins then is a bus error. Errors stick,
 * so they are looked at once a block. Double words that are all ones are skipped: that is how the
 * host says "leave this alone", and a cell may be programmed once only. The independent watchdog is
 * fed with every double word, and while there is nothing to do.
 *
 * In:  r0 mailbox, r1 base of the flash controller
 * Mailbox, blocks: as stm32f1_program.S; length and address are multiples of 8
 * Out: as stm32f1_program.S
 */
    .syntax unified
    .cpu cortex-m0
    .thumb
    .text

    .equ SR, 0x10
    .equ CR, 0x14
    .equ PG, 1
    .equ ERRORS, 0x43FA         /* RDERR, FASTERR, MISERR, PGSERR, SIZERR, PGAERR, WRPERR, PROGERR, OPERR */
#include "../../loaders/mailbox.inc"

    .macro wait_until_idle      /* r7 */
    ldr   r7, [r0, #WATCHDOG]
    str   r4, [r7]
1:  ldr   r7, [r1, #SR]
    lsls  r7, r7, #12           /* PESD, CFGBSY, BSY2, BSY on top */
    lsrs  r7, r7, #28
    bne   1b
    .endm

    begin
    ldr   r4, =0xAAAA           /* feeds */

page:
    await_block
    movs  r3, #PG
    str   r3, [r1, #CR]

unit:                           /* fetched while the one before is programmed */
    cmp   r2, r5
    bhs   finish
    ldr   r3, [r2]
    ldr   r7, [r2, #4]
    mov   r10, r7
    adds  r2, r2, #8
    adds  r6, r6, #8
    ands  r7, r7, r3
    adds  r7, r7, #1
    beq   unit
    wait_until_idle
    subs  r6, r6, #8
    str   r3, [r6]
    isb
    mov   r3, r10
    str   r3, [r6, #4]
    adds  r6, r6, #8
    b     unit

finish:
    wait_until_idle
    str   r7, [r1, #CR]
    ldr   r3, [r1, #SR]
    ldr   r7, =ERRORS
    ands  r3, r3, r7
    bne   failed
    next_block
    b     page

failed:
    report_wrong_word
    .pool
