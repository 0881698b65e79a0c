#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "promote/act.h"

static enum gate_phase phase_of(enum step_kind kind)
{
    return kind == STEP_GATE ? GATE_SMOKE : kind == STEP_GATE_SHIFT ? GATE_SHIFT : GATE_LIVE;
}

/* The gate says "pass": held against what was staged, whoever wrote the gate. */
static int hold_against(const struct gate_request *r, struct err *err)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct gate_function *f = &r->functions[i];

        if (r->phase != GATE_SHIFT && f->cases &&
            strcmp(f->executed_version, f->expected_version) != 0)
            return err_set(err, ERR_UNKNOWN, "%s:%s: the answers came from version %s, not %s",
                           f->name, r->alias,
                           f->executed_version[0] ? f->executed_version : "(unknown)",
                           f->expected_version);
    }
    return 0;
}

static void note(struct act *a, const char *alias)
{
    static const char *const verdicts[] = {"pass", "fail", "inconclusive", "no cases"};
    char detail[GATE_SUMMARY_MAX + 32];

    snprintf(detail, sizeof(detail), "%s: %s", verdicts[a->gate_result.verdict],
             a->gate_result.summary);
    journal_write(a->journal, &(struct journal_line){.event = "gate",
                                                     .environment = a->environment->name,
                                                     .alias = alias,
                                                     .detail = detail,
                                                     .duration_ms = -1});
}

static int ask(struct act *a, struct gate_request *r, struct err *err)
{
    struct err why = {0};

    a->gate_result = (struct gate_result){.verdict = GATE_INCONCLUSIVE};
    if (a->gate->run(a->gate->ctx, r, &a->gate_result, &why) < 0) {
        a->gate_result.verdict = GATE_INCONCLUSIVE;
        snprintf(a->gate_result.summary, sizeof(a->gate_result.summary), "%.500s", why.text);
        note(a, r->alias);
        return err_set(err, why.kind == ERR_INTERRUPTED ? ERR_INTERRUPTED : ERR_REFUSED, "%s",
                       why.text);
    }
    if (a->gate_result.verdict == GATE_PASS && hold_against(r, &why) < 0) {
        a->gate_result.verdict = GATE_INCONCLUSIVE;
        snprintf(a->gate_result.summary, sizeof(a->gate_result.summary), "%.500s", why.text);
    }
    note(a, r->alias);
    if (a->gate_result.verdict == GATE_PASS)
        return 0;
    return err_set(err, ERR_REFUSED, "the cases on %s did not pass: %s", r->alias,
                   a->gate_result.summary);
}

/* ---- the claim meanwhile ---- */

enum { ALIVE_AGAIN_MS = 30000 };

struct holding {
    struct act *act;
    struct environment_view *view;
    int64_t not_before_ms; /* monotonic: after one that could not be written */
    struct err lost;       /* somebody else has the claim */
};

/*
 * Cases may take longer than a lease. That of the set's first function is what others look at
 * first: one write holds the set. What keeps it from being written may pass; if not, the lease
 * says so in the end.
 */
static void stay_alive(void *ctx)
{
    struct holding *h = ctx;
    struct act *a = h->act;
    struct function_view *first = h->view->functions;
    const struct clock *clock = aws_client_clock(a->client);
    const int64_t end_s = act_lease_end(a);
    struct err why = {0};

    if (!mark_is_open(&first->smoke.mark) || /* released by whoever began this */
        h->lost.kind != ERR_NONE || clock_mono(clock) < h->not_before_ms ||
        first->smoke.mark.expires_s >= end_s - a->lease_ms / 2000)
        return;
    if (act_mark_smoke(a, first, first->smoke.mark.state, end_s, &why) == 0)
        return;
    if (why.kind == ERR_SUPERSEDED)
        h->lost = why;
    h->not_before_ms = clock_mono(clock) + ALIVE_AGAIN_MS;
}

int act_gate(struct act *a, struct environment_view *v, enum step_kind kind, struct err *err)
{
    struct holding holding = {.act = a, .view = v};
    CLEANUP(mem_freep) struct gate_function *functions = mem_array(v->count, sizeof(*functions));
    struct gate_request r = {.environment = a->environment,
                             .alias = kind == STEP_GATE ? a->aliases->smoke : a->aliases->live,
                             .phase = phase_of(kind),
                             .promotion = a->promotion,
                             .functions = functions,
                             .count = v->count,
                             .alive = stay_alive,
                             .alive_ctx = &holding};

    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];
        /* A command of another process may have told another version than $LATEST. */
        const bool latest = f->code_same && f->config_same &&
                            (f->artifact->package->kind != PACKAGE_COMMAND || f->deployed);

        functions[i] = (struct gate_function){.key = f->function->key,
                                              .name = f->function->name,
                                              .expected_version = f->smoke.mark.new_version,
                                              .code_sha256 = latest ? f->latest.code_sha256
                                                                    : f->artifact->code_sha256,
                                              .timeout_s = latest ? f->latest.timeout_s : 0};
    }
    if (ask(a, &r, err) < 0 && holding.lost.kind == ERR_NONE)
        return -1;
    if (holding.lost.kind != ERR_NONE) {
        a->gate_result = (struct gate_result){0}; /* of a set that is not ours any more */
        return err_set(err, holding.lost.kind, "%s", holding.lost.text);
    }
    if (kind == STEP_GATE)
        v->gate_passed = true;
    else if (kind == STEP_GATE_LIVE)
        v->live_gate_passed = true;
    else {
        v->steps_passed = view_steps_reached(v, a->promotion) + 1;
        v->held = false;
    }
    return 0;
}
