/*
 * The register of secrets of this process and the one function that takes them out of text. Whoever
 * reads a secret registers it; every output (terminal, reports, journal, debug log, errors) goes
 * through secret_mask(). Not thread-safe: smokegate has one thread.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* Values shorter than this are not masked: "a" would blank out whole reports. */
enum { SECRET_MIN = 4 };

/*
 * Registers a secret (copied); of one of several lines each long line as well. Returns false when
 * it is too short to be masked. Takes time that grows with the logarithm of how many there are, and
 * half a kilobyte to 4 KB: a text of letters and digits has few spellings, one of quotes many.
 */
bool secret_add(struct str value);

/*
 * Replaces every registered secret in `text` by "***", in whatever base/secret_forms.h spells it:
 * raw, JSON-escaped, quoted for a regex or XML, base64, percent-encoded, hex. Secrets that overlap
 * become one "***".
 */
void secret_mask(struct buf *text);

/*
 * The same as a copy in `arena`, NUL-terminated. For texts that are going to be cut or escaped:
 * half a secret, or one spelt in XML, is not found any more.
 */
struct str secret_masked(struct arena *arena, struct str text);
/* At most the first `max` bytes of that, without looking at more of the text than they need. */
struct str secret_masked_part(struct arena *arena, struct str text, size_t max);

/* What fits of it into `out` of `size` bytes, with its NUL: masked where it has to be cut. */
void secret_copy(char *out, size_t size, struct str text);

/* Is there any to mask? */
bool secret_any(void);
/* Is there one in it? */
bool secret_in(struct str text);

/* Wipes and forgets all of them. */
void secret_clear(void);

#endif
