#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "promote/act.h"
#include "promote/provision.h"

enum { TRIES = 6, PAUSE_MS = 250 };

int swap_read(struct act *a, const char *function, const char *alias, struct seen_alias *seen,
              struct err *err)
{
    struct alias now;
    struct err why = {0};

    if (alias_get(a->client, function, alias, &now, &why) == 0)
        return provision_see(seen, &now, function, a->client, err);
    if (why.kind != ERR_NOT_FOUND)
        return err_set(err, why.kind, "%s", why.text);
    seen_none(seen, alias);
    return 0;
}

/* ---- the log ---- */

static void tell(struct act *a, const struct swap *s, const struct seen_alias *before,
                 const char *event, const char *detail)
{
    act_tell(a, (struct journal_line){
                    .event = event,
                    .operation = before->exists ? "UpdateAlias" : "CreateAlias",
                    .function = s->function,
                    .alias = s->alias,
                    .version = s->version,
                    .before = before->alias.revision_id,
                    .after = strcmp(event, "done") == 0 ? s->seen->alias.revision_id : NULL,
                    .detail = detail});
}

/* ---- the write ---- */

static bool is_as_wanted(const struct alias_change *c, const struct alias *now)
{
    if (c->version && strcmp(now->version, c->version) != 0)
        return false;
    if (!c->description || strcmp(now->description, c->description) != 0)
        return false; /* of a fence nothing tells whether it is ours */
    switch (c->weights) {
    case ALIAS_WEIGHTS_KEEP:
        return true;
    case ALIAS_WEIGHTS_CLEAR:
        return now->weight_count == 0;
    case ALIAS_WEIGHTS_SET:
        return now->weight_count == 1 && strcmp(now->weights[0].version, c->weight_version) == 0;
    }
    return false;
}

static bool goes_back(enum mark_state state)
{
    return state == MARK_RB || state == MARK_UNDO || state == MARK_RESTORE;
}

/*
 * Somebody's text that leaves no room is told before a promotion changes anything (promote/room.h).
 * Written since, it must not keep Live on the wrong version: on the way back it is cut.
 */
static int describe(const struct swap *s, char out[LAMBDA_DESCRIPTION_SIZE], struct err *err)
{
    struct mark old;
    struct str text = {0};

    if (s->seen->exists && mark_parse(str_c(s->seen->alias.description), &old, &text, err) < 0)
        return -1;
    while (goes_back(s->mark->state) && text.len && mark_format(s->mark, text, out, NULL) < 0)
        text = utf8_part(text, text.len - 1);
    return mark_format(s->mark, text, out, err);
}

static int moved(const struct swap *s, struct err *err)
{
    return err_set(
        err, ERR_PRECONDITION, "%s:%s is not as it was read: it points to version %s%s%s",
        s->function, s->alias, s->seen->exists ? s->seen->alias.version : "(none)",
        s->seen->mark.state != MARK_NONE ? " under promotion " : "", s->seen->mark.promotion);
}

static bool is_uncertain(enum err_kind kind)
{
    return kind == ERR_UNKNOWN || kind == ERR_PRECONDITION || kind == ERR_CONFLICT ||
           kind == ERR_NOT_FOUND;
}

/*
 * After a write that was refused or whose outcome nobody knows. 0: it was carried out. 1: it was
 * not, and the same body may go again with the same revision (at most one of them wins).
 */
static int read_back(struct act *a, const struct swap *s, const struct alias_change *c,
                     const struct seen_alias *before, struct err *err)
{
    struct seen_alias now;

    if (swap_read(a, s->function, s->alias, &now, err) < 0)
        return -1;
    if (now.exists && is_as_wanted(c, &now.alias)) {
        *s->seen = now;
        return 0;
    }
    if (now.exists == before->exists &&
        strcmp(now.alias.revision_id, before->alias.revision_id) == 0)
        return 1;
    *s->seen = now;
    return moved(s, err);
}

static int write_once(struct act *a, const struct swap *s, const struct alias_change *c,
                      bool create, struct err *err)
{
    struct alias now;

    if ((create ? alias_create(a->client, c, &now, err) : alias_update(a->client, c, &now, err)) <
        0)
        return -1;
    return provision_see(s->seen, &now, s->function, a->client, err);
}

static int write_surely(struct act *a, const struct swap *s, const struct alias_change *c,
                        struct err *err)
{
    const struct seen_alias before = *s->seen;
    const struct clock *clock = aws_client_clock(a->client);

    for (unsigned try = 1;; try++) {
        struct err why = {0};
        int again;

        if (write_once(a, s, c, !before.exists, &why) == 0)
            return 0;
        if (!is_uncertain(why.kind))
            return err_set(err, why.kind, "%s", why.text);
        if (why.kind == ERR_UNKNOWN)
            a->unsure = true;
        again = read_back(a, s, c, &before, err);
        if (again <= 0)
            return again;
        if (try == TRIES)
            return err_set(err, why.kind == ERR_PRECONDITION ? ERR_UNKNOWN : why.kind, "%s",
                           why.text);
        /* A read that still shows the old revision after a 412 is a stale read: wait it out. */
        clock_sleep(clock, PAUSE_MS << (try < 4 ? try - 1 : 3));
    }
}

/* `description` holds what the change points to. */
static int change_of(const struct swap *s, char description[LAMBDA_DESCRIPTION_SIZE],
                     struct alias_change *ret, struct err *err)
{
    if (s->mark && describe(s, description, err) < 0)
        return err_ctx(err, "%s:%s", s->function, s->alias);
    if (s->seen->exists && !s->seen->alias.revision_id[0])
        return err_set(err, ERR_INTERNAL, "%s:%s would be written without a revision id",
                       s->function, s->alias);
    *ret =
        (struct alias_change){.function = s->function,
                              .alias = s->alias,
                              .version = s->version,
                              .description = s->mark ? description : NULL,
                              .weights = s->weights,
                              .weight_version = s->weight_version,
                              .weight = s->weight,
                              .revision_id = s->seen->exists ? s->seen->alias.revision_id : NULL};
    return 0;
}

int swap_ahead(struct act *a, const struct swap *s, struct ahead *requests, struct err *err)
{
    char description[LAMBDA_DESCRIPTION_SIZE];
    struct alias_change c;

    if (change_of(s, description, &c, err) < 0)
        return -1;
    tell(a, s, s->seen, "intent", c.description);
    *s->sent = true;
    alias_update_request(ahead_add(requests), &c);
    return 0;
}

int swap_alias(struct act *a, const struct swap *s, struct err *err)
{
    char description[LAMBDA_DESCRIPTION_SIZE];
    struct alias_change c;
    const struct seen_alias before = *s->seen;
    struct err why = {0};

    if (change_of(s, description, &c, err) < 0)
        return -1;
    if (!s->sent || !*s->sent)
        tell(a, s, &before, "intent", c.description);
    if (s->sent)
        *s->sent = false;
    if (write_surely(a, s, &c, &why) < 0) {
        tell(a, s, &before, "failed", why.text);
        return err_set(err, why.kind, "%s", why.text);
    }
    tell(a, s, &before, "done", NULL);
    return 0;
}
