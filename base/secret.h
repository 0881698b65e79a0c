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

/* Registers a secret (copied). Returns false when it is too short to be masked. */
bool secret_add(struct str value);

/*
 * Replaces every registered secret in `text` by "***": raw, JSON-escaped (with or without \u for
 * what is no ASCII, once and twice), quoted for a regex, base64 at all three alignments,
 * percent-encoded and in hex of either case.
 */
void secret_mask(struct buf *text);

/*
 * The same as a copy in `arena`, NUL-terminated. For texts that are going to be cut or escaped:
 * half a secret, or one spelt in XML, is not found any more.
 */
struct str secret_masked(struct arena *arena, struct str text);

/* Is there any to mask? */
bool secret_any(void);

/* Wipes and forgets all of them. */
void secret_clear(void);

#endif
