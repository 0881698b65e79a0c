#include "reports/progress.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "reports/words.h"

/* A title of fewer columns tells nothing; an estimate wants some experience. */
enum { TITLE_MIN = 12, ESTIMATE_AFTER_MS = 2000, SLOWEST_AFTER_MS = 1000 };

#define RED    "\033[31m"
#define YELLOW "\033[33m"

void progress_begin(struct progress *p, size_t cases, int64_t now_ms)
{
    p->cases = cases;
    p->started_ms = now_ms;
}

void progress_release(struct progress *p)
{
    for (size_t i = 0; i < p->running_count; i++)
        free(p->running[i].title);
    free(p->running);
    *p = (struct progress){0};
}

/* ---- what runs ---- */

void progress_case_start(struct progress *p, const struct case_info *info, int64_t now_ms,
                         void (*safe)(struct buf *out, struct str bytes))
{
    CLEANUP(buf_release) struct buf title = {0};

    if (p->running_count == PROGRESS_RUNNING_MAX)
        return;
    if (!p->running)
        p->running = mem_array(PROGRESS_RUNNING_MAX, sizeof(*p->running));
    words_title(&title, info, safe);
    p->running[p->running_count++] = (struct progress_running){
        .index = info->index, .title = buf_steal(&title), .since_ms = now_ms};
}

void progress_case_end(struct progress *p, const struct case_result *result)
{
    p->done++;
    p->counts.of[result->verdict]++;
    p->counts.flaky += result->flaky;
    for (size_t i = 0; i < p->running_count; i++) {
        if (p->running[i].index != result->info.index)
            continue;
        free(p->running[i].title);
        p->running[i] = p->running[--p->running_count];
        return;
    }
}

static const struct progress_running *slowest(const struct progress *p)
{
    const struct progress_running *most = NULL;

    for (size_t i = 0; i < p->running_count; i++)
        if (!most || p->running[i].since_ms < most->since_ms)
            most = &p->running[i];
    return most;
}

/* ---- the line ---- */

struct line {
    struct buf *out;
    size_t used, room; /* columns */
    bool color;
};

/* The part, if there is still room for all of it. */
static bool add(struct line *l, const char *color, const struct buf *part)
{
    size_t columns = utf8_columns(buf_str(part));

    if (l->used + columns > l->room)
        return false;
    if (l->color && color)
        buf_printf(l->out, "%s%s\033[0m", color, buf_c(part));
    else
        buf_add_str(l->out, buf_str(part));
    l->used += columns;
    return true;
}

static void add_count(struct line *l, const char *color, size_t n, const char *what)
{
    CLEANUP(buf_release) struct buf part = {0};

    if (!n)
        return;
    buf_printf(&part, " %zu %s", n, what);
    add(l, color, &part);
}

static void add_estimate(struct line *l, const struct progress *p, int64_t ran_ms)
{
    CLEANUP(buf_release) struct buf part = {0};
    double each = (double)ran_ms / 1000.0 / (double)(p->done ? p->done : 1);

    if (!p->done || p->done >= p->cases || ran_ms < ESTIMATE_AFTER_MS)
        return;
    buf_printf(&part, ", about %.0f s left", each * (double)(p->cases - p->done));
    add(l, NULL, &part);
}

static void add_slowest(struct line *l, const struct progress *p, int64_t now_ms)
{
    const struct progress_running *most = slowest(p);
    CLEANUP(buf_release) struct buf part = {0};
    size_t left, title;

    if (!most || now_ms - most->since_ms < SLOWEST_AFTER_MS)
        return;
    buf_printf(&part, ", slowest %.0f s: ", (double)(now_ms - most->since_ms) / 1000.0);
    if (l->used + part.len + TITLE_MIN > l->room)
        return;
    left = l->room - l->used - part.len;
    title = utf8_clip(str_c(most->title), left);
    if (title < strlen(most->title))
        title = utf8_clip(str_c(most->title), left - 3);
    buf_add(&part, most->title, title);
    buf_add_c(&part, most->title[title] ? "..." : "");
    add(l, NULL, &part);
}

void progress_line(const struct progress *p, int64_t now_ms, unsigned columns, bool color,
                   struct buf *out)
{
    struct line l = {.out = out, .room = columns ? columns - 1 : 0, .color = color};
    int64_t ran_ms = now_ms - p->started_ms;
    CLEANUP(buf_release) struct buf part = {0};

    buf_printf(&part, "[%zu/%zu]", p->done, p->cases);
    add(&l, NULL, &part);
    add_count(&l, RED, p->counts.of[VERDICT_FAILED], "failed");
    add_count(&l, YELLOW, p->counts.of[VERDICT_INCONCLUSIVE], "inconclusive");
    add_count(&l, YELLOW, p->counts.flaky, "flaky");
    add_count(&l, NULL, p->running_count, "running");
    buf_clear(&part);
    buf_printf(&part, " %.1f s", (double)ran_ms / 1000.0);
    add(&l, NULL, &part);
    add_estimate(&l, p, ran_ms);
    add_slowest(&l, p, now_ms);
}

void progress_tell(const struct progress *p, int64_t now_ms, struct buf *out)
{
    buf_printf(out, "%zu of %zu done, %zu running\n", p->done, p->cases, p->running_count);
    for (size_t i = 0; i < p->running_count; i++) {
        buf_printf(out, "  %s  ", p->running[i].title);
        words_duration(out, (now_ms - p->running[i].since_ms) * 1000);
        buf_putc(out, '\n');
    }
}
