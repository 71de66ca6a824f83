/* SPDX-License-Identifier: MIT */
#include "cli/scrub.h"

#include <ctype.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { ID_DIGITS = 12 }; /* longer than any number of ours: a serial number or a unique id */

void scrub_add(struct scrub *scrub, const char *text, const char *as)
{
    if (!text || !text[0] || !text[1] || scrub->count == SCRUB_KNOWN)
        return;
    snprintf(scrub->known[scrub->count].text, SCRUB_WORD, "%s", text);
    scrub->known[scrub->count++].as = as;
}

/* The comment field of /etc/passwd is a full name, up to a comma. */
static void add_account(struct scrub *scrub)
{
    const struct passwd *account = getpwuid(getuid());
    char name[SCRUB_WORD];

    if (!account)
        return;
    scrub_add(scrub, account->pw_dir, "[path]");
    scrub_add(scrub, account->pw_name, "[user]");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(account->pw_gecos, ","), account->pw_gecos);
    scrub_add(scrub, name, "[user]");
}

static void add_host(struct scrub *scrub)
{
    char host[SCRUB_WORD] = "";

    if (gethostname(host, sizeof host - 1) != 0)
        return;
    scrub_add(scrub, host, "[host]");
    host[strcspn(host, ".")] = '\0';
    scrub_add(scrub, host, "[host]");
}

void scrub_init(struct scrub *scrub)
{
    static const char *const users[] = {"USER", "LOGNAME", "SUDO_USER"};

    *scrub = (struct scrub){0};
    scrub_add(scrub, getenv("HOME"), "[path]");
    add_account(scrub);
    for (size_t i = 0; i < sizeof users / sizeof *users; i++)
        scrub_add(scrub, getenv(users[i]), "[user]");
    add_host(scrub);
}

/* --- what stands at a place of the text: how many bytes of it go; 0: none --- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static size_t known_at(const struct scrub *scrub, const char *text, size_t at, const char **as)
{
    for (size_t i = 0; i < scrub->count; i++) {
        const char *known = scrub->known[i].text;
        size_t length = strlen(known);

        if (strncasecmp(text + at, known, length) != 0 ||
            (at && is_word(text[at - 1]) && is_word(known[0])) ||
            (is_word(text[at + length]) && is_word(known[length - 1])))
            continue;
        *as = scrub->known[i].as;
        return length;
    }
    return 0;
}

/* "/dev/bus/usb/001/004", "~/x"; but not the middle of "SWDIO/SWCLK" or "n/a". */
static size_t path_at(const char *text, size_t at, const char **as)
{
    bool home = text[at] == '~' && text[at + 1] == '/';
    bool root = text[at] == '/' && (is_word(text[at + 1]) || text[at + 1] == '.');
    const char quote[] = {at && strchr("'\"", text[at - 1]) ? text[at - 1] : '\0', '\0'};
    size_t length = strcspn(text + at, quote[0] ? quote : " \t\n\"'();,");

    if ((!home && !root) || (at && is_word(text[at - 1])))
        return 0;
    while (length && strchr(".:", text[at + length - 1]))
        length--;
    *as = "[path]";
    return length;
}

/* Digits and the letters up to F, in one run or in groups with '-' between them. */
static size_t id_at(const char *text, size_t at, const char **as)
{
    size_t length = 0, digits = 0;

    if (at && is_word(text[at - 1]))
        return 0;
    for (; isxdigit((unsigned char)text[at + length]) ||
           (length && text[at + length] == '-' && isxdigit((unsigned char)text[at + length + 1]));
         length++)
        digits += text[at + length] != '-';
    *as = "[id]";
    return digits >= ID_DIGITS && !is_word(text[at + length]) ? length : 0;
}

/* "usb:1-2.3" */
static size_t place_at(const char *text, size_t at, const char **as)
{
    if (strncmp(text + at, "usb:", 4) != 0 || !isdigit((unsigned char)text[at + 4]))
        return 0;
    *as = "[place]";
    return 4 + strspn(text + at + 4, "0123456789-.");
}

void scrub_copy(const struct scrub *scrub, const char *text, char *out, size_t size)
{
    size_t used = 0, gone;

    for (size_t at = 0; text[at] && used + 1 < size; at += gone ? gone : 1) {
        const char *as = "";

        gone = known_at(scrub, text, at, &as);
        gone = gone ? gone : path_at(text, at, &as);
        gone = gone ? gone : id_at(text, at, &as);
        gone = gone ? gone : place_at(text, at, &as);
        if (!gone)
            out[used++] = text[at];
        else
            used += (size_t)snprintf(out + used, size - used, "%s", as);
    }
    out[used < size ? used : size - 1] = '\0';
}
