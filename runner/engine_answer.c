#include "runner/engine_private.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum { PROPAGATION_POLL_MS = 250, UNSENT_WAIT_MS = 200 };

/* ---- judging ---- */

void engine_send_at(struct flight *f, int64_t at_ms)
{
    f->state = FLIGHT_DUE;
    f->due_ms = at_ms;
}

/* An attempt is over: another one, or the verdict. */
void engine_end_attempt(struct engine *e, struct flight *f, enum verdict verdict)
{
    const struct case_settings *s = &f->item->test->settings;
    unsigned retries = e->options->retries >= 0 ? (unsigned)e->options->retries : s->retries;

    if (!f->attempt->latency)
        f->attempt->latency = flight_latency(f, &f->times);
    if (e->stopped || !retry_wanted(verdict, f->attempt->number, retries)) {
        engine_land(e, f, verdict);
        return;
    }
    engine_send_at(f, engine_now_ms(e) + retry_wait_ms(s->backoff_ms, f->attempt->number, &e->rng));
    f->attempt = NULL; /* the next begins when it is sent */
}

/* How long until it is sent again within this attempt; -1: it is not. */
static int64_t wait_for(struct engine *e, struct flight *f, const struct answer *a,
                        enum err_kind error)
{
    const struct case_settings *s = &f->item->test->settings;
    int64_t now = engine_now_ms(e), wait;

    if (a->kind == ANSWER_WRONG_VERSION) {
        if (!*a->reply.executed_version) /* asking again would not make it tell */
            return -1;
        if (!f->propagated_by_ms)
            f->propagated_by_ms = now + PROPAGATION_PATIENCE_MS;
        return now + PROPAGATION_POLL_MS <= f->propagated_by_ms ? PROPAGATION_POLL_MS : -1;
    }
    if (!resend_is_safe(a->kind, error, s->idempotent))
        return -1;
    if (a->kind != ANSWER_THROTTLED)
        return ++f->unsent < UNSENT_TRIES ? UNSENT_WAIT_MS * (int64_t)f->unsent : -1;
    target_throttled(f->target);
    if (!f->served_by_ms)
        f->served_by_ms = now + THROTTLE_PATIENCE_MS;
    wait = retry_wait_ms(s->backoff_ms, ++f->again, &e->rng);
    if (a->reply.error.retry_after_ms > wait)
        wait = a->reply.error.retry_after_ms;
    return now + wait <= f->served_by_ms ? wait : -1;
}

bool engine_throw_in_again(struct engine *e, struct flight *f, const struct answer *a,
                           enum err_kind error)
{
    int64_t wait = wait_for(e, f, a, error);

    if (wait >= 0)
        engine_send_at(f, engine_now_ms(e) + wait);
    return wait >= 0;
}

/* Also what could not be found out is asked again: the case itself wants many invocations. */
static bool keeps_polling(struct engine *e, struct flight *f, enum verdict verdict)
{
    const struct case_settings *s = &f->item->test->settings;
    int64_t wait;

    if (!s->until_ms || verdict == VERDICT_PASSED)
        return false;
    wait = retry_wait_ms(s->backoff_ms, ++f->polls, &e->rng);
    if (engine_now_ms(e) + wait >= f->until_ms)
        return false;
    engine_send_at(f, engine_now_ms(e) + wait);
    return true;
}

/* What follows a judgement: polling on, the next of its repetitions, or the end of the attempt. */
void engine_go_on(struct engine *e, struct flight *f, enum verdict verdict)
{
    if (keeps_polling(e, f, verdict))
        return;
    if (verdict == VERDICT_PASSED && f->repeats_left > 1) {
        f->repeats_left--;
        engine_send_at(f, engine_now_ms(e));
        return;
    }
    if (verdict == VERDICT_PASSED && f->compiled->expect.latency) {
        engine_judge_times(e, f);
        return;
    }
    if (verdict != VERDICT_PASSED && f->repeat > 1)
        flight_notice(f,
                      arena_printf(&f->record, "repeat: invocation %u of %u of attempt %u",
                                   f->repeat - f->repeats_left + 1, f->repeat, f->attempt->number));
    if (verdict != VERDICT_PASSED && f->polls)
        flight_notice(
            f, arena_printf(&f->record, "until: not in %u invocations", f->attempt->invocations));
    engine_end_attempt(e, f, verdict);
}

/* ---- an answer ---- */

/* An answer from the version under test, or a no that the case expects. */
static void judge(struct engine *e, struct flight *f, struct answer *a)
{
    struct check_run checks = {.arena = flight_fresh_record(f)};
    json_t *captures = e->captures[f->item->test->suite->index];
    enum check_result result = expect_run(&f->compiled->expect, a, &checks);
    enum verdict verdict;

    if (result == CHECK_OK && f->compiled->captures.count)
        result = captures_run(&f->compiled->captures, a, captures, &checks);
    verdict = verdict_of_checks(result);
    flight_record(f, a, &checks, verdict);
    if (checks.notice)
        flight_notice(f, checks.notice);
    if (verdict == VERDICT_PASSED)
        times_add(&f->times, a->duration_us);
    if (verdict == VERDICT_PASSED && f->compiled->expect.same_as)
        engine_ask_elsewhere(e, f, a);
    else
        engine_go_on(e, f, verdict);
}

static void take_answer(struct engine *e, struct flight *f, struct answer *a, enum err_kind error)
{
    bool sync = f->item->test->settings.invocation == INVOKE_REQUEST_RESPONSE;
    bool wanted = expect_wants_refusal(&f->compiled->expect, a);

    /* Before anything is said about the answer, and whether or not the case passes. */
    captures_hide(&f->compiled->captures, a);
    if (answer_is_functions(a->kind) && sync) {
        if (!target_saw(f->target, a->reply.executed_version)) {
            a->kind = ANSWER_WRONG_VERSION;
            snprintf(a->reason, sizeof(a->reason),
                     *a->reply.executed_version
                         ? "version %s answered, %s points to version %s: not yet propagated"
                         : "the answer does not tell which version ran%s; %s points to version %s",
                     a->reply.executed_version, f->target->alias, f->target->version);
        }
    }
    if (answer_is_functions(a->kind) && f->item->test->fresh && !a->reply.fresh) {
        engine_give_up(e, f, NO_FRESH);
        return;
    }
    if (error != ERR_UNREACHABLE)
        e->unreachable_in_row = 0;
    if (a->kind != ANSWER_THROTTLED)
        target_served(f->target, e->jobs);
    if (f->elsewhere) {
        engine_take_others_answer(e, f, a, error);
        return;
    }
    if (!wanted && !answer_is_functions(a->kind)) {
        struct check_run none = {.arena = flight_fresh_record(f)};

        flight_record(f, a, &none, VERDICT_INCONCLUSIVE);
        if (engine_throw_in_again(e, f, a, error) || keeps_polling(e, f, VERDICT_INCONCLUSIVE))
            return;
        if (error == ERR_UNREACHABLE && ++e->unreachable_in_row == UNREACHABLE_MAX)
            engine_stop(e, "not run: the endpoint could not be reached many times in a row", true);
        engine_end_attempt(e, f, VERDICT_INCONCLUSIVE);
        return;
    }
    judge(e, f, a);
}

void engine_answer(struct engine *e, struct flight *f, CURLcode code)
{
    struct invoke_reply reply = {0};
    struct answer answer;
    struct err err = {0};

    f->target->active--;
    answer_init(&answer);
    if (invoke_finish(f->call, code, &reply, &err) < 0) {
        answer_of_error(&answer, &err);
        answer.duration_us = clock_mono_us() - f->sent_us;
    } else {
        answer_of_reply(&answer, &reply, NULL);
    }
    invoke_free(STEAL(f->call));
    if (answer.reply.clock_was_off && f->unsent == 0) {
        f->unsent++;
        engine_send_at(f, engine_now_ms(e));
    } else {
        take_answer(e, f, &answer, err.kind);
    }
    answer_release(&answer);
}

void engine_give_up(struct engine *e, struct flight *f, const char *why)
{
    const char *before = f->attempt ? f->attempt->reason : NULL;
    char reason[ERR_TEXT_MAX];
    struct check_run none;
    struct answer answer;

    snprintf(reason, sizeof(reason), "%s%s%s", why, before ? "; before that: " : "",
             before ? before : "");
    none = (struct check_run){.arena = flight_fresh_record(f)};
    engine_come_home(f);
    answer_init(&answer);
    answer.kind = ANSWER_TRANSPORT;
    memcpy(answer.reason, reason, sizeof(reason));
    if (!f->attempt)
        flight_begin_attempt(f, engine_run_us(e));
    flight_record(f, &answer, &none, VERDICT_INCONCLUSIVE);
    answer_release(&answer);
    engine_land(e, f, VERDICT_INCONCLUSIVE);
}
