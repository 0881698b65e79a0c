#include "cli/gate_cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rand.h"
#include "cli/interrupt.h"
#include "cli/repository.h"
#include "cli/suite.h"
#include "cli/term.h"
#include "cli/version.h"
#include "reports/words.h"

enum {
    RUNS_OF_ENVIRONMENT = 2 + MANIFEST_STEPS_MAX, /* Smoke, Live, and each weighted step */
    DETAIL_MAX = 64 << 10,                        /* what reports show of it */
};

/* ---- many runs told as one ---- */

int64_t gate_cases_now(const struct gate_cases *g)
{
    return clock_mono(&clock_system) * 1000 - g->began_us;
}

static const char *environment_names(struct gate_cases *g)
{
    const struct manifest *m = g->session->manifest;
    CLEANUP(buf_release) struct buf names = {0};

    for (size_t at = g->first; at <= g->last; at++)
        buf_printf(&names, "%s%s", at > g->first ? ", " : "", m->environments[at].name);
    return arena_dup(&g->arena, buf_c(&names));
}

/* What is told like a promotion and is none; NULL: it is one, or its last step. */
static const char *command_of(const char *name)
{
    static const char *const others[] = {"deploy", "restore", "abort", "audit"};

    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (strcmp(others[i], name) == 0)
            return others[i];
    return NULL;
}

void gate_cases_begin(struct gate_cases *g, const char *promotion)
{
    const struct manifest *m = g->session->manifest;
    CLEANUP(mem_freep) char *folder = NULL;
    char host[256] = "localhost", own[ULID_SIZE];
    unsigned long long number = 0;
    struct run_info run = {.id = promotion,
                           .environment = environment_names(g),
                           .alias = m->aliases.smoke,
                           .region = "",
                           .endpoint = "",
                           .tool_version = SMOKEGATE_VERSION,
                           .host = host,
                           .start_ms = clock_wall(&clock_system),
                           .cases = g->room,
                           .promotion = true,
                           .release = m->release,
                           .command = command_of(g->session->cli->command->name),
                           .aliases = {m->aliases.live, m->aliases.smoke, m->aliases.backup}};

    if (g->started || !g->reports.count)
        return;
    if (!*promotion) {
        rand_ulid(own, run.start_ms);
        run.id = own;
    }
    if (g->seed && str_to_u64(str_c(g->seed), UINT64_MAX, &number))
        run.seed = number;
    gethostname(host, sizeof(host) - 1);
    run.folder = folder = repository_folder();
    g->started = true;
    g->began_us = clock_mono(&clock_system) * 1000;
    event_run_start(g->bus, &run);
}

static void relay_start(void *ctx, const struct run_info *run)
{
    struct gate_cases *g = ctx;

    (void)run;
    gate_cases_begin(g, g->request->promotion);
    g->start_us = gate_cases_now(g);
}

/* One of its own for each run, so that no report takes two runs of a case for one. */
static const char *scope_name(const struct gate_cases *g, struct arena *arena)
{
    const struct gate_request *r = g->request;

    switch (r->phase) {
    case GATE_SMOKE:
        break;
    case GATE_SHIFT:
        return arena_printf(arena, "%s (%s, weighted step %zu)", r->environment->name, r->alias,
                            g->weighted);
    case GATE_LIVE:
        return arena_printf(arena, "%s (%s)", r->environment->name, r->alias);
    }
    return arena_dup(arena, r->environment->name);
}

/* For the step of the gate: which cases did not pass, and why. */
static void keep_detail(struct gate_cases *g, const struct case_result *r)
{
    if ((r->verdict != VERDICT_FAILED && r->verdict != VERDICT_INCONCLUSIVE) ||
        g->detail.len > DETAIL_MAX)
        return;
    buf_printf(&g->detail, "%s > %s\n", r->info.suite, r->info.name);
    words_case(&g->detail, r, 2, WORDS_LOG_ELSEWHERE);
}

/*
 * A copy whose texts belong to the run that is going on: told in the order of the cases, the bus of
 * the reports hands it on at once and lets go of it.
 */
static void relay_case(void *ctx, const struct case_result *result)
{
    struct gate_cases *g = ctx;
    struct case_result *copy = mem_zalloc(sizeof(*copy));

    *copy = *result;
    copy->arena = (struct arena){0};
    copy->info.index = g->cases++;
    copy->info.suite_index += g->suites;
    copy->info.scope = scope_name(g, &copy->arena);
    copy->info.suite = arena_printf(&copy->arena, "%s: %s", copy->info.scope, result->info.suite);
    copy->start_us += g->start_us;
    copy->attempts = arena_array(&copy->arena, copy->attempt_count + 1, sizeof(*copy->attempts));
    for (size_t i = 0; i < copy->attempt_count; i++) {
        copy->attempts[i] = result->attempts[i];
        copy->attempts[i].start_us += g->start_us;
    }
    keep_detail(g, copy);
    event_case_end(g->bus, copy);
}

static void keep_functions(struct gate_cases *g, const struct run_summary *end)
{
    g->functions =
        mem_grow(g->functions, g->function_count + end->function_count + 1, sizeof(*g->functions));
    for (size_t i = 0; i < end->function_count; i++) {
        struct run_function f = end->functions[i];

        f.key = arena_dup(&g->arena, f.key);
        f.name = arena_dup(&g->arena, f.name);
        f.alias = arena_dup(&g->arena, f.alias);
        f.version = arena_dup(&g->arena, f.version);
        f.executed_version = arena_dup(&g->arena, f.executed_version);
        f.code_sha256 = arena_dup(&g->arena, f.code_sha256);
        f.reason = arena_dup(&g->arena, f.reason);
        g->functions[g->function_count++] = f;
    }
}

static void relay_end(void *ctx, const struct run_summary *end)
{
    struct gate_cases *g = ctx;
    struct run_summary *t = &g->total;

    for (size_t i = 0; i < VERDICT_COUNT; i++)
        t->counts.of[i] += end->counts.of[i];
    t->counts.flaky += end->counts.flaky;
    if (t->verdict == RUN_PASS || t->verdict == RUN_EMPTY || end->verdict == RUN_FAIL)
        t->verdict = end->verdict;
    t->interrupted = t->interrupted || end->interrupted;
    t->invocations += end->invocations;
    keep_functions(g, end);
}

/* ---- one run ---- */

/* The alias of the gate, and the versions it must resolve to, over what the command line says. */
static void aim(struct cli_suite *suite, const struct gate_request *r)
{
    struct runner_function *functions =
        arena_array(&suite->arena, suite->config.function_count + 1, sizeof(*functions));

    suite->config.alias = r->alias;
    json_object_set_new(suite->config.project_variables, "alias", json_string(r->alias));
    for (size_t i = 0; i < suite->config.function_count; i++) {
        functions[i] = suite->config.functions[i];
        for (size_t k = 0; k < r->count; k++)
            if (strcmp(functions[i].name, r->functions[k].name) == 0) {
                functions[i].expected_version = r->functions[k].expected_version;
                functions[i].code_sha256 = r->functions[k].code_sha256;
                functions[i].timeout_s = r->functions[k].timeout_s;
            }
    }
    suite->config.functions = functions;
}

static enum gate_verdict verdict_of(enum run_verdict verdict)
{
    switch (verdict) {
    case RUN_PASS:
        return GATE_PASS;
    case RUN_FAIL:
        return GATE_FAIL;
    case RUN_INCONCLUSIVE:
        return GATE_INCONCLUSIVE;
    case RUN_EMPTY:
        break;
    }
    return GATE_EMPTY;
}

static void answer_functions(const struct gate_request *r, const struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->function_count; i++)
        for (size_t k = 0; k < r->count; k++) {
            const struct run_function *f = &outcome->functions[i];
            struct gate_function *to = &r->functions[k];

            if (strcmp(f->name, to->name) != 0)
                continue;
            snprintf(to->executed_version, sizeof(to->executed_version), "%s", f->executed_version);
            to->cases = (unsigned)(f->counts.of[VERDICT_PASSED] + f->counts.of[VERDICT_FAILED] +
                                   f->counts.of[VERDICT_INCONCLUSIVE]);
        }
}

static void answer(const struct outcome *outcome, struct gate_result *ret)
{
    const struct verdict_counts *c = &outcome->counts;

    *ret = (struct gate_result){.verdict = verdict_of(outcome->verdict),
                                .passed = (unsigned)c->of[VERDICT_PASSED],
                                .failed = (unsigned)c->of[VERDICT_FAILED],
                                .inconclusive = (unsigned)c->of[VERDICT_INCONCLUSIVE],
                                .skipped = (unsigned)c->of[VERDICT_SKIPPED]};
    snprintf(ret->summary, sizeof(ret->summary), "%u passed, %u failed, %u inconclusive%s%s%s",
             ret->passed, ret->failed, ret->inconclusive, outcome->failed_count ? " (" : "",
             outcome->failed_count ? outcome->failed[0] : "",
             outcome->failed_count > 1 ? ", ...)"
             : outcome->failed_count   ? ")"
                                       : "");
}

static void relay_tick(void *ctx)
{
    const struct gate_cases *g = ctx;

    if (g->request->alive)
        g->request->alive(g->request->alive_ctx);
}

static int run(struct gate_cases *g, struct cli_suite *suite, const struct gate_request *r,
               struct gate_result *ret, struct err *err)
{
    const struct listener quiet = {.ctx = g, .tick = relay_tick};
    const struct listener relay = {.ctx = g,
                                   .run_start = relay_start,
                                   .case_end = relay_case,
                                   .run_end = relay_end,
                                   .tick = relay_tick};
    struct run_request request = {.weighted_ok = r->phase == GATE_SHIFT,
                                  .show = !g->session->cli->json,
                                  .also = g->reports.count ? &relay : &quiet};
    CLEANUP(outcome_release) struct outcome outcome = {0};
    struct run_summary summary = {0};

    if (session_client(g->session, r->environment, &request.client, err) < 0 ||
        run_cases(suite, g->session, &request, &outcome, &summary, err) < 0)
        return -1;
    g->suites += outcome.suite_count;
    if (summary.interrupted && interrupt_signal())
        return err_set(err, ERR_INTERRUPTED, "interrupted while cases were running");
    answer_functions(r, &outcome);
    answer(&outcome, ret);
    return 0;
}

static int gate_run_cases(void *ctx, const struct gate_request *r, struct gate_result *ret,
                          struct err *err)
{
    struct gate_cases *g = ctx;
    struct cli_suite suite;
    int result = -1;

    g->request = r;
    g->weighted = r->phase == GATE_SHIFT ? g->weighted + 1 : 0;
    if (cli_suite_load(&suite, g->session, r->environment) != EXIT_OK) {
        err_set(err, ERR_INPUT, "the cases are wrong"); /* printed already */
    } else {
        aim(&suite, r);
        result = run(g, &suite, r, ret, err);
    }
    cli_suite_release(&suite);
    g->request = NULL;
    return result;
}

struct gate gate_cases_gate(struct gate_cases *g)
{
    return (struct gate){gate_run_cases, g};
}

/* ---- before and after ---- */

int gate_cases_check(struct gate_cases *g, size_t first, size_t last)
{
    const struct manifest *m = g->session->manifest;

    g->first = first;
    g->last = last;
    for (size_t at = first; at <= last; at++) {
        struct cli_suite suite;
        const int code = cli_suite_load(&suite, g->session, &m->environments[at]);
        const size_t count = suite.count;

        cli_suite_release(&suite);
        if (code != EXIT_OK)
            return code;
        g->room += count * RUNS_OF_ENVIRONMENT;
        if (count)
            continue;
        term_err("smokegate: %s: no case was selected: nothing would be proven\n",
                 m->environments[at].name);
        return EXIT_NO_CASES;
    }
    return EXIT_OK;
}

int gate_cases_open(struct gate_cases *g, struct session *session, struct err *err)
{
    *g = (struct gate_cases){.session = session, .bus = event_bus_new()};
    g->total.verdict = RUN_EMPTY;
    return run_reports_open_all(&g->reports, &session->cli->opts, g->bus, err);
}

int gate_cases_finish(struct gate_cases *g, struct err *err)
{
    int result = 0;

    if (g->started) {
        g->total.end_ms = clock_wall(&clock_system);
        g->total.duration_us = gate_cases_now(g);
        g->total.functions = g->functions;
        g->total.function_count = g->function_count;
        event_run_end(g->bus, &g->total);
        result = run_reports_finish(&g->reports, err);
    } else {
        run_reports_abandon(&g->reports); /* nothing was run: an older report stays */
    }
    event_bus_free(g->bus);
    free(g->functions);
    buf_release(&g->detail);
    arena_release(&g->arena);
    *g = (struct gate_cases){0};
    return result;
}
