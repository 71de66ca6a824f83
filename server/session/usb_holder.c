/* SPDX-License-Identifier: MIT */
/* Linux, proc(5): the links in /proc/PID/fd name open files; those of other users' processes cannot
 * be read. Documentation/ABI/stable/sysfs-bus-usb: busnum and devnum make the device's node. */
#include "session/usb_holder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_number(const char *folder, const char *name, unsigned *number)
{
    char path[400];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    bool read = file && fscanf(file, "%u", number) == 1;
    if (file)
        fclose(file);
    return read;
}

static bool find_node(const struct usb_roots *roots, const char *place, char *node, size_t size)
{
    char folder[300];
    unsigned bus, device;

    if (strncmp(place, "usb:", 4) != 0)
        return false;
    snprintf(folder, sizeof folder, "%s/bus/usb/devices/%s", roots->sys, place + 4);
    if (!read_number(folder, "busnum", &bus) || !read_number(folder, "devnum", &device))
        return false;
    snprintf(node, size, "%s/bus/usb/%03u/%03u", roots->dev, bus, device);
    return true;
}

static bool has_open(const char *process, const char *node)
{
    char folder[300], link[600], target[160];
    const struct dirent *entry;
    bool found = false;

    snprintf(folder, sizeof folder, "%s/fd", process);
    DIR *dir = opendir(folder);
    while (dir && !found && (entry = readdir(dir))) {
        snprintf(link, sizeof link, "%s/%s", folder, entry->d_name);
        ssize_t length = readlink(link, target, sizeof target - 1);
        target[length > 0 ? length : 0] = '\0';
        found = strcmp(target, node) == 0;
    }
    if (dir)
        closedir(dir);
    return found;
}

static void name_program(const char *process, struct usb_holder *holder)
{
    char path[320];

    snprintf(path, sizeof path, "%s/comm", process);
    FILE *file = fopen(path, "re");
    if (file && fgets(holder->program, sizeof holder->program, file))
        holder->program[strcspn(holder->program, "\n")] = '\0';
    if (file)
        fclose(file);
}

bool usb_holder_find(const struct usb_roots *roots, const char *place, struct usb_holder *holder)
{
    char node[160], process[280];
    const struct dirent *entry;

    *holder = (struct usb_holder){0};
    DIR *dir = find_node(roots, place, node, sizeof node) ? opendir(roots->proc) : NULL;
    while (dir && (entry = readdir(dir))) {
        long pid = strtol(entry->d_name, NULL, 10);

        if (pid <= 0 || pid == getpid() || (holder->pid && holder->pid < pid))
            continue;
        snprintf(process, sizeof process, "%s/%ld", roots->proc, pid);
        if (!has_open(process, node))
            continue;
        holder->pid = pid;
        name_program(process, holder);
    }
    if (dir)
        closedir(dir);
    return holder->pid != 0;
}

enum err usb_holder_tell(const struct usb_roots *roots, const char *place, struct job *job,
                         enum err err)
{
    struct usb_holder holder;
    char said[JOB_TEXT];

    if (err != ERR_BUSY || !usb_holder_find(roots, place, &holder))
        return err;
    snprintf(said, sizeof said, "%s", job_text(job, err));
    job_clear(job);
    return job_fail(job, err, "%.*s; %s (process %ld) has it", (int)sizeof said - 100, said,
                    holder.program, holder.pid);
}
