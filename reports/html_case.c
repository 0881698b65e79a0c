/* A case in the HTML report: a folding block with every attempt, its failures and excerpts. */
#include "reports/html_private.h"

#include "base/utf8.h"
#include "reports/words.h"

/* A page of many megabytes is not opened by anybody: what goes beyond is told and left out. */
enum {
    FAILURES_MAX = 200,
    FAILURES_BYTES_MAX = 256 << 10,
    EARLIER_BYTES_MAX = 8 << 10,
    SUMMARY_MAX = 300
};

static void text(struct buf *out, const char *c)
{
    html_text(out, str_c(c));
}

static const char *kind_of(const struct case_result *r)
{
    return r->flaky ? "flaky" : verdict_name(r->verdict);
}

/* Of an attempt that another one followed, less is shown. */
static void folded(struct buf *out, const char *title, struct str bytes, size_t whole, bool last,
                   bool open)
{
    if (!bytes.len)
        return;
    if (!last)
        bytes = utf8_part(bytes, EARLIER_BYTES_MAX);
    buf_printf(out, "<details%s><summary>%s, %zu byte%s</summary><pre>", open ? " open" : "", title,
               whole, whole == 1 ? "" : "s");
    html_lines(out, bytes);
    buf_add_c(out, "</pre>");
    if (whole > bytes.len)
        buf_printf(out, "<p class=\"dim\">%zu bytes are left out</p>", whole - bytes.len);
    buf_add_c(out, "</details>\n");
}

static void diff(struct buf *out, const char *all)
{
    struct str rest = str_c(all), line;

    buf_add_c(out, "<p class=\"dim\">- expected, + actual</p><pre>");
    while (rest.len && str_cut(&rest, '\n', &line)) {
        char sign = line.len ? line.data[0] : ' ';

        buf_printf(out, "<span class=\"%s\">", sign == '+' ? "add" : sign == '-' ? "del" : "same");
        html_lines(out, line);
        buf_add_c(out, "</span>");
        if (sign != '+' && sign != '-')
            buf_putc(out, '\n');
    }
    buf_add_c(out, "</pre>\n");
}

static void term(struct buf *out, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    buf_printf(out, "<dt>%s</dt><dd>", name);
    html_lines(out, str_c(value));
    buf_add_c(out, "</dd>");
}

static void failure(struct buf *out, const struct failure_info *f)
{
    buf_add_c(out, "<div class=\"failure\"><code>");
    if (f->file) {
        text(out, f->file);
        buf_printf(out, ":%u:%u ", f->line, f->column);
    }
    buf_add_c(out, "</code> <b>");
    text(out, f->where ? f->where : "");
    buf_add_c(out, "</b><dl>");
    term(out, "expected", f->expected);
    term(out, "actual", f->actual);
    term(out, f->gave_up ? "unknown" : "because", f->note);
    buf_add_c(out, "</dl>\n");
    if (f->diff && *f->diff)
        diff(out, f->diff);
    buf_add_c(out, "</div>\n");
}

static void measures(struct buf *out, const struct attempt *a)
{
    buf_add_c(out, "<p class=\"dim\">");
    buf_printf(out, "%s, ", answer_kind_name(a->kind));
    if (a->status)
        buf_printf(out, "HTTP %d, ", a->status);
    words_duration(out, a->duration_us);
    if (*a->executed_version) {
        buf_add_c(out, ", version ");
        text(out, a->executed_version);
    }
    if (*a->request_id) {
        buf_add_c(out, ", request <code>");
        text(out, a->request_id);
        buf_add_c(out, "</code>");
    }
    if (a->init_ms >= 0)
        buf_printf(out, ", cold start %.0f ms", a->init_ms);
    if (a->billed_ms >= 0)
        buf_printf(out, ", billed %.0f ms", a->billed_ms);
    if (a->max_memory_bytes >= 0)
        buf_printf(out, ", %.0f MiB", a->max_memory_bytes / 1048576);
    if (a->invocations > 1)
        buf_printf(out, ", %u invocations", a->invocations);
    buf_add_c(out, "</p>\n");
    if (a->latency) {
        CLEANUP(buf_release) struct buf words = {0};

        words_latency(&words, a, 0);
        buf_add_c(out, "<pre>");
        html_lines(out, buf_str(&words));
        buf_add_c(out, "</pre>\n");
    }
}

static void attempt(struct buf *out, const struct attempt *a, bool last, bool alone)
{
    bool bad = a->verdict != VERDICT_PASSED;
    const size_t most = a->failure_count < FAILURES_MAX ? a->failure_count : FAILURES_MAX;
    const size_t room = last ? FAILURES_BYTES_MAX : EARLIER_BYTES_MAX;
    size_t shown = 0, more, start;

    if (!alone)
        buf_printf(out, "<h3 class=\"%s\">attempt %u: %s</h3>\n", verdict_name(a->verdict),
                   a->number, verdict_name(a->verdict));
    measures(out, a);
    if (a->reason) {
        buf_add_c(out, "<pre>");
        html_lines(out, str_c(a->reason));
        buf_add_c(out, "</pre>\n");
    }
    start = out->len;
    for (; shown < most && out->len - start < room; shown++)
        failure(out, &a->failures[shown]);
    more = a->failure_count - shown + a->failures_dropped;
    if (more)
        buf_printf(out, "<p>and %zu more that are not shown</p>\n", more);
    folded(out, "request", a->request, a->request_bytes, last, false);
    folded(out, "response", a->response, a->response_bytes, last, bad && last);
    folded(out, "log", a->log, a->log.len, last, false);
}

static void case_head(struct buf *out, const struct case_result *r)
{
    bool bad = r->verdict == VERDICT_FAILED || r->verdict == VERDICT_INCONCLUSIVE;

    buf_printf(out,
               "<details class=\"case v-%s\" id=\"c%zu\"%s><summary><span "
               "class=\"badge %s\">%s</span> ",
               kind_of(r), r->info.index, bad ? " open" : "", kind_of(r), kind_of(r));
    text(out, r->info.suite);
    buf_add_c(out, " &gt; ");
    text(out, r->info.name);
    buf_add_c(out, " <span class=\"time\">");
    if (r->attempt_count)
        words_duration(out, r->duration_us);
    buf_add_c(out, "</span></summary><div class=\"body\">\n<p class=\"dim\"><code>");
    text(out, r->info.file);
    buf_printf(out, ":%u</code> ", r->info.line);
    text(out, r->info.function);
    buf_putc(out, ':');
    text(out, r->info.alias);
    for (size_t i = 0; i < r->info.tag_count; i++) {
        buf_add_c(out, " #");
        text(out, r->info.tags[i]);
    }
    buf_add_c(out, "</p>\n");
}

void html_case_line(struct buf *out, const struct case_result *r)
{
    CLEANUP(buf_release) struct buf summary = {0};
    struct str part;

    words_summary(&summary, r);
    part = utf8_part(buf_str(&summary), SUMMARY_MAX);
    buf_printf(out, "<li><a href=\"#c%zu\"><b class=\"%s\">%s</b> ", r->info.index, kind_of(r),
               kind_of(r));
    text(out, r->info.suite);
    buf_add_c(out, " &gt; ");
    text(out, r->info.name);
    buf_add_c(out, "</a> <span class=\"dim\">");
    html_text(out, part);
    buf_printf(out, "%s</span></li>\n", part.len < summary.len ? "..." : "");
}

void html_case(struct buf *out, const struct case_result *r)
{
    case_head(out, r);
    if (r->info.description) {
        buf_add_c(out, "<p>");
        text(out, r->info.description);
        buf_add_c(out, "</p>\n");
    }
    if (r->reason && (!r->attempt_count || r->verdict == VERDICT_SKIPPED)) {
        buf_add_c(out, "<p>");
        text(out, r->reason);
        buf_add_c(out, "</p>\n");
    }
    for (size_t i = 0; i < r->notice_count; i++) {
        buf_add_c(out, "<p>");
        text(out, r->notices[i]);
        buf_add_c(out, "</p>\n");
    }
    for (size_t i = r->attempt_count; i > 0; i--) /* the last decided */
        attempt(out, &r->attempts[i - 1], i == r->attempt_count, r->attempt_count == 1);
    buf_add_c(out, "</div></details>\n");
}
