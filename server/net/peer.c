/* SPDX-License-Identifier: MIT */
#include "net/peer.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/sock_table.h"

enum { LOOKS = 3 }; /* a row may be missed once, when others come and go while we read */

enum peer_owner {
    PEER_OWNED,
    PEER_CLOSED, /* was here, has let go: whose it was nobody knows */
    PEER_NO_ROW,
};

/* --- the rules --- */

static bool is_allowed(const struct peer_rules *rules, uid_t uid)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->users[i] == uid)
            return true;
    return false;
}

static bool add_user(struct peer_rules *rules, const char *name)
{
    char *end;
    unsigned long number = strtoul(name, &end, 10);
    bool is_number = *name >= '0' && *name <= '9' && *end == '\0' && number < UINT32_MAX;
    const struct passwd *user = is_number ? NULL : getpwnam(name);

    if (!user && !is_number)
        return false;
    uid_t uid = user ? user->pw_uid : (uid_t)number;
    if (is_allowed(rules, uid))
        return true;
    if (rules->count == PEER_USERS)
        return false;
    rules->users[rules->count++] = uid;
    return true;
}

static bool add_named(struct peer_rules *rules, const char *names, char *why, size_t why_size)
{
    char name[64];

    for (size_t length = 0; *names; names += length + (names[length] == ',')) {
        length = strcspn(names, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, names);
        if (length == 0)
            continue;
        if (strcmp(name, "all") == 0)
            rules->all = true;
        else if (!add_user(rules, name)) {
            snprintf(why, why_size, "--allow-users: %s '%s'",
                     rules->count == PEER_USERS ? "more than 32 users:"
                                                : "this machine has no user",
                     name);
            return false;
        }
    }
    return true;
}

/* user_namespaces(7): without a map of all numbers, the others are shown as the overflow id. With
 * it that number is the user "nobody", who is somebody. */
static void learn_unnumbered(struct peer_rules *rules)
{
    FILE *map = fopen("/proc/self/uid_map", "re");
    FILE *overflow = fopen("/proc/sys/kernel/overflowuid", "re");
    char line[64], *at = line;

    rules->some_unnumbered = true;
    rules->unnumbered = 65534;
    if (map && fgets(line, sizeof line, map)) {
        unsigned long inside = strtoul(at, &at, 10), outside = strtoul(at, &at, 10);

        rules->some_unnumbered = inside || outside || strtoul(at, NULL, 10) != UINT32_MAX;
    }
    if (overflow && fgets(line, sizeof line, overflow))
        rules->unnumbered = (uid_t)strtoul(line, NULL, 10);
    if (map)
        fclose(map);
    if (overflow)
        fclose(overflow);
}

bool peer_rules_init(struct peer_rules *rules, const char *names, char *why, size_t why_size)
{
    static const char *const callers[] = {"SUDO_UID", "PKEXEC_UID", "DOAS_USER"};

    *rules = (struct peer_rules){.users = {geteuid(), 0}, .count = 2};
    learn_unnumbered(rules);
    for (size_t i = 0; i < sizeof callers / sizeof *callers; i++) {
        const char *caller = getenv(callers[i]);

        if (caller)
            add_user(rules, caller);
    }
    rules->named = names;
    return !names || add_named(rules, names, why, why_size);
}

bool peer_rules_admit_others(const struct peer_rules *rules)
{
    return rules->all || (rules->named && !rules->some_unnumbered);
}

/* --- one connection --- */

static enum peer_owner owner_of(uid_t uid, unsigned long inode)
{
    return uid == 0 && inode == 0 ? PEER_CLOSED : PEER_OWNED;
}

/* Sent from this machine, and not just to it. */
static bool is_from_here(const struct sockaddr_storage *peer, const struct sockaddr_storage *own)
{
    struct sock_end theirs = sock_end_of(peer), ours = sock_end_of(own);
    bool v4 = IN6_IS_ADDR_V4MAPPED(&theirs.address);

    return (v4 && theirs.address.s6_addr[12] == 127) || IN6_IS_ADDR_LOOPBACK(&theirs.address) ||
           memcmp(&theirs.address, &ours.address, sizeof ours.address) == 0;
}

/* A reset takes the other end's row away at once, but not what was sent before it. */
static bool is_open(int socket)
{
    struct tcp_info info;
    socklen_t length = sizeof info;

    return getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 ||
           info.tcpi_state == TCP_ESTABLISHED;
}

/* A kernel that has no answer says the same as one that knows no such socket: our own end, which
 * it must know, tells which it is. */
static enum sock_diag ask_kernel(const struct sockaddr_storage *peer,
                                 const struct sockaddr_storage *own, uid_t *uid, uint32_t *inode)
{
    struct sock_end theirs = sock_end_of(peer), ours = sock_end_of(own);
    enum sock_diag said = sock_diag_find(&theirs, &ours, uid, inode);
    uid_t our_uid;
    uint32_t our_inode;

    if (said == SOCK_DIAG_NONE &&
        sock_diag_find(&ours, &theirs, &our_uid, &our_inode) != SOCK_DIAG_FOUND)
        return SOCK_DIAG_MUTE;
    return said;
}

static enum peer_owner find_in_tables(const struct sockaddr_storage *peer,
                                      const struct sockaddr_storage *own, uid_t *uid)
{
    struct sock_end theirs = sock_end_of(peer), ours = sock_end_of(own);
    unsigned long inode;

    for (int i = 0; i < LOOKS; i++)
        if (sock_table_find("/proc/net", &theirs, &ours, uid, &inode))
            return owner_of(*uid, inode);
    return PEER_NO_ROW;
}

static enum peer_owner tcp_owner(int socket, const struct sockaddr_storage *peer,
                                 const struct sockaddr_storage *own, uid_t *uid)
{
    enum peer_owner owner = PEER_NO_ROW;
    uint32_t inode;

    switch (ask_kernel(peer, own, uid, &inode)) {
    case SOCK_DIAG_FOUND:
        return owner_of(*uid, inode);
    case SOCK_DIAG_MUTE:
        owner = find_in_tables(peer, own, uid);
        break;
    case SOCK_DIAG_NONE:
        break;
    }
    return owner == PEER_NO_ROW && is_from_here(peer, own) && !is_open(socket) ? PEER_CLOSED
                                                                               : owner;
}

static bool refuse(const struct log *log, const char *service, uid_t uid)
{
    log_line(log, LOG_WARN,
             "a %s client was refused, nothing it sent was read: it belongs to user %lu of this "
             "machine, and only the user of probed and root may give commands, which write files; "
             "--allow-users %lu lets it in",
             service, (unsigned long)uid, (unsigned long)uid);
    return false;
}

/* Nor was anything sent, as by those who only try whether the port is there: it can do no harm. */
static bool closed_silently(int socket)
{
    char byte;
    ssize_t got = recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    return got == 0 || (got < 0 && errno != EAGAIN);
}

static bool judge_closed(int socket, const struct log *log, const char *service)
{
    if (closed_silently(socket))
        return true;
    log_line(log, LOG_WARN,
             "a %s client was refused, nothing it sent was read: it had closed the connection "
             "before anybody could see which user of this machine it belongs to; let it wait for "
             "an answer, or start probed with --allow-users all",
             service);
    return false;
}

static bool let_in_unknown(const struct log *log, const char *service)
{
    log_line(log, LOG_WARN,
             "a %s client of this machine was let in although the system does not say which user "
             "it belongs to (a container, WSL); --allow-users all says that this is fine",
             service);
    return true;
}

static bool judge(const struct peer_rules *rules, uid_t uid, const struct log *log,
                  const char *service)
{
    if (rules->some_unnumbered && uid == rules->unnumbered)
        return let_in_unknown(log, service);
    return is_allowed(rules, uid) || refuse(log, service, uid);
}

static bool unix_may_enter(const struct peer_rules *rules, int socket, const struct log *log,
                           const char *service)
{
    struct ucred peer;
    socklen_t length = sizeof peer;

    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
        return let_in_unknown(log, service);
    return judge(rules, peer.uid, log, service);
}

static bool tcp_may_enter(const struct peer_rules *rules, int socket,
                          const struct sockaddr_storage *own, const struct log *log,
                          const char *service)
{
    struct sockaddr_storage peer = {0};
    socklen_t length = sizeof peer;
    uid_t uid = 0;

    if (getpeername(socket, (struct sockaddr *)&peer, &length) != 0)
        return judge_closed(socket, log, service);
    switch (tcp_owner(socket, &peer, own, &uid)) {
    case PEER_OWNED:
        return judge(rules, uid, log, service);
    case PEER_CLOSED:
        return judge_closed(socket, log, service);
    case PEER_NO_ROW:
        break;
    }
    /* From another machine: whoever reaches such a port may use it, as was said when it opened. */
    return !is_from_here(&peer, own) || let_in_unknown(log, service);
}

bool peer_may_enter(const struct peer_rules *rules, int socket, const struct log *log,
                    const char *service)
{
    struct sockaddr_storage own = {0};
    socklen_t length = sizeof own;

    if (rules->all)
        return true;
    if (getsockname(socket, (struct sockaddr *)&own, &length) != 0)
        return judge_closed(socket, log, service);
    return own.ss_family == AF_UNIX ? unix_may_enter(rules, socket, log, service)
                                    : tcp_may_enter(rules, socket, &own, log, service);
}
