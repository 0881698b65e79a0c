#include "promote/ahead.h"
#include "promote/config.h"
#include "promote/promotion_private.h"

static void look(struct promotion *p, size_t at, const struct function_view *f)
{
    const char *version = f->live.alias.version;
    char names[VIEW_DIFF_MAX];
    struct function_info live;
    struct err ignored = {0};

    if (function_get(p->places[at].client, f->function->name, version, &live, &ignored) < 0 ||
        config_differences(&f->latest, &live, names) == 0)
        return;
    promotion_note(p, at,
                   "%s: the settings of $LATEST are not those that %s serves (%s): changed by "
                   "somebody since, they come with the next release",
                   f->function->key, f->live.alias.name, names);
}

void promotion_note_drift(struct promotion *p)
{
    for (size_t at = p->o->first; at < p->count; at++) {
        const struct environment_view *v = &p->places[at].view;
        struct ahead ahead = {0};

        for (size_t i = 0; i < v->count; i++)
            if (v->functions[i].latest.name[0])
                function_get_request(ahead_add(&ahead), v->functions[i].function->name,
                                     v->functions[i].live.alias.version);
        ahead_send(&ahead, p->places[at].client);
        for (size_t i = 0; i < v->count; i++)
            if (v->functions[i].latest.name[0])
                look(p, at, &v->functions[i]);
        aws_client_ahead_end(p->places[at].client);
    }
}
