/*
 * A promotion in the HTML report: its way through the environments, what went wrong, where aliases
 * were before and after, what the audit found, and every step.
 */
#include "reports/html_private.h"

#include <string.h>

#include "reports/words.h"

enum { STEPS_SHOWN = 2000 };

static void cell(struct buf *out, const char *before, const char *after, bool weighted)
{
    CLEANUP(buf_release) struct buf text = {0};

    account_move(&text, before, after, weighted);
    buf_add_c(out, strcmp(before, after) != 0 ? "<td><b>" : "<td>");
    html_text(out, buf_str(&text));
    buf_add_c(out, strcmp(before, after) != 0 ? "</b></td>" : "</td>");
}

static void text_cell(struct buf *out, const char *text)
{
    buf_add_c(out, "<td>");
    html_text(out, str_c(text));
    buf_add_c(out, "</td>");
}

static void places(struct buf *out, const struct account *a)
{
    if (!a->place_count)
        return;
    buf_add_c(out, "<div class=\"scroll\"><table><tr><th>environment</th><th>function</th>"
                   "<th>");
    html_text(out, str_c(a->aliases.live));
    buf_add_c(out, "</th><th>");
    html_text(out, str_c(a->aliases.smoke));
    buf_add_c(out, "</th><th>");
    html_text(out, str_c(a->aliases.backup));
    buf_add_c(out, "</th></tr>\n");
    for (size_t i = 0; i < a->place_count; i++) {
        const struct account_place *p = &a->places[i];

        buf_add_c(out, "<tr>");
        text_cell(out, p->environment);
        text_cell(out, p->function);
        cell(out, p->before.live, p->after.live, p->weighted);
        cell(out, p->before.smoke, p->after.smoke, false);
        cell(out, p->before.backup, p->after.backup, false);
        buf_add_c(out, "</tr>\n");
    }
    buf_add_c(out, "</table></div>\n");
}

void html_end(struct buf *out, const char *end, const struct account *a)
{
    CLEANUP(buf_release) struct buf words = {0};

    words_promotion_end(&words, end, a->command, &a->aliases);
    html_text(out, buf_str(&words));
}

static void findings(struct buf *out, const struct account *a)
{
    if (!a->finding_count)
        return;
    buf_add_c(out, "<h2>What bypasses ");
    html_text(out, str_c(a->aliases.live));
    buf_add_c(out, "</h2>\n");
    for (size_t i = 0; i < a->finding_count; i++) {
        const struct account_finding *f = &a->findings[i];

        buf_printf(out, "<div class=\"failure\"><b class=\"%s\">%s</b> ",
                   f->fails ? "failed" : "inconclusive", f->fails ? "fail" : "warning");
        html_text(out, str_c(f->environment));
        buf_add_c(out, " ");
        html_text(out, str_c(f->function));
        buf_add_c(out, ": ");
        html_text(out, str_c(f->text));
        buf_add_c(out, "<dl>");
        if (*f->source_arn) {
            buf_add_c(out, "<dt>source</dt><dd>");
            html_text(out, str_c(f->source_arn));
            buf_add_c(out, "</dd>");
        }
        buf_add_c(out, "<dt>repair</dt><dd>");
        html_text(out, str_c(f->repair));
        buf_add_c(out, "</dd></dl></div>\n");
    }
    if (a->findings_dropped)
        buf_printf(out, "<p>and %zu more</p>\n", a->findings_dropped);
}

static const char *class_of(enum verdict verdict)
{
    return verdict == VERDICT_PASSED ? "passed" : verdict_name(verdict);
}

static void trouble(struct buf *out, const struct kept_step *k)
{
    const struct account_step *s = &k->step;

    if (s->verdict == VERDICT_PASSED || s->verdict == VERDICT_SKIPPED)
        return;
    buf_printf(out, "<div class=\"failure\"><b class=\"%s\">%s</b> ", class_of(s->verdict),
               account_verdict_name(s->verdict));
    html_text(out, str_c(s->environment));
    buf_add_c(out, ": ");
    html_text(out, str_c(s->text));
    if (s->reason) {
        buf_add_c(out, "<pre>");
        html_lines(out, str_c(s->reason));
        buf_add_c(out, "</pre>");
    }
    if (s->detail) {
        buf_add_c(out, "<pre>");
        html_lines(out, str_c(s->detail));
        buf_add_c(out, "</pre>");
    }
    buf_add_c(out, "</div>\n");
}

static void steps(struct buf *out, const struct account *a)
{
    const size_t shown = a->step_count < STEPS_SHOWN ? a->step_count : STEPS_SHOWN;

    buf_printf(out,
               "<details class=\"steps\"><summary>all %zu steps</summary><div class=\"scroll\">"
               "<table><tr><th>after</th><th>environment</th><th>step</th><th>took</th><th></th>"
               "</tr>\n",
               a->step_count + a->steps_dropped);
    for (size_t i = 0; i < shown; i++) {
        const struct account_step *s = &a->steps[i].step;

        buf_add_c(out, "<tr><td>");
        if (s->verdict != VERDICT_SKIPPED)
            words_duration(out, s->start_us);
        buf_add_c(out, "</td>");
        text_cell(out, s->environment);
        text_cell(out, s->text);
        buf_add_c(out, "<td>");
        if (s->verdict != VERDICT_SKIPPED)
            words_duration(out, s->duration_us);
        buf_printf(out, "</td><td class=\"%s\">%s</td></tr>\n", class_of(s->verdict),
                   account_verdict_name(s->verdict));
    }
    buf_add_c(out, "</table></div></details>\n");
}

void html_account(struct buf *out, const struct account *a)
{
    html_way(out, a);
    for (size_t i = 0; i < a->step_count; i++)
        trouble(out, &a->steps[i]);
    places(out, a);
    findings(out, a);
    if (a->step_count)
        steps(out, a);
}
