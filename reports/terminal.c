#include "reports/terminal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "reports/progress.h"
#include "reports/words.h"

enum { REDRAW_MS = 100, AGAIN_MAX = 200, WIDTH_DEFAULT = 80 };

struct terminal {
    struct terminal_options options;
    struct buf text;  /* scratch */
    struct buf again; /* failures, told once more at the end */
    size_t again_count, again_dropped;
    size_t since; /* what else was printed since the first of them */
    struct progress progress;
    int64_t drawn_ms;
    bool drawn; /* a progress line stands on stderr */
};

/* ---- output ---- */

enum color { PLAIN, RED, GREEN, YELLOW, GREY, BOLD };

static const char *const codes[] = {"", "\033[31m", "\033[32m", "\033[33m", "\033[90m", "\033[1m"};

static void colored(struct buf *out, bool on, enum color color, const char *text)
{
    if (on && color != PLAIN)
        buf_printf(out, "%s%s\033[0m", codes[color], text);
    else
        buf_add_c(out, text);
}

static void wipe_progress(struct terminal *t)
{
    if (!t->drawn)
        return;
    t->options.err(STR("\r\033[K"));
    t->drawn = false;
}

static void print(struct terminal *t, struct buf *text)
{
    wipe_progress(t);
    t->options.out(buf_str(text));
    buf_clear(text);
}

/* ---- a case ---- */

static const char *label(const struct case_result *r)
{
    switch (r->verdict) {
    case VERDICT_PASSED:
        return r->flaky ? "FLAKY" : "pass";
    case VERDICT_FAILED:
        return "FAIL";
    case VERDICT_INCONCLUSIVE:
        return "????";
    case VERDICT_SKIPPED:
        break;
    }
    return "skip";
}

static enum color color_of(const struct case_result *r)
{
    switch (r->verdict) {
    case VERDICT_PASSED:
        return r->flaky ? YELLOW : GREEN;
    case VERDICT_FAILED:
        return RED;
    case VERDICT_INCONCLUSIVE:
        return YELLOW;
    case VERDICT_SKIPPED:
        break;
    }
    return GREY;
}

static unsigned width_of(unsigned (*width)(void))
{
    return width ? width() : WIDTH_DEFAULT;
}

/* "orders:Smoke (version 12)  143 ms" */
static void right_side(struct buf *out, const struct case_result *r)
{
    const struct attempt *last = words_last(r);

    if (*r->info.function)
        buf_printf(out, "%s:%s", r->info.function, r->info.alias);
    if (last && *last->executed_version)
        buf_printf(out, " (version %s)", last->executed_version);
    if (!last)
        return;
    buf_add_c(out, out->len ? "  " : "");
    words_duration(out, r->duration_us);
}

static void headline(struct terminal *t, struct buf *out, const struct case_result *r)
{
    CLEANUP(buf_release) struct buf left = {0}, right = {0}, raw = {0};
    unsigned width = width_of(t->options.out_width);
    size_t used;

    words_title(&left, &r->info, t->options.safe);
    right_side(&raw, r);
    t->options.safe(&right, buf_str(&raw));
    colored(out, t->options.color_out, color_of(r), label(r));
    buf_printf(out, "%*s", (int)(6 - strlen(label(r))), "");
    buf_add_str(out, buf_str(&left));
    used = 6 + utf8_columns(buf_str(&left)) + utf8_columns(buf_str(&right));
    buf_printf(out, "%*s", used + 2 <= width ? (int)(width - used) : 2, "");
    colored(out, t->options.color_out, GREY, buf_c(&right));
    buf_putc(out, '\n');
}

static void block(struct terminal *t, struct buf *out, const struct case_result *r)
{
    CLEANUP(buf_release) struct buf raw = {0};

    headline(t, out, r);
    if (r->verdict == VERDICT_SKIPPED) {
        buf_printf(&raw, "      %s\n", r->reason ? r->reason : "");
    } else if (r->verdict != VERDICT_PASSED || r->flaky) {
        words_case(&raw, r, 6, t->options.logs ? WORDS_LOG_SHOWN : WORDS_LOG_TOLD);
    } else if (words_last(r)) {
        words_latency(&raw, words_last(r), 6);
    }
    for (size_t i = 0; i < r->notice_count; i++)
        buf_printf(&raw, "      %s\n", r->notices[i]);
    t->options.safe(out, buf_str(&raw));
}

static bool is_bad(const struct case_result *r)
{
    return r->verdict == VERDICT_FAILED || r->verdict == VERDICT_INCONCLUSIVE;
}

static bool is_shown(const struct terminal *t, const struct case_result *r)
{
    if (is_bad(r))
        return true;
    if (t->options.quiet)
        return false;
    return t->options.verbose || !t->options.progress || r->flaky || r->notice_count;
}

static void remember(struct terminal *t, const struct case_result *r)
{
    if (t->again_count++ < AGAIN_MAX)
        block(t, &t->again, r);
    else
        t->again_dropped++;
}

static void on_case_end(void *ctx, const struct case_result *r)
{
    struct terminal *t = ctx;

    if (is_shown(t, r)) {
        block(t, &t->text, r);
        print(t, &t->text);
        t->since += t->again_count > 0 && !is_bad(r);
    }
    if (is_bad(r))
        remember(t, r);
}

/* ---- progress ---- */

static void on_case_start(void *ctx, const struct case_info *info)
{
    struct terminal *t = ctx;

    progress_case_start(&t->progress, info, clock_mono(&clock_system), t->options.safe);
}

static void on_finished(void *ctx, const struct case_result *r)
{
    struct terminal *t = ctx;

    progress_case_end(&t->progress, r);
}

static void on_tick(void *ctx)
{
    struct terminal *t = ctx;
    int64_t now = clock_mono(&clock_system);
    CLEANUP(buf_release) struct buf line = {0};

    if (!t->options.progress || now - t->drawn_ms < REDRAW_MS)
        return;
    t->drawn_ms = now;
    buf_add_c(&line, "\r\033[K");
    progress_line(&t->progress, now, width_of(t->options.err_width), t->options.color_err, &line);
    t->options.err(buf_str(&line));
    t->drawn = true;
}

static void on_case_slow(void *ctx, const struct case_info *info, int64_t running_us)
{
    struct terminal *t = ctx;
    CLEANUP(buf_release) struct buf text = {0};

    buf_add_c(&text, "SLOW  ");
    words_title(&text, info, t->options.safe);
    buf_add_c(&text, "  still running after ");
    words_duration(&text, running_us);
    buf_putc(&text, '\n');
    wipe_progress(t);
    t->options.err(buf_str(&text));
}

void terminal_print_running(struct terminal *t)
{
    CLEANUP(buf_release) struct buf text = {0};

    progress_tell(&t->progress, clock_mono(&clock_system), &text);
    wipe_progress(t);
    t->options.err(buf_str(&text));
}

/* ---- begin and end ---- */

static void on_run_start(void *ctx, const struct run_info *run)
{
    struct terminal *t = ctx;
    CLEANUP(buf_release) struct buf raw = {0};

    progress_begin(&t->progress, run->cases, clock_mono(&clock_system));
    if (t->options.quiet)
        return;
    buf_printf(&raw, "%zu case%s on %s", run->cases, run->cases == 1 ? "" : "s", run->alias);
    if (*run->environment)
        buf_printf(&raw, " in %s", run->environment);
    for (size_t i = 0; i < run->function_count; i++)
        buf_printf(&raw, "%s%s (version %s)", i ? ", " : ": ", run->functions[i].name,
                   *run->functions[i].version ? run->functions[i].version : "unknown");
    buf_putc(&raw, '\n');
    t->options.safe(&t->text, buf_str(&raw));
    wipe_progress(t);
    t->options.err(buf_str(&t->text));
    buf_clear(&t->text);
}

static void count(struct terminal *t, struct buf *out, size_t n, const char *what, enum color color)
{
    CLEANUP(buf_release) struct buf part = {0};

    if (!n)
        return;
    buf_printf(&part, "%zu %s", n, what);
    if (out->len)
        buf_add_c(out, ", ");
    colored(out, t->options.color_out, color, buf_c(&part));
}

static void closing_line(struct terminal *t, const struct run_summary *end)
{
    const struct verdict_counts *c = &end->counts;
    CLEANUP(buf_release) struct buf line = {0};

    count(t, &line, c->of[VERDICT_PASSED], "passed", GREEN);
    count(t, &line, c->flaky, "of them flaky", YELLOW);
    count(t, &line, c->of[VERDICT_FAILED], "failed", RED);
    count(t, &line, c->of[VERDICT_INCONCLUSIVE], "inconclusive", YELLOW);
    count(t, &line, c->of[VERDICT_SKIPPED], "skipped", GREY);
    if (!line.len)
        buf_add_c(&line, "no cases ran");
    buf_add_c(&line, " in ");
    words_duration(&line, end->duration_us);
    if (end->stopped) { /* the same words as at each case that was left out, without "not run: " */
        buf_add_c(&line, " (");
        t->options.safe(&line, str_c(end->stopped +
                                     (str_starts(str_c(end->stopped), STR("not run: ")) ? 9 : 0)));
        buf_putc(&line, ')');
    }
    buf_putc(&line, '\n');
    print(t, &line);
}

static void on_run_end(void *ctx, const struct run_summary *end)
{
    struct terminal *t = ctx;

    wipe_progress(t);
    /* Again at the end, where one looks, unless they stand there already. */
    if (t->since) {
        buf_add_c(&t->text, "\nNot passed:\n");
        buf_add_str(&t->text, buf_str(&t->again));
        if (t->again_dropped)
            buf_printf(&t->text, "and %zu more, above\n", t->again_dropped);
        buf_putc(&t->text, '\n');
        print(t, &t->text);
    }
    closing_line(t, end);
}

struct terminal *terminal_new(const struct terminal_options *options, struct event_bus *bus)
{
    struct terminal *t = mem_zalloc(sizeof(*t));
    struct listener ordered = {.ctx = t,
                               .run_start = on_run_start,
                               .case_start = on_case_start,
                               .case_slow = on_case_slow,
                               .case_end = on_case_end,
                               .run_end = on_run_end,
                               .tick = on_tick};
    struct listener live = {.ctx = t, .as_it_happens = true, .case_end = on_finished};

    t->options = *options;
    event_bus_listen(bus, &live);
    event_bus_listen(bus, &ordered);
    return t;
}

void terminal_free(struct terminal *t)
{
    if (!t)
        return;
    progress_release(&t->progress);
    buf_release(&t->text);
    buf_release(&t->again);
    free(t);
}
