#include "tests/lambda/model.h"

#include "tests/test.h"

#include <stdio.h>

#include <strings.h>

json_t *model_load(void)
{
    const char *suites = getenv("SMOKEGATE_SUITES");
    char path[1024];

    snprintf(path, sizeof(path), "%s/lambda-model/service-2.json", suites ? suites : "");
    return json_load_file(path, 0, NULL);
}

static const json_t *get(const json_t *object, const char *key)
{
    return json_object_get(object, key);
}

static const char *text(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));

    return s ? s : "";
}

static const json_t *shape(const json_t *model, const json_t *reference)
{
    return get(get(model, "shapes"), text(reference, "shape"));
}

/* "/a/{X}/b" matches "/a/anything/b"; what follows a '?' in the pattern is query. */
static bool path_matches(const char *pattern, const char *path)
{
    while (*pattern && *pattern != '?') {
        if (*pattern == '{') {
            pattern = strchr(pattern, '}') + 1;
            if (*path == '/' || !*path)
                return false;
            path += strcspn(path, "/");
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return !*path;
}

static bool has_location(const json_t *input, const char *location, const char *name)
{
    const char *key;
    json_t *member;

    json_object_foreach((json_t *)(uintptr_t)get(input, "members"), key, member)
    {
        const char *wire = *text(member, "locationName") ? text(member, "locationName") : key;

        if (strcmp(text(member, "location"), location) == 0 && strcasecmp(wire, name) == 0)
            return true;
    }
    return false;
}

static bool is_listed(const json_t *list, const char *value)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), value) == 0)
            return true;
    return false;
}

/* A string that is one of an enumeration, if there is one. */
static bool is_allowed(const json_t *of, const char *value)
{
    return !get(of, "enum") || is_listed(get(of, "enum"), value);
}

static void check_required(const json_t *of, const json_t *value, const char *where)
{
    const json_t *required = get(of, "required");

    for (size_t i = 0; i < json_array_size(required); i++) {
        const char *name = json_string_value(json_array_get(required, i));

        if (!*text(get(get(of, "members"), name), "location") && !get(value, name))
            fail_msg("%s: %s is required", where, name);
    }
}

static void check_body(const json_t *model, const json_t *of, json_t *value, const char *where)
{
    const char *type = text(of, "type"), *key;
    json_t *member;
    char path[256];

    if (strcmp(type, "structure") == 0 && json_is_object(value)) {
        check_required(of, value, where);
        json_object_foreach(value, key, member)
        {
            const json_t *reference = get(get(of, "members"), key);

            snprintf(path, sizeof(path), "%s.%s", where, key);
            if (!reference || *text(reference, "location"))
                fail_msg("%s is no member of the body", path);
            check_body(model, shape(model, reference), member, path);
        }
    } else if (strcmp(type, "map") == 0 && json_is_object(value)) {
        json_object_foreach(value, key, member)
            check_body(model, shape(model, get(of, "value")), member, where);
    } else if (strcmp(type, "list") == 0 && json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++)
            check_body(model, shape(model, get(of, "member")), json_array_get(value, i), where);
    } else if (!((strcmp(type, "string") == 0 && json_is_string(value)) ||
                 (strcmp(type, "blob") == 0 && json_is_string(value)) ||
                 (strcmp(type, "integer") == 0 && json_is_integer(value)) ||
                 (strcmp(type, "double") == 0 && json_is_number(value)) ||
                 (strcmp(type, "boolean") == 0 && json_is_boolean(value)))) {
        fail_msg("%s: the model wants a %s", where, type);
    } else if (json_is_string(value) && !is_allowed(of, json_string_value(value))) {
        fail_msg("%s: \"%s\" is none of its values", where, json_string_value(value));
    }
}

static void check_header(const json_t *model, const json_t *input, const struct aws_request *r,
                         const struct aws_header *h)
{
    const char *key;
    json_t *member;
    char value[64];

    if (strcmp(h->name, "content-type") == 0)
        return;
    json_object_foreach((json_t *)(uintptr_t)get(input, "members"), key, member)
    {
        if (strcmp(text(member, "location"), "header") != 0 ||
            strcasecmp(text(member, "locationName"), h->name) != 0)
            continue;
        snprintf(value, sizeof(value), "%.*s", STR_ARG(h->value));
        if (!is_allowed(shape(model, member), value))
            fail_msg("%s: %s: \"%s\" is none of its values", r->operation, h->name, value);
        return;
    }
    fail_msg("%s: %s is no header of it", r->operation, h->name);
}

/* "?List=ALL" of a URI: always there, and no member of the input. */
static bool is_fixed(const char *uri, struct str part)
{
    const char *fixed = strchr(uri, '?');

    return fixed && str_eq_c(part, fixed + 1);
}

static void check_query(const json_t *input, const char *uri, struct str query)
{
    struct str part;
    char name[128];
    bool fixed = !strchr(uri, '?');

    while (query.len && str_cut(&query, '&', &part)) {
        if (is_fixed(uri, part)) {
            fixed = true;
            continue;
        }
        snprintf(name, sizeof(name), "%.*s", (int)str_find(part, STR("="), 0), part.data);
        if (!has_location(input, "querystring", name))
            fail_msg("%s is no query parameter of this operation", name);
    }
    if (!fixed)
        fail_msg("%s is missing from the query", strchr(uri, '?'));
}

void model_check_request(const json_t *model, const struct aws_request *r)
{
    const json_t *operation = get(get(model, "operations"), r->operation);
    const json_t *http = get(operation, "http"), *input;
    json_t *body;

    if (!operation)
        fail_msg("%s is no operation", r->operation);
    input = shape(model, get(operation, "input"));
    assert_string_equal(r->method, text(http, "method"));
    if (!path_matches(text(http, "requestUri"), buf_c(&r->path)))
        fail_msg("%s: %s is not %s", r->operation, buf_c(&r->path), text(http, "requestUri"));
    check_query(input, text(http, "requestUri"), buf_str(&r->query));
    for (size_t i = 0; i < r->header_count; i++)
        check_header(model, input, r, &r->headers[i]);
    if (r->body.len == 0 || *text(input, "payload"))
        return;
    body = json_loadb(r->body.data, r->body.len, 0, NULL);
    assert_non_null(body);
    check_body(model, input, body, r->operation);
    json_decref(body);
}

static json_t *sample(const json_t *model, const json_t *of, const char *name, int depth)
{
    const char *type = text(of, "type"), *key;
    json_t *out = NULL, *member;

    if (depth > 8)
        return json_null();
    if (strcmp(type, "structure") == 0) {
        out = json_object();
        json_object_foreach((json_t *)(uintptr_t)get(of, "members"), key, member)
            json_object_set_new(out, key, sample(model, shape(model, member), key, depth + 1));
    } else if (strcmp(type, "map") == 0) {
        out =
            json_pack("{so}", "1", sample(model, shape(model, get(of, "value")), name, depth + 1));
    } else if (strcmp(type, "list") == 0) {
        out = json_pack("[o]", sample(model, shape(model, get(of, "member")), name, depth + 1));
    } else if (strcmp(type, "boolean") == 0) {
        out = json_true();
    } else if (strcmp(type, "string") == 0 || strcmp(type, "blob") == 0) {
        const char *first = json_string_value(json_array_get(get(of, "enum"), 0));

        out = json_string(first ? first : name);
    } else {
        out = json_integer(7);
    }
    return out;
}

json_t *model_reply(const json_t *model, const char *operation)
{
    const json_t *output = get(get(get(model, "operations"), operation), "output");

    return sample(model, shape(model, output), operation, 0);
}

const json_t *model_enum(const json_t *model, const char *name)
{
    return get(get(get(model, "shapes"), name), "enum");
}
