/* SPDX-License-Identifier: MIT */
#include "connect/verdict.h"

#include <stdio.h>

#include "base/buf.h"
#include "connect/verdict_internal.h"

static const char *const words[VERDICT_CLASSES] = {
#define VERDICT_WORD(name, word) [VERDICT_##name] = (word),
    VERDICT_CLASS_LIST(VERDICT_WORD)
#undef VERDICT_WORD
};

const char *verdict_word(enum verdict_class class)
{
    return words[class];
}

const char *verdict_sure_word(enum verdict_sure sure)
{
    static const char *const sure_words[] = {"certain", "probable", "possible"};

    return sure_words[sure];
}

bool verdict_is_remark(enum verdict_class class)
{
    return class > VERDICT_HEALTHY;
}

/* --- judging --- */

static bool holds(uint64_t seen, uint64_t needs, uint64_t never)
{
    return (seen & needs) == needs && !(seen & never);
}

static void rank(const struct rule *rule, uint64_t seen, struct verdict *verdict)
{
    for (size_t i = 0; i < VERDICT_CAUSES && rule->causes[i].cause; i++)
        if (holds(seen, rule->causes[i].needs, rule->causes[i].never))
            verdict->causes[verdict->count++] = rule->causes[i].cause;
    verdict->split = verdict->count > 1 ? rule->split : NULL;
}

const struct cause *verdict_likeliest(const struct measurements *m, enum verdict_class class)
{
    uint64_t seen = verdict_signs(m);
    struct verdict verdict = {0};

    for (size_t i = 0; i < verdict_rule_count && !verdict.count; i++)
        if (verdict_rules[i].class == class)
            rank(&verdict_rules[i], seen, &verdict);
    return verdict.causes[0];
}

static void give(const struct measurements *m, const struct rule *rule, uint64_t seen,
                 struct verdict *verdict)
{
    *verdict = (struct verdict){.class = rule->class, .sure = rule->sure};
    verdict_fill(m, rule->text, verdict->text, sizeof verdict->text);
    rank(rule, seen, verdict);
}

static const struct rule well = {
    .class = VERDICT_HEALTHY,
    .sure = VERDICT_CERTAIN,
    .text = "all is well: {chip}, {vtref}",
};
static const struct rule unclear = {
    .class = VERDICT_UNCLEAR,
    .sure = VERDICT_POSSIBLE,
    .text = "it did not connect, and what was measured fits nothing that is known ({errors}; "
            "{vtref})",
    .split = "the power LED, an ohmmeter from pin to pin, and another probe tell more",
    .causes = {{.cause = &cause_contact},
               {.cause = &cause_power_or_ground},
               {.cause = &cause_wires}},
};

/* What stands alone where nothing is to be mended. A core behind another access port than the first
 * is found later than at the clocks. */
static const struct rule *otherwise(uint64_t seen)
{
    return seen & S(REACHED) && seen & (S(CORE) | S(GOOD_CORE_READS)) ? &well : &unclear;
}

static bool is_given(const struct verdict verdicts[], size_t count, enum verdict_class class)
{
    for (size_t i = 0; i < count; i++)
        if (verdicts[i].class == class)
            return true;
    return false;
}

size_t doctor_judge(const struct measurements *measured, struct verdict verdicts[VERDICTS_MAX])
{
    uint64_t seen = verdict_signs(measured);
    size_t count = 0;

    for (size_t i = 0; i < verdict_rule_count && count < VERDICTS_MAX - 1; i++) {
        const struct rule *rule = &verdict_rules[i];
        if (!holds(seen, rule->needs, rule->never) || (rule->any && !(seen & rule->any)) ||
            is_given(verdicts, count, rule->class))
            continue;
        if (!count && verdict_is_remark(rule->class))
            give(measured, otherwise(seen), seen, &verdicts[count++]);
        give(measured, rule, seen, &verdicts[count++]);
    }
    if (!count)
        give(measured, otherwise(seen), seen, &verdicts[count++]);
    return count;
}

/* --- explaining --- */

static const char *brief_what(const struct cause *cause)
{
    return cause->brief_what ? cause->brief_what : cause->what;
}

static void explain_causes(const struct verdict *verdict, struct buf *out)
{
    const struct cause *first = verdict->causes[0];

    if (!verdict->count)
        return;
    buf_printf(out, ". %s%s: %s",
               verdict->count > 1 ? "Most likely " : "It is this: ", brief_what(first),
               first->brief_next ? first->brief_next : first->next);
    for (size_t i = 1; i < verdict->count && i < 3; i++)
        buf_printf(out, "%s%s", i == 1 ? ". Or " : ", or ", brief_what(verdict->causes[i]));
    if (verdict->split)
        buf_printf(out, ": %s", verdict->split);
}

void doctor_explain(const struct verdict verdicts[], size_t count, char *text, size_t size)
{
    struct buf buf;

    buf_init(&buf, text, size - 1);
    if (count) {
        buf_text(&buf, verdicts[0].text);
        explain_causes(&verdicts[0], &buf);
    }
    text[buf.length] = '\0';
}
