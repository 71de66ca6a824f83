/* SPDX-License-Identifier: MIT */
/* Programs quad words while the host brings more. Runs from any address; of this family
 * all have a Cortex-M33.
 *
 * STM32H5 (RM0481 7.3.7): with NSCR.PG set four words written to an aligned quad word start
 * programming; NSSR.WBNE says that some of them are missing, DBNE and BSY that it is programmed.
 * Errors stick, so they are looked at once a block. Each word has a store of its own: a debugger
 * that halts the core in the middle of STM makes it begin again, and a byte stored twice is an error
 * (STRBERR). Quad words that are all ones are skipped: that is how the host says "leave this alone",
 * and a cell may be programmed once only. The independent watchdog is fed with every quad word, and
 * while there is nothing to do.
 *
 * In:  r0 mailbox, r1 base of the flash controller
 * Mailbox, blocks: as stm32f1_program.S; length and address are multiples of 16
 * Out: as stm32f1_program.S
 */
    .syntax unified
    .cpu cortex-m3
    .thumb
    .text

    .equ NSSR, 0x20
    .equ NSCR, 0x28
    .equ BUSY, 0xB              /* DBNE, WBNE, BSY */
    .equ PG, 2
    .equ ERRORS, 0xFE0000       /* OPTCHANGEERR, OBKWERR, OBKERR, INCERR, STRBERR, PGSERR, WRPERR */
#include "../../loaders/mailbox.inc"

    .macro wait_until_idle      /* lr */
    ldr   lr, [r0, #WATCHDOG]
    str   r4, [lr]
1:  ldr   lr, [r1, #NSSR]
    tst   lr, #BUSY
    bne   1b
    .endm

    begin
    movw  r4, #0xAAAA           /* feeds */

page:
    await_block
    movs  r3, #PG
    str   r3, [r1, #NSCR]

unit:                           /* fetched while the one before is programmed */
    cmp   r2, r5
    bhs   finish
    ldmia r2!, {r3, r7, r10, r11}
    and   r12, r3, r7
    and   r12, r12, r10
    and   r12, r12, r11
    adds  r12, r12, #1
    beq   skip
    wait_until_idle
    str   r3, [r6]
    str   r7, [r6, #4]
    str   r10, [r6, #8]
    str   r11, [r6, #12]
skip:
    adds  r6, r6, #16
    b     unit

finish:
    wait_until_idle
    movs  r7, #0
    str   r7, [r1, #NSCR]
    ldr   r3, [r1, #NSSR]
    ands  r3, r3, #ERRORS
    bne   failed
    next_block
    b     page

failed:
    report_wrong_word
    .balign 4
    .pool
