/* SPDX-License-Identifier: MIT */
#include "session/discovery.h"

#include <string.h>

#include "base/buf.h"
#include "options/probe_choice.h"

enum { CANDIDATES_MAX = 32 };

struct candidates {
    const struct probe_info *items[CANDIDATES_MAX];
    size_t count;
};

bool discovery_selects(const char *const *selectors, size_t count, const struct probe_info *info)
{
    for (size_t i = 0; i < count; i++) {
        struct probe_choice choice;
        char why[200];

        if (!probe_choice_read(selectors[i], &choice, why, sizeof why))
            continue;
        if (probe_choice_is_all(choice.selector) || probe_selected(info, choice.selector))
            return true;
    }
    return count == 0;
}

static void collect(const struct probe_list *list, const char *const *selectors, size_t count,
                    bool usable_only, struct candidates *found)
{
    found->count = 0;
    for (size_t i = 0; i < list->count && found->count < CANDIDATES_MAX; i++) {
        const struct probe_info *item = &list->items[i];

        if (discovery_selects(selectors, count, item) && (!usable_only || !item->advice[0]))
            found->items[found->count++] = item;
    }
}

/* The probe that was open before, among several: in its place if it is still there, else the only
 * one with its serial number. */
static const struct probe_info *same_again(const struct candidates *found,
                                           const struct probe_info *last)
{
    const struct probe_info *elsewhere = NULL;
    size_t twins = 0;

    if (!last->driver)
        return NULL;
    for (size_t i = 0; i < found->count; i++) {
        const struct probe_info *item = found->items[i];

        if (strcmp(item->serial, last->serial) != 0 || item->pid != last->pid)
            continue;
        if (strcmp(item->place, last->place) == 0)
            return item;
        elsewhere = item;
        twins++;
    }
    return twins == 1 ? elsewhere : NULL;
}

static bool serial_is_unique(const struct candidates *found, const struct probe_info *info)
{
    size_t owners = 0;

    for (size_t i = 0; i < found->count; i++)
        owners += strcmp(found->items[i]->serial, info->serial) == 0;
    return info->serial[0] && owners == 1;
}

/* Those that words describe stand among the candidates in the order of the words. */
static const char *next_described(const char *const *selectors, size_t count, size_t *at)
{
    while (*at < count && !probe_is_described(selectors[*at]))
        ++*at;
    return *at < count ? selectors[(*at)++] : "";
}

static enum err ambiguous(const struct candidates *found, const char *const *selectors,
                          size_t count, struct job *job)
{
    char text[300];
    struct buf list;
    size_t at = 0;

    buf_init(&list, text, sizeof text - 1);
    for (size_t i = 0; i < found->count; i++) {
        const struct probe_info *item = found->items[i];

        buf_printf(&list, "%s--probe %s", i == 0 ? "" : " or ",
                   item->spec[0]                   ? next_described(selectors, count, &at)
                   : serial_is_unique(found, item) ? item->serial
                                                   : item->place);
    }
    text[list.length] = '\0';
    return job_fail(job, ERR_ARGUMENT, "%zu probes are there; say which: %s", found->count, text);
}

static enum err none_there(struct job *job)
{
    return job_fail(job, ERR_NO_PROBE, "no debug probe found");
}

/* Some are there, but none that is asked for. */
static enum err none_selected(const struct candidates *all, const char *const *selectors,
                              size_t count, struct job *job)
{
    char text[300];
    struct buf list;

    buf_init(&list, text, sizeof text - 1);
    for (size_t i = 0; i < all->count; i++) {
        const struct probe_info *item = all->items[i];

        buf_printf(&list, "%s%s %s at %s", i == 0 ? "" : ", ", item->product,
                   item->serial[0] ? item->serial : "without serial", item->place);
    }
    text[list.length] = '\0';
    return job_fail(job, ERR_OTHER_PROBE, "no debug probe is --probe %.40s%s; there is: %s",
                    selectors[0], count > 1 ? " or the others asked for" : "", text);
}

static enum err choose(const struct probe_list *list, const char *const *selectors, size_t count,
                       struct probe_info *info, struct job *job)
{
    struct candidates found;

    /* A probe that cannot be used is taken only when it is meant: its error says what to do. */
    collect(list, selectors, count, true, &found);
    if (found.count == 0)
        collect(list, selectors, count, false, &found);
    if (list->count == 0)
        return none_there(job);
    if (found.count == 0) {
        collect(list, NULL, 0, false, &found);
        return none_selected(&found, selectors, count, job);
    }
    const struct probe_info *again = same_again(&found, info);
    if (found.count > 1 && !again)
        return ambiguous(&found, selectors, count, job);
    *info = again ? *again : *found.items[0];
    return ERR_OK;
}

static enum err add_described(struct probe_list *list, const char *word, struct job *job)
{
    struct probe_choice choice;
    struct probe_info info;
    char why[200];

    if (!probe_choice_read(word, &choice, why, sizeof why) || !probe_is_described(choice.selector))
        return ERR_OK;
    enum err err = probe_describe(choice.selector, (unsigned)list->count, &info, job);
    return !err ? probe_list_add(list, &info) : err;
}

/* Those of which all is said in words are no reason to look elsewhere. */
static bool wants_scan(const char *const *selectors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!probe_is_described(selectors[i]))
            return true;
    return count == 0;
}

enum err discovery_list(const char *const *selectors, size_t count, struct probe_list *list,
                        struct job *job)
{
    enum err err = ERR_OK;

    *list = (struct probe_list){0};
    if (wants_scan(selectors, count))
        err = probe_scan(list, job);
    for (size_t i = 0; i < count && !err; i++)
        err = add_described(list, selectors[i], job);
    return err;
}

enum err discovery_find(const char *const *selectors, size_t count, struct probe_info *info,
                        struct job *job)
{
    struct probe_list list;
    enum err err = discovery_list(selectors, count, &list, job);

    if (!err)
        err = choose(&list, selectors, count, info, job);
    probe_list_free(&list);
    return err;
}
