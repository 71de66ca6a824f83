/* SPDX-License-Identifier: MIT */
/* A socket that whoever started us opened. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "net/endpoint.h"

static bool listens(int socket)
{
    int value = 0, type = 0;
    socklen_t size = sizeof value;

    return getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value &&
           getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un path;
};

static bool copy_path(const struct sockaddr_un *address, socklen_t size, struct endpoint *endpoint)
{
    size_t length = size - offsetof(struct sockaddr_un, sun_path);

    if (length < 2 || length > sizeof address->sun_path || address->sun_path[0] == '\0')
        return false; /* it has no name, or one that is no file's */
    endpoint->is_unix = true;
    snprintf(endpoint->path, sizeof endpoint->path, "%.*s", (int)length, address->sun_path);
    return true;
}

static bool copy_address(const union address *address, socklen_t size, struct endpoint *endpoint)
{
    bool is_v6 = address->any.sa_family == AF_INET6;

    if (address->any.sa_family == AF_UNIX)
        return copy_path(&address->path, size, endpoint);
    if (!is_v6 && address->any.sa_family != AF_INET)
        return false;
    endpoint->port = ntohs(is_v6 ? address->v6.sin6_port : address->v4.sin_port);
    return inet_ntop(address->any.sa_family,
                     is_v6 ? (const void *)&address->v6.sin6_addr : &address->v4.sin_addr,
                     endpoint->address, sizeof endpoint->address);
}

bool endpoint_given(const char *number, struct endpoint *endpoint, char *why, size_t why_size)
{
    union address address = {0};
    socklen_t size = sizeof address;
    char *end;
    long descriptor = strtol(number, &end, 10);

    *endpoint = (struct endpoint){0};
    if (*number < '0' || *number > '9' || *end || descriptor < 3 || descriptor > INT16_MAX ||
        !listens((int)descriptor) || getsockname((int)descriptor, &address.any, &size) != 0 ||
        !copy_address(&address, size, endpoint)) {
        snprintf(why, why_size, "descriptor %.20s is no socket that listens", number);
        return false;
    }
    endpoint->given = (int)descriptor;
    (void)fcntl(endpoint->given, F_SETFD, FD_CLOEXEC);
    return true;
}
