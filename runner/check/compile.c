#include "runner/check/check.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "json/strict.h"
#include "runner/compile.h"
#include "runner/print.h"

/* ---- what every kind needs ---- */

bool check_refuse(struct check_compiler *c, struct json_ref at, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    json_fault(c->faults, at.doc, json_ref_start(at), "%s", text);
    return false;
}

json_t *check_expand(struct check_compiler *c, struct json_ref at)
{
    json_t *value = template_tree(c->scope, at, false, c->faults);

    if (value)
        json_array_append_new(c->owned, value);
    return value;
}

bool check_pattern(struct check_compiler *c, struct json_ref at, struct check *check)
{
    const struct template_source source = {.string = at};
    struct err err = {0};
    size_t offset = 0;
    json_t *text;
    struct str regex;

    if (!json_is_string(at.value))
        return check_refuse(c, at, "\"%s\" wants a regex, a string, found %s", check->kind->name,
                            strict_type_name(at.value));
    text = template_expand(c->scope, &source, TEMPLATE_REGEX, c->faults);
    if (!text)
        return false;
    if (!json_is_string(text)) {
        CLEANUP(buf_release) struct buf plain = {0};

        print_json(&plain, NULL, text);
        json_decref(text);
        text = json_stringn(buf_c(&plain), plain.len);
    }
    json_array_append_new(c->owned, text);
    check->value = text;
    regex = (struct str){json_string_value(text), json_string_length(text)};
    check->pattern = compile_pattern(c->caches, regex, &offset, &err);
    if (check->pattern)
        return true;
    json_fault(c->faults, at.doc,
               text == at.value ? json_ref_inside(at, offset) : json_ref_start(at), "%s", err.text);
    return false;
}

/* ---- matchers ---- */

const struct check_kind *check_kind_find(struct str name)
{
    for (size_t i = 0; check_kinds[i]; i++)
        if (str_eq_c(name, check_kinds[i]->name))
            return check_kinds[i];
    return NULL;
}

bool matcher_is_object(const json_t *value)
{
    json_t *object = (json_t *)(uintptr_t)value; /* iterating changes nothing */

    if (json_object_size(value) == 0)
        return false;
    for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it))
        if (!check_kind_find((struct str){json_object_iter_key(it), json_object_iter_key_len(it)}))
            return false;
    return true;
}

static bool has_any_kind(json_t *object)
{
    for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it))
        if (check_kind_find((struct str){json_object_iter_key(it), json_object_iter_key_len(it)}))
            return true;
    return false;
}

/* How other tools call it. */
static const char *known_elsewhere(struct str key)
{
    static const char *const rows[][2] = {
        {"minimum", "min"},
        {"maximum", "max"},
        {"exclusiveMinimum", "exclusive_min"},
        {"exclusiveMaximum", "exclusive_max"},
        {"gt", "exclusive_min"},
        {"gte", "min"},
        {"lt", "exclusive_max"},
        {"lte", "max"},
        {"approx", "close_to"},
        {"near", "close_to"},
        {"eq", "equals"},
        {"is", "equals"},
        {"const", "equals"},
        {"ne", "not"},
        {"not_equals", "not"},
        {"regex", "matches"},
        {"pattern", "matches"},
        {"like", "matches"},
        {"starts_with", "matches"},
        {"ends_with", "matches"},
        {"size", "length"},
        {"len", "length"},
        {"all", "every"},
        {"each", "every"},
        {"some", "any"},
        {"in", "one_of"},
        {"enum", "one_of"},
        {"any_of", "one_of"},
        {"includes", "contains"},
        {"has", "contains"},
        {"subset", "contains"},
        {"path", "paths"},
        {"jsonpath", "paths"},
        {"present", "exists"},
        {"defined", "exists"},
        {"distinct", "unique"},
        {"jsonschema", "schema"},
        {"parse", "json"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_eq_c(key, rows[i][0]))
            return rows[i][1];
    return NULL;
}

static void suggest_kind(struct str key, struct fault *fault)
{
    const char *names[64];
    size_t count = 0;
    const char *near;

    while (count < ARRAY_LEN(names) && check_kinds[count]) {
        names[count] = check_kinds[count]->name;
        count++;
    }
    near = known_elsewhere(key);
    if (!near)
        near = suggest_nearest(key, names, count);
    if (near)
        fault_hint(fault, "did you mean \"%s\"?", near);
    else
        fault_hint(fault, "to compare with this very object, write { \"equals\": { ... } }");
}

static struct matcher *plain_object(struct check_compiler *c, struct json_ref at)
{
    struct json_child first = json_child_first(at);
    struct fault *fault;

    if (!first.ref.value) {
        fault = json_fault(c->faults, at.doc, json_ref_start(at), "an empty object is no matcher");
        fault_hint(fault, "write { \"equals\": {} } or { \"type\": \"object\" }");
        return NULL;
    }
    fault = json_fault(c->faults, at.doc, json_ref_key(first.ref),
                       "a plain object is no matcher, and \"%.*s\" is no key of one",
                       STR_ARG(first.key));
    suggest_kind(first.key, fault);
    return NULL;
}

static bool compile_check(struct check_compiler *c, const struct check_kind *kind,
                          struct json_ref at, struct check *check)
{
    check->kind = kind;
    check->at = at;
    check->unit = c->unit;
    return kind->compile(c, at, check);
}

static struct matcher *compile_object(struct check_compiler *c, struct json_ref at)
{
    struct matcher *m = arena_alloc(c->arena, sizeof(*m));
    bool whole = true;

    m->at = at;
    m->checks = arena_array(c->arena, json_object_size(at.value), sizeof(*m->checks));
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k)) {
        const struct check_kind *kind = check_kind_find(k.key);

        if (!kind) {
            suggest_kind(k.key, json_fault(c->faults, at.doc, json_ref_key(k.ref),
                                           "unknown key \"%.*s\" in a matcher", STR_ARG(k.key)));
            whole = false;
        } else if (!compile_check(c, kind, k.ref, &m->checks[m->count])) {
            whole = false;
        } else {
            m->count++;
        }
    }
    return whole ? m : NULL;
}

struct matcher *matcher_of(struct check_compiler *c, const char *check, struct json_ref at)
{
    struct matcher *m = arena_alloc(c->arena, sizeof(*m));

    m->at = at;
    m->checks = arena_array(c->arena, 1, sizeof(*m->checks));
    m->count = 1;
    return compile_check(c, check_kind_find(str_c(check)), at, &m->checks[0]) ? m : NULL;
}

struct matcher *matcher_compile(struct check_compiler *c, struct json_ref at)
{
    if (!json_is_object(at.value))
        return matcher_of(c, "equals", at);
    return has_any_kind(at.value) ? compile_object(c, at) : plain_object(c, at);
}

struct matcher *matcher_compile_subset(struct check_compiler *c, struct json_ref at)
{
    if (matcher_is_object(at.value))
        return compile_object(c, at);
    return matcher_of(c, json_is_object(at.value) ? "contains" : "equals", at);
}
