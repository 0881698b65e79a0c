#include "cli/gate_outcome.h"

#include <stdio.h>
#include <string.h>

#include "cli/exit.h"
#include "cli/term.h"

int gate_outcome_open(struct gate_outcome *g, const char *file, struct gate on_live)
{
    struct faults faults = {0};
    int code = EXIT_OK;

    *g = (struct gate_outcome){.file = file, .on_live = on_live};
    if (outcome_load(&g->outcome, file, &faults) < 0) {
        term_faults(&faults);
        code = EXIT_WRONG_INPUT;
    }
    faults_release(&faults);
    return code;
}

static int check_place(const struct gate_outcome *g, const struct gate_request *r, struct err *err)
{
    if (g->outcome.shards > 1)
        return err_set(err, ERR_INPUT,
                       "%s is of shard %u of %u, which proves nothing about the others; "
                       "`smokegate merge` makes one of all",
                       g->file, g->outcome.shard, g->outcome.shards);
    if (strcmp(g->outcome.environment, r->environment->name) != 0)
        return err_set(err, ERR_INPUT, "%s is of environment %s, not %s", g->file,
                       *g->outcome.environment ? g->outcome.environment : "(none)",
                       r->environment->name);
    if (strcmp(g->outcome.alias, r->alias) != 0)
        return err_set(err, ERR_INPUT, "%s is of alias %s, not %s", g->file, g->outcome.alias,
                       r->alias);
    return 0;
}

static int answer_function(const struct gate_outcome *g, struct gate_function *to, struct err *err)
{
    for (size_t i = 0; i < g->outcome.function_count; i++) {
        const struct run_function *f = &g->outcome.functions[i];

        if (strcmp(f->name, to->name) != 0)
            continue;
        if (*f->code_sha256 && *to->code_sha256 && strcmp(f->code_sha256, to->code_sha256) != 0)
            return err_set(err, ERR_INPUT, "%s tested other code of %s than what is staged",
                           g->file, to->name);
        snprintf(to->executed_version, sizeof(to->executed_version), "%s", f->executed_version);
        to->cases = (unsigned)(f->counts.of[VERDICT_PASSED] + f->counts.of[VERDICT_FAILED] +
                               f->counts.of[VERDICT_INCONCLUSIVE]);
    }
    return 0;
}

static int answer(void *ctx, const struct gate_request *r, struct gate_result *ret, struct err *err)
{
    static const enum gate_verdict verdicts[] = {[RUN_PASS] = GATE_PASS,
                                                 [RUN_FAIL] = GATE_FAIL,
                                                 [RUN_INCONCLUSIVE] = GATE_INCONCLUSIVE,
                                                 [RUN_EMPTY] = GATE_EMPTY};
    const struct gate_outcome *g = ctx;

    if (r->phase != GATE_SMOKE)
        return g->on_live.run(g->on_live.ctx, r, ret, err);
    if (check_place(g, r, err) < 0)
        return -1;
    for (size_t i = 0; i < r->count; i++)
        if (answer_function(g, &r->functions[i], err) < 0)
            return -1;
    *ret = (struct gate_result){.verdict = verdicts[g->outcome.verdict],
                                .passed = (unsigned)g->outcome.counts.of[VERDICT_PASSED],
                                .failed = (unsigned)g->outcome.counts.of[VERDICT_FAILED]};
    snprintf(ret->summary, sizeof(ret->summary), "%s: %u passed, %u failed%s%s", g->file,
             ret->passed, ret->failed, g->outcome.failed_count ? ": " : "",
             g->outcome.failed_count ? g->outcome.failed[0] : "");
    return 0;
}

struct gate gate_outcome_gate(struct gate_outcome *g)
{
    return (struct gate){answer, g};
}
