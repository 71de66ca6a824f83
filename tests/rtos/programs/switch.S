/* SPDX-License-Identifier: MIT */
/* What C cannot say: known values in all registers when a task leaves, and the switch itself. */
#include "layout.h"
    .syntax unified
    .cfi_sections .debug_frame
    .thumb

/* void park_even(base, fpu): r2 to r11 are base + their number, s0 to s31 base + 0x100 + theirs
 * (`fpu` not 0); then another task runs until this one is wanted again. Of park_odd the stack is
 * not aligned to eight bytes. */
    .macro PARK name, words
    .section .text.\name, "ax"
    .global \name
    .type \name, %function
    .thumb_func
\name:
    .cfi_startproc
    push {r4-r7, lr}
    .cfi_def_cfa_offset 20
    .cfi_offset 4, -20
    .cfi_offset 5, -16
    .cfi_offset 6, -12
    .cfi_offset 7, -8
    .cfi_offset 14, -4
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
    .cfi_def_cfa_offset 36
    .cfi_offset 8, -36
    .cfi_offset 9, -32
    .cfi_offset 10, -28
    .cfi_offset 11, -24
    sub sp, #4 * \words
    .cfi_def_cfa_offset 36 + 4 * \words
#ifdef __ARM_FP
    cmp r1, #0
    beq 1f
    add r2, r0, #0x100
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    vmov s\n, r2
    adds r2, #1
    .endr
1:
#endif
    movs r2, #12
    adds r2, r2, r0
    mov r12, r2
    movs r2, #11
    adds r2, r2, r0
    mov r11, r2
    movs r2, #10
    adds r2, r2, r0
    mov r10, r2
    movs r2, #9
    adds r2, r2, r0
    mov r9, r2
    movs r2, #8
    adds r2, r2, r0
    mov r8, r2
    adds r7, r0, #7
    adds r6, r0, #6
    adds r5, r0, #5
    adds r4, r0, #4
    adds r3, r0, #3
    adds r2, r0, #2
#if COOPERATIVE
    bl port_switch
#else
    ldr r0, =0xE000ED04
    ldr r1, =1 << 28
    str r1, [r0]
    dsb
    isb
#endif
    add sp, #4 * \words
    .cfi_def_cfa_offset 36
    pop {r4-r7}
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    pop {r4-r7, pc}
    .cfi_endproc
    .ltorg
    .size \name, . - \name
    .endm

    PARK park_even, 1
    PARK park_odd, 2

    .section .text.begin_on, "ax"
    .global begin_on
    .type begin_on, %function
    .thumb_func
begin_on:
    msr psp, r0
    movs r0, #2
    msr control, r0
    isb
    blx r1
    b .

#if COOPERATIVE
/* A call that returns when the thread is wanted again. */
    .section .text.port_switch, "ax"
    .type port_switch, %function
    .thumb_func
port_switch:
#if __ARM_ARCH_6M__
    push {r4-r7, lr}
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
    mov r0, sp
    bl cooperate
    mov sp, r0
    pop {r4-r7}
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    pop {r4-r7, pc}
#else
    push {r4-r11, lr}
#ifdef __ARM_FP
    vpush {s16-s31}
#endif
    mov r0, sp
    bl cooperate
    mov sp, r0
#ifdef __ARM_FP
    vpop {s16-s31}
#endif
    pop {r4-r11, pc}
#endif
#else
    .section .text.PendSV_Handler, "ax"
    .global PendSV_Handler
    .type PendSV_Handler, %function
    .thumb_func
PendSV_Handler:
    .cfi_startproc
#if __ARM_ARCH_6M__
    push {r4-r7, lr}
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
    mov r0, sp
    sub sp, #4
    .cfi_def_cfa_offset 40
    .cfi_offset 14, -4
    bl switch_tasks
    add sp, #4
    pop {r4-r7}
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    pop {r4-r7, pc}
#elif defined __ARM_FP
    push {r4-r11, lr}
    sub sp, #68
    .cfi_def_cfa_offset 104
    .cfi_offset 14, -4
    vstmia sp, {s16-s31}
    mov r0, sp
    bl switch_tasks
    vldmia sp, {s16-s31}
    add sp, #68
    pop {r4-r11, pc}
#else
    push {r4-r11, lr}
    mov r0, sp
    sub sp, #4
    .cfi_def_cfa_offset 40
    .cfi_offset 14, -4
    bl switch_tasks
    add sp, #4
    pop {r4-r11, pc}
#endif
    .cfi_endproc
    .ltorg
#endif
