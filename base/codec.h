/* Bytes as text and back: base64 (RFC 4648 section 4), hex, and the percent-encoding of RFC 3986.
 */
#ifndef BASE_CODEC_H
#define BASE_CODEC_H

#include "base/buf.h"
#include "base/str.h"

/* All append to `out` and return 0, or -1 when the buffer's cap would be crossed. */
int base64_encode(struct buf *out, struct str bytes);
int hex_encode(struct buf *out, struct str bytes); /* lower case */

/*
 * Percent-encodes every byte outside A-Za-z0-9-_.~ and outside `also_kept` (a C string, may be ""),
 * with upper-case hex: the one encoder for paths, queries and SigV4.
 */
int percent_encode(struct buf *out, struct str bytes, const char *also_kept);

/* %XX becomes its byte; a % that two hex digits do not follow stays as it is. */
int percent_decode(struct buf *out, struct str text);

/* Strict: padded, no blanks, nothing after the padding. Returns -1 on anything else, or the cap. */
int base64_decode(struct buf *out, struct str text);

/* A backslash before whatever means something in a PCRE2 pattern, extended ones included. */
void regex_quote(struct buf *out, struct str text);

#endif
