/* SPDX-License-Identifier: MIT */
#include "net/sock_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESS_DIGITS = 32 }; /* IPv6 */

/* As a row has it: words of the address in this machine's order, then the port. */
static size_t write_end(char *text, size_t size, const struct sock_end *end, bool v6)
{
    int used = 0;

    for (size_t at = v6 ? 0 : 12; at < 16; at += 4) {
        uint32_t word;

        memcpy(&word, end->address.s6_addr + at, sizeof word);
        used += snprintf(text + used, size - (size_t)used, "%08" PRIX32, word);
    }
    used += snprintf(text + used, size - (size_t)used, ":%04X", end->port);
    return (size_t)used;
}

/* "local remote ", which only the row we look for has. */
struct key {
    char text[2 * (ADDRESS_DIGITS + 6) + 1];
};

static struct key make_key(const struct sock_end *local, const struct sock_end *remote, bool v6)
{
    struct key key;
    size_t used = write_end(key.text, sizeof key.text, local, v6);

    key.text[used++] = ' ';
    used += write_end(key.text + used, sizeof key.text - used, remote, v6);
    memcpy(key.text + used, " ", 2);
    return key;
}

/* Behind the key: st tx:rx tr:when retrnsmt uid timeout inode. */
static void read_row(const char *rest, uid_t *uid, unsigned long *inode)
{
    char *at;

    for (int column = 0; column < 4; column++) {
        rest += strspn(rest, " ");
        rest += strcspn(rest, " ");
    }
    *uid = (uid_t)strtoul(rest, &at, 10);
    strtoul(at, &at, 10);
    *inode = strtoul(at, NULL, 10);
}

static bool search(const char *folder, const char *name, const struct key *key, uid_t *uid,
                   unsigned long *inode)
{
    const char *row = NULL;
    char path[256], line[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *table = fopen(path, "re");
    while (table && !row && fgets(line, sizeof line, table)) {
        row = strstr(line, key->text);
        if (row)
            read_row(row + strlen(key->text), uid, inode);
    }
    if (table)
        fclose(table);
    return row;
}

bool sock_table_find(const char *folder, const struct sock_end *local,
                     const struct sock_end *remote, uid_t *uid, unsigned long *inode)
{
    struct key v4 = make_key(local, remote, false), v6 = make_key(local, remote, true);

    return (IN6_IS_ADDR_V4MAPPED(&local->address) && search(folder, "tcp", &v4, uid, inode)) ||
           search(folder, "tcp6", &v6, uid, inode);
}
