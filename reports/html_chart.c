/*
 * The two pictures of the HTML report. Colours are attributes as well as classes: where a content
 * security policy forbids the style sheet (Jenkins does), they can still be read.
 */
#include "reports/html_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "reports/words.h"

enum { TITLE_MAX = 300, WIDTH = 1000, LANE = 12, LANES_MAX = 40, TICKS = 5, BUCKETS = 19 };

static const struct {
    const char *name, *fill;
} looks[] = {
    [VERDICT_PASSED] = {"passed", "#2f9e5b"},
    [VERDICT_FAILED] = {"failed", "#d6293e"},
    [VERDICT_INCONCLUSIVE] = {"inconclusive", "#d98a00"},
    [VERDICT_SKIPPED] = {"skipped", "#8a8f98"},
};

/* Throttled, polled and repeated invocations belong to one attempt; only the last one is timed. */
static int64_t end_of(const struct case_result *r, size_t attempt)
{
    const struct attempt *a = &r->attempts[attempt];
    const int64_t end = a->start_us + (a->duration_us > 0 ? a->duration_us : 0),
                  last = r->start_us + r->duration_us;

    return attempt + 1 == r->attempt_count && a->invocations > 1 && last > end ? last : end;
}

void html_marks_add(struct html_marks *marks, const struct case_result *r)
{
    for (size_t i = 0; i < r->attempt_count; i++) {
        const struct attempt *a = &r->attempts[i];
        CLEANUP(buf_release) struct buf title = {0};

        if (marks->count == HTML_MARKS_MAX) {
            marks->left_out++;
            continue;
        }
        if (marks->count == marks->cap) {
            marks->cap = marks->cap ? marks->cap * 2 : 64;
            marks->items = mem_grow(marks->items, marks->cap, sizeof(*marks->items));
        }
        buf_add_str(&title, utf8_part(str_c(r->info.suite), TITLE_MAX));
        buf_add_c(&title, " > ");
        buf_add_str(&title, utf8_part(str_c(r->info.name), TITLE_MAX));
        marks->items[marks->count++] = (struct html_mark){
            .start_us = a->start_us,
            .duration_us = a->duration_us > 0 ? a->duration_us : 0,
            .end_us = end_of(r, i),
            .index = r->info.index,
            .title = buf_steal(&title),
            .number = a->number,
            .verdict = a->verdict,
            .last = i + 1 == r->attempt_count,
            .cold = a->cold_start,
        };
    }
}

void html_marks_release(struct html_marks *marks)
{
    for (size_t i = 0; i < marks->count; i++)
        free(marks->items[i].title);
    free(marks->items);
    *marks = (struct html_marks){0};
}

static int by_start(const void *a, const void *b)
{
    const struct html_mark *x = *(const struct html_mark *const *)a,
                           *y = *(const struct html_mark *const *)b;

    return (x->start_us > y->start_us) - (x->start_us < y->start_us);
}

/* ---- timeline ---- */

static const struct html_mark **sorted_marks(const struct html_marks *marks)
{
    const struct html_mark **sorted = mem_array(marks->count + 1, sizeof(*sorted));

    for (size_t i = 0; i < marks->count; i++)
        sorted[i] = &marks->items[i];
    qsort(sorted, marks->count, sizeof(*sorted), by_start);
    return sorted;
}

/* The first lane that is free; when none is, the one that is free soonest. */
static size_t lane_for(int64_t *free_at, size_t *count, int64_t start, int64_t end)
{
    size_t best = 0;

    for (size_t i = 0; i < *count; i++) {
        if (free_at[i] <= start) {
            free_at[i] = end;
            return i;
        }
        if (free_at[i] < free_at[best])
            best = i;
    }
    if (*count < LANES_MAX)
        best = (*count)++;
    free_at[best] = end;
    return best;
}

static double scale(int64_t us, int64_t span)
{
    return (double)us * WIDTH / (double)span;
}

static void bar(struct buf *out, const struct html_mark *m, size_t lane, int64_t span)
{
    double x = scale(m->start_us, span), width = scale(m->end_us - m->start_us, span);

    buf_printf(out,
               "<a href=\"#c%zu\" tabindex=\"-1\"><rect class=\"b-%s%s\" fill=\"%s\"%s x=\"%.2f\" ",
               m->index, looks[m->verdict].name, m->last ? "" : " earlier", looks[m->verdict].fill,
               m->last ? "" : " fill-opacity=\"0.45\"", x);
    buf_printf(out, "y=\"%zu\" width=\"%.2f\" height=\"%d\"><title>", lane * LANE + 2,
               width < 1.5 ? 1.5 : width, LANE - 3);
    html_text(out, str_c(m->title));
    buf_printf(out, ", %s, ", looks[m->verdict].name);
    words_duration(out, m->end_us - m->start_us);
    if (m->number > 1 || !m->last)
        buf_printf(out, ", attempt %u", m->number);
    buf_printf(out, "%s</title></rect>", m->cold ? ", cold start" : "");
    if (m->cold)
        buf_printf(out,
                   "<rect class=\"cold\" fill=\"#2b6cb0\" x=\"%.2f\" y=\"%zu\" width=\"3\" "
                   "height=\"%d\"/>",
                   x, lane * LANE + 2, LANE - 3);
    buf_add_c(out, "</a>\n");
}

static void axis(struct buf *out, size_t lanes, int64_t span)
{
    for (int i = 0; i <= TICKS; i++) {
        int x = WIDTH * i / TICKS;

        buf_printf(out,
                   "<line class=\"tick\" stroke=\"#8888\" x1=\"%d\" x2=\"%d\" y1=\"0\" y2=\"%zu\"/>"
                   "<text class=\"axis\" fill=\"#888\" font-size=\"11\" x=\"%d\" y=\"%zu\" "
                   "text-anchor=\"%s\">",
                   x, x, lanes * LANE + 4, x, lanes * LANE + 17,
                   i == 0       ? "start"
                   : i == TICKS ? "end"
                                : "middle");
        words_duration(out, span * i / TICKS);
        buf_add_c(out, "</text>\n");
    }
}

void html_timeline(struct buf *out, const struct html_marks *marks)
{
    CLEANUP(mem_freep) const struct html_mark **sorted = sorted_marks(marks);
    CLEANUP(buf_release) struct buf bars = {0};
    int64_t free_at[LANES_MAX] = {0}, span = 1;
    size_t lanes = 0;

    if (!marks->count)
        return;
    for (size_t i = 0; i < marks->count; i++)
        span = sorted[i]->end_us > span ? sorted[i]->end_us : span;
    for (size_t i = 0; i < marks->count; i++)
        bar(&bars, sorted[i], lane_for(free_at, &lanes, sorted[i]->start_us, sorted[i]->end_us),
            span);
    buf_printf(out,
               "<h2>Timeline</h2>\n<div class=\"scroll\"><svg class=\"chart\" role=\"img\" "
               "aria-label=\"When each "
               "invocation ran\" viewBox=\"0 0 %d %zu\">\n",
               WIDTH, lanes * LANE + 22);
    axis(out, lanes, span);
    buf_add_str(out, buf_str(&bars));
    buf_add_c(out, "</svg></div>\n<p class=\"legend\"><i class=\"b-passed\"></i>passed <i "
                   "class=\"b-failed\"></i>failed <i class=\"b-inconclusive\"></i>inconclusive <i "
                   "class=\"cold\"></i>cold start; pale: an attempt that was followed by another");
    if (marks->left_out)
        buf_printf(out, "; %zu later invocations are not drawn", marks->left_out);
    buf_add_c(out, "</p>\n");
}

/* ---- latency ---- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Upper ends of the buckets: 1, 2, 5 and their tenfolds, from 1 ms. */
static int64_t bucket_end(size_t i)
{
    static const int64_t steps[] = {1000, 2000, 5000};
    int64_t end = steps[i % 3];

    for (size_t k = 0; k < i / 3; k++)
        end *= 10;
    return end;
}

static void percentile(struct buf *out, const int64_t *sorted, size_t count, unsigned p)
{
    size_t at = (count * p + 99) / 100;

    buf_printf(out, "%s<b>p%u</b> ", p > 50 ? ", " : "", p);
    words_duration(out, sorted[at ? at - 1 : 0]);
}

static void histogram(struct buf *out, const int64_t *sorted, size_t count)
{
    size_t in[BUCKETS + 1] = {0}, from = BUCKETS, to = 0, most = 1, shown;

    for (size_t i = 0, b = 0; i < count; i++) {
        while (b < BUCKETS && sorted[i] > bucket_end(b))
            b++;
        in[b]++;
        from = b < from ? b : from;
        to = b > to ? b : to;
        most = in[b] > most ? in[b] : most;
    }
    shown = to - from + 1;
    buf_printf(out,
               "<div class=\"scroll\"><svg class=\"chart\" role=\"img\" aria-label=\"How long "
               "invocations took\" "
               "viewBox=\"0 0 %d 130\">\n",
               WIDTH);
    for (size_t i = 0; i < shown; i++) {
        double width = (double)WIDTH / (double)(shown < 8 ? 8 : shown), x = (double)i * width;
        double height = 90.0 * (double)in[from + i] / (double)most;

        buf_printf(out,
                   "<rect class=\"bar\" fill=\"#4a7fb5\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                   "height=\"%.1f\"/>",
                   x, 104 - height, width - 4, height);
        buf_printf(out,
                   "<text class=\"axis\" fill=\"#888\" font-size=\"11\" x=\"%.1f\" y=\"%.1f\" "
                   "text-anchor=\"middle\">%zu</text>",
                   x + width / 2, 100 - height, in[from + i]);
        buf_printf(out,
                   "<text class=\"axis\" fill=\"#888\" font-size=\"11\" x=\"%.1f\" y=\"120\" "
                   "text-anchor=\"middle\">&#8804; ",
                   x + width / 2);
        words_duration(out, bucket_end(from + i));
        buf_add_c(out, "</text>\n");
    }
    buf_add_c(out, "</svg></div>\n");
}

void html_latency(struct buf *out, const struct html_marks *marks)
{
    CLEANUP(mem_freep) int64_t *times = mem_array(marks->count + 1, sizeof(*times));

    if (!marks->count)
        return;
    for (size_t i = 0; i < marks->count; i++)
        times[i] = marks->items[i].duration_us;
    qsort(times, marks->count, sizeof(*times), by_value);
    buf_add_c(out, "<h2>Latency</h2>\n<p>");
    percentile(out, times, marks->count, 50);
    percentile(out, times, marks->count, 90);
    percentile(out, times, marks->count, 99);
    buf_add_c(out, "</p>\n");
    histogram(out, times, marks->count);
}
