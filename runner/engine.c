#include "runner/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/mem.h"
#include "runner/flight.h"
#include "runner/schedule.h"

enum { TICK_MS = 100, PROPAGATION_POLL_MS = 250, UNSENT_WAIT_MS = 200 };

struct engine {
    const struct testset *set;
    const size_t *order;
    size_t count;
    const struct runner_config *config;
    const struct engine_options *options;
    struct event_bus *bus;
    const struct clock *clock;
    CURLM *multi;
    struct schedule *schedule;
    struct flight *flights;
    unsigned jobs, busy;
    struct target **targets;
    size_t target_count, target_cap;
    struct target *last_target;
    json_t **captures; /* of each suite */
    size_t *ranks;     /* of each position: its place in reports, whatever the order of running */
    struct rng rng;    /* jitter */
    struct arena arena;
    struct run_summary summary;
    int64_t start_us, global_deadline_ms;
    const char *stopped;
    bool interrupted;
};

static int64_t now_ms(const struct engine *e)
{
    return clock_mono(e->clock);
}

static int64_t run_us(const struct engine *e)
{
    return clock_mono_us() - e->start_us;
}

/* ---- functions under test ---- */

static struct target *find_target(struct engine *e, const char *name)
{
    if (e->last_target && strcmp(e->last_target->name, name) == 0)
        return e->last_target;
    for (size_t i = 0; i < e->target_count; i++)
        if (strcmp(e->targets[i]->name, name) == 0)
            return e->last_target = e->targets[i];
    return NULL;
}

static const char *expected_version(const struct engine *e, const char *name)
{
    for (size_t i = 0; i < e->config->function_count; i++)
        if (strcmp(e->config->functions[i].name, name) == 0)
            return e->config->functions[i].expected_version;
    return NULL;
}

static int add_target(struct engine *e, const char *key, const char *name, struct err *err)
{
    struct target_wish wish = {
        .key = key,
        .name = name,
        .alias = e->options->alias,
        .expected_version = expected_version(e, name),
        .weighted_ok = e->options->weighted_ok,
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
static int read_targets(struct engine *e, struct err *err)
{
    for (size_t i = 0; i < e->count; i++) {
        const struct item *item = &e->set->items[e->order[i]];

        if (!item->function || item->test->skip || find_target(e, item->function))
            continue;
        if (add_target(e, item->function_key, item->function, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- landing ---- */

static void count_verdict(struct engine *e, struct target *target, enum verdict verdict, bool flaky)
{
    e->summary.counts.of[verdict]++;
    e->summary.counts.flaky += flaky;
    if (target) {
        target->counts.of[verdict]++;
        target->counts.flaky += flaky;
    }
}

static void stop(struct engine *e, const char *why, bool all)
{
    if (e->stopped && !all)
        return;
    e->stopped = why;
    schedule_stop(e->schedule, why, all);
}

/* Hands a finished result over. `started` tells the schedule whether it ran. */
static void land(struct engine *e, size_t at, struct case_result *result, struct target *target,
                 bool started)
{
    enum verdict verdict = result->verdict;

    count_verdict(e, target, verdict, result->flaky);
    schedule_finished(e->schedule, at, started, verdict);
    event_case_end(e->bus, result);
    if (e->options->fail_fast && verdict == VERDICT_FAILED)
        stop(e, "not run: an earlier case failed (--fail-fast)", false);
}

static void flight_release(struct flight *f)
{
    invoke_free(f->call);
    compiled_free(f->compiled);
    *f = (struct flight){.state = FLIGHT_FREE};
}

static void land_flight(struct engine *e, struct flight *f, enum verdict verdict)
{
    struct case_result *result = f->result;

    result->verdict = verdict;
    result->flaky = verdict == VERDICT_PASSED && result->attempt_count > 1;
    result->duration_us = run_us(e) - result->start_us;
    if (verdict == VERDICT_INCONCLUSIVE && !result->reason && f->attempt)
        result->reason = f->attempt->reason;
    e->busy--;
    land(e, f->at, result, f->target, true);
    flight_release(f);
}

/* A case that is over before anything was sent. */
static void land_unsent(struct engine *e, size_t at, enum verdict verdict, const char *reason)
{
    struct case_result *result = mem_zalloc(sizeof(*result));
    const struct item *item = &e->set->items[e->order[at]];
    struct target *target = item->function ? find_target(e, item->function) : NULL;

    flight_describe(result, item, e->ranks[at], target, e->options->alias);
    result->verdict = verdict;
    result->reason = arena_dup(&result->arena, reason);
    result->start_us = run_us(e);
    land(e, at, result, target, false);
}

/* ---- judging ---- */

static void wait_and_send(struct flight *f, int64_t at_ms)
{
    f->state = FLIGHT_DUE;
    f->due_ms = at_ms;
}

/* An attempt is over: another one, or the verdict. */
static void end_attempt(struct engine *e, struct flight *f, enum verdict verdict)
{
    const struct case_settings *s = &f->item->test->settings;
    unsigned retries = e->options->retries >= 0 ? (unsigned)e->options->retries : s->retries;

    if (e->stopped || !retry_wanted(verdict, f->attempt->number, retries)) {
        land_flight(e, f, verdict);
        return;
    }
    wait_and_send(f, now_ms(e) + retry_wait_ms(s->backoff_ms, f->attempt->number, &e->rng));
    f->attempt = NULL; /* the next begins when it is sent */
}

/* May it simply be sent again within this attempt? Then it is, after a wait. */
static bool throw_in_again(struct engine *e, struct flight *f, const struct answer *a,
                           enum err_kind error)
{
    bool idempotent = f->item->test->settings.idempotent;
    int64_t now = now_ms(e), wait;

    if (a->kind == ANSWER_WRONG_VERSION) {
        if (!*a->reply.executed_version) /* asking again would not make it tell */
            return false;
        if (!f->patience_ms)
            f->patience_ms = now + PROPAGATION_PATIENCE_MS;
        wait = PROPAGATION_POLL_MS;
    } else if (!resend_is_safe(a->kind, error, idempotent)) {
        return false;
    } else if (a->kind == ANSWER_THROTTLED) {
        target_throttled(f->target);
        if (!f->patience_ms)
            f->patience_ms = now + THROTTLE_PATIENCE_MS;
        wait = retry_wait_ms(f->item->test->settings.backoff_ms, ++f->again, &e->rng);
        if (a->reply.error.retry_after_ms > wait)
            wait = a->reply.error.retry_after_ms;
    } else {
        if (++f->unsent >= UNSENT_TRIES)
            return false;
        wait = UNSENT_WAIT_MS * f->unsent;
        f->patience_ms = now + wait + 1;
    }
    if (e->stopped || now + wait > f->patience_ms)
        return false;
    wait_and_send(f, now + wait);
    return true;
}

static bool keeps_polling(struct engine *e, struct flight *f, enum verdict verdict)
{
    const struct case_settings *s = &f->item->test->settings;
    int64_t wait;

    if (!s->until_ms || verdict == VERDICT_PASSED || e->stopped)
        return false;
    wait = retry_wait_ms(s->backoff_ms, ++f->again, &e->rng);
    if (now_ms(e) + wait >= f->until_ms)
        return false;
    wait_and_send(f, now_ms(e) + wait);
    return true;
}

/* An answer from the version under test, or a no that the case expects. */
static void judge(struct engine *e, struct flight *f, struct answer *a)
{
    struct check_run checks = {.arena = &f->result->arena};
    json_t *captures = e->captures[f->item->test->suite->index];
    enum check_result result = expect_run(&f->compiled->expect, a, &checks);
    enum verdict verdict;

    if (result == CHECK_OK && f->compiled->captures.count)
        result = captures_run(&f->compiled->captures, a, captures, &checks);
    verdict = verdict_of_checks(result);
    flight_record(f, a, &checks, verdict);
    if (keeps_polling(e, f, verdict))
        return;
    if (verdict == VERDICT_PASSED && f->repeats_left > 1) {
        f->repeats_left--;
        wait_and_send(f, now_ms(e));
        return;
    }
    end_attempt(e, f, verdict);
}

static void take_answer(struct engine *e, struct flight *f, struct answer *a, enum err_kind error)
{
    bool sync = f->item->test->settings.invocation == INVOKE_REQUEST_RESPONSE;
    bool wanted = expect_wants_refusal(&f->compiled->expect, a);

    if (answer_is_functions(a->kind) && sync) {
        if (!target_saw(f->target, a->reply.executed_version)) {
            a->kind = ANSWER_WRONG_VERSION;
            snprintf(a->reason, sizeof(a->reason),
                     *a->reply.executed_version
                         ? "version %s answered, %s points to version %s: not yet propagated"
                         : "the answer does not tell which version ran%s; %s points to version %s",
                     a->reply.executed_version, e->options->alias, f->target->version);
        }
    }
    if (a->kind != ANSWER_THROTTLED)
        target_served(f->target, e->jobs);
    if (!wanted && !answer_is_functions(a->kind)) {
        struct check_run none = {.arena = &f->result->arena};

        flight_record(f, a, &none, VERDICT_INCONCLUSIVE);
        if (!throw_in_again(e, f, a, error))
            end_attempt(e, f, VERDICT_INCONCLUSIVE);
        return;
    }
    judge(e, f, a);
}

static void finish_flight(struct engine *e, struct flight *f, CURLcode code)
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
        wait_and_send(f, now_ms(e));
    } else {
        take_answer(e, f, &answer, err.kind);
    }
    answer_release(&answer);
}

/* ---- starting ---- */

static int64_t timeout_of(const struct engine *e, const struct flight *f)
{
    const struct case_settings *s = &f->item->test->settings;

    if (s->timeout_ms)
        return s->timeout_ms;
    return e->options->timeout_ms ? e->options->timeout_ms : f->target->timeout_ms;
}

static void give_up(struct engine *e, struct flight *f, const char *why)
{
    struct answer answer;
    struct check_run none = {.arena = &f->result->arena};

    answer_init(&answer);
    answer.kind = ANSWER_TRANSPORT;
    snprintf(answer.reason, sizeof(answer.reason), "%s", why);
    if (!f->attempt)
        flight_begin_attempt(f, run_us(e));
    flight_record(f, &answer, &none, VERDICT_INCONCLUSIVE);
    answer_release(&answer);
    land_flight(e, f, VERDICT_INCONCLUSIVE);
}

static void send_flight(struct engine *e, struct flight *f)
{
    const struct testcase *test = f->item->test;
    struct invoke_request request = {
        .function = f->compiled->function,
        .qualifier = e->options->alias,
        .type = test->settings.invocation,
        .payload = buf_str(&f->compiled->payload),
        .log_tail = test->settings.invocation == INVOKE_REQUEST_RESPONSE,
        .client_context = f->compiled->client_context,
        .timeout_ms = timeout_of(e, f),
    };
    struct err err = {0};

    if (!f->attempt) {
        flight_begin_attempt(f, run_us(e));
        f->repeats_left = test->settings.repeat;
        f->until_ms = now_ms(e) + test->settings.until_ms;
    }
    if (invoke_prepare(&f->call, e->options->client, &request, &err) < 0) {
        give_up(e, f, err.text);
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

static struct target *target_of(struct engine *e, const struct compiled *c, struct err *err)
{
    struct target *t = find_target(e, c->function);

    if (t)
        return t;
    if (add_target(e, c->function_key, c->function, err) < 0)
        return NULL;
    return find_target(e, c->function);
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
        land_unsent(e, at, VERDICT_INCONCLUSIVE,
                    faults.count ? first_fault(e, &faults)
                                 : "it uses a value that no case before it captured");
        compiled_free(compiled);
        faults_release(&faults);
        return;
    }
    target = target_of(e, compiled, &err);
    if (!target || *target->reason) {
        land_unsent(e, at, VERDICT_INCONCLUSIVE, target ? target->reason : err.text);
        compiled_free(compiled);
        return;
    }
    *f = (struct flight){.state = FLIGHT_DUE,
                         .at = at,
                         .item = item,
                         .compiled = compiled,
                         .target = target,
                         .due_ms = now_ms(e)};
    f->result = mem_zalloc(sizeof(*f->result));
    flight_describe(f->result, item, e->ranks[at], target, e->options->alias);
    f->result->start_us = run_us(e);
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
            land_unsent(e, at, VERDICT_SKIPPED, reason);
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

static int start_due(struct engine *e, struct err *err)
{
    int64_t now;

    if (start_new(e, err) < 0)
        return -1;
    now = now_ms(e);
    for (unsigned i = 0; i < e->jobs; i++) {
        struct flight *f = &e->flights[i];

        if (f->state == FLIGHT_DUE && f->due_ms <= now && f->target->active < f->target->limit)
            send_flight(e, f);
    }
    return 0;
}

/* ---- the loop ---- */

static int perform(struct engine *e, struct err *err)
{
    int running = 0;
    CURLMcode code = curl_multi_perform(e->multi, &running);

    return code == CURLM_OK ? 0 : err_set(err, ERR_INTERNAL, "curl: %s", curl_multi_strerror(code));
}

static void finish_done(struct engine *e)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(e->multi, &left))) {
        CURLcode code = message->data.result;
        CURL *easy = message->easy_handle;
        char *flight = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &flight);
        curl_multi_remove_handle(e->multi, easy);
        finish_flight(e, (struct flight *)(void *)flight, code);
    }
}

static int wait_for_more(struct engine *e, struct err *err)
{
    int64_t now = now_ms(e), wait = TICK_MS;
    CURLMcode code;

    if (!e->busy)
        return 0; /* something ended: the next may start at once */
    for (unsigned i = 0; i < e->jobs; i++) {
        const struct flight *f = &e->flights[i];

        if (f->state == FLIGHT_DUE && f->target->active < f->target->limit &&
            f->due_ms - now < wait)
            wait = f->due_ms > now ? f->due_ms - now : 0;
    }
    code = curl_multi_poll(e->multi, NULL, 0, (int)wait, NULL);
    return code == CURLM_OK ? 0 : err_set(err, ERR_INTERNAL, "curl: %s", curl_multi_strerror(code));
}

/* Ends what is in flight: it is not known what became of it. */
static void abandon_all(struct engine *e, const char *why)
{
    for (unsigned i = 0; i < e->jobs; i++) {
        struct flight *f = &e->flights[i];

        if (f->state == FLIGHT_FREE)
            continue;
        if (f->state == FLIGHT_FLYING) {
            curl_multi_remove_handle(e->multi, invoke_easy(f->call));
            f->target->active--;
        }
        give_up(e, f, why);
    }
}

static void look_at_time(struct engine *e)
{
    int64_t now = now_ms(e), us = run_us(e);

    event_tick(e->bus);
    if (!e->interrupted && e->options->cancelled &&
        e->options->cancelled(e->options->cancelled_ctx)) {
        e->interrupted = true;
        stop(e, "not run: interrupted", true);
        abandon_all(e, "interrupted before its answer came");
    }
    if (e->global_deadline_ms && now >= e->global_deadline_ms) {
        e->global_deadline_ms = 0;
        stop(e, "not run: the time of --global-timeout was up", true);
        abandon_all(e, "the time of --global-timeout was up");
    }
    for (unsigned i = 0; e->options->slow_ms && i < e->jobs; i++) {
        struct flight *f = &e->flights[i];

        if (f->state == FLIGHT_FREE || f->slow_told ||
            us - f->result->start_us < e->options->slow_ms * 1000)
            continue;
        f->slow_told = true;
        event_case_slow(e->bus, &f->result->info, us - f->result->start_us);
    }
}

static bool has_work(struct engine *e)
{
    size_t done = 0;

    for (size_t i = 0; i < VERDICT_COUNT; i++)
        done += e->summary.counts.of[i];
    return done < e->count;
}

static int loop(struct engine *e, struct err *err)
{
    for (;;) {
        if (start_due(e, err) < 0 || perform(e, err) < 0)
            return -1;
        finish_done(e);
        look_at_time(e);
        if (!has_work(e))
            return 0;
        if (start_due(e, err) < 0 || wait_for_more(e, err) < 0)
            return -1;
    }
}

/* ---- from beginning to end ---- */

static struct run_function *describe_targets(struct engine *e)
{
    struct run_function *out = arena_array(&e->arena, e->target_count + 1, sizeof(*out));

    for (size_t i = 0; i < e->target_count; i++)
        out[i] = target_info(e->targets[i], e->options->alias);
    return out;
}

static void tell_start(struct engine *e)
{
    const struct engine_options *o = e->options;
    struct run_suite *suites = arena_array(&e->arena, e->set->suite_count + 1, sizeof(*suites));
    struct run_info info = {
        .id = o->id ? o->id : "",
        .environment = e->config->environment ? e->config->environment : "",
        .alias = o->alias,
        .region = aws_client_region(o->client),
        .endpoint = aws_client_endpoint(o->client),
        .tool_version = o->tool_version ? o->tool_version : "",
        .host = o->host ? o->host : "",
        .start_ms = clock_wall(e->clock),
        .seed = e->config->seed,
        .cases = e->count,
        .jobs = e->jobs,
        .shard = o->shard,
        .shards = o->shards,
        .functions = describe_targets(e),
        .function_count = e->target_count,
        .suites = suites,
        .suite_count = e->set->suite_count,
    };

    for (size_t i = 0; i < e->set->suite_count; i++)
        suites[i] = (struct run_suite){.name = e->set->suites[i]->name,
                                       .file = e->set->suites[i]->file,
                                       .sha256 = e->set->suites[i]->sha256};
    for (size_t i = 0; i < e->count; i++)
        suites[e->set->items[e->order[i]].test->suite->index].cases++;
    event_run_start(e->bus, &info);
}

static void tell_end(struct engine *e, struct run_summary *ret_summary)
{
    e->summary.interrupted = e->interrupted;
    e->summary.stopped = e->stopped;
    e->summary.end_ms = clock_wall(e->clock);
    e->summary.duration_us = run_us(e);
    e->summary.functions = describe_targets(e);
    e->summary.function_count = e->target_count;
    e->summary.verdict = verdict_of_run(&e->summary.counts, e->options->flaky_fails);
    /* A run that was cut short proves nothing about what it left out. */
    if (e->stopped && e->summary.verdict == RUN_PASS)
        e->summary.verdict = RUN_INCONCLUSIVE;
    event_run_end(e->bus, &e->summary);
    *ret_summary = e->summary;
    ret_summary->functions = NULL;
    ret_summary->function_count = 0;
    ret_summary->stopped = NULL;
}

static void engine_release(struct engine *e)
{
    for (unsigned i = 0; i < e->jobs; i++) {
        if (e->flights[i].call && e->flights[i].state == FLIGHT_FLYING)
            curl_multi_remove_handle(e->multi, invoke_easy(e->flights[i].call));
        case_result_free(e->flights[i].state == FLIGHT_FREE ? NULL : e->flights[i].result);
        flight_release(&e->flights[i]);
    }
    for (size_t i = 0; i < e->set->suite_count; i++)
        json_decref(e->captures[i]);
    curl_multi_cleanup(e->multi);
    schedule_free(e->schedule);
    free(e->flights);
    free(e->targets);
    free(e->captures);
    free(e->ranks);
    arena_release(&e->arena);
}

/* Reports keep the order of the files also when the run was shuffled. */
static void rank_all(struct engine *e)
{
    CLEANUP(mem_freep) unsigned char *selected = mem_zalloc(e->set->item_count + 1);
    CLEANUP(mem_freep) size_t *rank_of = mem_array(e->set->item_count + 1, sizeof(*rank_of));
    size_t rank = 0;

    e->ranks = mem_array(e->count + 1, sizeof(*e->ranks));
    for (size_t i = 0; i < e->count; i++)
        selected[e->order[i]] = 1;
    for (size_t i = 0; i < e->set->item_count; i++)
        if (selected[i])
            rank_of[i] = rank++;
    for (size_t i = 0; i < e->count; i++)
        e->ranks[i] = rank_of[e->order[i]];
}

static void engine_init(struct engine *e)
{
    unsigned jobs = e->options->jobs ? e->options->jobs : ENGINE_JOBS_DEFAULT;

    e->jobs = jobs > ENGINE_JOBS_MAX ? ENGINE_JOBS_MAX : jobs;
    e->clock = aws_client_clock(e->options->client);
    e->start_us = clock_mono_us();
    e->flights = mem_array(e->jobs, sizeof(*e->flights));
    e->captures = mem_array(e->set->suite_count + 1, sizeof(json_t *));
    for (size_t i = 0; i < e->set->suite_count; i++)
        e->captures[i] = json_object();
    rank_all(e);
    e->schedule = schedule_new(e->set, e->order, e->count);
    e->multi = curl_multi_init();
    curl_multi_setopt(e->multi, CURLMOPT_MAXCONNECTS, (long)e->jobs);
    curl_multi_setopt(e->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    rng_seed(&e->rng, rand_u64());
    if (e->options->global_timeout_ms)
        e->global_deadline_ms = now_ms(e) + e->options->global_timeout_ms;
}

int engine_run(const struct testset *set, const size_t *order, size_t count,
               const struct runner_config *config, const struct engine_options *options,
               struct event_bus *bus, struct run_summary *ret_summary, struct err *err)
{
    struct engine e = {.set = set,
                       .order = order,
                       .count = count,
                       .config = config,
                       .options = options,
                       .bus = bus};
    int result;

    engine_init(&e);
    result = read_targets(&e, err);
    if (result < 0) { /* interrupted while reading aliases: everything is reported as not run */
        e.interrupted = true;
        stop(&e, "not run: interrupted", true);
        result = 0;
    }
    tell_start(&e);
    result = loop(&e, err);
    tell_end(&e, ret_summary);
    engine_release(&e);
    return result;
}
