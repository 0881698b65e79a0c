#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "promote/promotion_private.h"

void promotion_versions_of(const struct function_view *f, struct promotion_versions *ret)
{
    *ret = (struct promotion_versions){.weighted = f->live.alias.weight_count > 0};
    snprintf(ret->smoke, sizeof(ret->smoke), "%s", f->smoke.alias.version);
    snprintf(ret->live, sizeof(ret->live), "%s", f->live.alias.version);
    snprintf(ret->backup, sizeof(ret->backup), "%s", f->backup.alias.version);
}

/* Where Live was to go back to: a `restore` goes by Backup, and keeps its claim when it is dirty.
 */
static const char *goal_of(const struct environment_view *v, const struct function_view *f,
                           const char *promotion)
{
    const struct mark *own = view_mark_of(f, promotion);

    for (size_t i = 0; i < v->count; i++)
        if (mark_is_undoing(&v->functions[i].smoke.mark) &&
            v->functions[i].smoke.mark.state == MARK_RESTORE)
            return f->backup.alias.version;
    return own ? own->old_version : f->smoke.mark.old_version;
}

/* Conditional on the revision seen: what someone else has done since is not undone by pasting it.
 */
static void repair_live(struct buf *out, const struct environment_view *v,
                        const struct function_view *f, const char *goal)
{
    repair_begin(out, &v->at, "update-alias", f->function->name, NULL);
    repair_option(out, "name", f->live.alias.name);
    repair_option(out, "function-version", goal);
    repair_option(out, "routing-config", "AdditionalVersionWeights={}");
    repair_option(out, "revision-id", f->live.alias.revision_id);
}

static void look_at_live(struct buf *out, const struct environment_view *v,
                         const struct function_view *f)
{
    repair_begin(out, &v->at, "get-alias", f->function->name, NULL);
    repair_option(out, "name", f->live.alias.name);
}

static void say_live(struct buf *out, const struct function_view *f)
{
    buf_printf(out, "%s:%s is on ", f->function->name, f->live.alias.name);
    if (!f->live.exists)
        buf_add_c(out, "no version: there is none");
    else
        buf_printf(out, "version %s", f->live.alias.version);
    if (f->live.alias.weight_count)
        buf_printf(out, " and sends %g %% of its traffic to version %s",
                   f->live.alias.weights[0].weight * 100, f->live.alias.weights[0].version);
}

static void place_trouble(struct promotion_place *place, const struct environment_view *v,
                          const struct function_view *f, const struct promotion *p)
{
    const char *goal = goal_of(v, f, p->id);
    const bool back = f->live.exists && strcmp(f->live.alias.version, goal) == 0 &&
                      f->live.alias.weight_count == 0;
    struct buf text = {0}, repair = {0};

    if (!f->stuck && !f->unseen)
        return;
    say_live(&text, f);
    if (f->unseen) {
        buf_add_c(&text, ", as it was last seen: it cannot be looked at");
        look_at_live(&repair, v, f);
    } else if (back || (!goal[0] && !f->live.exists)) {
        buf_printf(&text, ", as it was before; %s is still marked as being promoted",
                   p->o->manifest->aliases.smoke);
    } else if (goal[0]) {
        buf_printf(&text,
                   goal == f->backup.alias.version ? ", and is to go to version %s"
                                                   : ", and was on version %s before",
                   goal);
        repair_live(&repair, v, f, goal);
    } else {
        buf_add_c(&text, ", and there was none before");
    }
    place->trouble = buf_steal(&text);
    place->repair = repair.len ? buf_steal(&repair) : NULL;
}

void promotion_account(const struct promotion *p, struct promotion_result *ret)
{
    size_t n = 0;

    for (size_t at = 0; at < p->count; at++)
        n += p->places[at].before ? p->places[at].view.count : 0;
    ret->places = mem_array(n + 1, sizeof(*ret->places));
    for (size_t at = 0; at < p->count; at++)
        for (size_t i = 0; p->places[at].before && i < p->places[at].view.count; i++) {
            const struct function_view *f = &p->places[at].view.functions[i];
            struct promotion_place *place = &ret->places[ret->place_count++];

            *place = (struct promotion_place){.environment = p->places[at].environment,
                                              .function = f->function,
                                              .before = p->places[at].before[i]};
            promotion_versions_of(f, &place->after);
            place_trouble(place, &p->places[at].view, f, p);
        }
    snprintf(ret->id, sizeof(ret->id), "%s", p->id);
}

void promotion_result_release(struct promotion_result *r)
{
    for (size_t i = 0; i < r->place_count; i++) {
        free(r->places[i].trouble);
        free(r->places[i].repair);
    }
    free(r->places);
    *r = (struct promotion_result){0};
}
