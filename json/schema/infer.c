#include "json/schema/infer.h"

#include "base/compiler.h"
#include "json/number.h"
#include "json/schema/format.h"

enum kind { NULLS, BOOLEANS, INTEGERS, NUMBERS, STRINGS, ARRAYS, OBJECTS, KINDS };

static const char *const names[KINDS] = {"null",   "boolean", "integer", "number",
                                         "string", "array",   "object"};

static enum kind kind_of(const struct json_doc *doc, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return OBJECTS;
    case JSON_ARRAY:
        return ARRAYS;
    case JSON_STRING:
        return STRINGS;
    case JSON_INTEGER:
    case JSON_REAL:
        return number_is_integer(doc, value) ? INTEGERS : NUMBERS;
    case JSON_TRUE:
    case JSON_FALSE:
        return BOOLEANS;
    case JSON_NULL:
        break;
    }
    return NULLS;
}

/* ---- what several values have in common; `values` is an array that holds them ---- */

static json_t *infer_all(const struct json_doc *doc, json_t *values);

static json_t *types_of(const bool *seen)
{
    json_t *types = json_array(), *only;

    for (size_t i = 0; i < KINDS; i++)
        if (seen[i] && !(i == INTEGERS && seen[NUMBERS]))
            json_array_append_new(types, json_string(names[i]));
    if (json_array_size(types) != 1)
        return types;
    only = json_incref(json_array_get(types, 0));
    json_decref(types);
    return only;
}

static bool all_are(const struct format *format, json_t *values)
{
    json_t *value;
    size_t i;

    json_array_foreach(values, i, value)
    {
        struct str text = {json_string_value(value), json_string_length(value)};

        if (json_is_string(value) && !format->check(text))
            return false;
    }
    return true;
}

static void add_format(json_t *schema, json_t *values)
{
    static const char *const known[] = {"uuid", "date-time", "date"};

    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        const struct format *format = format_find(str_c(known[i]));

        if (format && all_are(format, values)) {
            json_object_set_new(schema, "format", json_string(known[i]));
            return;
        }
    }
}

static void add_items(const struct json_doc *doc, json_t *schema, json_t *values)
{
    json_t *elements = json_array(), *value;
    size_t i;

    json_array_foreach(values, i, value) if (json_is_array(value))
        json_array_extend(elements, value);
    if (json_array_size(elements))
        json_object_set_new(schema, "items", infer_all(doc, elements));
    json_decref(elements);
}

/* Member name to the array of its values, over all objects; how many objects there are. */
static json_t *members_of(json_t *values, size_t *ret_objects, bool *ret_map)
{
    json_t *members = json_object(), *value, *member;
    const char *key;
    size_t i, len;

    *ret_objects = 0;
    json_array_foreach(values, i, value)
    {
        if (!json_is_object(value))
            continue;
        ++*ret_objects;
        *ret_map = *ret_map || json_object_size(value) > INFER_MEMBERS_MAX;
        json_object_keylen_foreach(value, key, len, member)
        {
            json_t *list = json_object_getn(members, key, len);

            if (!list) {
                list = json_array();
                json_object_setn_new(members, key, len, list);
            }
            json_array_append(list, member);
        }
    }
    return members;
}

static void add_map(const struct json_doc *doc, json_t *schema, json_t *members)
{
    json_t *all = json_array(), *list;
    const char *key;

    json_object_foreach(members, key, list) json_array_extend(all, list);
    json_object_set_new(schema, "additionalProperties", infer_all(doc, all));
    json_decref(all);
}

static void add_members(const struct json_doc *doc, json_t *schema, json_t *values)
{
    size_t objects, len;
    bool is_map = false;
    json_t *members = members_of(values, &objects, &is_map), *list;
    json_t *properties = json_object(), *required = json_array();
    const char *key;

    if (is_map) {
        add_map(doc, schema, members);
    } else {
        json_object_keylen_foreach(members, key, len, list)
        {
            json_object_setn_new(properties, key, len, infer_all(doc, list));
            if (json_array_size(list) == objects)
                json_array_append_new(required, json_stringn(key, len));
        }
        if (json_object_size(properties))
            json_object_set(schema, "properties", properties);
        if (json_array_size(required))
            json_object_set(schema, "required", required);
    }
    json_decref(properties);
    json_decref(required);
    json_decref(members);
}

static json_t *infer_all(const struct json_doc *doc, json_t *values)
{
    json_t *schema = json_object(), *value;
    bool seen[KINDS] = {false};
    size_t i;

    json_array_foreach(values, i, value) seen[kind_of(doc, value)] = true;
    json_object_set_new(schema, "type", types_of(seen));
    if (seen[STRINGS])
        add_format(schema, values);
    if (seen[ARRAYS])
        add_items(doc, schema, values);
    if (seen[OBJECTS])
        add_members(doc, schema, values);
    return schema;
}

json_t *infer_schema(const struct json_doc *doc, json_t *value)
{
    json_t *one = json_array(), *schema;

    json_array_append(one, value);
    schema = infer_all(doc, one);
    json_decref(one);
    return schema;
}
