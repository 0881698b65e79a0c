#include "cli/promotion_range.h"

#include <string.h>

static int place_of(const struct manifest *m, const char *name, size_t *ret, struct err *err)
{
    const struct manifest_environment *e = manifest_environment(m, name, err);

    if (!e)
        return -1;
    *ret = (size_t)(e - m->environments);
    return 0;
}

/* Environments come one after the other: what lies between would be gone through as well. */
static int no_gap(const struct manifest *m, const bool *named, const struct promotion_options *o,
                  struct err *err)
{
    for (size_t at = o->first; at <= o->last; at++)
        if (!named[at])
            return err_set(
                err, ERR_USAGE,
                "%s lies between %s and %s: name it as well, or give --from and --to, or "
                "one environment at a time",
                m->environments[at].name, m->environments[o->first].name,
                m->environments[o->last].name);
    return 0;
}

static int range_named(const struct session *session, struct promotion_options *o, struct err *err)
{
    const struct manifest *m = session->manifest;
    bool named[MANIFEST_ENVIRONMENTS_MAX] = {false};
    size_t n = 0, at;
    const char *const *names = opts_strings(&session->cli->opts, "env", &n);

    o->first = n ? m->environment_count : 0;
    o->last = n ? 0 : m->environment_count - 1;
    for (size_t i = 0; i < n; i++) {
        if (place_of(m, names[i], &at, err) < 0)
            return -1;
        named[at] = true;
        o->first = at < o->first ? at : o->first;
        o->last = at > o->last ? at : o->last;
    }
    return n ? no_gap(m, named, o, err) : 0;
}

int promotion_range(const struct session *session, struct promotion_options *o, bool ranged,
                    struct err *err)
{
    const struct opts *opts = &session->cli->opts;
    const struct manifest *m = session->manifest;
    const char *from = ranged ? opts_string(opts, "from", NULL) : NULL;
    const char *to = ranged ? opts_string(opts, "to", NULL) : NULL;

    if ((from || to) && opts_given(opts, "env"))
        return err_set(err, ERR_USAGE, "give either -e, or --from and --to");
    if (range_named(session, o, err) < 0)
        return -1;
    if ((from && place_of(m, from, &o->first, err) < 0) ||
        (to && place_of(m, to, &o->last, err) < 0))
        return -1;
    if (o->first > o->last)
        return err_set(err, ERR_USAGE, "%s comes after %s in the project file",
                       m->environments[o->first].name, m->environments[o->last].name);
    return 0;
}

int environments_chosen(const struct session *session, bool chosen[MANIFEST_ENVIRONMENTS_MAX],
                        struct err *err)
{
    const struct manifest *m = session->manifest;
    size_t n = 0, at;
    const char *const *names = opts_strings(&session->cli->opts, "env", &n);

    for (size_t i = 0; i < m->environment_count; i++)
        chosen[i] = n == 0;
    for (size_t i = 0; i < n; i++) {
        if (place_of(m, names[i], &at, err) < 0)
            return -1;
        chosen[at] = true;
    }
    return 0;
}
