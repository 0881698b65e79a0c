#include "cli/approval.h"

#include <string.h>
#include <strings.h>

#include "cli/ask.h"
#include "cli/term.h"

static void below(struct buf *out, const struct promotion_approval *what, const char *live)
{
    const struct manifest_environment *of = NULL;

    for (size_t i = 0; i < what->below_count; i++) {
        const struct promotion_place *p = &what->below[i];
        const bool moved = strcmp(p->before.live, p->after.live) != 0;

        if (p->environment != of)
            buf_printf(out, "%s   %s, where the cases passed: %s", of ? "\n" : "",
                       p->environment->name, live);
        else
            buf_putc(out, ',');
        of = p->environment;
        buf_printf(out, " %s ", p->function->key);
        if (moved)
            buf_printf(out, "%s -> ", p->before.live[0] ? p->before.live : "-");
        buf_add_c(out, p->after.live[0] ? p->after.live : "-");
    }
    if (of)
        buf_putc(out, '\n');
}

static void here(struct buf *out, const struct promotion_approval *what)
{
    const struct environment_view *v = what->view;

    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];

        buf_printf(out, "   %s: %s %s -> a version of %s (sha256 %.8s)\n", f->function->key,
                   f->live.alias.name, f->live.exists ? f->live.alias.version : "-",
                   f->artifact->package->shown, f->artifact->hash);
    }
}

bool approval_ask(const struct session *session, const struct promotion_approval *what)
{
    const struct manifest *m = session->manifest;
    CLEANUP(buf_release) struct buf text = {0}, safe = {0};
    char answer[8];

    if (session->cli->json || !ask_has_reader())
        return false;
    buf_printf(&text, "%s wants approval for %s%s:\n", what->environment->name,
               m->release ? "release " : "these packages", m->release ? m->release : "");
    here(&text, what);
    below(&text, what, m->aliases.live);
    buf_printf(&text, "Promote to %s? [y/N] ", what->environment->name);
    term_safe(&safe, buf_str(&text));
    return ask_line(buf_str(&safe), ASK_SHOWN, answer, sizeof(answer)) &&
           (strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0);
}
