/*
 * Text for XML 1.0. What is no XML character (controls, surrogates, U+FFFE, bytes that are not
 * UTF-8), or would turn the direction of text where it is shown, is spelt \u{1b} or \xff, never
 * dropped; the result is well-formed whatever came in.
 */
#ifndef REPORTS_XML_H
#define REPORTS_XML_H

#include "base/buf.h"
#include "base/str.h"

void xml_text(struct buf *out, struct str text);      /* between tags */
void xml_attribute(struct buf *out, struct str text); /* between double quotes: also \n, \t, \r */

/* At most `max` bytes of it, with "[truncated N bytes]" behind. */
void xml_text_capped(struct buf *out, struct str text, size_t max);
void xml_attribute_capped(struct buf *out, struct str text, size_t max);

#endif
