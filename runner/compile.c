#include "runner/compile.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/suggest.h"
#include "runner/latency.h"
#include "runner/print.h"

struct scope item_scope(const struct testcase *test, json_t *row,
                        const struct runner_config *config, size_t index)
{
    struct scope s = {
        .config = config,
        .file_variables = test->suite->variables.value,
        .case_variables = test->variables.value,
        .row = row,
        .capture_names = test->suite->capture_names,
        .now_ms = config->now_ms,
    };

    /* Each item has its own numbers, whatever runs before it and however often it is tried. */
    rng_seed(&s.rng, config->seed * 0x9E3779B97F4A7C15u + index + 1);
    return s;
}

/* ---- which function ---- */

static const struct runner_function *find_function(const struct runner_config *config,
                                                   const char *key)
{
    for (size_t i = 0; i < config->function_count; i++)
        if (strcmp(config->functions[i].key, key) == 0)
            return &config->functions[i];
    return NULL;
}

static int unknown_function(const struct runner_config *config, struct json_ref at, const char *key,
                            struct faults *faults)
{
    enum { MAX = 256 };
    const char *names[MAX];
    size_t count = 0;
    const char *near;
    struct fault *fault =
        json_fault(faults, at.doc, json_ref_start(at), "the project has no function \"%s\"", key);

    for (size_t i = 0; i < config->function_count && count < MAX; i++)
        names[count++] = config->functions[i].key;
    near = suggest_nearest(str_c(key), names, count);
    if (near)
        fault_hint(fault, "did you mean \"%s\"?", near);
    return -1;
}

/* Was one named, but not by a text? That has been told. */
static bool function_is_wrong(const struct testcase *test)
{
    return json_object_get(test->self.value, "function") ||
           json_object_get(json_doc_root(test->suite->doc).value, "function");
}

static int choose_function(struct compiled *out, const struct testcase *test, struct scope *scope,
                           struct faults *faults)
{
    const struct runner_config *config = scope->config;
    struct json_ref at = test->function.value ? test->function : test->suite->function;
    const struct runner_function *known;

    if (config->function) {
        out->function_key = config->function;
    } else if (at.value) {
        out->function_key = template_text(scope, at, &out->arena, faults);
        if (!out->function_key)
            return -1;
    } else if (config->function_count == 1) {
        out->function_key = config->functions[0].key;
    } else if (function_is_wrong(test)) {
        return -1;
    } else {
        fault_hint(
            json_fault(faults, test->name.doc, json_ref_start(test->name), "no function to invoke"),
            "give the case or the file a \"function\", or use --function NAME");
        return -1;
    }
    out->function = out->function_key;
    out->function_unknown = scope->unknown;
    if (scope->unknown)
        return 0;
    known = find_function(config, out->function_key);
    if (known)
        out->function = known->name;
    else if (config->function_count && !config->function)
        return unknown_function(config, at, out->function_key, faults);
    return 0;
}

/* {{function}}. Without one, which has been told, nothing more is to be told of it. */
static void tell_function(struct compiled *out, struct scope *scope)
{
    scope->function = json_string(out->function_key ? out->function_key : "");
    json_array_append_new(out->owned, scope->function);
}

/* ---- the whole ---- */

static int add_client_context(struct compiled *out, const struct testcase *test,
                              struct check_compiler *c)
{
    CLEANUP(buf_release) struct buf text = {0};
    json_t *value;

    if (!test->client_context.value)
        return 0;
    value = check_expand(c, test->client_context);
    if (!value)
        return -1;
    print_json(&text, test->client_context.doc, value);
    out->client_context = arena_str(&out->arena, buf_str(&text));
    if ((text.len + 2) / 3 * 4 <= INVOKE_CLIENT_CONTEXT_MAX)
        return 0;
    check_refuse(c, test->client_context, "a client context of more than %d bytes of base64",
                 INVOKE_CLIENT_CONTEXT_MAX);
    return -1;
}

static int compile_parts(struct compiled *out, const struct testset *set,
                         const struct testcase *test, struct scope *scope, struct faults *faults)
{
    struct check_compiler c = {
        .arena = &out->arena,
        .owned = out->owned,
        .scope = scope,
        .faults = faults,
        .caches = set->caches,
        .dir = test->suite->dir,
    };
    bool whole = choose_function(out, test, scope, faults) == 0;

    tell_function(out, scope);
    whole = payload_build(&out->payload, test, &c) == 0 && whole;
    whole = add_client_context(out, test, &c) == 0 && whole;
    whole = expect_compile(&out->expect, &c, test->expect, test->name, test->settings.invocation) &&
            whole;
    if (out->expect.latency && test->settings.repeat < 2) {
        fault_hint(json_fault(faults, test->expect.doc, json_ref_key(out->expect.latency->at),
                              "\"latency\" of a single invocation"),
                   "give the case a \"repeat\": 20");
        whole = false;
    }
    whole = captures_compile(&out->captures, &c, test->capture) && whole;
    return whole ? 0 : -1;
}

int compile_item(struct compiled **ret, const struct testset *set, const struct item *item,
                 const struct runner_config *config, json_t *captures, struct faults *faults)
{
    CLEANUP(compiled_freep) struct compiled *out = mem_zalloc(sizeof(*out));
    json_t *row = item_row(item);
    struct scope scope = item_scope(item->test, row, config, item->index);

    scope.captures = captures;
    out->owned = json_array();
    if (row)
        json_array_append_new(out->owned, row);
    if (compile_parts(out, set, item->test, &scope, faults) < 0)
        return -1;
    out->unknown = scope.unknown;
    *ret = STEAL(out);
    return 0;
}

void compiled_free(struct compiled *c)
{
    if (!c)
        return;
    buf_release(&c->payload);
    json_decref(c->owned);
    arena_release(&c->arena);
    free(c);
}

void compiled_freep(struct compiled **c)
{
    compiled_free(*c);
}
