#include "local/execute_extension.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "local/execute_words.h"

void extensions_release(struct extensions *x)
{
    buf_release(&x->reason);
}

/* The first failure is the one that is told. */
static bool set_failed(struct extensions *x, const char *type)
{
    if (x->failed)
        return false;
    x->failed = true;
    x->error_type = type;
    return true;
}

static struct extension *add(struct extensions *x, const char *name, bool external)
{
    struct extension *e;

    if (x->count == EXTENSIONS_MAX)
        return NULL;
    e = &x->list[x->count++];
    *e = (struct extension){.external = external, .state = EXTENSION_STARTED};
    snprintf(e->name, sizeof(e->name), "%s", name);
    return e;
}

bool extensions_add(struct extensions *x, const char *name)
{
    if (add(x, name, true))
        return true;
    if (set_failed(x, "Extension.LaunchError"))
        buf_printf(&x->reason, "%s is one extension too many: there may be %d", name,
                   EXTENSIONS_MAX);
    return false;
}

struct extension *extensions_add_internal(struct extensions *x, const char *name)
{
    return add(x, name, false);
}

struct extension *extensions_named(struct extensions *x, const char *name)
{
    for (size_t i = 0; i < x->count; i++)
        if (strcmp(x->list[i].name, name) == 0)
            return &x->list[i];
    return NULL;
}

struct extension *extensions_known(struct extensions *x, const char *id)
{
    for (size_t i = 0; i < x->count; i++)
        if (x->list[i].id[0] && strcmp(x->list[i].id, id) == 0)
            return &x->list[i];
    return NULL;
}

size_t extensions_external(const struct extensions *x)
{
    size_t n = 0;

    for (size_t i = 0; i < x->count; i++)
        n += x->list[i].external && !x->list[i].ended;
    return n;
}

bool extensions_are_registered(const struct extensions *x)
{
    for (size_t i = 0; i < x->count; i++)
        if (x->list[i].external && !x->list[i].id[0])
            return false;
    return true;
}

bool extensions_are_ready(const struct extensions *x)
{
    for (size_t i = 0; i < x->count; i++)
        if (x->list[i].state != EXTENSION_READY)
            return false;
    return true;
}

bool extensions_are_idle(const struct extensions *x)
{
    for (size_t i = 0; i < x->count; i++)
        if (x->list[i].invoke && (x->list[i].invoke_waits || x->list[i].state != EXTENSION_READY))
            return false;
    return true;
}

bool extensions_are_gone(const struct extensions *x)
{
    for (size_t i = 0; i < x->count; i++)
        if (x->list[i].shutdown && !x->list[i].ended)
            return false;
    return true;
}

void extensions_offer_invoke(struct extensions *x)
{
    for (size_t i = 0; i < x->count; i++)
        x->list[i].invoke_waits = x->list[i].invoke;
}

void extensions_offer_shutdown(struct extensions *x)
{
    for (size_t i = 0; i < x->count; i++) {
        x->list[i].invoke_waits = false;
        x->list[i].shutdown_waits = x->list[i].shutdown;
    }
}

/* ---- failures ---- */

void extensions_ended(struct extensions *x, size_t index, int wait_status)
{
    struct extension *e = &x->list[index];

    e->ended = true;
    /* One that gave up is known by its own words, and then ends. */
    if (e->state == EXTENSION_LAUNCH_ERROR || !set_failed(x, "Extension.Crash"))
        return;
    words_exit_code(&x->reason, wait_status);
}

void extensions_not_started(struct extensions *x, size_t index, const char *path, int errnum)
{
    struct extension *e = &x->list[index];

    e->ended = true;
    e->state = EXTENSION_LAUNCH_ERROR;
    snprintf(e->error_type, sizeof(e->error_type), "%s",
             errnum == EACCES || errnum == EPERM ? "PermissionDenied" : "UnknownError");
    if (!set_failed(x, "Extension.LaunchError"))
        return;
    buf_printf(&x->reason, "fork/exec %s: ", path);
    words_errno(&x->reason, errnum);
}

void extensions_gave_up(struct extensions *x, struct extension *e, bool init, const char *type)
{
    e->state = init ? EXTENSION_INIT_ERROR : EXTENSION_EXIT_ERROR;
    snprintf(e->error_type, sizeof(e->error_type), "%s", type);
    /* Recorded from Lambda: how its process ended, which is not known yet, stands here as 0. */
    if (set_failed(x, init ? "Extension.InitError" : "Extension.ExitError"))
        words_exit_code(&x->reason, 0);
}

/* ---- the log ---- */

static const char *state_name(enum extension_state state)
{
    switch (state) {
    case EXTENSION_STARTED:
        return "Started";
    case EXTENSION_REGISTERED:
        return "Registered";
    case EXTENSION_READY:
        return "Ready";
    case EXTENSION_RUNNING:
        return "Running";
    case EXTENSION_LAUNCH_ERROR:
        return "LaunchError";
    case EXTENSION_INIT_ERROR:
        return "InitError";
    case EXTENSION_EXIT_ERROR:
        return "ExitError";
    }
    return "Unknown";
}

void extensions_report(const struct extensions *x, struct buf *out)
{
    for (size_t i = 0; i < x->count; i++) {
        const struct extension *e = &x->list[i];

        buf_printf(out, "%sEXTENSION\tName: %s\tState: %s\tEvents: [%s%s%s]", i ? "\n" : "",
                   e->name, state_name(e->state), e->invoke ? "INVOKE" : "",
                   e->invoke && e->shutdown ? ", " : "", e->shutdown ? "SHUTDOWN" : "");
        if (e->error_type[0])
            buf_printf(out, "\tError Type: %s", e->error_type);
    }
}
