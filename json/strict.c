#include "json/strict.h"

#include <assert.h>

#include "base/buf.h"
#include "base/suggest.h"

enum { KEYS_MAX = 128 };

const char *strict_type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a boolean";
    case JSON_NULL:
        return "null";
    }
    return "a value";
}

static unsigned type_bit(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return STRICT_OBJECT;
    case JSON_ARRAY:
        return STRICT_ARRAY;
    case JSON_STRING:
        return STRICT_STRING;
    case JSON_INTEGER:
        return STRICT_INTEGER | STRICT_NUMBER;
    case JSON_REAL:
        return STRICT_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return STRICT_BOOLEAN;
    case JSON_NULL:
        return STRICT_NULL;
    }
    return 0;
}

static void add_expected(struct buf *out, unsigned types)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {{STRICT_STRING, "a string"},  {STRICT_INTEGER, "a whole number"},
                 {STRICT_NUMBER, "a number"},  {STRICT_BOOLEAN, "true or false"},
                 {STRICT_OBJECT, "an object"}, {STRICT_ARRAY, "an array"},
                 {STRICT_NULL, "null"}};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (types & names[i].bit && !(names[i].bit == STRICT_INTEGER && types & STRICT_NUMBER)) {
            types &= ~names[i].bit;
            buf_printf(out, "%s%s", out->len == 0 ? "" : types ? ", " : " or ", names[i].name);
        }
}

static bool wrong_type(struct json_ref ref, const char *name, unsigned types, struct faults *faults)
{
    struct buf expected = {0};

    add_expected(&expected, types);
    json_fault(faults, ref.doc, json_ref_start(ref), "\"%s\": expected %s, found %s", name,
               buf_c(&expected), strict_type_name(ref.value));
    buf_release(&expected);
    return false;
}

static bool unknown_key(const struct json_child *c, const char *what, const struct strict_key *keys,
                        size_t count, struct faults *faults)
{
    const char *names[KEYS_MAX];
    const char *near;
    struct fault *fault;

    for (size_t i = 0; i < count; i++)
        names[i] = keys[i].name;
    near = suggest_nearest(c->key, names, count);
    fault = json_fault(faults, c->ref.doc, json_ref_key(c->ref), "unknown key \"%.*s\" in %s",
                       STR_ARG(c->key), what);
    if (near)
        fault_hint(fault, "did you mean \"%s\"?", near);
    return false;
}

static bool take_member(const struct json_child *c, const char *what, const struct strict_key *keys,
                        size_t count, struct json_ref *ret_values, struct faults *faults)
{
    if (str_eq_c(c->key, "$schema"))
        return true;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq_c(c->key, keys[i].name))
            continue;
        if (keys[i].types && !(type_bit(c->ref.value) & keys[i].types))
            return wrong_type(c->ref, keys[i].name, keys[i].types, faults);
        ret_values[i] = c->ref;
        return true;
    }
    return unknown_key(c, what, keys, count, faults);
}

bool strict_object(struct json_ref object, const char *what, const struct strict_key *keys,
                   size_t count, struct json_ref *ret_values, struct faults *faults)
{
    bool good = true;

    assert(count <= KEYS_MAX);
    for (size_t i = 0; i < count; i++)
        ret_values[i] = (struct json_ref){0};
    if (!json_is_object(object.value)) {
        json_fault(faults, object.doc, json_ref_start(object),
                   "expected an object for %s, found %s", what, strict_type_name(object.value));
        return false;
    }
    for (struct json_child c = json_child_first(object); c.ref.value; c = json_child_next(c))
        good = take_member(&c, what, keys, count, ret_values, faults) && good;
    for (size_t i = 0; i < count; i++)
        if (keys[i].required && !json_object_get(object.value, keys[i].name)) {
            json_fault(faults, object.doc, json_ref_start(object), "%s needs the key \"%s\"", what,
                       keys[i].name);
            good = false;
        }
    return good;
}
