/* SPDX-License-Identifier: MIT */
/* The registers of the system control space that run control needs, and their bits.
 * Armv7-M Architecture Reference Manual, DDI 0403, B3.2 and C1.6. */
#ifndef PROBED_SCS_H
#define PROBED_SCS_H

#define SCB_CPUID 0xE000ED00u
#define SCB_ICSR 0xE000ED04u
#define SCB_VTOR 0xE000ED08u
#define SCB_AIRCR 0xE000ED0Cu
#define SCB_CFSR 0xE000ED28u /* CFSR, HFSR, DFSR, MMFAR, BFAR follow each other */
#define SCB_DFSR 0xE000ED30u
#define SCB_ID_PFR1 0xE000ED44u
#define SCB_MVFR0 0xE000EF40u
#define DSCSR 0xE000EE08u
#define DHCSR 0xE000EDF0u
#define DEMCR 0xE000EDFCu

#define ICSR_VECTPENDING 0x001FF000u
#define ICSR_ISRPENDING (1u << 22)
#define ICSR_PENDSTSET (1u << 26)
#define ICSR_PENDSVSET (1u << 28)
#define AIRCR_SYSRESETREQ 0x05FA0004u

#define DHCSR_KEY 0xA05F0000u
#define DHCSR_C_DEBUGEN (1u << 0)
#define DHCSR_C_HALT (1u << 1)
#define DHCSR_C_STEP (1u << 2)
#define DHCSR_C_MASKINTS (1u << 3)
#define DHCSR_S_HALT (1u << 17)
#define DHCSR_S_SLEEP (1u << 18)
#define DHCSR_S_LOCKUP (1u << 19)
#define DHCSR_S_SDE (1u << 20)       /* Armv8-M: the Secure state may be debugged */
#define DHCSR_S_RETIRE_ST (1u << 24) /* an instruction was executed; clears when read */
#define DHCSR_S_RESET_ST (1u << 25)  /* clears when read */

#define DEMCR_VC_CORERESET (1u << 0)
#define DEMCR_VC_FAULTS 0x1F0u    /* MemManage, BusFault, UsageFault; not in Armv6-M */
#define DEMCR_VC_SFERR (1u << 11) /* SecureFault: with the Security Extension of Armv8-M */
#define DEMCR_VC_HARDERR (1u << 10)
#define DEMCR_VC_ALL 0x7F1u
#define DEMCR_TRCENA (1u << 24)

#define DFSR_HALTED (1u << 0)
#define DFSR_BKPT (1u << 1)
#define DFSR_DWTTRAP (1u << 2)
#define DFSR_VCATCH (1u << 3)
#define DFSR_EXTERNAL (1u << 4)
#define DFSR_ALL 0x1Fu

#define ID_PFR1_SECURITY 0xF0u /* with the Security Extension of Armv8-M: not 0 */
#define DSCSR_CDS (1u << 16)   /* the core is in Secure state */

#define XPSR_IPSR 0x1FFu

#endif
