/*
 * HTML: one file that needs nothing else and no script to be read (the content security policy of
 * Jenkins allows none). Its own policy forbids scripts, so that even a mistake here could not run
 * what a response contained.
 */
#include "reports/formats.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "reports/html_private.h"
#include "reports/words.h"
#include "reports/xml.h"

/* A page beyond some tens of megabytes is not opened by anybody. */
enum { CASES_OF_A_KIND_MAX = 2000, CASES_BYTES_MAX = 48 << 20, MISSES_MAX = 50 };

struct html {
    struct account account; /* of a promotion; first: it is its own listener */
    struct report *report;
    struct buf text;
    struct buf misses; /* what did not pass, in lines that lead there */
    size_t miss_count;
    FILE *spool;
    struct html_marks marks;
    size_t shown[VERDICT_COUNT], left_out;
    char *environment, *alias, *region, *id, *tool_version, *release;
    int64_t start_ms;
    bool promotion;
};

void html_text(struct buf *out, struct str text)
{
    CLEANUP(buf_release) struct buf visible = {0};

    utf8_visible(&visible, text);
    xml_attribute(out, buf_str(&visible));
}

void html_lines(struct buf *out, struct str text)
{
    CLEANUP(buf_release) struct buf visible = {0};

    utf8_visible(&visible, text);
    xml_text(out, buf_str(&visible));
}

static void text(struct buf *out, const char *c)
{
    html_text(out, str_c(c));
}

/* ---- listening ---- */

static void on_run_start(void *ctx, const struct run_info *run)
{
    struct html *h = ctx;

    h->environment = mem_dup(run->environment);
    h->alias = mem_dup(run->alias);
    h->region = mem_dup(run->region);
    h->id = mem_dup(run->id);
    h->tool_version = mem_dup(run->tool_version);
    h->release = mem_dup(run->release ? run->release : "");
    h->start_ms = run->start_ms;
    h->promotion = run->promotion;
    account_begin(&h->account, run);
}

static void on_case_end(void *ctx, const struct case_result *r)
{
    struct html *h = ctx;

    html_marks_add(&h->marks, r);
    if (++h->shown[r->verdict] > CASES_OF_A_KIND_MAX ||
        (h->spool && ftell(h->spool) > CASES_BYTES_MAX)) {
        h->left_out++;
        return;
    }
    if ((r->verdict == VERDICT_FAILED || r->verdict == VERDICT_INCONCLUSIVE) &&
        h->miss_count++ < MISSES_MAX)
        html_case_line(&h->misses, r);
    html_case(&h->text, r);
    report_spool_write(h->report, h->spool, &h->text);
}

static void head(struct html *h, const struct run_summary *end)
{
    struct buf *out = &h->text;

    buf_printf(out,
               "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
               "style-src 'unsafe-inline'\">\n"
               "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
               "<title>smokegate: %s</title>\n<style>\n",
               end->end ? end->end : run_verdict_name(end->verdict));
    buf_add_c(out, html_style);
    buf_add_c(out, "</style></head><body>\n");
}

static void count(struct buf *out, const char *kind, size_t n)
{
    if (n)
        buf_printf(out, "<li class=\"%s\"><b>%zu</b> %s</li>\n", kind, n, kind);
}

static void title(struct html *h, const struct run_summary *end)
{
    struct buf *out = &h->text;
    const char *kind = end->verdict == RUN_PASS   ? "passed"
                       : end->verdict == RUN_FAIL ? "failed"
                                                  : "inconclusive";

    if (end->end) {
        buf_printf(out, "<h1 class=\"%s\">",
                   words_promotion_ended_well(end->end) ? "passed"
                   : end->verdict == RUN_FAIL           ? "failed"
                                                        : "inconclusive");
        html_end(out, end->end, &h->account);
        buf_add_c(out, "</h1>\n<p>");
        return;
    }
    buf_printf(out, "<h1 class=\"%s\">%s</h1>\n<p>", kind,
               end->verdict == RUN_PASS    ? "Passed"
               : end->verdict == RUN_FAIL  ? "Failed"
               : end->verdict == RUN_EMPTY ? "No case ran"
                                           : "Inconclusive");
}

/* What ran, where, when, for how long. */
static void circumstances(struct html *h, const struct run_summary *end)
{
    struct buf *out = &h->text;
    char start[40];

    clock_format_rfc3339(start, sizeof(start), h->start_ms, false);
    if (h->promotion && *h->release) {
        buf_add_c(out, "Release ");
        text(out, h->release);
        buf_add_c(out, " through ");
    } else if (h->promotion) {
        buf_add_c(out, "Through ");
    } else {
        text(out, h->alias);
        buf_add_c(out, *h->environment ? " in " : "");
    }
    text(out, h->environment);
    if (*h->region) {
        buf_add_c(out, ", ");
        text(out, h->region);
    }
    buf_printf(out, ", %s, ", start);
    words_duration(out, end->duration_us);
    if (end->invocations || !h->promotion)
        buf_printf(out, ", %zu invocations", end->invocations);
    buf_printf(out, ". <span class=\"dim\">%s ",
               h->promotion && strcmp(h->account.command, "audit") != 0 ? "Promotion" : "Run");
    text(out, h->id);
    buf_add_c(out, ", smokegate ");
    text(out, h->tool_version);
    buf_add_c(out, "</span></p>\n");
}

static void remark(struct buf *out, const char *words)
{
    if (!words)
        return;
    buf_add_c(out, "<p class=\"inconclusive\">");
    text(out, words);
    buf_add_c(out, "</p>\n");
}

/* First of all, and before any picture: it is what one opens the page for. */
static void misses(struct html *h)
{
    if (!h->miss_count)
        return;
    buf_add_c(&h->text, "<h2>Not passed</h2>\n<ul class=\"misses\">\n");
    buf_add_str(&h->text, buf_str(&h->misses));
    if (h->miss_count > MISSES_MAX)
        buf_printf(&h->text, "<li>and %zu more, below</li>\n", h->miss_count - MISSES_MAX);
    buf_add_c(&h->text, "</ul>\n");
}

static void overview(struct html *h, const struct run_summary *end)
{
    struct buf *out = &h->text;

    title(h, end);
    circumstances(h, end);
    remark(out, end->message);
    remark(out, end->stopped);
    html_account(out, &h->account);
    buf_add_c(out, "<ul class=\"counts\">\n");
    count(out, "passed", end->counts.of[VERDICT_PASSED]);
    count(out, "flaky", end->counts.flaky);
    count(out, "failed", end->counts.of[VERDICT_FAILED]);
    count(out, "inconclusive", end->counts.of[VERDICT_INCONCLUSIVE]);
    count(out, "skipped", end->counts.of[VERDICT_SKIPPED]);
    buf_add_c(out, "</ul>\n");
    misses(h);
}

static void functions(struct buf *out, const struct run_summary *end)
{
    if (!end->function_count) /* a promotion that came to no gate */
        return;
    buf_add_c(out, "<div class=\"scroll\"><table><tr><th>function</th><th>version "
                   "tested</th><th>code</th></tr>\n");
    for (size_t i = 0; i < end->function_count; i++) {
        const struct run_function *f = &end->functions[i];

        buf_add_c(out, "<tr><td>");
        text(out, f->name);
        buf_putc(out, ':');
        text(out, f->alias);
        buf_add_c(out, "</td><td>");
        text(out, *f->executed_version ? f->executed_version : f->reason ? f->reason : "none");
        buf_add_c(out, "</td><td><code>");
        text(out, f->code_sha256);
        buf_add_c(out, "</code></td></tr>\n");
    }
    buf_add_c(out, "</table></div>\n");
}

static void filters(struct buf *out, const struct verdict_counts *c)
{
    const struct {
        const char *name;
        size_t count;
    } kinds[] = {{"failed", c->of[VERDICT_FAILED]},
                 {"inconclusive", c->of[VERDICT_INCONCLUSIVE]},
                 {"flaky", c->flaky},
                 {"passed", c->of[VERDICT_PASSED]},
                 {"skipped", c->of[VERDICT_SKIPPED]}};

    buf_add_c(out, "<h2>Cases</h2>\n<input type=\"radio\" name=\"show\" id=\"show-all\" checked>"
                   "<label class=\"filter\" for=\"show-all\">all</label>\n");
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (kinds[i].count)
            buf_printf(out,
                       "<input type=\"radio\" name=\"show\" id=\"show-%s\"><label "
                       "class=\"filter\" for=\"show-%s\">%s %zu</label>\n",
                       kinds[i].name, kinds[i].name, kinds[i].name, kinds[i].count);
    buf_add_c(out, "<div class=\"cases\">\n");
}

static bool has_cases(const struct verdict_counts *c)
{
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(c->of); i++)
        n += c->of[i];
    return n > 0;
}

static void cases(struct html *h, const struct verdict_counts *c)
{
    filters(&h->text, c);
    report_write(h->report, &h->text);
    report_copy(h->report, h->spool, 0, h->spool ? ftell(h->spool) : 0);
    buf_add_c(&h->text, "</div>\n");
    if (h->left_out)
        buf_printf(&h->text, "<p>and %zu more cases, see the other reports</p>\n", h->left_out);
}

static void on_run_end(void *ctx, const struct run_summary *end)
{
    struct html *h = ctx;

    head(h, end);
    overview(h, end);
    functions(&h->text, end);
    html_timeline(&h->text, &h->marks);
    html_latency(&h->text, &h->marks);
    if (has_cases(&end->counts))
        cases(h, &end->counts);
    buf_add_c(&h->text, "</body></html>\n");
    report_write(h->report, &h->text);
}

void *html_open(struct report *report, struct listener *ret_listener)
{
    struct html *h = mem_zalloc(sizeof(*h));

    h->report = report;
    h->spool = report_spool(report);
    *ret_listener = (struct listener){.ctx = h,
                                      .run_start = on_run_start,
                                      .case_end = on_case_end,
                                      .step = account_on_step,
                                      .finding = account_on_finding,
                                      .place = account_on_place,
                                      .run_end = on_run_end};
    return h;
}

void html_close(void *ctx)
{
    struct html *h = ctx;

    if (h->spool)
        fclose(h->spool);
    html_marks_release(&h->marks);
    buf_release(&h->text);
    buf_release(&h->misses);
    free(h->environment);
    free(h->alias);
    free(h->region);
    free(h->id);
    free(h->tool_version);
    free(h->release);
    account_release(&h->account);
    free(h);
}
