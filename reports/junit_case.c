/* A testcase of a run: its result, the attempts before it, what was logged. */
#include "reports/junit_private.h"

#include <inttypes.h>

#include "reports/words.h"
#include "reports/xml.h"

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

/* "testcases/shop/orders.json" -> "testcases.shop.orders": never empty. */
void junit_class_name(struct buf *out, const char *scope, const char *file)
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
    buf_add_str(out, name.len ? buf_str(&name) : STR("cases"));
}

static void case_open(struct buf *out, bool strict, const struct junit_suite *suite,
                      const struct case_result *r)
{
    buf_add_c(out, "  <testcase");
    junit_attribute(out, "name", *r->info.name ? r->info.name : JUNIT_UNNAMED);
    junit_attribute(out, "classname", suite->class_name);
    if (!strict) {
        junit_attribute(out, "file", suite->file);
        buf_printf(out, " line=\"%u\"", r->info.line);
    }
    buf_add_c(out, " time=\"");
    junit_seconds(out, r->duration_us);
    buf_add_c(out, "\"");
}

/* <failure> or <error>, and Surefire's elements for the attempts before the last. */
static void problem(struct buf *out, const char *element, const char *type,
                    const struct case_result *r)
{
    CLEANUP(buf_release) struct buf message = {0}, body = {0};

    words_summary(&message, r);
    words_case(&body, r, 0, WORDS_LOG_ELSEWHERE);
    buf_printf(out, "    <%s type=\"%s\" message=\"", element, type);
    xml_attribute_capped(out, buf_str(&message), JUNIT_MESSAGE_MAX);
    buf_add_c(out, "\">");
    xml_text_capped(out, buf_str(&body), JUNIT_BODY_MAX);
    buf_printf(out, "</%s>\n", element);
}

static void earlier_attempt(struct buf *out, const char *element, const struct attempt *a)
{
    struct case_result alone = {
        .attempts = (struct attempt *)(uintptr_t)a, .attempt_count = 1, .reason = a->reason};
    CLEANUP(buf_release) struct buf message = {0}, body = {0};

    words_summary(&message, &alone);
    words_case(&body, &alone, 0, WORDS_LOG_ELSEWHERE);
    buf_printf(out, "    <%s type=\"%s\" message=\"", element,
               a->verdict == VERDICT_FAILED ? "assertion" : answer_kind_name(a->kind));
    xml_attribute_capped(out, buf_str(&message), JUNIT_MESSAGE_MAX);
    buf_add_c(out, "\"><stackTrace>");
    xml_text_capped(out, buf_str(&body), JUNIT_EARLIER_MAX);
    buf_printf(out, "</stackTrace></%s>\n", element);
}

static void earlier_attempts(struct buf *out, const struct case_result *r)
{
    bool passed = r->verdict == VERDICT_PASSED;

    for (size_t i = 0; i + 1 < r->attempt_count; i++) {
        const struct attempt *a = &r->attempts[i];
        bool failure = a->verdict == VERDICT_FAILED;

        earlier_attempt(out,
                        passed ? (failure ? "flakyFailure" : "flakyError")
                               : (failure ? "rerunFailure" : "rerunError"),
                        a);
    }
}

static void property(struct buf *out, const char *name, const char *value)
{
    if (!*value)
        return;
    buf_printf(out, "      <property name=\"%s\"", name);
    junit_attribute(out, "value", value);
    buf_add_c(out, "/>\n");
}

static void properties(struct buf *out, const struct case_result *r)
{
    const struct attempt *last = words_last(r);

    buf_add_c(out, "    <properties>\n");
    property(out, "function", r->info.function);
    if (last) {
        property(out, "executed_version", last->executed_version);
        property(out, "request_id", last->request_id);
    }
    if (last && last->latency) {
        CLEANUP(buf_release) struct buf words = {0};

        latency_describe(last->latency, &words);
        property(out, "latency", buf_c(&words));
    }
    for (size_t i = 0; i < r->notice_count; i++)
        property(out, "notice", r->notices[i]);
    for (size_t i = 0; i < r->info.tag_count; i++)
        property(out, "tag", r->info.tags[i]);
    buf_add_c(out, "    </properties>\n");
}

/* GitLab takes "[[ATTACHMENT|path]]" in it for a file of ours: a function has none to attach. */
static void add_log(struct buf *out, struct str log)
{
    static const struct str mark = STR_INIT("[[ATTACHMENT");
    CLEANUP(buf_release) struct buf safe = {0};
    size_t from = 0, at;

    while ((at = str_find(log, mark, from)) != (size_t)-1) {
        buf_add_str(&safe, str_slice(log, from, at + 1));
        buf_add_c(&safe, "\\u{5b}");
        from = at + 2;
    }
    buf_add_str(&safe, str_slice(log, from, log.len));
    xml_text_capped(out, buf_str(&safe), JUNIT_SYSTEM_OUT_MAX);
}

void junit_case(struct buf *out, bool strict, const struct junit_suite *suite,
                const struct case_result *r)
{
    const struct attempt *last = words_last(r);

    case_open(out, strict, suite, r);
    buf_add_c(out, ">\n");
    if (!strict)
        properties(out, r);
    switch (r->verdict) {
    case VERDICT_PASSED:
        break;
    case VERDICT_FAILED:
        problem(out, "failure", "assertion", r);
        break;
    case VERDICT_INCONCLUSIVE:
        problem(out, "error", last ? answer_kind_name(last->kind) : "inconclusive", r);
        break;
    case VERDICT_SKIPPED:
        buf_add_c(out, "    <skipped");
        if (!strict)
            junit_attribute(out, "message", r->reason ? r->reason : "");
        buf_add_c(out, "/>\n");
        break;
    }
    if (!strict) {
        earlier_attempts(out, r);
        if (last && last->log.len && r->verdict != VERDICT_PASSED) {
            buf_add_c(out, "    <system-out>");
            add_log(out, last->log);
            buf_add_c(out, "</system-out>\n");
        }
    }
    buf_add_c(out, "  </testcase>\n");
}
