/* SPDX-License-Identifier: MIT */
/* gdb's CRC of whole words (polynomial 04C11DB7, most significant bit first) by a table, which is
 * made first. Runs from any address, on any core.
 *
 * The CRC is kept with its bytes reversed, as memory is little-endian: a step is then h = h >> 8 ^
 * table[h & FF], after a whole word went into h at once. Eight cycles a byte, so that 41 KiB take
 * 43 ms at 8 MHz; the table is worth 350 bytes of these. The independent watchdog is fed with
 * every 64 bytes.
 *
 * In:  r0 mailbox: +0 address of the next word; written with every 64 bytes, as is the CRC
 *                  +4 end; the host may write 0 to have the routine stop soon
 *                  +8 CRC so far
 *                  +12 address of IWDG_KR; becomes 0 at the end
 *                  +16 room for r1 to r7, which it puts back
 * Out: halted at a BKPT; r0 changed. 1 KiB behind the code is the table. No stack.
 */
    .syntax unified
    .cpu cortex-m0
    .thumb
    .text

    .equ NEXT, 0
    .equ END, 4
    .equ CRC, 8
    .equ WATCHDOG, 12
    .equ SAVED, 16
    .equ BLOCK, 64
    .equ POLYNOMIAL, 0x04C11DB7

    adds  r0, r0, #SAVED
    stmia r0!, {r1-r7}
    subs  r0, r0, #SAVED + 28

    /* An entry is the sum of those of its bits: table[2^k + n] = table[2^k] ^ table[n]. */
    adr   r7, table
    movs  r1, #0
    str   r1, [r7]
    ldr   r3, =POLYNOMIAL       /* the entry of 2^k, before its bytes are reversed */
    movs  r4, #4                /* its offset */
power:
    adds  r2, r7, r4
    rev   r5, r3
    movs  r6, #0
sum:
    ldr   r1, [r7, r6]
    eors  r1, r1, r5
    str   r1, [r2, r6]
    adds  r6, r6, #4
    cmp   r6, r4
    blo   sum
    lsls  r3, r3, #1
    bcc   shifted
    ldr   r1, =POLYNOMIAL
    eors  r3, r3, r1
shifted:
    lsls  r4, r4, #1
    lsrs  r1, r4, #10           /* 1 KiB is full */
    beq   power

    ldr   r1, [r0, #CRC]
    rev   r1, r1
    ldr   r2, [r0, #NEXT]
block:
    str   r2, [r0, #NEXT]
    rev   r4, r1
    str   r4, [r0, #CRC]
    ldr   r4, =0xAAAA           /* feeds */
    ldr   r5, [r0, #WATCHDOG]
    str   r4, [r5]
    ldr   r3, [r0, #END]
    cmp   r2, r3
    bhs   done
    mov   r6, r2
    adds  r6, r6, #BLOCK
    cmp   r6, r3
    bls   words
    mov   r6, r3

    .macro byte
    uxtb  r5, r1
    lsls  r5, r5, #2
    ldr   r5, [r7, r5]
    lsrs  r1, r1, #8
    eors  r1, r1, r5
    .endm

words:
    ldmia r2!, {r4}
    eors  r1, r1, r4
    byte
    byte
    byte
    byte
    cmp   r2, r6
    blo   words
    b     block

done:
    movs  r4, #0
    str   r4, [r0, #WATCHDOG]
    adds  r0, r0, #SAVED
    ldmia r0!, {r1-r7}
    bkpt  #0
    .pool
    .align 2
table:
