/* type, length, empty, exists: what kind of thing a value is. */
#include "runner/check/check.h"

#include <string.h>

#include "base/suggest.h"
#include "json/number.h"
#include "json/strict.h"
#include "runner/print.h"

/* ---- type ---- */

enum {
    TYPE_STRING = 1,
    TYPE_NUMBER = 2,
    TYPE_INTEGER = 4,
    TYPE_BOOLEAN = 8,
    TYPE_OBJECT = 16,
    TYPE_ARRAY = 32,
    TYPE_NULL = 64,
    TYPE_TEXT = 128,
};

static const char *const type_names[] = {"string", "number", "integer", "boolean",
                                         "object", "array",  "null",    "text"};

static const char *type_elsewhere(struct str name)
{
    static const char *const rows[][2] = {
        {"int", "integer"},    {"long", "integer"}, {"float", "number"},   {"double", "number"},
        {"decimal", "number"}, {"bool", "boolean"}, {"str", "string"},     {"list", "array"},
        {"tuple", "array"},    {"map", "object"},   {"dict", "object"},    {"record", "object"},
        {"nil", "null"},       {"None", "null"},    {"undefined", "null"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_eq_c(name, rows[i][0]))
            return rows[i][1];
    return NULL;
}

static bool add_type(struct check_compiler *c, struct json_ref at, struct check *check)
{
    json_t *value = check_expand(c, at);
    struct fault *fault;
    const char *near;

    if (!value)
        return false;
    if (!json_is_string(value))
        return check_refuse(c, at, "\"type\" wants the name of a type, found %s",
                            strict_type_name(value));
    for (size_t i = 0; i < ARRAY_LEN(type_names); i++) {
        if (strcmp(json_string_value(value), type_names[i]) == 0) {
            check->flags |= 1u << i;
            return true;
        }
    }
    if (c->scope->unknown)
        return true; /* a capture: only the run knows */
    fault = json_fault(c->faults, at.doc, json_ref_start(at), "\"%s\" is no type",
                       json_string_value(value));
    near = type_elsewhere(str_c(json_string_value(value)));
    if (!near)
        near = suggest_nearest(str_c(json_string_value(value)), type_names, ARRAY_LEN(type_names));
    if (near)
        fault_hint(fault, "did you mean \"%s\"?", near);
    else
        fault_hint(fault, "string, number, integer, boolean, object, array, null, or text for a "
                          "response that is not JSON");
    return false;
}

static bool type_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    bool whole = true;

    if (!json_is_array(at.value))
        return add_type(c, at, check);
    if (json_array_size(at.value) == 0)
        return check_refuse(c, at, "\"type\" wants a type or a list of them, found an empty array");
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k))
        whole = add_type(c, k.ref, check) && whole;
    return whole;
}

static unsigned types_of(const struct subject *s)
{
    if (s->text)
        return TYPE_TEXT;
    switch (json_typeof(s->value)) {
    case JSON_OBJECT:
        return TYPE_OBJECT;
    case JSON_ARRAY:
        return TYPE_ARRAY;
    case JSON_STRING:
        return TYPE_STRING;
    case JSON_INTEGER:
    case JSON_REAL:
        return TYPE_NUMBER | (number_is_integer(s->doc, s->value) ? TYPE_INTEGER : 0u);
    case JSON_TRUE:
    case JSON_FALSE:
        return TYPE_BOOLEAN;
    case JSON_NULL:
        break;
    }
    return TYPE_NULL;
}

static enum check_result type_run(const struct check *check, const struct subject *s,
                                  struct check_run *run, const struct trail *trail)
{
    return types_of(s) & check->flags ? CHECK_OK : check_fail(run, check, s, trail, NULL, NULL);
}

static void type_describe(const struct check *check, struct buf *out)
{
    bool first = true;

    for (size_t i = 0; i < ARRAY_LEN(type_names); i++) {
        if (!(check->flags & 1u << i))
            continue;
        buf_printf(out, "%s%s", first ? "of type " : " or ", type_names[i]);
        first = false;
    }
}

const struct check_kind check_type = {"type", false, type_compile, type_run, type_describe};

/* ---- length ---- */

static bool length_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    struct check_compiler plain = *c;

    plain.unit = UNIT_NONE;
    check->inner = matcher_compile(&plain, at);
    return check->inner != NULL;
}

static size_t code_points(const char *text, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

static enum check_result length_run(const struct check *check, const struct subject *s,
                                    struct check_run *run, const struct trail *trail)
{
    struct subject inner = {0};
    struct trail step = {trail, STR("length")};
    enum check_result result;
    size_t n;

    if (json_is_string(s->value))
        n = code_points(json_string_value(s->value), json_string_length(s->value));
    else if (json_is_array(s->value))
        n = json_array_size(s->value);
    else if (json_is_object(s->value))
        n = json_object_size(s->value);
    else
        return check_fail(run, check, s, trail,
                          arena_printf(run->arena, "%s has no length", strict_type_name(s->value)),
                          NULL);
    inner.value = json_integer((json_int_t)n);
    result = matcher_run(check->inner, &inner, run, &step);
    json_decref(inner.value);
    return result;
}

static void length_describe(const struct check *check, struct buf *out)
{
    buf_add_c(out, "of length ");
    matcher_describe(check->inner, out);
}

const struct check_kind check_length = {"length", false, length_compile, length_run,
                                        length_describe};

/* ---- empty, exists ---- */

static bool boolean_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    check->value = check_expand(c, at);
    if (!check->value)
        return false;
    if (!json_is_boolean(check->value) && !c->scope->unknown)
        return check_refuse(c, at, "\"%s\" wants true or false, found %s", check->kind->name,
                            strict_type_name(check->value));
    return true;
}

static bool is_empty(const struct subject *s)
{
    if (!s->value)
        return true;
    if (json_is_string(s->value))
        return json_string_length(s->value) == 0;
    if (json_is_array(s->value))
        return json_array_size(s->value) == 0;
    return json_is_object(s->value) && json_object_size(s->value) == 0;
}

static enum check_result empty_run(const struct check *check, const struct subject *s,
                                   struct check_run *run, const struct trail *trail)
{
    if (!s->value && !s->root) /* a path without a node is not an empty value */
        return check_fail(run, check, s, trail, NULL, NULL);
    return is_empty(s) == json_is_true(check->value) ? CHECK_OK
                                                     : check_fail(run, check, s, trail, NULL, NULL);
}

static void empty_describe(const struct check *check, struct buf *out)
{
    buf_add_c(out, json_is_true(check->value) ? "empty" : "not empty");
}

const struct check_kind check_empty = {"empty", true, boolean_compile, empty_run, empty_describe};

static enum check_result exists_run(const struct check *check, const struct subject *s,
                                    struct check_run *run, const struct trail *trail)
{
    bool there = s->nodes ? json_array_size(s->value) > 0 : s->value != NULL;

    return there == json_is_true(check->value) ? CHECK_OK
                                               : check_fail(run, check, s, trail, NULL, NULL);
}

static void exists_describe(const struct check *check, struct buf *out)
{
    buf_add_c(out, json_is_true(check->value) ? "to exist" : "nothing there");
}

const struct check_kind check_exists = {"exists", true, boolean_compile, exists_run,
                                        exists_describe};
