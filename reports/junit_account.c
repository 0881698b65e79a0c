/* The suites of a promotion: environments as suites, steps as cases, audit findings as cases. */
#include "reports/junit_private.h"

#include <string.h>

#include "reports/xml.h"

enum { ENVIRONMENTS_MAX = 64 };

static void element(struct buf *out, const char *name, const char *type, const char *message,
                    const char *body)
{
    buf_printf(out, "    <%s type=\"%s\"", name, type);
    junit_attribute(out, "message", message);
    buf_putc(out, '>');
    xml_text_capped(out, str_c(body), JUNIT_BODY_MAX);
    buf_printf(out, "</%s>\n", name);
}

static void open_case(struct buf *out, const char *kind, const char *environment, const char *name,
                      int64_t us)
{
    CLEANUP(buf_release) struct buf class = {0};

    buf_printf(&class, "%s.", kind);
    junit_class_part(&class, environment);
    buf_add_c(out, "  <testcase");
    junit_attribute(out, "name", name);
    junit_attribute(out, "classname", buf_c(&class));
    buf_add_c(out, " time=\"");
    junit_seconds(out, us);
    buf_add_c(out, "\">\n");
}

/* ---- steps ---- */

static void problem(struct buf *out, const struct kept_step *k)
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
    element(out, failed ? "failure" : "error", failed ? "gate" : "step", reason, buf_c(&body));
}

static void add_step(struct buf *out, const struct kept_step *k, bool strict)
{
    const struct account_step *step = &k->step;

    open_case(out, "promotion", step->environment, k->name, step->duration_us);
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
        problem(out, k);
        break;
    case VERDICT_SKIPPED:
        buf_add_c(out, "    <skipped");
        if (!strict)
            junit_attribute(out, "message", step->reason ? step->reason : "not reached");
        buf_add_c(out, "/>\n");
        break;
    }
    buf_add_c(out, "  </testcase>\n");
}

/* ---- findings ---- */

static void add_finding(struct buf *out, const struct account_finding *f, bool strict)
{
    CLEANUP(buf_release) struct buf name = {0}, body = {0};

    buf_printf(&name, "%s: %s %s", f->function, f->check, f->resource);
    buf_printf(&body, "%s\n%s%s%srepair: %s\n", f->text, *f->source_arn ? "source: " : "",
               f->source_arn, *f->source_arn ? "\n" : "", f->repair);
    open_case(out, "audit", f->environment, buf_c(&name), 0);
    if (f->fails) {
        element(out, "failure", "audit", f->text, buf_c(&body));
    } else if (!strict) {
        buf_add_c(out, "    <system-out>warning: ");
        xml_text_capped(out, buf_str(&body), JUNIT_MESSAGE_MAX);
        buf_add_c(out, "</system-out>\n");
    }
    buf_add_c(out, "  </testcase>\n");
}

/* ---- suites ---- */

/* Whose cases they are, and the list of those that are told. */
struct teller {
    const struct account *account;
    bool strict;
    void (*take)(void *ctx, const struct junit_told *told, struct buf *text);
    void *ctx;
    struct buf name, text;
};

static struct junit_suite suite_of(struct teller *t, const char *kind, const char *environment)
{
    buf_clear(&t->name);
    buf_printf(&t->name, "%s: %s", kind, environment);
    return (struct junit_suite){.name = buf_c(&t->name), .kind = kind, .environment = environment};
}

static void tell_steps(struct teller *t, const char *environment)
{
    struct junit_told told = {.suite = suite_of(t, "promotion", environment)};

    for (size_t i = 0; i < t->account->step_count; i++) {
        const struct account_step *s = &t->account->steps[i].step;

        if (strcmp(s->environment, environment) != 0)
            continue;
        add_step(&t->text, &t->account->steps[i], t->strict);
        told.verdict = s->verdict;
        told.start_us = s->start_us;
        told.duration_us = s->duration_us;
        t->take(t->ctx, &told, &t->text);
    }
}

static void tell_findings(struct teller *t, const char *environment)
{
    struct junit_told told = {.suite = suite_of(t, "audit", environment)};

    for (size_t i = 0; i < t->account->finding_count; i++) {
        const struct account_finding *f = &t->account->findings[i];

        if (strcmp(f->environment, environment) != 0)
            continue;
        add_finding(&t->text, f, t->strict);
        told.verdict = f->fails ? VERDICT_FAILED : VERDICT_PASSED;
        t->take(t->ctx, &told, &t->text);
    }
}

void junit_account(const struct account *a, bool strict,
                   void (*take)(void *ctx, const struct junit_told *told, struct buf *text),
                   void *ctx)
{
    struct teller t = {.account = a, .strict = strict, .take = take, .ctx = ctx};
    const char *names[ENVIRONMENTS_MAX];
    const size_t count = account_environments(a, names, ENVIRONMENTS_MAX);

    for (size_t e = 0; e < count; e++) {
        tell_steps(&t, names[e]);
        tell_findings(&t, names[e]);
    }
    buf_release(&t.name);
    buf_release(&t.text);
}
