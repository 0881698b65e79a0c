#include "cli/command.h"

#include <stdlib.h>

#include <jansson.h>

#include "cli/promotion_range.h"
#include "cli/promotion_report.h"
#include "cli/session.h"
#include "cli/term.h"
#include "promote/audit.h"

static void print_text(const struct audit_report *r)
{
    CLEANUP(buf_release) struct buf out = {0}, safe = {0};

    for (size_t i = 0; i < r->count; i++) {
        const struct audit_finding *f = &r->items[i];

        buf_printf(&out, "%-4s  %s  %s: %s\n", f->level == AUDIT_IS_FAILURE ? "FAIL" : "warn",
                   f->environment, f->function, f->text);
        if (*f->source_arn)
            buf_printf(&out, "      source: %s\n", f->source_arn);
        buf_printf(&out, "      repair: %s\n", f->repair);
    }
    buf_printf(&out, "%zu failed, %zu warnings\n", r->failures, r->count - r->failures);
    term_safe(&safe, buf_str(&out));
    term_out_str(buf_str(&safe));
}

static void print_json(const struct audit_report *r)
{
    json_t *list = json_array(), *root;
    char *text;

    for (size_t i = 0; i < r->count; i++) {
        const struct audit_finding *f = &r->items[i];

        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "level",
                                        f->level == AUDIT_IS_FAILURE ? "fail" : "warn", "check",
                                        f->check, "environment", f->environment, "function",
                                        f->function, "resource", f->resource, "source_arn",
                                        f->source_arn, "text", f->text, "repair", f->repair));
    }
    root = json_pack("{s:I, s:I, s:o}", "failed", (json_int_t)r->failures, "warnings",
                     (json_int_t)(r->count - r->failures), "findings", list);
    text = json_dumps(root, JSON_INDENT(2));
    term_out("%s\n", text ? text : "{}");
    free(text);
    json_decref(root);
}

struct audit {
    struct session *session;
    struct gate_cases reports; /* runs no cases: holds the reports */
    struct promotion_report told;
    struct audit_report found;
};

static int audit_one(struct audit *a, const struct manifest_environment *e, struct err *err)
{
    const struct manifest_aliases *aliases = &a->session->manifest->aliases;
    const size_t before = a->found.count;
    CLEANUP(buf_release) struct buf text = {0};
    struct aws_client *client;

    buf_printf(&text, "what calls the functions, and whether it calls %s", aliases->live);
    if (session_client(a->session, e, &client, err) < 0 ||
        audit_environment(&a->found, client, e, aliases, AUDIT_WHOLE, NULL, err) < 0) {
        promotion_report_whole(&a->told, e->name, "audit", buf_c(&text), err->text);
        return -1;
    }
    promotion_report_whole(&a->told, e->name, "audit", buf_c(&text), NULL);
    for (size_t i = before; i < a->found.count; i++)
        promotion_report_finding(&a->told, &a->found.items[i]);
    return 0;
}

static int audit_all(struct audit *a, const bool *chosen)
{
    const struct manifest *m = a->session->manifest;
    int code = EXIT_OK;

    for (size_t i = 0; i < m->environment_count; i++) {
        struct err err = {0};

        if (chosen[i] && audit_one(a, &m->environments[i], &err) < 0)
            code = command_fail(&err); /* what is found elsewhere is worth to know all the same */
    }
    if (a->session->cli->json)
        print_json(&a->found);
    else
        print_text(&a->found);
    return a->found.failures ? EXIT_AUDIT : code;
}

static void range(struct gate_cases *g, const bool *chosen, size_t count)
{
    while (g->first + 1 < count && !chosen[g->first])
        g->first++;
    for (size_t i = g->first; i < count; i++)
        g->last = chosen[i] ? i : g->last;
}

static int audit(struct session *session)
{
    struct audit a = {.session = session, .told.gate = &a.reports};
    bool chosen[MANIFEST_ENVIRONMENTS_MAX];
    struct err err = {0};
    int code;

    if (environments_chosen(session, chosen, &err) < 0 ||
        gate_cases_open(&a.reports, session, &err) < 0) {
        gate_cases_finish(&a.reports, NULL);
        return command_fail(&err);
    }
    range(&a.reports, chosen, session->manifest->environment_count);
    gate_cases_begin(&a.reports, "");
    code = audit_all(&a, chosen);
    a.reports.total.end = code == EXIT_OK ? "audited" : code == EXIT_AUDIT ? "bypassed" : "stopped";
    if (gate_cases_finish(&a.reports, &err) < 0) {
        const int late = command_fail(&err);

        code = code == EXIT_OK ? late : code;
    }
    audit_report_release(&a.found);
    return code;
}

static int run(struct cli *cli)
{
    return session_run(cli, true, audit);
}

static const struct opt options[] = {REPORT_OPTS};

extern const struct command cmd_audit;
const struct command cmd_audit = {
    .name = "audit",
    .summary = "find event sources, policies and URLs that bypass Live",
    .details = "Only reads. Each finding comes with the command that would repair it. S3, SNS, "
               "EventBridge, API Gateway and Step Functions show only as policy statements.",
    .example = "smokegate audit -e prod\n"
               "smokegate audit --junit reports/audit.xml",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run,
};
