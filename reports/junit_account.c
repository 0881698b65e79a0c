/* The suites of a promotion: environments as suites, steps as cases, audit findings as cases. */
#include "reports/junit_private.h"

#include <string.h>

#include "reports/xml.h"

enum { ENVIRONMENTS_MAX = 64 };

struct suite {
    struct buf cases;
    struct junit_sums sums;
    int64_t start_us;
};

static void element(struct buf *out, const char *name, const char *type, const char *message,
                    const char *body)
{
    buf_printf(out, "    <%s type=\"%s\"", name, type);
    junit_attribute(out, "message", message);
    buf_putc(out, '>');
    xml_text_capped(out, str_c(body), JUNIT_BODY_MAX);
    buf_printf(out, "</%s>\n", name);
}

static void open_case(struct suite *s, const char *kind, const char *environment, const char *name,
                      int64_t us)
{
    struct buf *out = &s->cases;
    CLEANUP(buf_release) struct buf class = {0};

    buf_printf(&class, "%s.", kind);
    junit_class_part(&class, environment);
    buf_add_c(out, "  <testcase");
    junit_attribute(out, "name", name);
    junit_attribute(out, "classname", buf_c(&class));
    buf_add_c(out, " time=\"");
    junit_seconds(out, us);
    buf_add_c(out, "\">\n");
    s->sums.tests++;
    s->sums.total_us += us;
}

/* ---- steps ---- */

static void problem(struct suite *s, const struct kept_step *k)
{
    const struct account_step *step = &k->step;
    const bool failed = step->verdict == VERDICT_FAILED;
    const char *reason = step->reason ? step->reason : account_verdict_name(step->verdict);
    CLEANUP(buf_release) struct buf body = {0};

    buf_printf(&body, "%s\n%s\n", step->text, reason);
    if (k->earlier)
        buf_printf(&body, "before that:\n%s\n", k->earlier);
    if (step->detail)
        buf_printf(&body, "\n%s", step->detail);
    element(&s->cases, failed ? "failure" : "error", failed ? "gate" : "step", reason,
            buf_c(&body));
    s->sums.failures += failed;
    s->sums.errors += !failed;
}

static void add_step(struct suite *s, const struct kept_step *k, bool strict)
{
    const struct account_step *step = &k->step;
    struct buf *out = &s->cases;

    if (s->sums.tests == 0)
        s->start_us = step->start_us;
    open_case(s, "promotion", step->environment, k->name, step->duration_us);
    switch (step->verdict) {
    case VERDICT_PASSED:
        if (strict)
            break;
        buf_add_c(out, "    <system-out>");
        xml_text_capped(out, str_c(step->text), JUNIT_MESSAGE_MAX);
        if (k->earlier) {
            buf_add_c(out, "\nbefore that:\n");
            xml_text_capped(out, str_c(k->earlier), JUNIT_MESSAGE_MAX);
        }
        buf_add_c(out, "</system-out>\n");
        break;
    case VERDICT_FAILED:
    case VERDICT_INCONCLUSIVE:
        problem(s, k);
        break;
    case VERDICT_SKIPPED:
        buf_add_c(out, "    <skipped");
        if (!strict)
            junit_attribute(out, "message", step->reason ? step->reason : "not reached");
        buf_add_c(out, "/>\n");
        s->sums.skipped++;
        break;
    }
    buf_add_c(out, "  </testcase>\n");
}

/* ---- findings ---- */

static void add_finding(struct suite *s, const struct account_finding *f, bool strict)
{
    CLEANUP(buf_release) struct buf name = {0}, body = {0};
    struct buf *out = &s->cases;

    buf_printf(&name, "%s: %s %s", f->function, f->check, f->resource);
    buf_printf(&body, "%s\n%s%s%srepair: %s\n", f->text, *f->source_arn ? "source: " : "",
               f->source_arn, *f->source_arn ? "\n" : "", f->repair);
    open_case(s, "audit", f->environment, buf_c(&name), 0);
    if (f->fails) {
        element(out, "failure", "audit", f->text, buf_c(&body));
        s->sums.failures++;
    } else if (!strict) {
        buf_add_c(out, "    <system-out>warning: ");
        xml_text_capped(out, buf_str(&body), JUNIT_MESSAGE_MAX);
        buf_add_c(out, "</system-out>\n");
    }
    buf_add_c(out, "  </testcase>\n");
}

/* ---- suites ---- */

static void write_suite(struct buf *out, const struct junit_account_look *look, struct suite *s,
                        const char *kind, const char *environment, size_t id)
{
    CLEANUP(buf_release) struct buf name = {0};

    buf_printf(&name, "%s: %s", kind, environment);
    buf_add_c(out, " <testsuite");
    junit_attribute(out, "name", buf_c(&name));
    if (look->strict)
        buf_printf(out, " package=\"%s\" id=\"%zu\"", kind, id);
    junit_attribute(out, "hostname", look->host);
    buf_add_c(out, " timestamp=\"");
    junit_time(out, look->start_ms + s->start_us / 1000);
    buf_printf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"",
               s->sums.tests, s->sums.failures, s->sums.errors, s->sums.skipped);
    junit_seconds(out, s->sums.total_us);
    if (look->strict) {
        buf_add_c(out, "\">\n  <properties/>\n");
    } else {
        buf_add_c(out, "\">\n  <properties>\n    <property name=\"environment\"");
        junit_attribute(out, "value", environment);
        buf_add_c(out, "/>\n  </properties>\n");
    }
    buf_add_str(out, buf_str(&s->cases));
    if (look->strict)
        buf_add_c(out, "  <system-out/>\n  <system-err/>\n");
    buf_add_c(out, " </testsuite>\n");
}

static void add_sums(struct junit_sums *to, const struct junit_sums *s)
{
    to->tests += s->tests;
    to->failures += s->failures;
    to->errors += s->errors;
    to->skipped += s->skipped;
    to->total_us += s->total_us;
}

void junit_account(struct buf *out, const struct account *a, const struct junit_account_look *look,
                   struct junit_sums *sums)
{
    const char *names[ENVIRONMENTS_MAX];
    const size_t count = account_environments(a, names, ENVIRONMENTS_MAX);
    size_t id = look->first_id;

    for (size_t e = 0; e < count; e++) {
        struct suite steps = {0}, findings = {0};

        for (size_t i = 0; i < a->step_count; i++)
            if (strcmp(a->steps[i].step.environment, names[e]) == 0)
                add_step(&steps, &a->steps[i], look->strict);
        for (size_t i = 0; i < a->finding_count; i++)
            if (strcmp(a->findings[i].environment, names[e]) == 0)
                add_finding(&findings, &a->findings[i], look->strict);
        if (steps.sums.tests)
            write_suite(out, look, &steps, "promotion", names[e], id++);
        if (findings.sums.tests)
            write_suite(out, look, &findings, "audit", names[e], id++);
        add_sums(sums, &steps.sums);
        add_sums(sums, &findings.sums);
        buf_release(&steps.cases);
        buf_release(&findings.cases);
    }
}
