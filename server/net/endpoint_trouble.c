/* SPDX-License-Identifier: MIT */
#include "net/endpoint_trouble.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uv.h>

/* Up to the last '/'; "." without one. */
static void folder_of(const char *path, char folder[ENDPOINT_PATH])
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        snprintf(folder, ENDPOINT_PATH, ".");
    else
        snprintf(folder, ENDPOINT_PATH, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

static const char *kind_of(mode_t mode)
{
    if (S_ISREG(mode))
        return "a file";
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISLNK(mode))
        return "a symbolic link";
    if (S_ISFIFO(mode))
        return "a FIFO";
    return S_ISSOCK(mode) ? "a socket" : "a device";
}

/* libuv says "permission denied" for a folder that does not exist, too. */
static void unix_trouble(const char *path, int err, char *why, size_t why_size)
{
    char folder[ENDPOINT_PATH];
    struct stat there;

    folder_of(path, folder);
    if (stat(folder, &there) != 0)
        snprintf(why, why_size, "%s: %s", folder, strerror(errno));
    else if (!S_ISDIR(there.st_mode))
        snprintf(why, why_size, "%s is %s, not a folder", folder, kind_of(there.st_mode));
    else if (lstat(path, &there) == 0 && !S_ISSOCK(there.st_mode))
        snprintf(why, why_size, "%s already stands there, which is not removed",
                 kind_of(there.st_mode));
    else if (err == UV_EACCES && access(folder, W_OK | X_OK) != 0)
        snprintf(why, why_size, "this user may not make files in %s", folder);
    else
        snprintf(why, why_size, "%s", uv_strerror(err));
}

static void tcp_trouble(const struct endpoint *endpoint, int err, char *why, size_t why_size)
{
    if (err == UV_EACCES && endpoint->port < 1024)
        snprintf(why, why_size, "ports below 1024 are root's");
    else if (err == UV_EADDRNOTAVAIL)
        snprintf(why, why_size, "this machine has no such address");
    else if (err == UV_EAFNOSUPPORT)
        snprintf(why, why_size, "this machine has no IPv6");
    else if (err == UV_EINVAL)
        snprintf(why, why_size, "an address that is only good on one network needs that one's");
    else
        snprintf(why, why_size, "%s", uv_strerror(err));
}

/* A socket that somebody listens at, or a port. */
static bool is_taken(const struct endpoint *endpoint, int err)
{
    struct stat there;

    return err == UV_EADDRINUSE &&
           (!endpoint->is_unix || (lstat(endpoint->path, &there) == 0 && S_ISSOCK(there.st_mode)));
}

void endpoint_trouble(const struct endpoint *endpoint, const char *service, int err, char *why,
                      size_t why_size)
{
    char place[ENDPOINT_PATH + 8], reason[ENDPOINT_PATH + 64];

    endpoint_format(endpoint, place, sizeof place);
    if (is_taken(endpoint, err)) {
        snprintf(why, why_size,
                 "%s is in use: another probed or OpenOCD? Stop it, or choose with --%s", place,
                 service);
        return;
    }
    if (endpoint->is_unix)
        unix_trouble(endpoint->path, err, reason, sizeof reason);
    else
        tcp_trouble(endpoint, err, reason, sizeof reason);
    snprintf(why, why_size, "cannot listen on %s: %s; choose with --%s", place, reason, service);
}
