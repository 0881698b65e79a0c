#include "cli/promotion_steps.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void forget(struct promotion_steps *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->texts[i]);
    s->count = 0;
}

void promotion_steps_release(struct promotion_steps *s)
{
    forget(s);
    free(s->items);
    free(s->texts);
    *s = (struct promotion_steps){0};
}

static const char *key_of(const struct promotion_steps *s, size_t i)
{
    return s->environment->functions[s->items[i].function].key;
}

/* What every step of a phase of many is about: "orders: upload the code (...)" without the name. */
static const char *said(const struct manifest_environment *e, const struct step *step,
                        const char *text)
{
    return step->function == STEP_SET
               ? text
               : text + strlen(e->functions[step->function].key) + strlen(": ");
}

static void put_line(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, "   %s%s%s\n", name, *name ? ": " : "", text);
}

/* ---- a plan ---- */

/* What is the same in all; versions and reasons that differ are left out. */
static void put_common(const struct promotion_steps *s, struct buf *out)
{
    struct step common = s->items[0];

    for (size_t i = 1; i < s->count; i++) {
        const struct step *step = &s->items[i];

        if (strcmp(common.from, step->from) != 0)
            common.from[0] = '\0';
        if (strcmp(common.to, step->to) != 0)
            common.to[0] = '\0';
        if (strcmp(common.reason, step->reason) != 0)
            common.reason[0] = '\0';
    }
    common.function = STEP_SET;
    step_describe(&common, NULL, s->aliases, out);
}

/* "200 functions: TEXT: a, b, c and 197 more", of those that say `like`; NULL: of all. */
static void put_folded(const struct promotion_steps *s, const char *like, struct buf *out)
{
    size_t total = 0, shown = 0;

    for (size_t i = 0; i < s->count; i++)
        total += !like || strcmp(s->texts[i], like) == 0;
    buf_printf(out, "   %zu functions: ", total);
    if (like)
        buf_add_c(out, like);
    else
        put_common(s, out);
    for (size_t i = 0; i < s->count && shown < STEPS_SHOWN; i++)
        if (!like || strcmp(s->texts[i], like) == 0)
            buf_printf(out, "%s%s", shown++ ? ", " : ": ", key_of(s, i));
    if (total > shown)
        buf_printf(out, " and %zu more", total - shown);
    buf_putc(out, '\n');
}

static bool is_first_to_say_so(const struct promotion_steps *s, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(s->texts[i], s->texts[at]) == 0)
            return false;
    return true;
}

static size_t count_of(const struct promotion_steps *s, const char *text)
{
    size_t n = 0;

    for (size_t i = 0; i < s->count; i++)
        n += strcmp(s->texts[i], text) == 0;
    return n;
}

static void put_planned(const struct promotion_steps *s, struct buf *out)
{
    size_t kinds = 0;

    for (size_t i = 0; i < s->count && kinds <= STEPS_SHOWN; i++)
        kinds += is_first_to_say_so(s, i);
    if (s->count > STEPS_FOLD_ABOVE && kinds > STEPS_SHOWN) {
        put_folded(s, NULL, out);
        return;
    }
    for (size_t i = 0; i < s->count; i++)
        if (s->count <= STEPS_FOLD_ABOVE || count_of(s, s->texts[i]) == 1)
            put_line(out, s->items[i].function == STEP_SET ? "" : key_of(s, i), s->texts[i]);
        else if (is_first_to_say_so(s, i))
            put_folded(s, s->texts[i], out);
}

/* ---- both ---- */

static bool goes_on(const struct promotion_steps *s, const struct manifest_environment *environment,
                    const struct step *step)
{
    return s->count && s->environment == environment && s->items[0].kind == step->kind &&
           step->function != STEP_SET;
}

static void keep(struct promotion_steps *s, const struct step *step, const char *text)
{
    if (s->count == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 32;
        s->items = mem_grow(s->items, s->cap, sizeof(*s->items));
        s->texts = mem_grow(s->texts, s->cap, sizeof(*s->texts));
    }
    s->items[s->count] = *step;
    s->texts[s->count++] = mem_dup(text);
}

void promotion_steps_add(struct promotion_steps *s, const struct manifest_environment *environment,
                         const struct step *step, const char *text, struct buf *out)
{
    if (!goes_on(s, environment, step))
        promotion_steps_end(s, out);
    s->environment = environment;
    keep(s, step, said(environment, step, text));
    if (s->whole || (!s->planned &&
                     (s->count <= STEPS_SHOWN || environment->function_count <= STEPS_FOLD_ABOVE)))
        put_line(out, "", text);
}

void promotion_steps_end(struct promotion_steps *s, struct buf *out)
{
    if (s->count && s->planned && !s->whole)
        put_planned(s, out);
    else if (s->count > STEPS_SHOWN && !s->whole &&
             s->environment->function_count > STEPS_FOLD_ABOVE)
        buf_printf(out, "   ... and %zu more of this kind (-v tells each)\n",
                   s->count - STEPS_SHOWN);
    forget(s);
}
