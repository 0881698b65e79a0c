#include "promote/manifest_private.h"

#include <string.h>

enum { LAYER_NAME_MAX = 140 };

static const char **strings_of(struct arena *arena, struct json_ref array, size_t *ret_count)
{
    const size_t count = json_array_size(array.value);
    const char **list = arena_array(arena, count + 1, sizeof(*list));

    for (size_t i = 0; i < count; i++)
        list[i] = json_string_value(json_array_get(array.value, i));
    *ret_count = count;
    return list;
}

static struct fault *refuse_name(struct expander *x, struct json_ref at, const char *what,
                                 const char *name)
{
    return fault_once(x->faults, at, json_ref_start(at), "Lambda takes no %s called \"%s\"", what,
                      name);
}

static const char *function_name(struct expander *x, struct json_ref written,
                                 const struct raw_function *base)
{
    const char *name = written.value ? expand_text(x, written)
                                     : arena_printf(x->arena, "%s-%s", base->key, x->environment);
    const struct json_ref at = written.value ? written : base->self;
    struct fault *fault;

    if (!name)
        return NULL;
    if (x->release_used) {
        fault_once(x->faults, at, json_ref_start(at),
                   "a function's name cannot depend on {{release}}: its aliases go from release to "
                   "release");
        return NULL;
    }
    if (manifest_function_name_ok(str_c(name)))
        return name;
    fault = refuse_name(x, at, "function", name);
    if (strchr(name, ':'))
        fault_hint(fault, "a name only: Region and account follow from the environment, the alias "
                          "from \"aliases\"");
    else
        fault_hint(fault, "letters, digits, '-' and '_', at most 64%s",
                   written.value ? "" : "; without a \"name\" it is {{function}}-{{environment}}");
    return NULL;
}

static void resolve_function(struct expander *x, const struct manifest *m,
                             const struct raw_function *base, const struct raw_function *over,
                             struct manifest_function *f)
{
    const struct json_ref layers = over->layers.value ? over->layers : base->layers;

    x->function = base->key;
    x->release_used = false;
    f->key = base->key;
    f->at = base->self;
    f->name = function_name(x, over->name.value ? over->name : base->name, base);
    manifest_resolve_package(x, m, over->package.written ? &over->package : &base->package,
                             &f->package);
    x->release_missing = false;
    manifest_resolve_config(x, base, over, &f->config);
    f->package.needs_release = f->package.needs_release || x->release_missing;
    f->layers_written = layers.value != NULL;
    f->layers = strings_of(x->arena, layers, &f->layer_count);
    if (f->package.kind == PACKAGE_IMAGE && f->layer_count)
        fault_once(x->faults, layers, json_ref_start(layers),
                   "a function from an image has no layers");
}

static void resolve_layer(struct expander *x, const struct manifest *m, const struct raw_layer *raw,
                          struct manifest_layer *l)
{
    x->function = NULL;
    x->release_missing = false;
    l->key = raw->key;
    l->at = raw->self;
    l->name = raw->name.value ? expand_text(x, raw->name) : raw->key;
    if (l->name && !manifest_name_ok(str_c(l->name), LAYER_NAME_MAX)) {
        const struct json_ref at = raw->name.value ? raw->name : raw->self;

        fault_hint(refuse_name(x, at, "layer", l->name), "letters, digits, '-' and '_', at most %d",
                   LAYER_NAME_MAX);
    }
    manifest_resolve_package(x, m, &raw->package, &l->package);
    l->runtimes = strings_of(x->arena, raw->runtimes, &l->runtime_count);
}

/* Lambda refuses a function two versions of one layer. */
static void check_layer_names(struct expander *x, const struct manifest_environment *e)
{
    for (size_t i = 0; i < e->layer_count; i++)
        for (size_t k = 0; k < i && e->layers[i].name; k++)
            if (e->layers[k].name && strcmp(e->layers[i].name, e->layers[k].name) == 0)
                fault_once(x->faults, e->layers[i].at, json_ref_key(e->layers[i].at),
                           "the layers \"%s\" and \"%s\" are both named %s in %s", e->layers[k].key,
                           e->layers[i].key, e->layers[i].name, e->name);
}

void manifest_resolve(struct manifest_reader *r, struct manifest_environment *e,
                      const struct raw_function *overrides)
{
    struct expander x = {.arena = r->arena,
                         .options = r->options,
                         .faults = r->faults,
                         .environment = e->name,
                         .own = e->variables,
                         .project = r->m->variables};

    e->functions = arena_array(r->arena, r->function_count + 1, sizeof(*e->functions));
    e->function_count = r->function_count;
    for (size_t i = 0; i < r->function_count; i++)
        resolve_function(&x, r->m, &r->functions[i], &overrides[i], &e->functions[i]);
    e->layers = arena_array(r->arena, r->layer_count + 1, sizeof(*e->layers));
    e->layer_count = r->layer_count;
    for (size_t i = 0; i < r->layer_count; i++)
        resolve_layer(&x, r->m, &r->layers[i], &e->layers[i]);
    check_layer_names(&x, e);
}
