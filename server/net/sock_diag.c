/* SPDX-License-Identifier: MIT */
#include "net/sock_diag.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>

enum { TCP_LISTENS = 10 }; /* TCP_LISTEN of include/net/tcp_states.h */

struct question {
    struct nlmsghdr head;
    struct inet_diag_req_v2 body;
};

/* IPv4 addresses are asked for as such: an IPv6 socket that speaks IPv4 is found by them, too. */
static void put_end(const struct sock_end *end, bool v4, __be32 *address, __be16 *port)
{
    if (v4)
        memcpy(address, end->address.s6_addr + 12, 4);
    else
        memcpy(address, end->address.s6_addr, 16);
    *port = htons(end->port);
}

static struct question make_question(const struct sock_end *local, const struct sock_end *remote)
{
    bool v4 = IN6_IS_ADDR_V4MAPPED(&local->address);
    struct question question = {
        .head = {.nlmsg_len = sizeof question,
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST},
        .body = {.sdiag_family = v4 ? AF_INET : AF_INET6,
                 .sdiag_protocol = IPPROTO_TCP,
                 .idiag_states = UINT32_MAX,
                 .id = {.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}},
    };

    put_end(local, v4, question.body.id.idiag_src, &question.body.id.idiag_sport);
    put_end(remote, v4, question.body.id.idiag_dst, &question.body.id.idiag_dport);
    return question;
}

/* Where no connection is, the kernel falls back to whoever listens at that port. */
static bool is_ours(const struct inet_diag_msg *found, const struct question *question)
{
    return found->idiag_state != TCP_LISTENS &&
           found->id.idiag_sport == question->body.id.idiag_sport &&
           found->id.idiag_dport == question->body.id.idiag_dport;
}

static enum sock_diag read_answer(const void *answer, size_t length,
                                  const struct question *question, uid_t *uid, uint32_t *inode)
{
    struct nlmsghdr head;
    struct nlmsgerr error;
    struct inet_diag_msg found;

    if (length < sizeof head)
        return SOCK_DIAG_MUTE;
    memcpy(&head, answer, sizeof head);
    const char *body = (const char *)answer + NLMSG_HDRLEN;
    if (head.nlmsg_type == NLMSG_ERROR && length >= NLMSG_HDRLEN + sizeof error) {
        memcpy(&error, body, sizeof error);
        return error.error == -ENOENT ? SOCK_DIAG_NONE : SOCK_DIAG_MUTE;
    }
    if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || length < NLMSG_HDRLEN + sizeof found)
        return SOCK_DIAG_MUTE;
    memcpy(&found, body, sizeof found);
    *uid = found.idiag_uid;
    *inode = found.idiag_inode;
    return is_ours(&found, question) ? SOCK_DIAG_FOUND : SOCK_DIAG_NONE;
}

enum sock_diag sock_diag_find(const struct sock_end *local, const struct sock_end *remote,
                              uid_t *uid, uint32_t *inode)
{
    struct question question = make_question(local, remote);
    enum sock_diag said = SOCK_DIAG_MUTE;
    char answer[1024];
    int kernel = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);

    if (kernel < 0)
        return said;
    /* The kernel answers inside send(). */
    if (send(kernel, &question, sizeof question, 0) == (ssize_t)sizeof question) {
        ssize_t length = recv(kernel, answer, sizeof answer, 0);

        if (length > 0)
            said = read_answer(answer, (size_t)length, &question, uid, inode);
    }
    close(kernel);
    return said;
}

struct sock_end sock_end_of(const struct sockaddr_storage *from)
{
    struct sock_end end = {.address = {.s6_addr = {[10] = 0xFF, [11] = 0xFF}}};
    struct sockaddr_in6 v6;
    struct sockaddr_in v4;

    memcpy(&v6, from, sizeof v6);
    memcpy(&v4, from, sizeof v4);
    if (from->ss_family == AF_INET6)
        end.address = v6.sin6_addr;
    else
        memcpy(end.address.s6_addr + 12, &v4.sin_addr, sizeof v4.sin_addr);
    end.port = ntohs(from->ss_family == AF_INET6 ? v6.sin6_port : v4.sin_port);
    return end;
}
