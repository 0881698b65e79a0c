#include "json/equal.h"

#include <string.h>

#include "json/decimal.h"
#include "json/doc.h"
#include "json/number.h"

/* jansson's iterators want it so; nothing is written. */
static json_t *writable(const json_t *value)
{
    json_t *same;

    memcpy(&same, &value, sizeof(same));
    return same;
}

struct comparison {
    const struct json_doc *doc_a, *doc_b;
    uint64_t work;
};

static bool equal(struct comparison *c, const json_t *a, const json_t *b);

static bool equal_objects(struct comparison *c, json_t *a, const json_t *b)
{
    if (json_object_size(a) != json_object_size(b))
        return false;
    for (void *it = json_object_iter(a); it; it = json_object_iter_next(a, it)) {
        const json_t *other =
            json_object_getn(b, json_object_iter_key(it), json_object_iter_key_len(it));

        if (!other || !equal(c, json_object_iter_value(it), other))
            return false;
    }
    return true;
}

static bool equal_arrays(struct comparison *c, const json_t *a, const json_t *b)
{
    const size_t n = json_array_size(a);

    if (n != json_array_size(b))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!equal(c, json_array_get(a, i), json_array_get(b, i)))
            return false;
    return true;
}

static bool equal_strings(struct comparison *c, const json_t *a, const json_t *b)
{
    const size_t n = json_string_length(a);

    if (n != json_string_length(b))
        return false;
    c->work += n / 64;
    return memcmp(json_string_value(a), json_string_value(b), n) == 0;
}

static bool equal(struct comparison *c, const json_t *a, const json_t *b)
{
    c->work++;
    if (json_is_number(a) && json_is_number(b)) {
        c->work += (json_doc_lexeme(c->doc_a, a).len + json_doc_lexeme(c->doc_b, b).len) / 16;
        return number_compare(c->doc_a, a, c->doc_b, b) == 0;
    }
    if (json_typeof(a) != json_typeof(b))
        return false;
    if (json_is_string(a))
        return equal_strings(c, a, b);
    if (json_is_array(a))
        return equal_arrays(c, a, b);
    return !json_is_object(a) || equal_objects(c, writable(a), b);
}

bool json_equal_counted(const struct json_doc *doc_a, const json_t *a, const struct json_doc *doc_b,
                        const json_t *b, uint64_t *work)
{
    struct comparison c = {doc_a, doc_b, 0};
    const bool same = equal(&c, a, b);

    *work += c.work;
    return same;
}

bool json_equal_exact(const struct json_doc *doc_a, const json_t *a, const struct json_doc *doc_b,
                      const json_t *b)
{
    struct comparison c = {doc_a, doc_b, 0};

    return equal(&c, a, b);
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

/* And the same digits, at the same place. */
static uint64_t hash_decimal(const struct json_doc *doc, const json_t *value)
{
    struct decimal d;
    uint64_t h;
    size_t at = 0;

    decimal_of(&d, doc, value);
    if (!d.count)
        return mix(JSON_REAL, 0);
    h = mix(d.negative, (uint64_t)d.scale);
    for (size_t i = 0; i < d.count; i++)
        h = h * 0x100000001b3u + (uint64_t)decimal_digit(&d, &at);
    return mix(h, d.count);
}

struct hashing {
    const struct json_doc *doc;
    bool exactly;
};

static uint64_t hash(const struct hashing *how, const json_t *value);

static uint64_t hash_object(const struct hashing *how, json_t *object)
{
    uint64_t h = 0;

    for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it))
        h += mix(hash_bytes(json_object_iter_key(it), json_object_iter_key_len(it)),
                 hash(how, json_object_iter_value(it))); /* a sum: order does not count */
    return mix(JSON_OBJECT, h);
}

static uint64_t hash(const struct hashing *how, const json_t *value)
{
    uint64_t h = mix(0, json_typeof(value));

    if (json_is_number(value))
        return how->exactly ? hash_decimal(how->doc, value) : hash_number(value);
    if (json_is_string(value))
        return mix(h, hash_bytes(json_string_value(value), json_string_length(value)));
    if (json_is_object(value))
        return hash_object(how, writable(value));
    for (size_t i = 0; i < json_array_size(value); i++)
        h = mix(h, hash(how, json_array_get(value, i)));
    return h;
}

uint64_t json_hash(const struct json_doc *doc, const json_t *value, bool exactly)
{
    const struct hashing how = {doc, exactly};

    return hash(&how, value);
}

bool json_hash_is_exact(const struct json_doc *doc)
{
    return doc && doc->lexeme_count > 0;
}
