/* SPDX-License-Identifier: MIT */
/* dap info: what is behind an access port, in OpenOCD's words. Names of parts are Arm's (their
 * technical reference manuals, "ROM table" and "Identification registers"), of designers JEP106's.
 */
#include <inttypes.h>
#include <stdio.h>

#include "commands/monitor_commands.h"
#include "core/rom_table.h"

enum { ARM = 0x23B, ST = 0x020, IDR_TYPE = 0xF, IDR_CLASS = 0x1E000, IDR_MEM_AP = 0x10000 };
enum { BASE_FORMAT = 3, BASE_ABSENT = 2, BASE_VALID = 1, AP_LAST = 255 };

struct name {
    unsigned number;
    const char *text;
};

static const struct name designers[] = {{0x020, "STMicroelectronics"},
                                        {0x23B, "ARM Ltd"},
                                        {0x43B, "ARM China"},
                                        {0x751, "GigaDevice Semiconductor (Beijing)"},
                                        {0x555, "Artery Technology"}};

static const struct name arm_parts[] = {
    {0x000, "Cortex-M3 SCS (System Control Space)"},
    {0x001, "Cortex-M3 ITM (Instrumentation Trace Module)"},
    {0x002, "Cortex-M3 DWT (Data Watchpoint and Trace)"},
    {0x003, "Cortex-M3 FPB (Flash Patch and Breakpoint)"},
    {0x008, "Cortex-M0 SCS (System Control Space)"},
    {0x00A, "Cortex-M0 DWT (Data Watchpoint and Trace)"},
    {0x00B, "Cortex-M0 BPU (Breakpoint Unit)"},
    {0x00C, "Cortex-M4 SCS (System Control Space)"},
    {0x00E, "Cortex-M7 FPB (Flash Patch and Breakpoint)"},
    {0x471, "Cortex-M0 ROM (ROM Table)"},
    {0x4C0, "Cortex-M0+ ROM (ROM Table)"},
    {0x4C3, "Cortex-M3 ROM (ROM Table)"},
    {0x4C4, "Cortex-M4 ROM (ROM Table)"},
    {0x4C7, "Cortex-M7 PPB ROM (Private Peripheral Bus ROM Table)"},
    {0x4C8, "Cortex-M7 ROM (ROM Table)"},
    {0x906, "CoreSight CTI (Cross Trigger)"},
    {0x907, "CoreSight ETB (Trace Buffer)"},
    {0x908, "CoreSight CSTF (Trace Funnel)"},
    {0x912, "CoreSight TPIU (Trace Port Interface Unit)"},
    {0x914, "CoreSight SWO (Single Wire Output)"},
    {0x923, "Cortex-M3 TPIU (Trace Port Interface Unit)"},
    {0x924, "Cortex-M3 ETM (Embedded Trace)"},
    {0x925, "Cortex-M4 ETM (Embedded Trace)"},
    {0x932, "CoreSight MTB-M0+ (Micro Trace Buffer)"},
    {0x961, "CoreSight TMC (Trace Memory Controller)"},
    {0x975, "Cortex-M7 ETM (Embedded Trace)"},
    {0x9A1, "Cortex-M4 TPIU (Trace Port Interface Unit)"},
    {0x9A9, "Cortex-M7 TPIU (Trace Port Interface Unit)"},
};

static const struct name port_types[] = {{0, "JTAG-AP"},
                                         {1, "MEM-AP AHB3"},
                                         {2, "MEM-AP APB2 or APB3"},
                                         {4, "MEM-AP AXI3 or AXI4"},
                                         {5, "MEM-AP AHB5"},
                                         {6, "MEM-AP APB4 and APB5"},
                                         {7, "MEM-AP AXI5"},
                                         {8, "MEM-AP AHB5 with enhanced HPROT"}};

static const struct name architectures[] = {
    {0x1A01, "Instrumentation Trace Macrocell (ITM) architecture"},
    {0x1A02, "DWT architecture"},
    {0x1A03, "Flash Patch and Breakpoint unit (FPB) architecture"},
    {0x2A04, "Processor debug architecture (ARMv8-M)"},
    {0x4A13, "Embedded Trace Macrocell (ETM) architecture"},
    {0x1A14, "Cross Trigger Interface (CTI) architecture"},
    {0x0AF7, "ROM architecture"},
};

static const char *const classes[16] = {
    [0x0] = "Generic verification component",
    [0x1] = "ROM table",
    [0x9] = "CoreSight component",
    [0xB] = "Peripheral Test Block",
    [0xD] = "OptimoDE DESS",
    [0xE] = "Generic IP component",
    [0xF] = "CoreLink, PrimeCell or System component",
};

static const struct {
    const char *major;
    const char *minor[7];
} types[] = {
    {"Miscellaneous", {"other", [4] = "Validation component"}},
    {"Trace Sink", {"other", "Port", "Buffer", "Router"}},
    {"Trace Link", {"other", "Funnel, router", "Filter", "FIFO, buffer"}},
    {"Trace Source", {"other", "Processor", "DSP", "Engine/Coprocessor", "Bus", [6] = "Software"}},
    {"Debug Control", {"other", "Trigger Matrix", "Debug Auth", "Power Requestor"}},
    {"Debug Logic", {"other", "Processor", "DSP", "Engine/Coprocessor", "Bus", "Memory"}},
    {"Performance Monitor", {"other", "Processor", "DSP", "Engine/Coprocessor", "Bus", "Memory"}},
};

static const char *find(const struct name *names, size_t count, unsigned number,
                        const char *otherwise)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].number == number)
            return names[i].text;
    return otherwise;
}
#define FIND(names, number, otherwise) \
    find(names, sizeof(names) / sizeof *(names), number, otherwise)

static void say_type(struct job *job, uint32_t type)
{
    unsigned major = type & 15, minor = type >> 4 & 15;
    bool known = major < sizeof types / sizeof *types;
    const char *text = known && minor < 7 ? types[major].minor[minor] : NULL;

    job_print(job, "\t\tType is 0x%02" PRIx32 ", %s, %s\n", type & 0xFF,
              known ? types[major].major : "Reserved", text ? text : "Reserved");
}

/* DEVARCH: who has defined how it is used. */
static void say_architecture(struct job *job, uint32_t architecture)
{
    enum { PRESENT = 1 << 20 };

    if (architecture & PRESENT)
        job_print(job, "\t\tDev Arch is 0x%08" PRIx32 ", %s \"%s\" rev.%u\n", architecture,
                  FIND(designers, architecture >> 21, "<unknown>"),
                  FIND(architectures, architecture & 0xFFFF, "<unrecognized>"),
                  (unsigned)(architecture >> 16 & 15));
}

static void say_maker(struct job *job, const struct rom_component *component)
{
    unsigned designer = rom_designer(component), part = rom_part(component);

    job_print(job,
              "\t\tPeripheral ID 0x%010" PRIx64 "\n\t\tDesigner is 0x%03x, %s\n"
              "\t\tPart is 0x%03x, %s\n",
              component->pidr, designer, FIND(designers, designer, "<unknown>"), part,
              designer == ARM ? FIND(arm_parts, part, "Unrecognized ") : "Unrecognized ");
}

static void say_component(void *user, const struct rom_component *component)
{
    struct job *job = ((struct monitor *)user)->job;
    unsigned class = rom_class(component);
    bool table = class == ROM_CLASS_TABLE;

    job_print(job, "\t\tComponent base address 0x%08" PRIx32 "\n", component->base);
    if (component->unreadable) {
        job_print(job, "\t\tCan't read component, the corresponding core might be turned off\n");
        return;
    }
    if (!rom_is_component(component)) {
        job_print(job, "\t\tInvalid CIDR 0x%08" PRIx32 "\n", component->cidr);
        return;
    }
    say_maker(job, component);
    job_print(job, "\t\tComponent class is 0x%x, %s\n", class,
              classes[class] ? classes[class] : "Reserved");
    if (table)
        job_print(job, "\t\tMEMTYPE system memory %s\n",
                  component->type & 1 ? "present on bus" : "not present: dedicated debug bus");
    else if (class == ROM_CLASS_CORESIGHT) {
        say_type(job, component->type);
        say_architecture(job, component->architecture);
    }
}

static void say_entry(void *user, unsigned depth, uint32_t offset, uint32_t entry)
{
    struct job *job = ((struct monitor *)user)->job;
    char level[16] = "";

    if (depth)
        snprintf(level, sizeof level, "[L%02u] ", depth);
    job_print(job, "\t%sROMTABLE[0x%" PRIx32 "] = 0x%08" PRIx32 "\n", level, offset, entry);
    if (!entry)
        job_print(job, "\t%s\tEnd of ROM table\n", level);
    else if (!(entry & 1))
        job_print(job, "\t\tComponent not present\n");
}

static enum err say_port(struct monitor *monitor, struct target *target, unsigned ap)
{
    const struct rom_visitor visitor = {monitor, say_component, say_entry};
    struct job *job = monitor->job;
    uint32_t idr = 0, base = 0;
    enum err err = rom_port(target, ap, &idr, &base);

    if (err)
        return err;
    job_print(job, "AP # 0x%x\n\t\tAP ID register 0x%08" PRIx32 "\n", ap, idr);
    if (!idr)
        return job_fail(job, ERR_ARGUMENT, "No AP found at this AP#0x%x", ap);
    job_print(job, "\t\tType is %s\n", FIND(port_types, idr & IDR_TYPE, "Unknown"));
    if ((idr & IDR_CLASS) != IDR_MEM_AP)
        return ERR_OK;
    bool absent = base == UINT32_MAX || (base & BASE_FORMAT) == BASE_ABSENT;
    job_print(job, "MEM-AP BASE 0x%08" PRIx32 "\n\t\t%s\n", base,
              absent              ? "No ROM table present"
              : base & BASE_VALID ? "Valid ROM table present"
                                  : "ROM table in legacy format");
    return absent ? ERR_OK : rom_walk(target, ap, base, &visitor);
}

/* dap info [AP]: of the core's own if none is named. */
enum err monitor_dap_info(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    uint32_t ap = 0;
    enum err err = monitor_target(monitor, &target);

    if (err)
        return err;
    ap = target_core(target)->ap;
    if (argc > 1)
        err = monitor_value(monitor, argv[1], "an access port", AP_LAST, &ap);
    return err ? err : say_port(monitor, target, ap);
}
