/*
 * Reading an object strictly: every known key once, with its type, and a fault with a "did you
 * mean" for every other. Shared by the readers of project, case, outcome and fault-script files.
 */
#ifndef JSON_STRICT_H
#define JSON_STRICT_H

#include <stdbool.h>

#include "base/fault.h"
#include "json/reader.h"

enum strict_type {
    STRICT_ANY = 0,
    STRICT_STRING = 1,
    STRICT_INTEGER = 2,
    STRICT_NUMBER = 4, /* integer or real */
    STRICT_BOOLEAN = 8,
    STRICT_OBJECT = 16,
    STRICT_ARRAY = 32,
    STRICT_NULL = 64,
};

struct strict_key {
    const char *name;
    unsigned types; /* enum strict_type or'ed; STRICT_ANY: any */
    bool required;
};

/*
 * Checks `object` against the table: not an object, unknown keys (nearest known one as the hint),
 * wrong types ("expected a string, found a number"), missing required keys. Every fault is added.
 * `what` names the thing in messages ("case", "environment"). `ret_values[i]` gets the value of
 * keys[i], or {0} when it is absent or of a wrong type. "$schema" is always allowed. Returns false
 * when something was wrong.
 */
bool strict_object(struct json_ref object, const char *what, const struct strict_key *keys,
                   size_t count, struct json_ref *ret_values, struct faults *faults);

/* "a string", "an array", "null"...: how messages call a value's type. */
const char *strict_type_name(const json_t *value);

#endif
