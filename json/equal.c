#include "json/equal.h"

#include <string.h>

#include "json/number.h"

static bool equal_objects(const struct json_doc *doc_a, json_t *a, const struct json_doc *doc_b,
                          const json_t *b)
{
    if (json_object_size(a) != json_object_size(b))
        return false;
    for (void *it = json_object_iter(a); it; it = json_object_iter_next(a, it)) {
        const json_t *other =
            json_object_getn(b, json_object_iter_key(it), json_object_iter_key_len(it));

        if (!other || !json_equal_exact(doc_a, json_object_iter_value(it), doc_b, other))
            return false;
    }
    return true;
}

static bool equal_arrays(const struct json_doc *doc_a, const json_t *a,
                         const struct json_doc *doc_b, const json_t *b)
{
    const size_t n = json_array_size(a);

    if (n != json_array_size(b))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!json_equal_exact(doc_a, json_array_get(a, i), doc_b, json_array_get(b, i)))
            return false;
    return true;
}

bool json_equal_exact(const struct json_doc *doc_a, const json_t *a, const struct json_doc *doc_b,
                      const json_t *b)
{
    json_t *writable;

    if (json_is_number(a) && json_is_number(b))
        return number_compare(doc_a, a, doc_b, b) == 0;
    if (json_typeof(a) != json_typeof(b))
        return false;
    if (json_is_string(a))
        return json_string_length(a) == json_string_length(b) &&
               memcmp(json_string_value(a), json_string_value(b), json_string_length(a)) == 0;
    if (json_is_array(a))
        return equal_arrays(doc_a, a, doc_b, b);
    if (!json_is_object(a))
        return true;
    memcpy(&writable, &a,
           sizeof(writable)); /* jansson's iterators want it so; nothing is written */
    return equal_objects(doc_a, writable, doc_b, b);
}
