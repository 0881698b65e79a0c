#include "runner/engine_private.h"

#include <string.h>

#include "aws/curl.h"
#include "base/mem.h"

/* ---- functions under test ---- */

static struct target *find(struct engine *e, const char *name, const char *alias)
{
    for (size_t i = 0; i < e->target_count; i++)
        if (strcmp(e->targets[i]->name, name) == 0 && strcmp(e->targets[i]->alias, alias) == 0)
            return e->targets[i];
    return NULL;
}

struct target *engine_find_target(struct engine *e, const char *name)
{
    if (!e->last_target || strcmp(e->last_target->name, name) != 0)
        e->last_target = find(e, name, e->options->alias);
    return e->last_target;
}

static const struct runner_function *known_function(const struct engine *e, const char *name)
{
    for (size_t i = 0; i < e->config->function_count; i++)
        if (strcmp(e->config->functions[i].name, name) == 0)
            return &e->config->functions[i];
    return NULL;
}

static int add_target(struct engine *e, const char *key, const char *name, const char *alias,
                      struct err *err)
{
    bool tested = strcmp(alias, e->options->alias) == 0;
    const struct runner_function *known = tested ? known_function(e, name) : NULL;
    struct target_wish wish = {
        .key = key,
        .name = name,
        .alias = arena_dup(&e->arena, alias), /* outlives the flight that named it */
        .expected_version = known ? known->expected_version : NULL,
        .code_sha256 = known && known->code_sha256 ? known->code_sha256 : "",
        .timeout_s = known ? known->timeout_s : 0,
        .weighted_ok = !tested || e->options->weighted_ok,
        .jobs = e->jobs,
    };
    struct target *t = arena_alloc(&e->arena, sizeof(*t));

    if (e->target_count == e->target_cap) {
        e->target_cap = e->target_cap ? e->target_cap * 2 : 16;
        e->targets = mem_grow(e->targets, e->target_cap, sizeof(struct target *));
    }
    if (target_read(t, e->options->client, &wish, err) < 0)
        return -1;
    e->targets[e->target_count++] = t;
    return 0;
}

/* What the cases to run go to, read before the first invocation. */
int engine_read_targets(struct engine *e, struct err *err)
{
    for (size_t i = 0; i < e->count; i++) {
        const struct item *item = &e->set->items[e->order[i]];

        if (!item->function || item->test->skip || engine_find_target(e, item->function))
            continue;
        if (add_target(e, item->function_key, item->function, e->options->alias, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- starting ---- */

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
        .client_context = f->compiled->client_context,
        .timeout_ms = timeout_of(e, f),
    };
    struct err err = {0};

    if (!f->attempt) {
        flight_begin_attempt(f, engine_run_us(e));
        f->repeats_left = e->options->repeat ? e->options->repeat : test->settings.repeat;
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

static const char *first_fault(struct engine *e, const struct faults *faults)
{
    const struct fault *f = &faults->items[0];

    return arena_printf(&e->arena, "%s:%u:%u: %s", f->file, f->line, f->column, f->text);
}

struct target *engine_target(struct engine *e, const char *key, const char *name, const char *alias,
                             struct err *err)
{
    struct target *t = find(e, name, alias);

    if (t)
        return t;
    return add_target(e, key, name, alias, err) < 0 ? NULL : e->targets[e->target_count - 1];
}

/* Compiles the item with what has been captured, and finds its function. */
static void start_item(struct engine *e, struct flight *f, size_t at)
{
    const struct item *item = &e->set->items[e->order[at]];
    json_t *captures = e->captures[item->test->suite->index];
    struct faults faults = {0};
    struct compiled *compiled = NULL;
    struct target *target;
    struct err err = {0};

    if (compile_item(&compiled, e->set, item, e->config, captures, &faults) < 0 ||
        compiled->unknown) {
        engine_land_unsent(e, at, VERDICT_INCONCLUSIVE,
                           faults.count ? first_fault(e, &faults)
                                        : "it uses a value that no case before it captured");
        compiled_free(compiled);
        faults_release(&faults);
        return;
    }
    target = engine_target(e, compiled->function_key, compiled->function, e->options->alias, &err);
    if (!target || *target->reason) {
        engine_land_unsent(e, at, VERDICT_INCONCLUSIVE, target ? target->reason : err.text);
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
    now = engine_now_ms(e);
    for (unsigned i = 0; i < e->jobs; i++) {
        struct flight *f = &e->flights[i];

        if (f->state == FLIGHT_DUE && f->due_ms <= now && f->target->active < f->target->limit)
            send_flight(e, f);
    }
    return 0;
}
