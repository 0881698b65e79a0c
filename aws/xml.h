/*
 * Just enough XML for the answers of AWS's query protocol (STS, CloudWatch): elements by name, text
 * with its entities. No DTD, no namespaces, no CDATA: those services send none. Never fails on
 * nonsense, it only finds nothing.
 */
#ifndef AWS_XML_H
#define AWS_XML_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * The content of the first element `name` in `xml`, at any depth. False and {NULL, 0} when there is
 * none. An element may hold others of its own name.
 */
bool xml_find(struct str xml, const char *name, struct str *ret_content);

/* As xml_find, and moves `*rest` behind the element: for lists of <member>. */
bool xml_next(struct str *rest, const char *name, struct str *ret_content);

/* Appends the text of a content without elements, its entities decoded. */
void xml_decode(struct buf *out, struct str content);

#endif
