/* Faults in texts of the command line: a query, a pattern. */
#ifndef CLI_TEXT_FAULT_H
#define CLI_TEXT_FAULT_H

#include "base/err.h"
#include "base/str.h"
#include "cli/exit.h"

enum { CLI_DOCUMENT_MAX = 1 << 30 }; /* bytes of a document or subject */

/*
 * Prints "name:line:col: what is wrong" with the line and a caret under the byte `offset` of
 * `text`. Returns EXIT_WRONG_INPUT.
 */
int text_fault(const char *name, struct str text, size_t offset, const struct err *err);

#endif
