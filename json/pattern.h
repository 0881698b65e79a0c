/*
 * Regular expressions in three dialects, all carried out by PCRE2 under limits.
 *
 *   PATTERN_ECMA     ECMA-262 (with the u flag) for JSON Schema's `pattern` and `patternProperties`
 *   PATTERN_IREGEXP  RFC 9485 for JSONPath's match() and search(); ^ and $ are anchors, as the
 *                    compliance suite has it
 *   PATTERN_PCRE2    as PCRE2 has it, for smokegate's own `matches`
 *
 * A pattern that gives up is neither a match nor none: PATTERN_GAVE_UP must become "inconclusive",
 * never "no match". Matching is unanchored unless PATTERN_FULL. Subjects must be valid UTF-8.
 * A pattern is not for two threads at once.
 */
#ifndef JSON_PATTERN_H
#define JSON_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum pattern_dialect { PATTERN_PCRE2, PATTERN_ECMA, PATTERN_IREGEXP };

enum pattern_flags {
    PATTERN_FULL = 1, /* the whole subject must match */
};

enum pattern_result { PATTERN_NO_MATCH, PATTERN_MATCH, PATTERN_GAVE_UP };

enum {
    PATTERN_SOURCE_MAX = 64 << 10,     /* bytes of a pattern */
    PATTERN_MATCH_LIMIT = 1000000,     /* steps of one match */
    PATTERN_HEAP_LIMIT_KIB = 16 << 10, /* memory of one match */
    /*
     * PCRE2 counts its steps anew at every place a match may start, and not what one step skips
     * over: /\d+[xy]/ on six megabytes of digits would take days. Subjects longer than
     * PATTERN_SHORT, and shorter ones that need more than a few steps a byte, are therefore matched
     * with a count of all work, in bytes; a step is 16. The limit is about a second.
     */
    PATTERN_SHORT = 512,
    PATTERN_WORK_LIMIT = 600 * 1000 * 1000,
};

struct pattern;

/*
 * ERR_INPUT with what was found and expected; *ret_offset (may be NULL) is then the byte of
 * `source` where the fault is. ERR_LIMIT beyond PATTERN_SOURCE_MAX.
 */
int pattern_compile(struct pattern **ret, struct str source, enum pattern_dialect dialect,
                    unsigned flags, size_t *ret_offset, struct err *err);
void pattern_free(struct pattern *p); /* NULL is fine */
void pattern_freep(struct pattern **p);

/*
 * Is this a regular expression of ECMA-262, whether PCRE2 can carry it out or not (a look-behind of
 * variable length)? For `format: regex`. What is longer than PATTERN_SOURCE_MAX is none.
 */
bool pattern_is_ecma(struct str source);

enum pattern_result pattern_match(struct pattern *p, struct str subject);

/*
 * The same for one of many matches that share what they may take together: *work, first
 * PATTERN_WORK_LIMIT, gets less by what this one took. Gives up when nothing is left.
 */
enum pattern_result pattern_match_within(struct pattern *p, struct str subject, int64_t *work);

/* A group of a match: bytes of the subject, or not set. Number 0 is the whole match. */
struct pattern_span {
    size_t start, end;
    bool set;
};

/*
 * The first match at or after `from`, with its groups. *group_count is the room in `groups`, then
 * how many were written (all groups of the pattern, at most that room).
 */
enum pattern_result pattern_match_at(struct pattern *p, struct str subject, size_t from,
                                     struct pattern_span *groups, size_t *group_count);

/* How many groups it has, the whole match included; the name of one, or NULL. */
size_t pattern_group_count(const struct pattern *p);
const char *pattern_group_name(const struct pattern *p, size_t group);

/* ---- patterns shared by dialect, flags and source ---- */

struct pattern_cache;

struct pattern_cache *pattern_cache_new(void);
void pattern_cache_free(struct pattern_cache *cache); /* and all its patterns */

/* As pattern_compile, but the cache owns the pattern. */
struct pattern *pattern_cache_get(struct pattern_cache *cache, struct str source,
                                  enum pattern_dialect dialect, unsigned flags, size_t *ret_offset,
                                  struct err *err);

#endif
