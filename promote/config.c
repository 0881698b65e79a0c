#include "promote/config.h"

#include <stdio.h>
#include <string.h>

struct diff {
    char *out;
    size_t size, len;
    bool any;
};

static void differs(struct diff *d, const char *prefix, const char *name)
{
    const char *comma = d->any ? ", " : "";
    int n = snprintf(d->out + d->len, d->size - d->len, "%s%s%s", comma, prefix, name);

    d->any = true;
    if (n < 0 || (size_t)n >= d->size - d->len) { /* the names that fit will do */
        d->out[d->len] = '\0';
        return;
    }
    d->len += (size_t)n;
}

static void text(struct diff *d, const char *name, const char *want, const char *have)
{
    if (want && strcmp(want, have) != 0)
        differs(d, "", name);
}

static void number(struct diff *d, const char *name, unsigned want, int have)
{
    if (want && (int)want != have)
        differs(d, "", name);
}

bool config_is_same(const struct manifest_function *f, const struct function_info *latest,
                    const json_t *variables, char *ret_diff, size_t diff_size)
{
    const struct function_config *c = &f->config;
    struct diff d = {.out = ret_diff, .size = diff_size};

    ret_diff[0] = '\0';
    text(&d, "runtime", c->runtime, latest->runtime);
    text(&d, "handler", c->handler, latest->handler);
    text(&d, "role", c->role, latest->role);
    number(&d, "memory", c->memory_mb, latest->memory_mb);
    number(&d, "timeout", c->timeout_s, latest->timeout_s);
    for (size_t i = 0; c->has_environment && i < c->environment_count; i++) {
        const json_t *have = json_object_get(variables, c->environment[i].name);

        if (!have || strcmp(json_string_value(have), c->environment[i].value) != 0)
            differs(&d, "environment.", c->environment[i].name);
    }
    return !d.any;
}

json_t *config_merge_environment(const struct function_config *c, const json_t *variables)
{
    json_t *merged = variables ? json_deep_copy(variables) : json_object();

    for (size_t i = 0; i < c->environment_count; i++)
        json_object_set_new(merged, c->environment[i].name, json_string(c->environment[i].value));
    return merged;
}

const char *config_unsupported(const struct manifest_function *f,
                               const struct function_info *latest)
{
    if (f->config.architecture && latest->architecture[0] &&
        strcmp(f->config.architecture, latest->architecture) != 0)
        return "architecture";
    if (f->config.tracing)
        return "tracing";
    if (f->layers_written)
        return "layers";
    return NULL;
}
