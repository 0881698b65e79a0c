#include "runner/engine.h"

#include <stdlib.h>
#include <string.h>

#include "aws/curl.h"
#include "base/mem.h"
#include "runner/engine_private.h"

enum { TICK_MS = 100 };

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

void engine_stop(struct engine *e, const char *why, bool all)
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
        engine_stop(e, "not run: an earlier case failed (--fail-fast)", false);
}

static void flight_release(struct flight *f)
{
    invoke_free(f->call);
    compiled_free(f->compiled);
    free(f->times.us);
    free(f->others.us);
    arena_release(&f->record);
    answer_release(&f->kept);
    *f = (struct flight){.state = FLIGHT_FREE};
}

void engine_land(struct engine *e, struct flight *f, enum verdict verdict)
{
    struct case_result *result = f->result;

    arena_adopt(&result->arena, &f->record);
    result->verdict = verdict;
    result->flaky = verdict == VERDICT_PASSED && result->attempt_count > 1;
    result->duration_us = engine_run_us(e) - result->start_us;
    if (verdict == VERDICT_INCONCLUSIVE && !result->reason && f->attempt)
        result->reason = f->attempt->reason;
    e->busy--;
    land(e, f->at, result, f->home, true);
    flight_release(f);
}

/* A case that is over before anything was sent. */
void engine_land_unsent(struct engine *e, size_t at, enum verdict verdict, const char *reason)
{
    struct case_result *result = mem_zalloc(sizeof(*result));
    const struct item *item = &e->set->items[e->order[at]];
    struct target *target = item->function ? engine_find_target(e, item->function) : NULL;

    flight_describe(result, item, e->ranks[at], target, e->options->alias);
    result->info.place = engine_place(e, at);
    result->verdict = verdict;
    result->reason = arena_dup(&result->arena, reason);
    result->start_us = engine_run_us(e);
    land(e, at, result, target, false);
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
        curl_multi_remove_handle(e->multi, easy);
        if (engine_reading_done(e, easy, code))
            continue;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &flight);
        engine_answer(e, (struct flight *)(void *)flight, code);
    }
}

static int wait_for_more(struct engine *e, struct err *err)
{
    int64_t now = engine_now_ms(e), wait = TICK_MS;
    CURLMcode code;

    if (!e->busy)
        return 0; /* something ended: the next may start at once */
    for (unsigned i = 0; i < e->jobs; i++) {
        const struct flight *f = &e->flights[i];

        if (engine_may_send(f) && f->due_ms - now < wait)
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
        engine_give_up(e, f, why);
    }
}

static void look_at_time(struct engine *e)
{
    int64_t now = engine_now_ms(e), us = engine_run_us(e);

    event_tick(e->bus);
    if (!e->interrupted && e->options->cancelled &&
        e->options->cancelled(e->options->cancelled_ctx)) {
        e->interrupted = true;
        engine_stop(e, "not run: interrupted", true);
        abandon_all(e, "interrupted before its answer came");
    }
    if (e->global_deadline_ms && now >= e->global_deadline_ms) {
        e->global_deadline_ms = 0;
        engine_stop(e, "not run: the time of --global-timeout was up", true);
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
        if (engine_start_due(e, err) < 0 || perform(e, err) < 0)
            return -1;
        finish_done(e);
        look_at_time(e);
        if (!has_work(e))
            return 0;
        if (engine_start_due(e, err) < 0 || wait_for_more(e, err) < 0)
            return -1;
    }
}

/* ---- from beginning to end ---- */

static struct run_function *describe_targets(struct engine *e, size_t *ret_count)
{
    struct run_function *out = arena_array(&e->arena, e->target_count + 1, sizeof(*out));

    *ret_count = 0;
    for (size_t i = 0; i < e->target_count; i++) /* what was only compared with was not tested */
        if (strcmp(e->targets[i]->alias, e->options->alias) == 0)
            out[(*ret_count)++] = target_info(e->targets[i]);
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
        .folder = o->folder ? o->folder : "",
        .start_ms = clock_wall(e->clock),
        .seed = e->config->seed,
        .cases = e->count,
        .jobs = e->jobs,
        .shard = o->shard,
        .shards = o->shards,
        .whole_cases = o->whole ? o->whole->cases : 0,
        .whole_sha256 = o->whole ? o->whole->sha256 : NULL,
        .suites = suites,
        .suite_count = e->set->suite_count,
    };

    for (size_t i = 0; i < e->set->suite_count; i++)
        suites[i] = (struct run_suite){.name = e->set->suites[i]->name,
                                       .file = e->set->suites[i]->file,
                                       .sha256 = e->set->suites[i]->sha256};
    for (size_t i = 0; i < e->count; i++)
        suites[e->set->items[e->order[i]].test->suite->index].cases++;
    info.functions = describe_targets(e, &info.function_count);
    event_run_start(e->bus, &info);
}

static void tell_end(struct engine *e, struct run_summary *ret_summary)
{
    e->summary.interrupted = e->interrupted;
    e->summary.stopped = e->stopped;
    e->summary.end_ms = clock_wall(e->clock);
    e->summary.duration_us = engine_run_us(e);
    e->summary.functions = describe_targets(e, &e->summary.function_count);
    e->summary.verdict = verdict_of_run(&e->summary.counts, e->options->flaky_fails);
    /* A run that was cut short proves nothing about what it left out. */
    if ((e->stopped || has_work(e)) && e->summary.verdict != RUN_FAIL)
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
    engine_forget_readings(e);
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
    curl_load();
    e->multi = curl_multi_init();
    curl_multi_setopt(e->multi, CURLMOPT_MAXCONNECTS, (long)e->jobs);
    curl_multi_setopt(e->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    rng_seed(&e->rng, rand_u64());
    if (e->options->global_timeout_ms)
        e->global_deadline_ms = engine_now_ms(e) + e->options->global_timeout_ms;
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
    struct err why = {0};
    int result;

    engine_init(&e);
    if (engine_read_targets(&e, &why) < 0) { /* everything is reported as not run */
        e.interrupted = true;
        engine_stop(&e, "not run: interrupted", true);
    }
    tell_start(&e);
    result = loop(&e, err);
    tell_end(&e, ret_summary);
    engine_release(&e);
    return result;
}
