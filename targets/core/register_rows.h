/* SPDX-License-Identifier: MIT */
/* Rows that the register tables of several profiles have in common. Their order is gdb's numbering,
 * the features are those of the gdb manual ("ARM Features"); DCRSR.REGSEL: DDI 0403, C1.6.3. */
#ifndef PROBED_REGISTER_ROWS_H
#define PROBED_REGISTER_ROWS_H

#define REG(n, t, sel)                                                                \
    {                                                                                 \
        .name = (n), .feature = "org.gnu.gdb.arm.m-profile", .type = (t), .bits = 32, \
        .regsel = (sel)                                                               \
    }
#define SYS(n, t, width, sel, at)                                                         \
    {                                                                                     \
        .name = (n), .feature = "org.gnu.gdb.arm.m-system", .type = (t), .bits = (width), \
        .regsel = (sel), .shift = (at)                                                    \
    }
#define FPD(n, sel)                                                                       \
    {                                                                                     \
        .name = (n), .feature = "org.gnu.gdb.arm.vfp", .type = "ieee_double", .bits = 64, \
        .regsel = (sel)                                                                   \
    }

/* Of every core. */
#define ROWS_OF_ALL                                                                             \
    REG("r0", "int", 0), REG("r1", "int", 1), REG("r2", "int", 2), REG("r3", "int", 3),         \
        REG("r4", "int", 4), REG("r5", "int", 5), REG("r6", "int", 6), REG("r7", "int", 7),     \
        REG("r8", "int", 8), REG("r9", "int", 9), REG("r10", "int", 10), REG("r11", "int", 11), \
        REG("r12", "int", 12), REG("sp", "data_ptr", 13), REG("lr", "int", 14),                 \
        REG("pc", "code_ptr", 15), REG("xpsr", "int", 16), SYS("msp", "data_ptr", 32, 17, 0),   \
        SYS("psp", "data_ptr", 32, 18, 0), SYS("primask", "int", 8, 20, 0)
#define ROW_CONTROL SYS("control", "int", 8, 20, 24)
/* Of Armv7-M, and of Armv8-M with the Main Extension. */
#define ROWS_OF_MAIN \
    ROWS_OF_ALL, SYS("basepri", "int", 8, 20, 8), SYS("faultmask", "int", 8, 20, 16), ROW_CONTROL
/* Of Armv8-M with the Main Extension: the stack limits of the state that is not Secure, which is
 * the only one where there is no Security Extension (DDI 0553, DCRSR). */
#define ROWS_OF_LIMITS SYS("msplim", "data_ptr", 32, 30, 0), SYS("psplim", "data_ptr", 32, 31, 0)
/* With the Security Extension: of both states. */
#define SEC(n, sel)                                                                       \
    {                                                                                     \
        .name = (n), .feature = "org.gnu.gdb.arm.secext", .type = "data_ptr", .bits = 32, \
        .regsel = (sel)                                                                   \
    }
#define ROWS_OF_SECURITY                                                                           \
    SEC("msp_ns", 24), SEC("psp_ns", 25), SEC("msp_s", 26), SEC("psp_s", 27), SEC("msplim_s", 28), \
        SEC("psplim_s", 29), SEC("msplim_ns", 30), SEC("psplim_ns", 31)
#define ROWS_OF_FPU                                                                                \
    FPD("d0", 64), FPD("d1", 66), FPD("d2", 68), FPD("d3", 70), FPD("d4", 72), FPD("d5", 74),      \
        FPD("d6", 76), FPD("d7", 78), FPD("d8", 80), FPD("d9", 82), FPD("d10", 84),                \
        FPD("d11", 86), FPD("d12", 88), FPD("d13", 90), FPD("d14", 92), FPD("d15", 94),            \
    {                                                                                              \
        .name = "fpscr", .feature = "org.gnu.gdb.arm.vfp", .type = "int", .bits = 32, .regsel = 33 \
    }

enum { COUNT_OF_MAIN = 23, COUNT_OF_LIMITS = 2, COUNT_OF_SECURITY = 8 }; /* ROWS_OF_MAIN.. */
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

#endif
