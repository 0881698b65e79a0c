/* UTF-8 (RFC 3629) out of bytes that may be anything. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * The length of the well-formed sequence at the front and its code point; 0 when there is none
 * (overlong, a surrogate, beyond U+10FFFF, cut off). `s` is not empty.
 */
size_t utf8_decode(struct str s, unsigned *ret_code_point);

bool utf8_is_valid(struct str s); /* all of it; the empty string is */

/* Appends what is UTF-8 as it is, and \xff for bytes that are not. */
void utf8_repair(struct buf *out, struct str bytes);

/* At most the first `max` bytes, and no code point in halves. */
struct str utf8_part(struct str s, size_t max);

/*
 * Would it do something instead of being seen: C0 and C1 controls except newline and tab, DEL,
 * bidirectional marks and overrides, line and paragraph separators, non-characters.
 */
bool utf8_is_harmful(unsigned code_point);

/* Appends `bytes` as harmless UTF-8: \u{1b} for what would do something, \xff for bytes that are no
 * UTF-8. */
void utf8_visible(struct buf *out, struct str bytes);

/*
 * The columns a terminal needs for one line of text: two for an ideograph or an emoji, none for a
 * combining mark. Rather too many than too few; invalid bytes and controls count one each.
 */
size_t utf8_columns(struct str text);

/* How many bytes of the text, whole characters, fit into so many columns. */
size_t utf8_clip(struct str text, size_t columns);

#endif
