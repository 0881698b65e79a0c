/*
 * Bytes with a length, owned by someone else. May hold NUL; is not NUL-terminated. {NULL, 0} is the
 * empty string.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *data;
    size_t len;
};

/* A string literal as a struct str. */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})

/* The same as an initializer of static data. */
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }

/* The arguments for a "%.*s". */
#define STR_ARG(s) (int)(s).len, (s).data ? (s).data : ""

struct str str_c(const char *text); /* of a C string; NULL gives the empty one */
bool str_eq(struct str a, struct str b);
bool str_eq_c(struct str a, const char *b);
int str_cmp(struct str a, struct str b); /* as memcmp, shorter first */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_slice(struct str s, size_t from, size_t to); /* both clamped to the length */
struct str str_trim(struct str s);                          /* blanks, tabs, CR, LF at both ends */

/* The last line that holds more than blanks, trimmed; {NULL, 0}: there is none. */
struct str str_last_line(struct str s);

/* Index of `needle` in `s` at or after `from`, or (size_t)-1. */
size_t str_find(struct str s, struct str needle, size_t from);

/* For tables in memory only: it may change between versions. */
uint64_t str_hash(struct str s);

/*
 * Cuts the text before the first `sep` off `*rest`. Returns false when `*rest` was used up.
 * "a,,b" gives "a", "", "b".
 */
bool str_cut(struct str *rest, char sep, struct str *ret_part);

/* A whole decimal number within [min, max]; no sign, blanks or other bytes. */
bool str_to_u64(struct str s, unsigned long long max, unsigned long long *ret_value);

#endif
