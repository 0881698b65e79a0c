/*
 * Workflow commands for GitHub Actions: an annotation for each case that did not pass, at its line
 * of the case file. GitHub shows ten of a kind and step, so the tenth says how many more there are.
 * Whatever a function said is escaped into the value of a command; printed to the log it stands
 * between stop-commands marks with a token nobody can guess (CVE-2020-15228).
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
#include "reports/formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "base/utf8.h"
#include "reports/place.h"
#include "reports/words.h"

enum { SHOWN = 9, MESSAGE_MAX = 4 << 10, LOGS_MAX = 512 << 10 };

struct kind {
    const char *command;
    size_t count;
};

struct github {
    struct report *report;
    struct buf text, logs;
    size_t logs_left_out;
    char *folder;
    char command[32]; /* what a promotion is called, if it is none */
    struct kind errors, warnings;
};

static void value(struct buf *out, struct str text, bool property)
{
    CLEANUP(buf_release) struct buf visible = {0};
    const struct str part = utf8_part(text, MESSAGE_MAX);

    utf8_visible(&visible, part);
    if (part.len < text.len)
        buf_printf(&visible, "... [%zu bytes left out]", text.len - part.len);
    for (size_t i = 0; i < visible.len; i++) {
        char c = visible.data[i];

        if (c == '%' || c == '\n' || c == '\r' || (property && (c == ':' || c == ',')))
            buf_printf(out, "%%%02X", (unsigned char)c);
        else
            buf_putc(out, c);
    }
}

static void property(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, "%s=", name);
    value(out, str_c(text), true);
}

static void annotate(struct github *g, struct kind *kind, const struct case_result *r)
{
    CLEANUP(buf_release) struct buf title = {0}, body = {0}, file = {0};
    struct buf *out = &g->text;

    if (++kind->count > SHOWN)
        return;
    buf_printf(&title, "%s > %s", r->info.suite, r->info.name);
    words_case(&body, r, 0, WORDS_LOG_ELSEWHERE);
    buf_printf(out, "::%s ", kind->command);
    place_in_repository(&file, g->folder ? g->folder : "", r->info.file);
    property(out, "file", buf_c(&file));
    buf_printf(out, ",line=%u,col=%u,", r->info.line, r->info.column);
    property(out, "title", buf_c(&title));
    buf_add_c(out, "::");
    value(out, str_trim(buf_str(&body)), false);
    buf_putc(out, '\n');
}

static void on_run_start(void *ctx, const struct run_info *run)
{
    struct github *g = ctx;

    g->folder = mem_dup(run->folder);
    snprintf(g->command, sizeof(g->command), "%s",
             run->command && *run->command ? run->command : "promotion");
}

static void on_case_end(void *ctx, const struct case_result *r)
{
    struct github *g = ctx;
    const struct attempt *last = words_last(r);

    if (r->verdict == VERDICT_FAILED || r->verdict == VERDICT_INCONCLUSIVE)
        annotate(g, &g->errors, r);
    else if (r->flaky)
        annotate(g, &g->warnings, r);
    else
        return;
    report_write(g->report, &g->text);
    if (!last || !last->log.len)
        return;
    if (g->logs.len > LOGS_MAX) {
        g->logs_left_out++;
        return;
    }
    buf_printf(&g->logs, "%s > %s\n", r->info.suite, r->info.name);
    buf_add_str(&g->logs, str_trim(last->log));
    buf_add_c(&g->logs, "\n\n");
}

static void say(struct github *g, struct kind *kind, const char *title, const char *text,
                const char *more)
{
    CLEANUP(buf_release) struct buf body = {0};

    if (++kind->count > SHOWN)
        return;
    buf_printf(&body, "%s\n%s", text, more ? more : "");
    buf_printf(&g->text, "::%s ", kind->command);
    property(&g->text, "title", title);
    buf_add_c(&g->text, "::");
    value(&g->text, str_trim(buf_str(&body)), false);
    buf_putc(&g->text, '\n');
    report_write(g->report, &g->text);
}

static void on_step(void *ctx, const struct account_step *s)
{
    struct github *g = ctx;

    if (s->verdict == VERDICT_FAILED || s->verdict == VERDICT_INCONCLUSIVE)
        say(g, &g->errors, s->environment, s->text, s->reason);
}

static void on_finding(void *ctx, const struct account_finding *f)
{
    struct github *g = ctx;

    say(g, f->fails ? &g->errors : &g->warnings, f->environment, f->text, f->repair);
}

static void the_rest(struct github *g, const struct kind *kind, const char *what)
{
    if (kind->count > SHOWN)
        buf_printf(&g->text, "::%s title=smokegate::and %zu more %s, see the other reports\n",
                   kind->command, kind->count - SHOWN, what);
}

static void add_logs(struct github *g)
{
    char token[UUID_SIZE];

    if (!g->logs.len)
        return;
    rand_uuid(token, NULL);
    buf_printf(&g->text, "::group::logs of cases that did not pass\n::stop-commands::%s\n", token);
    utf8_visible(&g->text, buf_str(&g->logs));
    if (g->logs_left_out)
        buf_printf(&g->text, "and %zu more logs, see the other reports", g->logs_left_out);
    buf_printf(&g->text, "\n::%s::\n::endgroup::\n", token);
}

static void on_run_end(void *ctx, const struct run_summary *end)
{
    struct github *g = ctx;
    const struct verdict_counts *c = &end->counts;

    the_rest(g, &g->errors, "cases or steps did not pass");
    the_rest(g, &g->warnings, "warnings");
    add_logs(g);
    buf_printf(&g->text,
               "::notice title=smokegate::%s%s%s: %zu passed, %zu failed, %zu inconclusive, %zu "
               "skipped\n",
               end->end ? g->command : "", end->end ? " " : "",
               end->end ? end->end : run_verdict_name(end->verdict), c->of[VERDICT_PASSED],
               c->of[VERDICT_FAILED], c->of[VERDICT_INCONCLUSIVE], c->of[VERDICT_SKIPPED]);
    report_write(g->report, &g->text);
}

void *github_open(struct report *report, struct listener *ret_listener)
{
    struct github *g = mem_zalloc(sizeof(*g));

    g->report = report;
    g->errors.command = "error";
    g->warnings.command = "warning";
    *ret_listener = (struct listener){.ctx = g,
                                      .run_start = on_run_start,
                                      .case_end = on_case_end,
                                      .step = on_step,
                                      .finding = on_finding,
                                      .run_end = on_run_end};
    return g;
}

void github_close(void *ctx)
{
    struct github *g = ctx;

    buf_release(&g->text);
    buf_release(&g->logs);
    free(g->folder);
    free(g);
}
