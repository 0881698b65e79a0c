/*
 * JUnit XML. The default dialect is what Jenkins, GitLab, the GitHub actions, Azure DevOps,
 * CircleCI and Buildkite read (one flat level, file and line, flaky and rerun elements in
 * Surefire's form with their stackTrace); the strict one is valid under both jenkins junit-10.xsd
 * and Ant's schema.
 */
#include "reports/formats.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "reports/junit_private.h"
#include "reports/words.h"
#include "reports/xml.h"

enum { SYSTEM_OUT_MAX = 64 << 10 };

struct suite_totals {
    char *name, *file;
    char *scope, *function; /* of a promotion: which run, and whom it asks; else NULL */
    long from, to;          /* of its cases in the spool */
    size_t tests, failures, errors, skipped;
    int64_t start_us, total_us;
};

struct junit {
    struct account account; /* of a promotion; first: it is its own listener */
    struct report *report;
    bool strict;
    FILE *spool;
    struct suite_totals *suites;
    size_t suite_count, suite_cap, suite_at;
    struct buf text; /* one element at a time */
    int64_t start_ms;
    char *host, *environment, *alias, *region, *id;
    unsigned shard, shards;
};

/* ---- pieces ---- */

void junit_attribute(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, " %s=\"", name);
    xml_attribute_capped(out, str_c(value), JUNIT_MESSAGE_MAX);
    buf_putc(out, '"');
}

void junit_class_part(struct buf *out, const char *text)
{
    for (; text && *text; text++)
        buf_putc(out, *text == '.' ? '_' : *text);
}

void junit_seconds(struct buf *out, int64_t us)
{
    int64_t ms = (us + 500) / 1000;

    buf_printf(out, "%" PRId64 ".%03d", ms / 1000, (int)(ms % 1000));
}

void junit_time(struct buf *out, int64_t ms)
{
    char time[40];

    clock_format_rfc3339(time, sizeof(time), ms, false);
    buf_printf(out, "%.19s", time);
}

/* "testcases/shop/orders.json" -> "testcases.shop.orders": never empty, dots between folders. */
static void classname(struct buf *out, const char *scope, const char *file)
{
    CLEANUP(buf_release) struct buf name = {0};
    struct str path = str_c(file), part;

    /* In front: a promotion runs a case more than once, and names must tell these apart. */
    junit_class_part(&name, scope);
    if (str_ends(path, STR(".json")))
        path.len -= 5;
    while (str_cut(&path, '/', &part)) {
        if (part.len == 0 || str_eq_c(part, ".") || str_eq_c(part, ".."))
            continue;
        if (name.len)
            buf_putc(&name, '.');
        for (size_t i = 0; i < part.len; i++)
            buf_putc(&name, part.data[i] == '.' ? '_' : part.data[i]);
        if (!path.data)
            break;
    }
    xml_attribute(out, name.len ? buf_str(&name) : STR("cases"));
}

static void case_open(struct junit *j, const struct case_result *r)
{
    struct buf *out = &j->text;

    buf_add_c(out, "  <testcase");
    junit_attribute(out, "name", r->info.name);
    buf_add_c(out, " classname=\"");
    classname(out, r->info.scope, r->info.file);
    buf_add_c(out, "\"");
    if (!j->strict) {
        junit_attribute(out, "file", r->info.file);
        buf_printf(out, " line=\"%u\"", r->info.line);
    }
    buf_add_c(out, " time=\"");
    junit_seconds(out, r->duration_us);
    buf_add_c(out, "\"");
}

/* <failure> or <error>, and Surefire's elements for the attempts before the last. */
static void problem(struct junit *j, const char *element, const char *type,
                    const struct case_result *r)
{
    CLEANUP(buf_release) struct buf message = {0}, body = {0};
    struct buf *out = &j->text;

    words_summary(&message, r);
    words_case(&body, r, 0, WORDS_LOG_ELSEWHERE);
    buf_printf(out, "    <%s type=\"%s\" message=\"", element, type);
    xml_attribute_capped(out, buf_str(&message), JUNIT_MESSAGE_MAX);
    buf_add_c(out, "\">");
    xml_text_capped(out, buf_str(&body), JUNIT_BODY_MAX);
    buf_printf(out, "</%s>\n", element);
}

static void earlier_attempt(struct junit *j, const char *element, const struct attempt *a)
{
    struct case_result alone = {
        .attempts = (struct attempt *)(uintptr_t)a, .attempt_count = 1, .reason = a->reason};
    CLEANUP(buf_release) struct buf message = {0}, body = {0};
    struct buf *out = &j->text;

    words_summary(&message, &alone);
    words_case(&body, &alone, 0, WORDS_LOG_ELSEWHERE);
    buf_printf(out, "    <%s type=\"%s\" message=\"", element,
               a->verdict == VERDICT_FAILED ? "assertion" : answer_kind_name(a->kind));
    xml_attribute_capped(out, buf_str(&message), JUNIT_MESSAGE_MAX);
    buf_add_c(out, "\"><stackTrace>");
    xml_text_capped(out, buf_str(&body), JUNIT_BODY_MAX);
    buf_printf(out, "</stackTrace></%s>\n", element);
}

static void earlier_attempts(struct junit *j, const struct case_result *r)
{
    bool passed = r->verdict == VERDICT_PASSED;

    for (size_t i = 0; i + 1 < r->attempt_count; i++) {
        const struct attempt *a = &r->attempts[i];
        bool failure = a->verdict == VERDICT_FAILED;

        earlier_attempt(j,
                        passed ? (failure ? "flakyFailure" : "flakyError")
                               : (failure ? "rerunFailure" : "rerunError"),
                        a);
    }
}

static void properties(struct junit *j, const struct case_result *r)
{
    struct buf *out = &j->text;
    const struct attempt *last = words_last(r);

    buf_add_c(out, "    <properties>\n");
    buf_add_c(out, "      <property name=\"function\"");
    junit_attribute(out, "value", r->info.function);
    buf_add_c(out, "/>\n");
    if (last && *last->executed_version) {
        buf_add_c(out, "      <property name=\"executed_version\"");
        junit_attribute(out, "value", last->executed_version);
        buf_add_c(out, "/>\n");
    }
    if (last && *last->request_id) {
        buf_add_c(out, "      <property name=\"request_id\"");
        junit_attribute(out, "value", last->request_id);
        buf_add_c(out, "/>\n");
    }
    if (last && last->latency) {
        CLEANUP(buf_release) struct buf words = {0};

        latency_describe(last->latency, &words);
        buf_add_c(out, "      <property name=\"latency\"");
        junit_attribute(out, "value", buf_c(&words));
        buf_add_c(out, "/>\n");
    }
    for (size_t i = 0; i < r->notice_count; i++) {
        buf_add_c(out, "      <property name=\"notice\"");
        junit_attribute(out, "value", r->notices[i]);
        buf_add_c(out, "/>\n");
    }
    for (size_t i = 0; i < r->info.tag_count; i++) {
        buf_add_c(out, "      <property name=\"tag\"");
        junit_attribute(out, "value", r->info.tags[i]);
        buf_add_c(out, "/>\n");
    }
    buf_add_c(out, "    </properties>\n");
}

static void write_case(struct junit *j, const struct case_result *r)
{
    const struct attempt *last = words_last(r);
    struct buf *out = &j->text;

    case_open(j, r);
    buf_add_c(out, ">\n");
    if (!j->strict)
        properties(j, r);
    switch (r->verdict) {
    case VERDICT_PASSED:
        break;
    case VERDICT_FAILED:
        problem(j, "failure", "assertion", r);
        break;
    case VERDICT_INCONCLUSIVE:
        problem(j, "error", last ? answer_kind_name(last->kind) : "inconclusive", r);
        break;
    case VERDICT_SKIPPED:
        buf_add_c(out, "    <skipped");
        if (!j->strict)
            junit_attribute(out, "message", r->reason ? r->reason : "");
        buf_add_c(out, "/>\n");
        break;
    }
    if (!j->strict) {
        earlier_attempts(j, r);
        if (last && last->log.len && r->verdict != VERDICT_PASSED) {
            buf_add_c(out, "    <system-out>");
            xml_text_capped(out, last->log, SYSTEM_OUT_MAX);
            buf_add_c(out, "</system-out>\n");
        }
    }
    buf_add_c(out, "  </testcase>\n");
}

/* ---- listening ---- */

static void on_run_start(void *ctx, const struct run_info *run)
{
    struct junit *j = ctx;

    j->start_ms = run->start_ms;
    j->host = mem_dup(*run->host ? run->host : "localhost");
    j->environment = mem_dup(run->environment);
    j->alias = mem_dup(run->alias);
    j->region = mem_dup(run->region);
    j->id = mem_dup(run->id);
    j->shard = run->shard;
    j->shards = run->shards;
}

static struct suite_totals *suite_of(struct junit *j, const struct case_result *r)
{
    struct suite_totals *s;

    if (j->suite_count && j->suite_at == r->info.suite_index)
        return &j->suites[j->suite_count - 1];
    if (j->suite_count == j->suite_cap) {
        j->suite_cap = j->suite_cap ? j->suite_cap * 2 : 8;
        j->suites = mem_grow(j->suites, j->suite_cap, sizeof(*j->suites));
    }
    s = &j->suites[j->suite_count++];
    *s = (struct suite_totals){.name = mem_dup(r->info.suite),
                               .file = mem_dup(r->info.file),
                               .scope = r->info.scope ? mem_dup(r->info.scope) : NULL,
                               .function = r->info.scope ? mem_dup(r->info.function) : NULL,
                               .from = j->spool ? ftell(j->spool) : 0,
                               .start_us = r->start_us};
    j->suite_at = r->info.suite_index;
    return s;
}

static void on_case_end(void *ctx, const struct case_result *r)
{
    struct junit *j = ctx;
    struct suite_totals *s = suite_of(j, r);

    s->tests++;
    s->failures += r->verdict == VERDICT_FAILED;
    s->errors += r->verdict == VERDICT_INCONCLUSIVE;
    s->skipped += r->verdict == VERDICT_SKIPPED;
    s->total_us += r->duration_us;
    if (r->start_us < s->start_us)
        s->start_us = r->start_us;
    write_case(j, r);
    report_spool_write(j->report, j->spool, &j->text);
    s->to = j->spool ? ftell(j->spool) : 0;
}

static void property(struct buf *out, const char *name, const char *value)
{
    if (!*value)
        return;
    buf_printf(out, "    <property name=\"%s\"", name);
    junit_attribute(out, "value", value);
    buf_add_c(out, "/>\n");
}

/* Of the function: what was tested, so that a report alone proves something. */
static void function_properties(struct buf *out, const struct suite_totals *s,
                                const struct run_summary *end)
{
    char name[400];

    for (size_t i = 0; i < end->function_count; i++) {
        const struct run_function *f = &end->functions[i];

        if (s->function && strcmp(s->function, f->name) != 0)
            continue; /* of hundreds that a promotion tested */
        snprintf(name, sizeof(name), "%s:%s", f->name, f->alias);
        property(out, "function", name);
        property(out, "version", f->version);
        property(out, "code_sha256", f->code_sha256);
    }
}

static void suite_properties(struct junit *j, const struct suite_totals *s,
                             const struct run_summary *end)
{
    struct buf *out = &j->text;
    char shard[40];

    if (j->strict) {
        buf_add_c(out, "  <properties/>\n");
        return;
    }
    buf_add_c(out, "  <properties>\n");
    property(out, "run", j->id);
    property(out, "environment", j->environment);
    property(out, "alias", j->alias);
    property(out, "region", j->region);
    if (j->shards) {
        snprintf(shard, sizeof(shard), "%u/%u", j->shard, j->shards);
        property(out, "shard", shard);
    }
    function_properties(out, s, end);
    buf_add_c(out, "  </properties>\n");
}

static void suite_open(struct junit *j, const struct suite_totals *s, size_t at)
{
    struct buf *out = &j->text;

    buf_add_c(out, " <testsuite");
    junit_attribute(out, "name", s->name);
    if (j->strict) {
        buf_add_c(out, " package=\"");
        classname(out, s->scope, s->file);
        buf_printf(out, "\" id=\"%zu\"", at);
    } else {
        junit_attribute(out, "file", s->file);
    }
    junit_attribute(out, "hostname", j->host);
    buf_add_c(out, " timestamp=\"");
    junit_time(out, j->start_ms + s->start_us / 1000);
    buf_printf(out,
               "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
               "skipped=\"%zu\" time=\"",
               s->tests, s->failures, s->errors, s->skipped);
    junit_seconds(out, s->total_us);
    buf_add_c(out, "\">\n");
}

static void document_open(struct junit *j, struct junit_sums all)
{
    struct buf *out = &j->text;

    for (size_t i = 0; i < j->suite_count; i++) {
        all.tests += j->suites[i].tests;
        all.failures += j->suites[i].failures;
        all.errors += j->suites[i].errors;
        all.skipped += j->suites[i].skipped;
        all.total_us += j->suites[i].total_us;
    }
    buf_add_c(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    if (!j->strict) {
        buf_printf(out,
                   " name=\"smokegate\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
                   "skipped=\"%zu\" time=\"",
                   all.tests, all.failures, all.errors, all.skipped);
        junit_seconds(out, all.total_us);
        buf_putc(out, '"');
    }
    buf_add_c(out, ">\n");
}

static void on_run_end(void *ctx, const struct run_summary *end)
{
    struct junit *j = ctx;
    const struct junit_account_look look = {
        .strict = j->strict, .first_id = j->suite_count, .host = j->host, .start_ms = j->start_ms};
    CLEANUP(buf_release) struct buf account = {0};
    struct junit_sums sums = {0};

    junit_account(&account, &j->account, &look, &sums);
    document_open(j, sums);
    for (size_t i = 0; i < j->suite_count; i++) {
        suite_open(j, &j->suites[i], i);
        suite_properties(j, &j->suites[i], end);
        report_write(j->report, &j->text);
        report_copy(j->report, j->spool, j->suites[i].from, j->suites[i].to);
        if (j->strict)
            buf_add_c(&j->text, "  <system-out/>\n  <system-err/>\n");
        buf_add_c(&j->text, " </testsuite>\n");
    }
    buf_add_str(&j->text, buf_str(&account));
    buf_add_c(&j->text, "</testsuites>\n");
    report_write(j->report, &j->text);
}

static void *open_dialect(struct report *report, struct listener *ret_listener, bool strict)
{
    struct junit *j = mem_zalloc(sizeof(*j));

    j->report = report;
    j->strict = strict;
    j->spool = report_spool(report);
    *ret_listener = (struct listener){.ctx = j,
                                      .run_start = on_run_start,
                                      .case_end = on_case_end,
                                      .step = account_on_step,
                                      .finding = account_on_finding,
                                      .place = account_on_place,
                                      .run_end = on_run_end};
    return j;
}

void *junit_open(struct report *report, struct listener *ret_listener)
{
    return open_dialect(report, ret_listener, false);
}

void *junit_strict_open(struct report *report, struct listener *ret_listener)
{
    return open_dialect(report, ret_listener, true);
}

void junit_close(void *ctx)
{
    struct junit *j = ctx;

    for (size_t i = 0; i < j->suite_count; i++) {
        free(j->suites[i].name);
        free(j->suites[i].file);
        free(j->suites[i].scope);
        free(j->suites[i].function);
    }
    if (j->spool)
        fclose(j->spool);
    free(j->suites);
    free(j->host);
    free(j->environment);
    free(j->alias);
    free(j->region);
    free(j->id);
    account_release(&j->account);
    buf_release(&j->text);
    free(j);
}
