/* SPDX-License-Identifier: MIT */
#include "discovery.h"

#include <string.h>

static bool selected(const struct probe_info *info, const char *const *selectors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(info->place, selectors[i]) == 0 || strstr(info->serial, selectors[i]))
            return true;
    }
    return count == 0;
}

static enum err choose(const struct probe_list *list, const char *const *selectors, size_t count,
                       struct probe_info *info, struct job *job)
{
    const struct probe_info *first = NULL;

    for (size_t i = 0; i < list->count; i++) {
        const struct probe_info *item = &list->items[i];

        if (!selected(item, selectors, count))
            continue;
        if (first)
            return job_fail(job, ERR_ARGUMENT,
                            "more than one probe: say which with --probe %s or --probe %s",
                            first->serial[0] ? first->serial : first->place,
                            item->serial[0] ? item->serial : item->place);
        first = item;
    }
    if (!first)
        return job_fail(job, ERR_NO_PROBE,
                        "no debug probe found%s; plug one in, or try probed --sim without one",
                        count > 0 ? " that --probe selects" : "");
    *info = *first;
    return ERR_OK;
}

enum err discovery_find(const char *const *selectors, size_t count, struct probe_info *info,
                        struct job *job)
{
    struct probe_list list = {0};
    enum err err = probe_scan(&list, job);

    if (err == ERR_OK)
        err = choose(&list, selectors, count, info, job);
    probe_list_free(&list);
    return err;
}
