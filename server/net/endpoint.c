/* SPDX-License-Identifier: MIT */
#include "net/endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse_port(const char *text, uint16_t *port)
{
    char *end;

    if (*text < '0' || *text > '9' || strlen(text) > 5)
        return false;
    unsigned long value = strtoul(text, &end, 10);
    if (*end != '\0' || value > UINT16_MAX)
        return false;
    *port = (uint16_t)value;
    return true;
}

static bool is_address(const char *text)
{
    struct in6_addr any;

    return inet_pton(AF_INET, text, &any) == 1 || inet_pton(AF_INET6, text, &any) == 1;
}

static bool parse_path(const char *path, struct endpoint *endpoint, char *why, size_t why_size)
{
    size_t length = strlen(path);

    if (length == 0 || length >= sizeof endpoint->path) {
        snprintf(why, why_size, "a socket path has 1 to %zu characters", sizeof endpoint->path - 1);
        return false;
    }
    endpoint->is_unix = true;
    memcpy(endpoint->path, path, length + 1);
    return true;
}

/* Copies what stands before the last colon, without brackets. */
static bool parse_address(const char *text, const char *colon, struct endpoint *endpoint)
{
    size_t length = (size_t)(colon - text);
    bool brackets = length >= 2 && text[0] == '[' && colon[-1] == ']';

    if (brackets) {
        text++;
        length -= 2;
    } else if (memchr(text, ':', length)) {
        return false; /* an IPv6 address without brackets: where does the port begin? */
    }
    if (length == 0 || length >= sizeof endpoint->address)
        return false;
    memcpy(endpoint->address, text, length);
    endpoint->address[length] = '\0';
    if (!brackets && strcmp(endpoint->address, "localhost") == 0)
        memcpy(endpoint->address, "127.0.0.1", sizeof "127.0.0.1");
    return is_address(endpoint->address);
}

bool endpoint_parse(const char *text, struct endpoint *endpoint, char *why, size_t why_size)
{
    *endpoint = (struct endpoint){.address = "127.0.0.1"};
    if (strncmp(text, "unix:", 5) == 0)
        return parse_path(text + 5, endpoint, why, why_size);

    const char *colon = strrchr(text, ':');
    if (colon && !parse_address(text, colon, endpoint)) {
        snprintf(why, why_size,
                 "'%s' has no address before the port; write 127.0.0.1:3333 or [::1]:3333", text);
        return false;
    }
    if (!parse_port(colon ? colon + 1 : text, &endpoint->port)) {
        snprintf(why, why_size, "'%s' has no port number (0 to 65535)", text);
        return false;
    }
    return true;
}

bool endpoint_is_local(const struct endpoint *endpoint)
{
    struct in6_addr v6;

    if (endpoint->is_unix || strncmp(endpoint->address, "127.", 4) == 0)
        return true;
    if (inet_pton(AF_INET6, endpoint->address, &v6) != 1)
        return false;
    return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

/* An IPv4 address as an IPv4-mapped IPv6 one, which it is to a socket that takes both. */
static struct in6_addr address_of(const struct endpoint *endpoint)
{
    struct in6_addr address = {.s6_addr = {[10] = 0xFF, [11] = 0xFF}};

    if (inet_pton(AF_INET, endpoint->address, address.s6_addr + 12) != 1)
        inet_pton(AF_INET6, endpoint->address, &address);
    return address;
}

/* Whether who listens at `address` listens at `other`, too. */
static bool takes(const struct in6_addr *address, const struct in6_addr *other)
{
    static const struct in6_addr all_v4 = {.s6_addr = {[10] = 0xFF, [11] = 0xFF}};

    return IN6_IS_ADDR_UNSPECIFIED(address) || IN6_ARE_ADDR_EQUAL(address, other) ||
           (IN6_ARE_ADDR_EQUAL(address, &all_v4) && IN6_IS_ADDR_V4MAPPED(other));
}

bool endpoint_collides(const struct endpoint *one, const struct endpoint *other)
{
    struct in6_addr first = address_of(one), second = address_of(other);

    if (one->is_off || other->is_off || one->is_pipe || other->is_pipe ||
        one->is_unix != other->is_unix)
        return false;
    if (one->is_unix)
        return strcmp(one->path, other->path) == 0;
    return one->port == other->port && one->port != 0 &&
           (takes(&first, &second) || takes(&second, &first));
}

void endpoint_format(const struct endpoint *endpoint, char *text, size_t size)
{
    if (endpoint->is_off)
        snprintf(text, size, "off");
    else if (endpoint->is_pipe)
        snprintf(text, size, "standard input and output");
    else if (endpoint->is_unix)
        snprintf(text, size, "unix:%s", endpoint->path);
    else if (strchr(endpoint->address, ':'))
        snprintf(text, size, "[%s]:%u", endpoint->address, endpoint->port);
    else
        snprintf(text, size, "%s:%u", endpoint->address, endpoint->port);
}
