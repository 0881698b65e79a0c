/*
 * Regular expressions that need no engine: "^SKU-[0-9]{5}$", "^https://", UUIDs. A pattern is
 * simple when it begins with ^ and is a row of ASCII characters and classes, each repeated so that
 * where it ends is never in doubt. Everything else is json/pattern.h's. Private to json/schema/.
 */
#ifndef JSON_SCHEMA_SIMPLE_H
#define JSON_SCHEMA_SIMPLE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct simple;

/* NULL: it is not simple. `source` is an ECMA-262 pattern that compiles. */
const struct simple *simple_compile(struct arena *arena, struct str source);

/* SIMPLE_ASK: the subject is beyond ASCII where it matters, the engine has to decide. */
enum simple_result { SIMPLE_NO_MATCH, SIMPLE_MATCH, SIMPLE_ASK };

enum simple_result simple_match(const struct simple *s, struct str subject);

#endif
