/*
 * A promotion's way through the environments as a picture: a lane each, and blocks in the order
 * they came. Blocks are as wide as their words need, and beyond that by the time they took: a flip
 * lasts milliseconds and is what one looks for.
 */
#include "reports/html_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reports/words.h"

enum {
    LANES_MAX = 64,
    BLOCKS_MAX = 400,
    LANE = 44,
    BLOCK = 34,
    NAMES = 110, /* the width of the environments' names */
    NARROWEST = 78,
    WIDTH = 1000,
};

enum look {
    LOOK_STAGE,
    LOOK_GATE,
    LOOK_WEIGHTS,
    LOOK_HOLD,
    LOOK_FLIP,
    LOOK_BACK,
    LOOK_STOP,
    LOOK_AUDIT
};

static const struct {
    const char *label, *fill;
} looks[] = {
    [LOOK_STAGE] = {"stage", "#54718f"},    [LOOK_GATE] = {"gate", "#257a47"},
    [LOOK_WEIGHTS] = {"weight", "#2b6cb0"}, [LOOK_HOLD] = {"hold", "#646b73"},
    [LOOK_FLIP] = {"flip", "#1d4f91"},      [LOOK_BACK] = {"rollback", "#8a3b7a"},
    [LOOK_STOP] = {"stop", "#646b73"},      [LOOK_AUDIT] = {"audit", "#54718f"},
};

/* Steps of one look that follow one another in an environment. */
struct block {
    size_t lane, steps;
    enum look look;
    enum verdict verdict; /* the worst of its steps */
    const char *title;    /* of the step that decided */
    int64_t duration_us;
};

static enum look look_of(const struct account_step *s, const struct block *before)
{
    const char *k = s->kind;

    if (s->undo)
        return LOOK_BACK;
    if (strncmp(k, "gate", 4) == 0)
        return LOOK_GATE;
    if (strcmp(k, "weigh") == 0)
        return LOOK_WEIGHTS;
    if (strcmp(k, "hold") == 0)
        return LOOK_HOLD;
    if (strcmp(k, "shift") == 0 || strcmp(k, "verify") == 0)
        return LOOK_FLIP;
    if (strcmp(k, "pass") == 0 || strcmp(k, "release") == 0) /* what was done is written down */
        return before ? before->look : LOOK_FLIP;
    if (strcmp(k, "audit") == 0)
        return LOOK_AUDIT;
    if (strcmp(k, "environment") == 0 || strcmp(k, "end") == 0)
        return LOOK_STOP;
    return LOOK_STAGE;
}

/* Not reached is no news where something went wrong already. */
static bool is_worse(enum verdict now, enum verdict than)
{
    static const int rank[] = {[VERDICT_SKIPPED] = 0,
                               [VERDICT_PASSED] = 1,
                               [VERDICT_INCONCLUSIVE] = 2,
                               [VERDICT_FAILED] = 3};

    return rank[now] > rank[than];
}

/* Turning is told for all environments before the first goes back: it would tear them apart. */
static bool is_drawn(const struct account_step *s)
{
    if (s->verdict == VERDICT_SKIPPED)
        return strcmp(s->kind, "environment") == 0;
    return s->verdict != VERDICT_PASSED || strcmp(s->kind, "turn") != 0;
}

static size_t make_blocks(const struct account *a, const char *const *lanes, size_t lane_count,
                          struct block *out, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < a->step_count; i++) {
        const struct account_step *s = &a->steps[i].step;
        struct block *last = n ? &out[n - 1] : NULL;
        size_t lane = 0;
        enum look look;

        while (lane < lane_count && strcmp(lanes[lane], s->environment) != 0)
            lane++;
        if (lane == lane_count || !is_drawn(s))
            continue;
        look = look_of(s, last && last->lane == lane ? last : NULL);
        if (!last || last->lane != lane || last->look != look) {
            if (n == max)
                return n;
            last = &out[n++];
            *last =
                (struct block){.lane = lane, .look = look, .verdict = s->verdict, .title = s->text};
        }
        if (is_worse(s->verdict, last->verdict)) {
            last->verdict = s->verdict;
            last->title = s->text;
        }
        last->steps++;
        last->duration_us += s->duration_us;
    }
    return n;
}

/* ---- the picture ---- */

static const char *fill_of(const struct block *b)
{
    switch (b->verdict) {
    case VERDICT_PASSED:
        return looks[b->look].fill;
    case VERDICT_FAILED:
        return "#c01f33";
    case VERDICT_INCONCLUSIVE:
        return "#9a5b00";
    case VERDICT_SKIPPED:
        break;
    }
    return "#646b73";
}

static const char *label_of(const struct block *b)
{
    if (b->look == LOOK_STOP)
        return b->verdict == VERDICT_PASSED    ? "is there"
               : b->verdict == VERDICT_SKIPPED ? "not reached"
                                               : "stopped";
    return looks[b->look].label;
}

static void draw_text(struct buf *out, const char *class, const char *fill, int size, double x,
                      double y, const char *anchor)
{
    buf_printf(out,
               "<text class=\"%s\" fill=\"%s\" font-size=\"%d\" x=\"%.1f\" y=\"%.1f\" "
               "text-anchor=\"%s\">",
               class, fill, size, x, y, anchor);
}

static void draw_block(struct buf *out, const struct block *b, double x, double width)
{
    const double y = (double)(b->lane * LANE) + 5;

    buf_printf(out,
               "<rect fill=\"%s\" rx=\"4\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\">"
               "<title>",
               fill_of(b), x, y, width - 3, BLOCK);
    html_text(out, str_c(b->title));
    buf_printf(out, ": %s, %zu step%s, ", account_verdict_name(b->verdict), b->steps,
               b->steps == 1 ? "" : "s");
    words_duration(out, b->duration_us);
    buf_add_c(out, "</title></rect>");
    draw_text(out, "in", "#fff", 12, x + (width - 3) / 2, b->duration_us > 0 ? y + 15 : y + 21,
              "middle");
    buf_printf(out, "%s%s</text>", label_of(b),
               b->verdict == VERDICT_FAILED && b->look != LOOK_STOP         ? " \xe2\x9c\x97"
               : b->verdict == VERDICT_INCONCLUSIVE && b->look != LOOK_STOP ? " ?"
                                                                            : "");
    if (b->duration_us > 0) {
        draw_text(out, "in", "#fff", 10, x + (width - 3) / 2, y + 28, "middle");
        words_duration(out, b->duration_us);
        buf_add_c(out, "</text>");
    }
    buf_putc(out, '\n');
}

static void draw_names(struct buf *out, const char *const *lanes, size_t count, double width)
{
    for (size_t i = 0; i < count; i++) {
        draw_text(out, "axis", "#888", 13, 4, (double)(i * LANE) + 27, "start");
        html_text(out, str_slice(str_c(lanes[i]), 0, 16));
        buf_add_c(out, "</text>");
        if (i)
            buf_printf(out,
                       "<line class=\"tick\" stroke=\"#8888\" x1=\"0\" x2=\"%.0f\" y1=\"%zu\" "
                       "y2=\"%zu\"/>\n",
                       width, i * LANE, i * LANE);
    }
}

static void draw(struct buf *out, const struct block *blocks, size_t n, const char *const *lanes,
                 size_t lane_count)
{
    double width = NAMES + (double)n * NARROWEST, room, x = NAMES;
    int64_t whole = 1;

    width = width < WIDTH ? WIDTH : width;
    room = width - NAMES - (double)n * NARROWEST;
    for (size_t i = 0; i < n; i++)
        whole += blocks[i].duration_us;
    buf_printf(out,
               "<div class=\"scroll\"><svg class=\"chart path\" role=\"img\" aria-label=\"The way "
               "through the environments\" viewBox=\"0 0 %.0f %zu\"",
               width, lane_count * LANE);
    if (width > WIDTH) /* as wide as it is, and scrolled */
        buf_printf(out, " width=\"%.0f\" style=\"width:%.0fpx\"", width, width);
    buf_add_c(out, ">\n");
    draw_names(out, lanes, lane_count, width);
    for (size_t i = 0; i < n; i++) {
        const double w = NARROWEST + room * (double)blocks[i].duration_us / (double)whole;

        if (i && blocks[i].lane != blocks[i - 1].lane)
            buf_printf(out,
                       "<line class=\"way\" stroke=\"#888\" stroke-width=\"2\" x1=\"%.1f\" "
                       "x2=\"%.1f\" y1=\"%zu\" y2=\"%zu\"/>",
                       x - 1.5, x - 1.5, blocks[i - 1].lane * LANE + 22,
                       blocks[i].lane * LANE + 22);
        draw_block(out, &blocks[i], x, w);
        x += w;
    }
    buf_add_c(out, "</svg></div>\n<p class=\"legend\">Red: cases did not pass; brown: an error. A "
                   "block is wider the longer it took, but never narrower than its words.</p>\n");
}

void html_way(struct buf *out, const struct account *a)
{
    const char *lanes[LANES_MAX];
    const size_t lane_count = account_environments(a, lanes, LANES_MAX);
    CLEANUP(mem_freep) struct block *blocks = mem_array(BLOCKS_MAX, sizeof(*blocks));
    const size_t n = make_blocks(a, lanes, lane_count, blocks, BLOCKS_MAX);

    if (n)
        draw(out, blocks, n, lanes, lane_count);
}
