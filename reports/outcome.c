/* outcome.json: see runner/outcome.h. */
#include "reports/formats.h"

#include <stdlib.h>

#include "base/mem.h"
#include "runner/outcome.h"

struct outcome_report {
    struct report *report;
    struct outcome outcome;
    struct listener inner;
};

static void on_run_start(void *ctx, const struct run_info *run)
{
    struct outcome_report *o = ctx;

    o->inner.run_start(o->inner.ctx, run);
}

static void on_case_end(void *ctx, const struct case_result *result)
{
    struct outcome_report *o = ctx;

    o->inner.case_end(o->inner.ctx, result);
}

static void on_run_end(void *ctx, const struct run_summary *end)
{
    struct outcome_report *o = ctx;
    CLEANUP(buf_release) struct buf text = {0};

    o->inner.run_end(o->inner.ctx, end);
    outcome_print(&o->outcome, &text);
    report_write(o->report, &text);
}

void *outcome_report_open(struct report *report, struct listener *ret_listener)
{
    struct outcome_report *o = mem_zalloc(sizeof(*o));

    o->report = report;
    o->inner = outcome_listener(&o->outcome);
    *ret_listener = (struct listener){
        .ctx = o, .run_start = on_run_start, .case_end = on_case_end, .run_end = on_run_end};
    return o;
}

void outcome_report_close(void *ctx)
{
    struct outcome_report *o = ctx;

    outcome_release(&o->outcome);
    free(o);
}
