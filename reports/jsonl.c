/* JSON Lines: every event as one object a line, in the order things happened. docs/reports.md. */
#include "reports/formats.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "reports/jsonw.h"

struct jsonl {
    struct report *report;
    struct buf line;
    bool is_part; /* of a sharded run */
};

static struct buf *open_line(struct jsonl *j, const char *event)
{
    buf_putc(&j->line, '{');
    jsonw_int(&j->line, "v", EVENT_VERSION);
    jsonw_text(&j->line, "event", event);
    return &j->line;
}

static void close_line(struct jsonl *j)
{
    buf_add_c(&j->line, "}\n");
    report_write(j->report, &j->line);
}

static void add_counts(struct buf *out, const struct verdict_counts *counts)
{
    jsonw_key(out, "counts");
    buf_putc(out, '{');
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        jsonw_int(out, verdict_name((enum verdict)i), (int64_t)counts->of[i]);
    jsonw_int(out, "flaky", (int64_t)counts->flaky);
    buf_putc(out, '}');
}

static void add_functions(struct buf *out, const struct run_function *functions, size_t count)
{
    jsonw_key(out, "functions");
    buf_putc(out, '[');
    for (size_t i = 0; i < count; i++) {
        const struct run_function *f = &functions[i];

        buf_add_c(out, i ? ",{" : "{");
        jsonw_text(out, "key", f->key);
        jsonw_text(out, "name", f->name);
        jsonw_text(out, "alias", f->alias);
        jsonw_text(out, "version", f->version);
        jsonw_text(out, "executed_version", f->executed_version);
        jsonw_text(out, "code_sha256", f->code_sha256);
        jsonw_text(out, "reason", f->reason);
        add_counts(out, &f->counts);
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
}

static void add_aliases(struct buf *out, const struct account_aliases *a)
{
    if (!a->live || !a->smoke || !a->backup)
        return;
    jsonw_key(out, "aliases");
    buf_putc(out, '{');
    jsonw_text(out, "live", a->live);
    jsonw_text(out, "smoke", a->smoke);
    jsonw_text(out, "backup", a->backup);
    buf_putc(out, '}');
}

static void on_run_start(void *ctx, const struct run_info *run)
{
    struct buf *out = open_line(ctx, "run_start");
    struct jsonl *j = ctx;

    j->is_part = run->whole_sha256 != NULL;
    jsonw_text(out, "id", run->id);
    jsonw_text(out, "environment", run->environment);
    jsonw_text(out, "alias", run->alias);
    jsonw_text(out, "region", run->region);
    jsonw_text(out, "endpoint", run->endpoint);
    jsonw_text(out, "tool_version", run->tool_version);
    jsonw_text(out, "host", run->host);
    if (run->folder && *run->folder)
        jsonw_text(out, "folder", run->folder);
    jsonw_int(out, "start_ms", run->start_ms);
    jsonw_key(out, "seed");
    buf_printf(out, "\"%llu\"",
               (unsigned long long)run->seed); /* beyond what JSON readers keep exact */
    jsonw_int(out, "cases", (int64_t)run->cases);
    jsonw_int(out, "jobs", run->jobs);
    jsonw_int(out, "shard", run->shard);
    jsonw_int(out, "shards", run->shards);
    if (run->whole_sha256) {
        jsonw_key(out, "whole");
        buf_putc(out, '{');
        jsonw_int(out, "cases", (int64_t)run->whole_cases);
        jsonw_text(out, "sha256", run->whole_sha256);
        buf_putc(out, '}');
    }
    add_functions(out, run->functions, run->function_count);
    jsonw_key(out, "suites");
    buf_putc(out, '[');
    for (size_t i = 0; i < run->suite_count; i++) {
        buf_add_c(out, i ? ",{" : "{");
        jsonw_text(out, "name", run->suites[i].name);
        jsonw_text(out, "file", run->suites[i].file);
        jsonw_text(out, "sha256", run->suites[i].sha256);
        jsonw_int(out, "cases", (int64_t)run->suites[i].cases);
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
    if (run->promotion)
        jsonw_bool(out, "promotion", true);
    jsonw_text(out, "release", run->release);
    jsonw_text(out, "command", run->command);
    add_aliases(out, &run->aliases);
    close_line(ctx);
}

static void on_case_start(void *ctx, const struct case_info *info)
{
    struct buf *out = open_line(ctx, "case_start");

    jsonw_int(out, "index", (int64_t)info->index);
    jsonw_text(out, "suite", info->suite);
    jsonw_text(out, "name", info->name);
    close_line(ctx);
}

static void add_failure(struct buf *out, const struct failure_info *f)
{
    buf_putc(out, '{');
    jsonw_text(out, "file", f->file);
    jsonw_int(out, "line", f->line);
    jsonw_int(out, "column", f->column);
    jsonw_text(out, "where", f->where);
    jsonw_text(out, "check", f->check);
    jsonw_text(out, "expected", f->expected);
    jsonw_text(out, "actual", f->actual);
    jsonw_text(out, "diff", f->diff);
    jsonw_text(out, "note", f->note);
    if (f->gave_up)
        jsonw_bool(out, "gave_up", true);
    buf_putc(out, '}');
}

static void add_measures(struct buf *out, const struct attempt *a)
{
    jsonw_int(out, "start_us", a->start_us);
    jsonw_int(out, "duration_us", a->duration_us);
    jsonw_int(out, "first_byte_us", a->first_byte_us);
    jsonw_int(out, "connect_us", a->connect_us);
    jsonw_int(out, "invocations", a->invocations);
    jsonw_bool(out, "cold_start", a->cold_start);
    if (a->init_ms >= 0) {
        jsonw_key(out, "init_ms");
        buf_printf(out, "%.2f", a->init_ms);
    }
    if (a->billed_ms >= 0)
        jsonw_int(out, "billed_ms", (int64_t)a->billed_ms);
    if (a->max_memory_bytes >= 0)
        jsonw_int(out, "max_memory_bytes", (int64_t)a->max_memory_bytes);
}

static void add_latency(struct buf *out, const char *name, const struct latency *l,
                        const char *alias)
{
    jsonw_key(out, name);
    buf_putc(out, '{');
    jsonw_text(out, "alias", alias);
    jsonw_int(out, "count", (int64_t)l->count);
    jsonw_int(out, "min_us", l->min_us);
    for (size_t i = 0; i < LATENCY_PERCENTILES; i++) {
        char key[16];

        snprintf(key, sizeof(key), "p%u_us", latency_percents[i]);
        jsonw_int(out, key, l->at_us[i]);
    }
    jsonw_int(out, "max_us", l->max_us);
    buf_putc(out, '}');
}

static void add_attempt(struct buf *out, const struct attempt *a)
{
    buf_putc(out, '{');
    jsonw_int(out, "number", a->number);
    jsonw_text(out, "verdict", verdict_name(a->verdict));
    jsonw_text(out, "outcome", answer_kind_name(a->kind));
    jsonw_int(out, "status", a->status);
    jsonw_text(out, "executed_version", a->executed_version);
    jsonw_text(out, "request_id", a->request_id);
    jsonw_text(out, "function_error", a->function_error);
    jsonw_text(out, "error_type", a->error_type);
    jsonw_text(out, "error_message", a->error_message);
    jsonw_text(out, "reason", a->reason);
    add_measures(out, a);
    if (a->latency)
        add_latency(out, "latency", a->latency, NULL);
    if (a->compared)
        add_latency(out, "compared", a->compared, a->compared_alias);
    jsonw_int(out, "request_bytes", (int64_t)a->request_bytes);
    jsonw_int(out, "response_bytes", (int64_t)a->response_bytes);
    jsonw_str(out, "request", a->request);
    jsonw_str(out, "response", a->response);
    jsonw_str(out, "log", a->log);
    jsonw_key(out, "failures");
    buf_putc(out, '[');
    for (size_t i = 0; i < a->failure_count; i++) {
        if (i)
            buf_putc(out, ',');
        add_failure(out, &a->failures[i]);
    }
    buf_putc(out, ']');
    jsonw_int(out, "failures_dropped", (int64_t)a->failures_dropped);
    buf_putc(out, '}');
}

static void add_info(struct buf *out, const struct case_info *info)
{
    jsonw_int(out, "index", (int64_t)info->index);
    jsonw_int(out, "suite_index", (int64_t)info->suite_index);
    jsonw_text(out, "suite", info->suite);
    jsonw_text(out, "name", info->name);
    jsonw_text(out, "row", info->row_id);
    jsonw_text(out, "role", info->role);
    jsonw_text(out, "file", info->file);
    jsonw_int(out, "line", info->line);
    jsonw_int(out, "column", info->column);
    jsonw_text(out, "description", info->description);
    jsonw_text(out, "function_key", info->function_key);
    jsonw_text(out, "function", info->function);
    jsonw_text(out, "alias", info->alias);
    jsonw_text(out, "scope", info->scope);
    jsonw_key(out, "tags");
    buf_putc(out, '[');
    for (size_t i = 0; i < info->tag_count; i++) {
        if (i)
            buf_putc(out, ',');
        jsonw_quoted(out, str_c(info->tags[i]));
    }
    buf_putc(out, ']');
}

static void on_case_end(void *ctx, const struct case_result *r)
{
    struct buf *out = open_line(ctx, "case_end");
    const struct jsonl *j = ctx;

    add_info(out, &r->info);
    if (j->is_part)
        jsonw_int(out, "place", (int64_t)r->info.place);
    jsonw_text(out, "verdict", verdict_name(r->verdict));
    jsonw_bool(out, "flaky", r->flaky);
    jsonw_text(out, "reason", r->reason);
    jsonw_int(out, "start_us", r->start_us);
    jsonw_int(out, "duration_us", r->duration_us);
    jsonw_key(out, "attempts");
    buf_putc(out, '[');
    for (size_t i = 0; i < r->attempt_count; i++) {
        if (i)
            buf_putc(out, ',');
        add_attempt(out, &r->attempts[i]);
    }
    buf_putc(out, ']');
    jsonw_key(out, "notices");
    buf_putc(out, '[');
    for (size_t i = 0; i < r->notice_count; i++) {
        if (i)
            buf_putc(out, ',');
        jsonw_quoted(out, str_c(r->notices[i]));
    }
    buf_putc(out, ']');
    close_line(ctx);
}

static void on_step(void *ctx, const struct account_step *s)
{
    struct buf *out = open_line(ctx, "step");

    jsonw_text(out, "environment", s->environment);
    jsonw_text(out, "kind", s->kind);
    jsonw_text(out, "function", s->function);
    jsonw_text(out, "text", s->text);
    jsonw_bool(out, "undo", s->undo);
    jsonw_text(out, "verdict", verdict_name(s->verdict));
    jsonw_text(out, "reason", s->reason);
    jsonw_text(out, "detail", s->detail);
    jsonw_int(out, "start_us", s->start_us);
    jsonw_int(out, "duration_us", s->duration_us);
    close_line(ctx);
}

static void on_finding(void *ctx, const struct account_finding *f)
{
    struct buf *out = open_line(ctx, "finding");

    jsonw_text(out, "level", f->fails ? "fail" : "warn");
    jsonw_text(out, "check", f->check);
    jsonw_text(out, "environment", f->environment);
    jsonw_text(out, "function", f->function);
    jsonw_text(out, "resource", f->resource);
    jsonw_text(out, "source_arn", f->source_arn);
    jsonw_text(out, "text", f->text);
    jsonw_text(out, "repair", f->repair);
    close_line(ctx);
}

static void add_versions(struct buf *out, const char *name, const struct account_versions *v)
{
    jsonw_key(out, name);
    buf_putc(out, '{');
    jsonw_text(out, "live", v->live);
    jsonw_text(out, "smoke", v->smoke);
    jsonw_text(out, "backup", v->backup);
    buf_putc(out, '}');
}

static void on_place(void *ctx, const struct account_place *p)
{
    struct buf *out = open_line(ctx, "place");

    jsonw_text(out, "environment", p->environment);
    jsonw_text(out, "function", p->function);
    add_versions(out, "before", &p->before);
    add_versions(out, "after", &p->after);
    jsonw_bool(out, "weighted", p->weighted);
    close_line(ctx);
}

static void on_run_end(void *ctx, const struct run_summary *end)
{
    struct buf *out = open_line(ctx, "run_end");

    jsonw_text(out, "verdict", run_verdict_name(end->verdict));
    jsonw_bool(out, "interrupted", end->interrupted);
    jsonw_text(out, "stopped", end->stopped);
    jsonw_text(out, "end", end->end);
    jsonw_text(out, "message", end->message);
    jsonw_int(out, "end_ms", end->end_ms);
    jsonw_int(out, "duration_us", end->duration_us);
    jsonw_int(out, "invocations", (int64_t)end->invocations);
    add_counts(out, &end->counts);
    add_functions(out, end->functions, end->function_count);
    close_line(ctx);
}

void *jsonl_open(struct report *report, struct listener *ret_listener)
{
    struct jsonl *j = mem_zalloc(sizeof(*j));

    j->report = report;
    *ret_listener = (struct listener){.ctx = j,
                                      .as_it_happens = true,
                                      .run_start = on_run_start,
                                      .case_start = on_case_start,
                                      .case_end = on_case_end,
                                      .step = on_step,
                                      .finding = on_finding,
                                      .place = on_place,
                                      .run_end = on_run_end};
    return j;
}

void jsonl_close(void *ctx)
{
    struct jsonl *j = ctx;

    buf_release(&j->line);
    free(j);
}
