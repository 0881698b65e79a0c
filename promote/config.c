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

/* What was never traced says nothing about it in some answers. */
static const char *tracing_of(const struct function_info *info)
{
    return info->tracing[0] ? info->tracing : "PassThrough";
}

static void variables_differ(struct diff *d, const struct function_config *c,
                             const json_t *variables)
{
    for (size_t i = 0; c->has_environment && i < c->environment_count; i++) {
        const char *have = json_string_value(json_object_get(variables, c->environment[i].name));

        if (!have || strcmp(have, c->environment[i].value) != 0)
            differs(d, "environment.", c->environment[i].name);
    }
}

void config_compare(struct function_view *f, const json_t *variables)
{
    const struct function_config *c = &f->function->config;
    const struct function_info *latest = &f->latest;
    struct diff d = {.out = f->config_diff, .size = sizeof(f->config_diff)};

    f->config_diff[0] = '\0';
    text(&d, "runtime", c->runtime, latest->runtime);
    text(&d, "handler", c->handler, latest->handler);
    text(&d, "role", c->role, latest->role);
    text(&d, "tracing", c->tracing, tracing_of(latest));
    number(&d, "memory", c->memory_mb, latest->memory_mb);
    number(&d, "timeout", c->timeout_s, latest->timeout_s);
    number(&d, "ephemeral_storage", c->ephemeral_mb, latest->ephemeral_mb);
    if (f->function->layers_written &&
        !layers_are_attached(f->layers, f->function->layer_count, latest))
        differs(&d, "", "layers");
    variables_differ(&d, c, variables);
    f->config_same = !d.any;
}

json_t *config_merge_environment(const struct function_config *c, const json_t *variables)
{
    json_t *merged = variables ? json_deep_copy(variables) : json_object();

    for (size_t i = 0; i < c->environment_count; i++)
        json_object_set_new(merged, c->environment[i].name, json_string(c->environment[i].value));
    return merged;
}

bool config_has_architecture(const struct function_view *f)
{
    const char *want = f->function->config.architecture;
    const char *have = f->latest.architecture[0] ? f->latest.architecture : "x86_64";

    return !want || strcmp(want, have) == 0;
}

static size_t layers_differ(struct diff *d, const struct function_info *a,
                            const struct function_info *b)
{
    bool same = a->layer_count == b->layer_count;

    for (size_t i = 0; same && i < a->layer_count; i++)
        same = strcmp(a->layers[i], b->layers[i]) == 0;
    if (!same)
        differs(d, "", "layers");
    return !same;
}

size_t config_differences(const struct function_info *a, const struct function_info *b,
                          char ret[VIEW_DIFF_MAX])
{
    const struct {
        const char *name, *a, *b;
    } texts[] = {
        {"runtime", a->runtime, b->runtime},
        {"handler", a->handler, b->handler},
        {"architecture", a->architecture, b->architecture},
        {"tracing", tracing_of(a), tracing_of(b)},
        {"role", a->role, b->role},
        {"dead-letter queue", a->dead_letter_arn, b->dead_letter_arn},
        {"KMS key", a->kms_key_arn, b->kms_key_arn},
        {"environment", a->environment_digest, b->environment_digest},
    };
    const struct {
        const char *name;
        int a, b;
    } numbers[] = {
        {"timeout", a->timeout_s, b->timeout_s},
        {"memory", a->memory_mb, b->memory_mb},
        {"ephemeral_storage", a->ephemeral_mb, b->ephemeral_mb},
        {"SnapStart", a->snap_start, b->snap_start},
    };
    struct diff d = {.out = ret, .size = VIEW_DIFF_MAX};
    size_t n = 0;

    ret[0] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (strcmp(texts[i].a, texts[i].b) != 0) {
            differs(&d, "", texts[i].name);
            n++;
        }
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        if (numbers[i].a != numbers[i].b) {
            differs(&d, "", numbers[i].name);
            n++;
        }
    return n + layers_differ(&d, a, b);
}

bool config_is_equal(const struct function_info *a, const struct function_info *b)
{
    char names[VIEW_DIFF_MAX];

    return config_differences(a, b, names) == 0;
}
