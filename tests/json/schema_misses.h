/* The tests of the official suite that are known not to pass, each with its reason. */
#ifndef TESTS_JSON_SCHEMA_MISSES_H
#define TESTS_JSON_SCHEMA_MISSES_H

#include <stddef.h>

static const char *const schema_misses[] = {
    /* Draft 7 lets contentMediaType and contentEncoding assert; from 2019-09 on they do not, and
     * they do not here either: a schema means the same in all drafts. */
    "draft7/optional/content.json: validation of string-encoded content based on media type: an "
    "invalid JSON document",
    "draft7/optional/content.json: validation of binary string-encoding: an invalid base64 string "
    "(% is not a valid character)",
    /* The same in the older copy that Debian packages. */
    "draft7/optional/content.json: validation of binary-encoded media type documents: a "
    "validly-encoded invalid JSON document",
    "draft7/optional/content.json: validation of binary-encoded media type documents: an invalid "
    "base64 string that is valid JSON",
};

#endif
