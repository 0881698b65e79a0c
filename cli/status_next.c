#include "cli/status_next.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "promote/repair.h"

static bool is_open(const struct status_next *n)
{
    return n->open.state != MARK_NONE;
}

bool status_next_is_put_back(const struct function_view *f)
{
    const struct mark *m = &f->live.mark;

    return f->live.exists && m->state == MARK_RESTORE && m->hash[0] &&
           strcmp(f->live.alias.version, m->old_version) == 0 && !mark_is_open(&f->smoke.mark);
}

bool status_next_backup_moved(const struct function_view *f)
{
    return view_backup_moved(f) && !mark_is_open(&f->smoke.mark);
}

void status_next_see(struct status_next *n, const struct function_view *f, const char *release)
{
    const struct mark *m = &f->smoke.mark;
    char hand[VIEW_HAND_MAX];

    /* Taking back counts for the whole set, whatever the marks of the others still say. */
    if (mark_is_open(m) && (!is_open(n) || mark_is_undoing(m))) {
        n->open = *m;
        if (m->new_version[0] && release)
            snprintf(n->release, sizeof(n->release), "%s", release);
    }
    n->held = n->held || (m->state == MARK_RB && !mark_is_open(m));
    n->put_back = n->put_back || status_next_is_put_back(f);
    n->moved = n->moved || view_foreign_hand(f, hand);
    if (f->live.mark.state == MARK_LIVE && f->live.mark.old_version[0] && !f->backup.exists)
        snprintf(n->no_backup, sizeof(n->no_backup), "%s", f->backup.alias.name);
}

static void add(struct buf *out, json_t *commands, const char *environment, const char *why,
                const char *command)
{
    buf_printf(out, "%s: %s: `%s`\n", environment, why, command);
    json_array_append_new(commands, json_pack("{s:s, s:s, s:s}", "environment", environment, "why",
                                              why, "command", command));
}

static void tell_quiet(const struct status_next *n, struct buf *out, json_t *commands)
{
    char restore[320], why[LAMBDA_NAME_SIZE + 100];

    snprintf(restore, sizeof(restore), "smokegate restore -e %s", n->environment);
    if (n->held)
        add(out, commands, n->environment,
            "what failed here was taken back and is on hold; to try the same packages again",
            "smokegate promote --force");
    else if (n->put_back)
        add(out, commands, n->environment,
            "what `restore` took off is on hold; to promote those packages again",
            "smokegate promote --force");
    snprintf(why, sizeof(why), "%s was deleted; it tells which version it could be", n->no_backup);
    if (n->no_backup[0])
        add(out, commands, n->environment, why, restore);
    else if (n->moved)
        add(out, commands, n->environment,
            "somebody else changes aliases here; what was backed up comes back with", restore);
}

/* The label is what somebody once gave: quoted, as it is to be pasted into a shell. */
static void resume_command(const struct status_next *n, struct buf *out)
{
    buf_add_c(out, "smokegate resume");
    if (n->release[0])
        repair_option(out, "release", n->release);
}

static void tell_open(const struct status_next *n, int64_t now_s, struct buf *out, json_t *commands)
{
    const struct mark *m = &n->open;
    char time[40], why[200];
    CLEANUP(buf_release) struct buf command = {0};

    clock_format_rfc3339(time, sizeof(time), m->expires_s * 1000, false);
    if (m->state == MARK_RESTORE) {
        snprintf(why, sizeof(why), "a restore was begun and not finished; to finish it");
        buf_printf(&command, "smokegate restore -e %s", n->environment);
        add(out, commands, n->environment, why, buf_c(&command));
        return;
    }
    if (mark_is_undoing(m)) {
        snprintf(why, sizeof(why), "promotion %s is not wholly taken back; to finish that",
                 m->promotion);
        add(out, commands, n->environment, why, "smokegate abort");
        return;
    }
    snprintf(why, sizeof(why), "promotion %s %s (lease %s %s); to go on with it", m->promotion,
             m->expires_s > now_s ? "is under way, or its process died" : "was ended half way",
             m->expires_s > now_s ? "until" : "over since", time);
    resume_command(n, &command);
    add(out, commands, n->environment, why, buf_c(&command));
    snprintf(why, sizeof(why), "to take promotion %s back", m->promotion);
    add(out, commands, n->environment, why, "smokegate abort");
}

void status_next_tell(const struct status_next *all, size_t count, int64_t now_s, struct buf *out,
                      json_t **ret_commands)
{
    json_t *commands = json_array();
    bool any = false, unknown = false;

    for (size_t i = 0; i < count; i++) {
        tell_quiet(&all[i], out, commands);
        unknown = unknown || all[i].unknown;
    }
    for (size_t i = 0; i < count; i++)
        if (is_open(&all[i])) {
            tell_open(&all[i], now_s, out, commands);
            any = true;
        }
    if (unknown)
        buf_add_c(out, "not everything could be looked at: whether a promotion is under way is not "
                       "known\n");
    else if (!any)
        buf_add_c(out, "no promotion is under way\n");
    *ret_commands = commands;
}
