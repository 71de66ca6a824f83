/* SPDX-License-Identifier: MIT */
/* Programs units of 1, 2 or 4 bytes while the host brings more. Runs from any address.
 *
 * STM32F2, F4, F7 (RM0033 2.3.3, RM0090 3.6.4, RM0385 3.3.5): with CR.PG set and CR.PSIZE saying how
 * wide, an access of that width to flash starts programming, SR.BSY falls when it is done. Errors
 * stick, so they are looked at once a block. Units that are all ones are skipped: that is how the
 * host says "leave this alone". The independent watchdog is fed with every unit, and while there is
 * nothing to do.
 *
 * In:  r0 mailbox, r1 base of the flash controller
 * Mailbox: as stm32f1_program.S, and +16 the unit's size in bytes
 * Blocks: as stm32f1_program.S; the length is a multiple of the unit
 * Out: as stm32f1_program.S
 */
    .syntax unified
    .cpu cortex-m3
    .thumb
    .text

    .equ SR, 0x0C
    .equ CR, 0x10
    .equ BSY, 1 << 16
    .equ PG, 1
    .equ ERRORS, 0x1F2          /* RDERR, PGSERR, PGPERR, PGAERR, WRPERR, OPERR */
#include "../../loaders/mailbox.inc"

    .macro wait_until_idle
    ldr   r3, [r0, #WATCHDOG]
    str   r4, [r3]
1:  ldr   r3, [r1, #SR]
    tst   r3, #BSY
    bne   1b
    .endm

    begin
    movw  r4, #0xAAAA           /* feeds */
    ldr   r10, [r0, #UNIT]
    lsrs  r3, r10, #1           /* PSIZE: 0, 1, 2 */
    lsls  r3, r3, #8
    orr   r10, r3, #PG          /* CR */

page:
    await_block
    str   r10, [r1, #CR]

unit:                           /* fetched while the one before is programmed */
    cmp   r2, r5
    bhs   finish
    tst   r10, #0x200
    bne   word
    tst   r10, #0x100
    bne   half

    ldrb  r7, [r2], #1
    adds  r6, r6, #1
    cmp   r7, #0xFF
    beq   unit
    wait_until_idle
    strb  r7, [r6, #-1]
    dsb
    b     unit

half:
    ldrh  r7, [r2], #2
    adds  r6, r6, #2
    movw  r3, #0xFFFF
    cmp   r7, r3
    beq   unit
    wait_until_idle
    strh  r7, [r6, #-2]
    dsb
    b     unit

word:
    ldr   r7, [r2], #4
    adds  r6, r6, #4
    adds  r3, r7, #1
    beq   unit
    wait_until_idle
    str   r7, [r6, #-4]
    dsb
    b     unit

finish:
    wait_until_idle
    movs  r3, #0
    str   r3, [r1, #CR]
    ldr   r3, [r1, #SR]
    movw  r7, #ERRORS
    ands  r3, r3, r7
    bne   failed
    next_block
    b     page

failed:
    begin_report
compare:                        /* what was skipped is right by chance or looked at by the host */
    ldrb  r7, [r2], #1
    ldrb  r3, [r6], #1
    cmp   r7, #0xFF
    it    ne
    cmpne r3, r7
    bne   found
    cmp   r2, r5
    blo   compare
found:
    subs  r6, r6, #1
    end_report
    .balign 4
    .pool
