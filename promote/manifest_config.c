#include "promote/manifest_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* The service's limits: API_UpdateFunctionConfiguration. */
enum { MEMORY_MIN = 128, STORAGE_MIN = 512, SIZE_MAX_MB = 10240, TIMEOUT_MAX = 900 };

/* 0 when it is not written, or is told to be wrong. */
static unsigned megabytes_of(struct expander *x, struct json_ref at, const char *what, unsigned min,
                             unsigned max)
{
    const char *text;
    unsigned long long mb = 0;
    bool whole = true;

    if (!at.value)
        return 0;
    if (json_is_string(at.value)) {
        text = expand_text(x, at);
        if (!text || x->release_missing)
            return 0;
        whole = str_to_u64(str_c(text), max, &mb);
    } else if (json_integer_value(at.value) > 0) {
        mb = (unsigned long long)json_integer_value(at.value);
    }
    if (whole && mb >= min && mb <= max)
        return (unsigned)mb;
    fault_once(x->faults, at, json_ref_start(at), "\"%s\" is a number of MB from %u to %u", what,
               min, max);
    return 0;
}

static unsigned timeout_of(struct expander *x, struct json_ref at)
{
    const char *text = at.value ? expand_text(x, at) : NULL;
    int64_t ms;

    if (!text)
        return 0;
    if (clock_parse_duration(str_c(text), &ms) && ms % 1000 == 0 && ms >= 1000 &&
        ms <= TIMEOUT_MAX * 1000)
        return (unsigned)(ms / 1000);
    fault_once(x->faults, at, json_ref_start(at),
               "\"timeout\" wants whole seconds from \"1s\" to \"%ds\", found \"%s\"", TIMEOUT_MAX,
               text);
    return 0;
}

/* NULL when it is not written, or is none of the words. */
static const char *word_of(struct expander *x, struct json_ref at, const char *what,
                           const char *first, const char *second)
{
    const char *text = at.value ? expand_text(x, at) : NULL;

    if (!text || strcmp(text, first) == 0 || strcmp(text, second) == 0)
        return text;
    fault_once(x->faults, at, json_ref_start(at), "\"%s\" is \"%s\" or \"%s\", found \"%s\"", what,
               first, second, text);
    return NULL;
}

static const char *role_of(struct expander *x, struct json_ref at)
{
    const char *text = at.value ? expand_text(x, at) : NULL;

    if (!text || (strncmp(text, "arn:", 4) == 0 && strstr(text, ":role/")))
        return text;
    fault_once(x->faults, at, json_ref_start(at),
               "\"role\" wants an ARN such as arn:aws:iam::123456789012:role/NAME, found \"%s\"",
               text);
    return NULL;
}

static const char *text_of(struct expander *x, struct json_ref at, const char *what)
{
    const char *text = at.value ? expand_text(x, at) : NULL;

    if (text && !*text)
        fault_once(x->faults, at, json_ref_start(at), "\"%s\" wants a text, found an empty one",
                   what);
    return text;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct manifest_pair *)a)->name, ((const struct manifest_pair *)b)->name);
}

static void add_variables(struct expander *x, struct json_ref from, json_t *hidden_by,
                          struct function_config *ret)
{
    for (struct json_child c = json_child_first(from); c.ref.value; c = json_child_next(c)) {
        if (!json_is_string(c.ref.value) || json_object_getn(hidden_by, c.key.data, c.key.len))
            continue;
        ret->environment[ret->environment_count++] =
            (struct manifest_pair){arena_dup_str(x->arena, c.key), expand_text(x, c.ref)};
    }
}

static void merge_variables(struct expander *x, struct json_ref base, struct json_ref over,
                            struct function_config *ret)
{
    const size_t count = json_object_size(base.value) + json_object_size(over.value);

    ret->has_environment = base.value || over.value;
    ret->environment = arena_array(x->arena, count + 1, sizeof(*ret->environment));
    add_variables(x, base, over.value, ret);
    add_variables(x, over, NULL, ret);
    qsort(ret->environment, ret->environment_count, sizeof(*ret->environment), by_name);
}

void manifest_resolve_config(struct expander *x, const struct raw_function *base,
                             const struct raw_function *over, struct function_config *ret)
{
    struct json_ref at[CONFIG_KEYS];

    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        at[i] = over->config[i].value ? over->config[i] : base->config[i];
        ret->written = ret->written || at[i].value;
    }
    ret->at = over->config_at.value ? over->config_at : base->config_at;
    ret->memory_mb = megabytes_of(x, at[CONFIG_MEMORY], "memory", MEMORY_MIN, SIZE_MAX_MB);
    ret->ephemeral_mb = megabytes_of(x, at[CONFIG_EPHEMERAL_STORAGE], "ephemeral_storage",
                                     STORAGE_MIN, SIZE_MAX_MB);
    ret->timeout_s = timeout_of(x, at[CONFIG_TIMEOUT]);
    ret->runtime = text_of(x, at[CONFIG_RUNTIME], "runtime");
    ret->handler = text_of(x, at[CONFIG_HANDLER], "handler");
    ret->role = role_of(x, at[CONFIG_ROLE]);
    ret->tracing = word_of(x, at[CONFIG_TRACING], "tracing", "Active", "PassThrough");
    ret->architecture = word_of(x, at[CONFIG_ARCHITECTURE], "architecture", "x86_64", "arm64");
    merge_variables(x, base->config[CONFIG_ENVIRONMENT], over->config[CONFIG_ENVIRONMENT], ret);
}
