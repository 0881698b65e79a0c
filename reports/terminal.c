#include "reports/terminal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "reports/words.h"

enum { REDRAW_MS = 100, AGAIN_MAX = 200, RUNNING_MAX = 1024 };

struct running {
    size_t index;
    char *title;
    int64_t since_ms;
};

struct terminal {
    struct terminal_options options;
    struct buf text, safe; /* scratch */
    struct buf again;      /* failures, told once more at the end */
    size_t again_count, again_dropped;
    size_t cases, done;
    struct verdict_counts counts;
    struct running *running;
    size_t running_count;
    int64_t started_ms, drawn_ms;
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

static size_t columns(struct str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++)
        n += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return n;
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
    CLEANUP(buf_release) struct buf left = {0}, right = {0}, title = {0};
    unsigned width = t->options.width ? t->options.width : 80;
    size_t used;

    buf_printf(&title, "%s > %s", r->info.suite, r->info.name);
    t->options.safe(&left, buf_str(&title));
    buf_clear(&title);
    right_side(&title, r);
    t->options.safe(&right, buf_str(&title));
    colored(out, t->options.color_out, color_of(r), label(r));
    buf_printf(out, "%*s", (int)(6 - strlen(label(r))), "");
    buf_add_str(out, buf_str(&left));
    used = 6 + columns(buf_str(&left)) + columns(buf_str(&right));
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

static bool is_shown(const struct terminal *t, const struct case_result *r)
{
    if (r->verdict == VERDICT_FAILED || r->verdict == VERDICT_INCONCLUSIVE)
        return true;
    if (t->options.quiet)
        return false;
    return t->options.verbose || !t->options.progress || r->flaky;
}

static void remember(struct terminal *t, const struct case_result *r)
{
    if (r->verdict != VERDICT_FAILED && r->verdict != VERDICT_INCONCLUSIVE)
        return;
    if (t->again_count++ < AGAIN_MAX)
        block(t, &t->again, r);
    else
        t->again_dropped++;
}

static void on_case_end(void *ctx, const struct case_result *r)
{
    struct terminal *t = ctx;

    t->counts.of[r->verdict]++;
    t->counts.flaky += r->flaky;
    if (is_shown(t, r)) {
        block(t, &t->text, r);
        print(t, &t->text);
    }
    remember(t, r);
}

/* ---- progress ---- */

static void forget_running(struct terminal *t, size_t index)
{
    for (size_t i = 0; i < t->running_count; i++) {
        if (t->running[i].index != index)
            continue;
        free(t->running[i].title);
        t->running[i] = t->running[--t->running_count];
        return;
    }
}

static void on_case_start(void *ctx, const struct case_info *info)
{
    struct terminal *t = ctx;
    CLEANUP(buf_release) struct buf title = {0}, safe = {0};

    if (t->running_count == RUNNING_MAX)
        return;
    buf_printf(&title, "%s > %s", info->suite, info->name);
    t->options.safe(&safe, buf_str(&title));
    t->running[t->running_count++] = (struct running){
        .index = info->index, .title = buf_steal(&safe), .since_ms = clock_mono(&clock_system)};
}

static void on_finished(void *ctx, const struct case_result *r)
{
    struct terminal *t = ctx;

    t->done++;
    forget_running(t, r->info.index);
}

static const struct running *slowest(const struct terminal *t)
{
    const struct running *most = NULL;

    for (size_t i = 0; i < t->running_count; i++)
        if (!most || t->running[i].since_ms < most->since_ms)
            most = &t->running[i];
    return most;
}

static void draw(struct terminal *t, int64_t now)
{
    const struct running *most = slowest(t);
    int64_t ran_ms = now - t->started_ms;
    unsigned width = t->options.width ? t->options.width : 80;
    CLEANUP(buf_release) struct buf line = {0};

    buf_printf(&line, "[%zu/%zu]", t->done, t->cases);
    if (t->counts.of[VERDICT_FAILED])
        buf_printf(&line, " %zu failed", t->counts.of[VERDICT_FAILED]);
    if (t->counts.of[VERDICT_INCONCLUSIVE])
        buf_printf(&line, " %zu inconclusive", t->counts.of[VERDICT_INCONCLUSIVE]);
    buf_printf(&line, " %zu running %.1f s", t->running_count, (double)ran_ms / 1000.0);
    if (t->done > 0 && t->done < t->cases && ran_ms > 2000)
        buf_printf(&line, ", about %.0f s left",
                   (double)ran_ms / 1000.0 / (double)t->done * (double)(t->cases - t->done));
    if (most && now - most->since_ms > 1000)
        buf_printf(&line, "  slowest: %s", most->title);
    /* Cut at the width: a wrapped line cannot be redrawn. */
    while (line.len && columns(buf_str(&line)) >= width)
        line.data[--line.len] = '\0';
    t->options.err(STR("\r\033[K"));
    t->options.err(buf_str(&line));
    t->drawn = true;
}

static void on_tick(void *ctx)
{
    struct terminal *t = ctx;
    int64_t now = clock_mono(&clock_system);

    if (!t->options.progress || now - t->drawn_ms < REDRAW_MS)
        return;
    t->drawn_ms = now;
    draw(t, now);
}

static void on_case_slow(void *ctx, const struct case_info *info, int64_t running_us)
{
    struct terminal *t = ctx;
    CLEANUP(buf_release) struct buf raw = {0}, safe = {0};

    buf_add_c(&raw, "SLOW  ");
    buf_printf(&raw, "%s > %s  still running after ", info->suite, info->name);
    words_duration(&raw, running_us);
    buf_putc(&raw, '\n');
    t->options.safe(&safe, buf_str(&raw));
    wipe_progress(t);
    t->options.err(buf_str(&safe));
}

void terminal_print_running(struct terminal *t)
{
    int64_t now = clock_mono(&clock_system);
    CLEANUP(buf_release) struct buf text = {0};

    buf_printf(&text, "%zu of %zu done, %zu running\n", t->done, t->cases, t->running_count);
    for (size_t i = 0; i < t->running_count; i++) {
        buf_printf(&text, "  %s  ", t->running[i].title);
        words_duration(&text, (now - t->running[i].since_ms) * 1000);
        buf_putc(&text, '\n');
    }
    wipe_progress(t);
    t->options.err(buf_str(&text));
}

/* ---- begin and end ---- */

static void on_run_start(void *ctx, const struct run_info *run)
{
    struct terminal *t = ctx;
    CLEANUP(buf_release) struct buf raw = {0};

    t->cases = run->cases;
    t->started_ms = clock_mono(&clock_system);
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
    if (end->stopped) {
        buf_add_c(&line, " (");
        t->options.safe(&line, str_c(end->stopped));
        buf_putc(&line, ')');
    }
    buf_putc(&line, '\n');
    print(t, &line);
}

static void on_run_end(void *ctx, const struct run_summary *end)
{
    struct terminal *t = ctx;

    wipe_progress(t);
    /* Again at the end, where one looks, unless there is nothing between. */
    if (t->again_count && t->counts.of[VERDICT_PASSED] + t->counts.of[VERDICT_SKIPPED] > 0 &&
        !t->options.quiet) {
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
    t->running = mem_array(RUNNING_MAX, sizeof(*t->running));
    event_bus_listen(bus, &live);
    event_bus_listen(bus, &ordered);
    return t;
}

void terminal_free(struct terminal *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->running_count; i++)
        free(t->running[i].title);
    free(t->running);
    buf_release(&t->text);
    buf_release(&t->safe);
    buf_release(&t->again);
    free(t);
}
