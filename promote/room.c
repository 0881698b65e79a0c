#include "promote/room.h"

#include <string.h>

/* The longest line that a promotion, its taking back or a `restore` writes there. */
static struct mark longest(const struct function_view *f, const struct seen_alias *a, bool verdict)
{
    struct mark m = {.state = MARK_RESTORE,
                     .expires_s = a == &f->smoke ? 9999999999 : 0,
                     .hash = "0123456789abcdef",
                     .writer = "01234567",
                     .promotion = "0123456789abcdefghijklmnop"};
    const size_t digits = strlen(a->alias.version) > strlen(f->live.alias.version)
                              ? strlen(a->alias.version)
                              : strlen(f->live.alias.version);

    memset(m.old_version, '9', digits);
    memset(m.new_version, '9', digits + 1 < sizeof(m.new_version) ? digits + 1 : digits);
    if (a != &f->live)
        memset(m.before, '9', digits);
    if (verdict)
        memcpy(m.set, m.hash, sizeof(m.set));
    return m;
}

static int check(const struct function_view *f, const struct seen_alias *a, bool verdict,
                 struct err *err)
{
    const struct mark m = longest(f, a, verdict);
    char description[LAMBDA_DESCRIPTION_SIZE];
    struct str text = {0};
    struct mark old;

    if (!a->exists)
        return 0;
    if (mark_parse(str_c(a->alias.description), &old, &text, err) < 0 ||
        mark_format(&m, text, description, err) < 0)
        return err_ctx(err, "%s:%s", f->function->name, a->alias.name);
    return 0;
}

int room_check(const struct environment_view *v, struct err *err)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];

        if (check(f, &f->smoke, i == 0, err) < 0 || check(f, &f->live, false, err) < 0 ||
            check(f, &f->backup, false, err) < 0)
            return -1;
    }
    return 0;
}
