/* SPDX-License-Identifier: MIT */
/* What the simulated Blue Pill runs in the tests of run control: one image for flash, at 0x08000000.
 * Tests set pc to a label. programs.h is made from this file by programs.sh. */
    .syntax unified
    .cpu cortex-m3
    .thumb

    .equ counter, 0x20000000
    .equ tick, 0x20000004
    .equ shared_count, 0x20000008
    .equ watched, 0x20000010

    .section .text
    .global _start
_start:
vectors:
    .word 0x20005000
    .word reset + 1
    .word forever + 1       /* NMI */
    .word hard_fault + 1
    .word forever + 1       /* MemManage */
    .word forever + 1       /* BusFault */
    .word forever + 1       /* UsageFault */
    .word 0, 0, 0, 0
    .word forever + 1       /* SVCall */
    .word 0, 0
    .word pend_sv + 1
    .word sys_tick + 1

    .macro place name
    .balign 4
    .global \name
    .thumb_func
\name:
    .endm

place reset
    ldr r0, =counter
    movs r1, #0
place loop
    adds r1, #1
    str r1, [r0]
    b loop

place forever
    b forever

place hard_fault
    udf #1                  /* with the vector catch off this is a lockup */

/* --- interrupts --- */

place sys_tick
    push {r4, lr}
    ldr r4, =tick
    ldr r3, [r4]
    adds r3, #1
    str r3, [r4]
    bl shared
    pop {r4, pc}

place pend_sv
    b pend_sv               /* never comes back */

place shared
    ldr r0, =shared_count
    ldr r1, [r0]
place shared_middle
    adds r1, #1
    str r1, [r0]
    bx lr

place tick_start
    ldr r0, =0xE000E010
    movs r1, #200
    str r1, [r0, #4]
    movs r1, #0
    str r1, [r0, #8]
    movs r1, #7
    str r1, [r0]
    ldr r2, =tick
place tick_loop
    ldr r3, [r2]
    cmp r3, #0
    beq tick_loop
place tick_seen
    nop
place tick_shared
    bl shared
    b tick_shared

place masked_loop
    cpsid i
    nop
    nop
    cpsie i
    b masked_loop

place pend_start
    ldr r0, =0xE000ED04
    ldr r1, =0x10000000
    str r1, [r0]
    isb
    b .

/* --- ranges --- */

place range
    movs r0, #0
place range_body
    adds r0, #1
    cmp r0, #100
    bne range_body
place range_end
    nop
place range_call
    bl shared
    b range_call

place straight
    movs r0, #1
    movs r1, #2
    add.w r2, r0, r1, lsl #2
    push {r0-r3}
    cmp r0, r1
    ite lt
    movlt r3, #7
    movge r3, #8
    str r2, [sp, #4]
    mul r4, r2, r1
    pop {r0-r3}
    b 1f
    nop
1:  bl shared
    cmp r0, #7
    it eq
    beq 2f                  /* not taken */
    nop
    b 3f
2:  nop
    nop
    nop
    nop
3:  eors r5, r5
    it eq
    beq straight
    nop
place straight_end
    b straight

/* --- data --- */

place stores
    ldr r0, =watched
    movs r1, #1
    strb r1, [r0, #1]
    nop
    nop
place loads
    ldrb r2, [r0, #1]
    nop
    nop
    b .

/* --- faults and stops --- */

place bad_read
    ldr r0, =0x60000000
    nop
place bad_read_at
    ldr r1, [r0]
    b .

place bad_divide
    ldr r0, =0xE000ED14
    movs r1, #0x10
    str r1, [r0]
    dsb
    movs r1, #0
place bad_divide_at
    udiv r0, r0, r1
    b .

place stop_five
    bkpt #5
    movs r7, #77
    b .

place sleeps
    wfi
    b sleeps

place sleep_then
    wfi
    movs r7, #78
    b .

place resets_itself
    movs r0, #100
1:  subs r0, #1
    bne 1b
    ldr r0, =0xE000ED0C
    ldr r1, =0x05FA0004
    str r1, [r0]
    b .

/* --- semihosting --- */

    .macro semihost number
    movs r0, #\number
    bkpt #0xAB
    .endm

place says_hello
    ldr r1, =hello
    semihost 4              /* SYS_WRITE0 */
    mov r4, sp
    subs r4, #32
    movs r0, #'!'
    strb r0, [r4]
    mov r1, r4
    semihost 3              /* SYS_WRITEC */
    ldr r1, =write_block
    semihost 5              /* SYS_WRITE */
    mov r5, r0
    ldr r1, =open_block
    semihost 1              /* SYS_OPEN */
    mov r6, r0
    ldr r1, =tty_block
    semihost 9              /* SYS_ISTTY */
    mov r7, r0
    semihost 0x10           /* SYS_CLOCK: not offered */
    mov r8, r0
    semihost 0x10
    ldr r1, =file_block
    semihost 1              /* a file: refused */
    mov r9, r0
    semihost 0x13           /* SYS_ERRNO */
    mov r10, r0
    ldr r1, =0x20026
    semihost 0x18           /* SYS_EXIT */
place exited
    nop
    ldr r1, =exit_block
    semihost 0x20           /* SYS_EXIT_EXTENDED */
    b .

place says_at_bad_address
    ldr r1, =0x60000000
    semihost 4
    movs r7, #79
place said
    b .

    .balign 4
write_block:
    .word 1, world, 6
open_block:
    .word console, 4, 3
tty_block:
    .word 2
file_block:
    .word name, 4, 5
exit_block:
    .word 0x20026, 42
hello:
    .asciz "hello"
world:
    .ascii "world\n"
console:
    .asciz ":tt"
name:
    .asciz "a.txt"
    .balign 4
    .ltorg
