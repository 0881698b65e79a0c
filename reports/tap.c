/*
 * TAP 14: a test point a case, what went wrong as a YAML block.
 * https://testanything.org/tap-version-14-specification.html
 */
#include "reports/formats.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/neutral.h"
#include "base/utf8.h"
#include "reports/account.h"
#include "reports/jsonw.h"
#include "reports/words.h"

enum { DETAIL_MAX = 64 << 10 };

struct tap {
    struct report *report;
    struct buf text;
    size_t points; /* of a promotion: nobody knows before the end how often the gates will ask */
    bool promotion;
    char command[32]; /* what it is called, if it is none */
};

/* On one line, with '#' and '\' escaped. */
static void description(struct buf *out, const char *text)
{
    CLEANUP(buf_release) struct buf visible = {0};

    utf8_visible(&visible, str_c(text));
    for (size_t i = 0; i < visible.len; i++) {
        char c = visible.data[i];

        if (c == '#' || c == '\\')
            buf_putc(out, '\\');
        buf_putc(out, c == '\n' || c == '\t' ? ' ' : c);
    }
}

/* A JSON string of printable characters is a YAML string. */
static void entry(struct buf *out, const char *key, struct str value)
{
    CLEANUP(buf_release) struct buf visible = {0};

    if (!value.len)
        return;
    neutral_text(&visible, utf8_part(value, DETAIL_MAX));
    buf_printf(out, "  %s: ", key);
    jsonw_quoted(out, buf_str(&visible));
    buf_putc(out, '\n');
}

static void yaml(struct buf *out, const struct case_result *r)
{
    CLEANUP(buf_release) struct buf message = {0}, detail = {0};
    const struct attempt *last = words_last(r);

    words_summary(&message, r);
    words_case(&detail, r, 0, WORDS_LOG_ELSEWHERE);
    buf_add_c(out, "  ---\n");
    entry(out, "message", buf_str(&message));
    entry(out, "severity", str_c(r->flaky ? "flaky" : verdict_name(r->verdict)));
    buf_printf(out, "  duration_ms: %" PRId64 ".%03d\n", r->duration_us / 1000,
               (int)(r->duration_us % 1000));
    entry(out, "file", str_c(r->info.file));
    buf_printf(out, "  line: %u\n", r->info.line);
    entry(out, "function", str_c(r->info.function));
    if (last)
        entry(out, "executed_version", str_c(last->executed_version));
    entry(out, "detail", buf_str(&detail));
    if (last)
        entry(out, "log", last->log);
    buf_add_c(out, "  ...\n");
}

static void on_run_start(void *ctx, const struct run_info *run)
{
    struct tap *t = ctx;

    t->promotion = run->promotion;
    snprintf(t->command, sizeof(t->command),
             "%s: ", run->command && *run->command ? run->command : "promotion");
    buf_add_c(&t->text, "TAP version 14\n");
    if (!t->promotion)
        buf_printf(&t->text, "1..%zu%s\n", run->cases, run->cases ? "" : " # no case was selected");
    report_write(t->report, &t->text);
}

static void on_case_end(void *ctx, const struct case_result *r)
{
    struct tap *t = ctx;
    struct buf *out = &t->text;
    bool good = r->verdict == VERDICT_PASSED || r->verdict == VERDICT_SKIPPED;

    t->points++;
    buf_printf(out, "%sok %zu - ", good ? "" : "not ", r->info.index + 1);
    description(out, r->info.suite);
    buf_add_c(out, " > ");
    description(out, r->info.name);
    if (r->verdict == VERDICT_SKIPPED) {
        buf_add_c(out, " # SKIP ");
        description(out, r->reason ? r->reason : "");
    }
    buf_putc(out, '\n');
    if (!good || r->flaky)
        yaml(out, r);
    report_write(t->report, out);
}

static void comment(struct buf *out, const char *before, const char *text)
{
    buf_printf(out, "# %s", before);
    description(out, text);
    buf_putc(out, '\n');
}

static void on_step(void *ctx, const struct account_step *s)
{
    struct tap *t = ctx;

    if (s->verdict == VERDICT_SKIPPED)
        return;
    buf_printf(&t->text, "# %s: ", account_verdict_name(s->verdict));
    description(&t->text, s->environment);
    buf_add_c(&t->text, ": ");
    description(&t->text, s->text);
    if (s->reason) {
        buf_add_c(&t->text, ": ");
        description(&t->text, s->reason);
    }
    buf_putc(&t->text, '\n');
    report_write(t->report, &t->text);
}

static void on_finding(void *ctx, const struct account_finding *f)
{
    struct tap *t = ctx;

    comment(&t->text, f->fails ? "audit: fail: " : "audit: warning: ", f->text);
    report_write(t->report, &t->text);
}

static void on_run_end(void *ctx, const struct run_summary *end)
{
    struct tap *t = ctx;

    if (t->promotion)
        buf_printf(&t->text, "1..%zu\n", t->points);
    if (end->end)
        comment(&t->text, t->command, end->end);
    if (end->message)
        comment(&t->text, "", end->message);
    if (end->stopped)
        comment(&t->text, "", end->stopped);
    report_write(t->report, &t->text);
}

void *tap_open(struct report *report, struct listener *ret_listener)
{
    struct tap *t = mem_zalloc(sizeof(*t));

    t->report = report;
    *ret_listener = (struct listener){.ctx = t,
                                      .run_start = on_run_start,
                                      .case_end = on_case_end,
                                      .step = on_step,
                                      .finding = on_finding,
                                      .run_end = on_run_end};
    return t;
}

void tap_close(void *ctx)
{
    struct tap *t = ctx;

    buf_release(&t->text);
    free(t);
}
