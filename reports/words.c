#include "reports/words.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "runner/print.h"

enum { LABEL = 10 /* "expected  " */, SUMMARY_VALUE_MAX = 300 };

void words_duration(struct buf *out, int64_t us)
{
    if (us < 10000)
        buf_printf(out, "%.1f ms", (double)us / 1000.0);
    else if (us < 1000000)
        buf_printf(out, "%" PRId64 " ms", us / 1000);
    else if (us < 60000000)
        buf_printf(out, "%.2f s", (double)us / 1e6);
    else
        buf_printf(out, "%" PRId64 " m %02" PRId64 " s", us / 60000000, us / 1000000 % 60);
}

const struct attempt *words_last(const struct case_result *result)
{
    return result->attempt_count ? &result->attempts[result->attempt_count - 1] : NULL;
}

static void one_line(struct buf *out, const char *text, size_t max)
{
    const struct str part = utf8_part(str_c(text), max);

    for (size_t i = 0; i < part.len; i++)
        buf_putc(out, part.data[i] == '\n' ? ' ' : part.data[i]);
    if (text[part.len])
        buf_add_c(out, "...");
}

/* "- .total: 20.01, + .total: 19.98": of two large values, what is not the same. */
static void add_differences(struct buf *out, const char *diff)
{
    struct str rest = str_trim(str_c(diff)), line;
    size_t start = out->len;

    while (rest.len && str_cut(&rest, '\n', &line)) {
        if (out->len - start + line.len > SUMMARY_VALUE_MAX) {
            buf_add_c(out, out->len > start ? ", ..." : "...");
            return;
        }
        buf_add_c(out, out->len > start ? ", " : "");
        buf_add_str(out, str_trim(line));
    }
}

void words_title(struct buf *out, const struct case_info *info,
                 void (*safe)(struct buf *out, struct str bytes))
{
    CLEANUP(buf_release) struct buf title = {0};

    buf_printf(&title, "%s > %s", info->suite, info->name);
    for (size_t i = 0; i < title.len; i++)
        if (title.data[i] == '\n' || title.data[i] == '\t')
            title.data[i] = ' ';
    safe(out, buf_str(&title));
}

static void summary(struct buf *out, const struct attempt *last, const char *reason)
{
    if (last && last->failure_count) {
        const struct failure_info *f = &last->failures[0];
        size_t more = last->failure_count - 1 + last->failures_dropped;

        if (f->where && *f->where)
            buf_printf(out, "%s: ", f->where);
        if (f->diff && *f->diff) {
            add_differences(out, f->diff);
        } else {
            buf_add_c(out, "expected ");
            one_line(out, f->expected ? f->expected : "", SUMMARY_VALUE_MAX);
            buf_add_c(out, ", actual ");
            one_line(out, f->actual ? f->actual : "", SUMMARY_VALUE_MAX);
        }
        if (more)
            buf_printf(out, " (and %zu more)", more);
    } else if (reason) {
        one_line(out, reason, 1000);
    }
}

void words_summary(struct buf *out, const struct case_result *result)
{
    summary(out, words_last(result), result->reason);
}

/* Text of several lines, each behind the same margin: as wide as a label, if there is one. */
static void add_lines(struct buf *out, const char *text, unsigned indent, const char *label)
{
    struct str rest = str_c(text), line;
    const int width = *label ? LABEL : 0;
    const char *lead = label;

    while (str_cut(&rest, '\n', &line)) {
        if (!rest.data && line.len == 0)
            break;
        buf_printf(out, "%*s%-*s", (int)indent, "", width, lead);
        buf_add_str(out, line);
        buf_putc(out, '\n');
        lead = "";
        if (!rest.len)
            break;
    }
}

static void add_failure(struct buf *out, const struct failure_info *f, unsigned indent)
{
    buf_printf(out, "%*s", (int)indent, "");
    if (f->file && f->line)
        buf_printf(out, "%s:%u:%u  ", f->file, f->line, f->column);
    buf_printf(out, "%s\n", f->where ? f->where : "");
    if (f->diff && *f->diff) {
        buf_printf(out, "%*s- expected, + actual\n", (int)indent + 2, "");
        add_lines(out, f->diff, indent + 2, "");
    } else {
        add_lines(out, f->expected ? f->expected : "", indent + 2, "expected");
        add_lines(out, f->actual ? f->actual : "", indent + 2, "actual");
    }
    if (f->note)
        add_lines(out, f->note, indent + 2, f->gave_up ? "unknown" : "because");
}

static size_t line_count(struct str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++)
        n += text.data[i] == '\n';
    return n + (text.len && text.data[text.len - 1] != '\n');
}

static void add_log(struct buf *out, struct str log, unsigned indent)
{
    struct str line;

    while (log.len && str_cut(&log, '\n', &line)) {
        buf_printf(out, "%*s| ", (int)indent, "");
        buf_add_str(out, line);
        buf_putc(out, '\n');
    }
}

static void add_latency(struct buf *out, const char *name, const struct latency *l, unsigned indent)
{
    if (!l)
        return;
    buf_printf(out, "%*s%-7s  ", (int)indent, "", name);
    latency_describe(l, out);
    buf_putc(out, '\n');
}

void words_latency(struct buf *out, const struct attempt *a, unsigned indent)
{
    add_latency(out, "latency", a->latency, indent);
    add_latency(out, a->compared_alias, a->compared, indent);
}

void words_attempt(struct buf *out, const struct attempt *a, unsigned indent, enum words_log log)
{
    const size_t most =
        a->failure_count < WORDS_FAILURES_MAX ? a->failure_count : WORDS_FAILURES_MAX;
    const size_t start = out->len;
    size_t shown = 0, more;

    for (; shown < most && out->len - start < WORDS_BYTES_MAX; shown++)
        add_failure(out, &a->failures[shown], indent);
    more = a->failure_count - shown + a->failures_dropped;
    if (more)
        buf_printf(out, "%*sand %zu more that are not shown\n", (int)indent, "", more);
    words_latency(out, a, indent);
    if (a->request_id && *a->request_id) {
        buf_printf(out, "%*srequest %s", (int)indent, "", a->request_id);
        if (a->log.len && log == WORDS_LOG_TOLD)
            buf_printf(out, "  log: %zu line%s, --debug shows %s", line_count(a->log),
                       line_count(a->log) == 1 ? "" : "s", line_count(a->log) == 1 ? "it" : "them");
        buf_putc(out, '\n');
    }
    if (log == WORDS_LOG_SHOWN)
        add_log(out, a->log, indent);
}

void words_case(struct buf *out, const struct case_result *result, unsigned indent,
                enum words_log log)
{
    const struct attempt *last = words_last(result);

    if (result->reason && !(last && last->failure_count))
        buf_printf(out, "%*s%s\n", (int)indent, "", result->reason);
    if (last)
        words_attempt(out, last, indent, log);
    for (size_t i = 0; i + 1 < result->attempt_count; i++) {
        const struct attempt *a = &result->attempts[i];

        buf_printf(out, "%*sattempt %u of %zu, %s: ", (int)indent, "", a->number,
                   result->attempt_count, verdict_name(a->verdict));
        summary(out, a, a->reason);
        buf_putc(out, '\n');
    }
}

bool words_promotion_ended_well(const char *end)
{
    static const char *const well[] = {"done",     "nothing to do", "staged",
                                       "restored", "taken back",    "audited"};

    for (size_t i = 0; i < ARRAY_LEN(well); i++)
        if (strcmp(end, well[i]) == 0)
            return true;
    return false;
}

struct end_words {
    const char *command, *end, *before, *after; /* around the name of Live; before: what is whole */
};

/* What is the same of all commands comes last, and has no command. */
static const struct end_words end_rows[] = {
    {"abort", "nothing to do", "Nothing to take back: no promotion is under way", NULL},
    {"abort", "dirty", "Not everything could be taken back", NULL},
    {"restore", "nothing to do", "Nothing to restore: ", " is where it would be put back to"},
    {"restore", "dirty", "Not everything could be restored", NULL},
    {"deploy", "nothing to do", "Nothing to stage: these packages are on ", " already"},
    {"deploy", "held", "Not staged: these packages are on hold", NULL},
    {"deploy", "dirty", "Not staged, and not everything could be taken back", NULL},
    {"", "done", "Promoted", NULL},
    {"", "nothing to do", "Nothing to do: it is ", " everywhere"},
    {"", "failed", "Not promoted: cases failed", NULL},
    {"", "held", "Not promoted: these packages are on hold", NULL},
    {"", "no cases", "Not promoted: no case ran", NULL},
    {"", "dirty", "Not promoted, and not everything could be restored", NULL},
    {NULL, "waiting for approval", "Waiting for approval", NULL},
    {NULL, "staged", "Staged", NULL},
    {NULL, "restored", "Restored", NULL},
    {NULL, "taken back", "Taken back", NULL},
    {NULL, "audited", "Nothing bypasses ", ""},
    {NULL, "bypassed", "Something bypasses ", ""},
};

static const char *not_done(const char *command)
{
    static const char *const rows[][2] = {{"abort", "Not taken back"},
                                          {"restore", "Not restored"},
                                          {"deploy", "Not staged"},
                                          {"audit", "Not all of it could be audited"}};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i][0], command) == 0)
            return rows[i][1];
    return "Not promoted";
}

void words_promotion_end(struct buf *out, const char *end, const char *command,
                         const struct account_aliases *aliases)
{
    for (size_t i = 0; i < ARRAY_LEN(end_rows); i++) {
        const struct end_words *row = &end_rows[i];

        if (strcmp(row->end, end) != 0 || (row->command && strcmp(row->command, command) != 0))
            continue;
        buf_add_c(out, row->before);
        if (row->after)
            buf_printf(out, "%s%s", aliases->live, row->after);
        return;
    }
    buf_printf(out, "%s: %s", not_done(command), end);
}
