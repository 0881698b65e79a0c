#include <string.h>

#include "runner/engine_private.h"
#include "runner/same_as.h"

void engine_come_home(struct flight *f)
{
    f->target = f->home;
    f->elsewhere = false;
    f->timing = false;
    answer_release(&f->kept);
}

static const char *what(const struct flight *f)
{
    return f->timing ? "latency.ratio" : "same_as";
}

static void not_compared(struct engine *e, struct flight *f, const char *why)
{
    bool timing = f->timing;

    f->attempt->verdict = VERDICT_INCONCLUSIVE;
    f->attempt->reason = arena_printf(&f->record, "%s %s: %s", what(f), f->target->alias, why);
    engine_come_home(f);
    if (timing)
        engine_end_attempt(e, f, VERDICT_INCONCLUSIVE);
    else
        engine_go_on(e, f, VERDICT_INCONCLUSIVE);
}

/* To the alias, when it has been read (engine_start_due waits for that). */
static void go_elsewhere(struct engine *e, struct flight *f, const char *alias, bool timing)
{
    f->target = engine_target(e, f->compiled->function_key, f->compiled->function, alias);
    f->elsewhere = true;
    f->timing = timing;
    engine_send_at(f, engine_now_ms(e));
}

void engine_ask_elsewhere(struct engine *e, struct flight *f, struct answer *a)
{
    f->kept = *a;
    *a = (struct answer){0};
    go_elsewhere(e, f, f->compiled->expect.same_as->alias, false);
}

/* ---- times ---- */

/* `other` is NULL when there is nothing to compare with. */
static void judge_times(struct engine *e, struct flight *f, const struct latency *other)
{
    struct check_run checks = {.arena = &f->record};
    const struct latency_wish *wish = f->compiled->expect.latency;
    struct latency ours = latency_of(f->times.us, f->times.count);
    enum verdict verdict = verdict_of_checks(latency_run(wish, &ours, other, &checks));

    f->attempt->latency = flight_latency(f, &f->times);
    if (other) {
        f->attempt->compared = flight_latency(f, &f->others);
        f->attempt->compared_alias = arena_dup(&f->record, wish->alias);
    }
    flight_add_failures(f, &checks, verdict);
    engine_come_home(f);
    engine_end_attempt(e, f, verdict);
}

void engine_judge_times(struct engine *e, struct flight *f)
{
    const char *alias = f->compiled->expect.latency->alias;

    if (alias && strcmp(alias, f->home->alias) == 0) {
        flight_notice(
            f, arena_printf(&f->record, "latency.ratio: not applicable, %s is under test", alias));
        alias = NULL;
    }
    f->others.count = 0;
    if (alias)
        go_elsewhere(e, f, alias, true);
    else
        judge_times(e, f, NULL);
}

static void take_time(struct engine *e, struct flight *f, const struct answer *a)
{
    struct latency other;

    /* What fails at once is quick. */
    if (a->kind != f->attempt->kind) {
        not_compared(e, f,
                     arena_printf(&f->record, "it answers with %s, %s with %s: no times to compare",
                                  answer_kind_name(a->kind), f->home->alias,
                                  answer_kind_name(f->attempt->kind)));
        return;
    }
    times_add(&f->others, a->duration_us);
    if (f->others.count < f->times.count) {
        engine_send_at(f, engine_now_ms(e));
        return;
    }
    other = latency_of(f->others.us, f->others.count);
    judge_times(e, f, &other);
}

/* ---- answers ---- */

void engine_not_elsewhere(struct engine *e, struct flight *f)
{
    bool timing = f->timing;

    if (!f->target->missing) {
        not_compared(e, f, f->target->reason);
        return;
    }
    flight_notice(f,
                  arena_printf(&f->record, "%s: not applicable, %s", what(f), f->target->reason));
    engine_come_home(f);
    if (timing)
        judge_times(e, f, NULL);
    else
        engine_go_on(e, f, VERDICT_PASSED);
}

void engine_take_others_answer(struct engine *e, struct flight *f, struct answer *a,
                               enum err_kind error)
{
    struct check_run checks = {.arena = &f->record};
    enum verdict verdict;

    if (!answer_is_functions(a->kind)) {
        if (!engine_throw_in_again(e, f, a, error))
            not_compared(e, f, a->reason);
        return;
    }
    if (f->timing) {
        take_time(e, f, a);
        return;
    }
    verdict = verdict_of_checks(same_as_run(f->compiled->expect.same_as, &f->kept, a, &checks));
    flight_add_failures(f, &checks, verdict);
    engine_come_home(f);
    engine_go_on(e, f, verdict);
}
