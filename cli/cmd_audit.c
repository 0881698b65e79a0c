#include "cli/command.h"

#include <stdlib.h>

#include <jansson.h>

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

static int audit_one(struct session *session, const struct manifest_environment *e,
                     struct audit_report *report, struct err *err)
{
    struct aws_client *client;

    if (session_client(session, e, &client, err) < 0)
        return -1;
    return audit_environment(report, client, e, &session->manifest->aliases, AUDIT_WHOLE, NULL,
                             err);
}

static int audit(struct session *session)
{
    const struct manifest *m = session->manifest;
    struct audit_report report = {0};
    struct err err = {0};
    size_t n = 0;
    const char *const *names = opts_strings(&session->cli->opts, "env", &n);
    int code = EXIT_OK;

    for (size_t i = 0; code == EXIT_OK && i < (n ? n : m->environment_count); i++) {
        const struct manifest_environment *e =
            n ? manifest_environment(m, names[i], &err) : &m->environments[i];

        if (!e || audit_one(session, e, &report, &err) < 0)
            code = command_fail(&err);
    }
    if (code == EXIT_OK) {
        if (session->cli->json)
            print_json(&report);
        else
            print_text(&report);
        code = report.failures ? EXIT_AUDIT : EXIT_OK;
    }
    audit_report_release(&report);
    return code;
}

static int run(struct cli *cli)
{
    return session_run(cli, true, audit);
}

extern const struct command cmd_audit;
const struct command cmd_audit = {
    .name = "audit",
    .summary = "find event sources, policies and URLs that bypass Live",
    .details = "Only reads. Each finding comes with the command that would repair it. S3, SNS, "
               "EventBridge, API Gateway and Step Functions show only as policy statements.",
    .example = "smokegate audit -e prod",
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run,
};
