#include "runner/engine_private.h"

#include <string.h>

#include "aws/curl.h"
#include "aws/endpoint.h"
#include "base/mem.h"

static int64_t timeout_of(const struct engine *e, const struct flight *f)
{
    const struct case_settings *s = &f->item->test->settings;

    if (s->timeout_ms)
        return s->timeout_ms;
    return e->options->timeout_ms ? e->options->timeout_ms : f->target->timeout_ms;
}

static void send_flight(struct engine *e, struct flight *f)
{
    const struct testcase *test = f->item->test;
    struct invoke_request request = {
        .function = f->compiled->function,
        .qualifier = f->target->alias,
        .type = test->settings.invocation,
        .payload = buf_str(&f->compiled->payload),
        .log_tail = test->settings.invocation == INVOKE_REQUEST_RESPONSE,
        .stream = test->stream,
        .fresh = test->fresh,
        .client_context = f->compiled->client_context,
        .timeout_ms = timeout_of(e, f),
    };
    struct err err = {0};

    if (!f->attempt) {
        flight_begin_attempt(f, engine_run_us(e));
        f->repeat = e->options->repeat && test->role == CASE_NORMAL ? e->options->repeat
                                                                    : test->settings.repeat;
        f->repeats_left = f->repeat;
        f->until_ms = engine_now_ms(e) + test->settings.until_ms;
    }
    if (invoke_prepare(&f->call, e->options->client, &request, &err) < 0) {
        engine_give_up(e, f, err.text);
        return;
    }
    curl_easy_setopt(invoke_easy(f->call), CURLOPT_PRIVATE, (void *)f);
    f->sent_us = clock_mono_us();
    f->attempt->invocations++;
    e->summary.invocations++;
    f->state = FLIGHT_FLYING;
    f->target->active++;
    curl_multi_add_handle(e->multi, invoke_easy(f->call));
}

/* Where it goes was read meanwhile, or could not be. */
static void send_or_not(struct engine *e, struct flight *f)
{
    if (!*f->target->reason)
        send_flight(e, f);
    else if (f->elsewhere)
        engine_not_elsewhere(e, f);
    else
        engine_give_up(e, f, f->target->reason);
}

static const char *first_fault(struct engine *e, const struct faults *faults)
{
    const struct fault *f = &faults->items[0];

    return arena_printf(&e->arena, "%s:%u:%u: %s", f->file, f->line, f->column, f->text);
}

/* Compiles the item with what has been captured, and finds its function. */
static void start_item(struct engine *e, struct flight *f, size_t at)
{
    const struct item *item = &e->set->items[e->order[at]];
    json_t *captures = e->captures[item->test->suite->index];
    struct faults faults = {0};
    struct compiled *compiled = NULL;
    struct target *target;

    if (compile_item(&compiled, e->set, item, e->config, captures, &faults) < 0 ||
        compiled->unknown) {
        engine_land_unsent(e, at, VERDICT_INCONCLUSIVE,
                           faults.count ? first_fault(e, &faults)
                                        : "it uses a value that no case before it captured");
        compiled_free(compiled);
        faults_release(&faults);
        return;
    }
    if (item->test->fresh && !aws_endpoint_is_loopback(aws_client_endpoint(e->options->client))) {
        engine_land_unsent(e, at, VERDICT_INCONCLUSIVE, NO_FRESH);
        compiled_free(compiled);
        return;
    }
    target = engine_target(e, compiled->function_key, compiled->function, e->options->alias);
    if (*target->reason) {
        engine_land_unsent(e, at, VERDICT_INCONCLUSIVE, target->reason);
        compiled_free(compiled);
        return;
    }
    *f = (struct flight){.state = FLIGHT_DUE,
                         .at = at,
                         .item = item,
                         .compiled = compiled,
                         .target = target,
                         .home = target,
                         .due_ms = engine_now_ms(e)};
    f->result = mem_zalloc(sizeof(*f->result));
    flight_describe(f->result, item, e->ranks[at], target, e->options->alias);
    f->result->info.place = engine_place(e, at);
    f->result->start_us = engine_run_us(e);
    e->busy++;
    schedule_started(e->schedule, at);
    event_case_start(e->bus, &f->result->info);
}

static struct flight *free_flight(struct engine *e)
{
    for (unsigned i = 0; i < e->jobs; i++)
        if (e->flights[i].state == FLIGHT_FREE)
            return &e->flights[i];
    return NULL;
}

static int start_new(struct engine *e, struct err *err)
{
    while (e->busy < e->jobs) {
        const char *reason = NULL;
        struct flight *f = free_flight(e);
        size_t at;

        switch (schedule_next(e->schedule, &at, &reason, &e->arena)) {
        case SCHEDULE_START:
            start_item(e, f, at);
            break;
        case SCHEDULE_SKIP:
            engine_land_unsent(e, at, VERDICT_SKIPPED, reason);
            break;
        case SCHEDULE_WAIT:
            return e->busy ? 0
                           : err_set(err, ERR_INTERNAL, "cases wait for each other, nothing runs");
        case SCHEDULE_DONE:
            return 0;
        }
    }
    return 0;
}

int engine_start_due(struct engine *e, struct err *err)
{
    int64_t now;

    if (start_new(e, err) < 0)
        return -1;
    engine_read_due(e);
    now = engine_now_ms(e);
    for (unsigned i = 0; i < e->jobs; i++) {
        struct flight *f = &e->flights[i];

        if (engine_may_send(f) && f->due_ms <= now)
            send_or_not(e, f);
    }
    return 0;
}
