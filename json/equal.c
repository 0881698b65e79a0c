#include "json/equal.h"

#include <string.h>

#include "json/number.h"

/* jansson's iterators want it so; nothing is written. */
static json_t *writable(const json_t *value)
{
    json_t *same;

    memcpy(&same, &value, sizeof(same));
    return same;
}

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
    return equal_objects(doc_a, writable(a), doc_b, b);
}

/* Mixes one word into a hash (the finaliser of splitmix64). */
static uint64_t mix(uint64_t h, uint64_t word)
{
    h ^= word + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2);
    h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 27) * 0x94d049bb133111ebu;
    return h ^ h >> 31;
}

static uint64_t hash_bytes(const char *data, size_t len)
{
    uint64_t h = len, word;

    for (; len >= 8; data += 8, len -= 8) {
        memcpy(&word, data, 8);
        h = mix(h, word);
    }
    word = 0;
    memcpy(&word, data, len);
    return mix(h, word);
}

/* Numbers that are equal have the same nearest double; -0.0 is 0. */
static uint64_t hash_number(const json_t *value)
{
    const double n = json_number_value(value) + 0.0;
    uint64_t word;

    memcpy(&word, &n, sizeof(word));
    return mix(JSON_REAL, word);
}

static uint64_t hash_object(json_t *object)
{
    uint64_t h = 0;

    for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it))
        h += mix(hash_bytes(json_object_iter_key(it), json_object_iter_key_len(it)),
                 json_hash(json_object_iter_value(it))); /* a sum: order does not count */
    return mix(JSON_OBJECT, h);
}

uint64_t json_hash(const json_t *value)
{
    uint64_t h = mix(0, json_typeof(value));

    if (json_is_number(value))
        return hash_number(value);
    if (json_is_string(value))
        return mix(h, hash_bytes(json_string_value(value), json_string_length(value)));
    if (json_is_object(value))
        return hash_object(writable(value));
    for (size_t i = 0; i < json_array_size(value); i++)
        h = mix(h, json_hash(json_array_get(value, i)));
    return h;
}
