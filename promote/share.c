#include "promote/share.h"

#include <string.h>

#include "lambda/function.h"
#include "promote/ahead.h"

/* What a command leaves behind is not known before it has run; it may be about to put it right. */
static bool is_known(const struct function_view *f)
{
    return f->artifact->package->kind != PACKAGE_COMMAND || f->function->config.role;
}

static bool is_asked(const struct function_view *f)
{
    return is_known(f) && f->live.exists && f->latest.name[0] &&
           strcmp(f->live.alias.version, "$LATEST") != 0 && !view_is_complete(f);
}

static const char *or_none(const char *arn)
{
    return *arn ? arn : "(none)";
}

static int compare(const struct function_view *f, const struct function_info *live, struct err *err)
{
    const char *role = f->function->config.role ? f->function->config.role : f->latest.role;
    const bool same_role = strcmp(role, live->role) == 0;

    if (same_role && strcmp(f->latest.dead_letter_arn, live->dead_letter_arn) == 0)
        return 0;
    return err_set(err, ERR_REFUSED,
                   "%s: %s (version %s) has the %s %s, and the candidate would have %s: Lambda "
                   "shares no traffic between the two, so no weighted step can be taken; promote "
                   "this release without \"shift\", or keep what %s has",
                   f->function->name, f->live.alias.name, live->version,
                   same_role ? "dead-letter queue" : "role",
                   or_none(same_role ? live->dead_letter_arn : live->role),
                   or_none(same_role ? f->latest.dead_letter_arn : role), f->live.alias.name);
}

static int check_all(struct aws_client *client, const struct environment_view *v, struct err *err)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];
        struct function_info live;

        if (is_asked(f) &&
            (function_get(client, f->function->name, f->live.alias.version, &live, err) < 0 ||
             compare(f, &live, err) < 0))
            return -1;
    }
    return 0;
}

int share_check(struct aws_client *client, const struct environment_view *v, struct err *err)
{
    struct ahead a = {0};
    int result;

    if (!v->environment->step_count)
        return 0;
    for (size_t i = 0; i < v->count; i++)
        if (is_asked(&v->functions[i]))
            function_get_request(ahead_add(&a), v->functions[i].function->name,
                                 v->functions[i].live.alias.version);
    ahead_send(&a, client);
    result = check_all(client, v, err);
    aws_client_ahead_end(client);
    return result;
}
