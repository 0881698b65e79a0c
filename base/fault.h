/*
 * What is wrong with the user's files, all of it, in one pass. Readers of case and project files
 * add to a list instead of stopping at the first fault; cli/ prints the list with a caret under
 * each.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/str.h"

struct fault {
    char *file;            /* as the user would write it; NULL when it is no file's */
    unsigned line, column; /* from 1, column in code points; 0: unknown */
    char *source_line;     /* the line of the file, for the caret; NULL: unknown */
    char *text;            /* what was found and what was expected */
    char *hint;            /* what to do ("did you mean ...?"), or NULL */
};

struct faults {
    struct fault *items; /* in the order they were found */
    size_t count, cap;
    size_t dropped; /* more than FAULTS_MAX: counted, not kept */
    bool full;      /* private: what was said twice has been dropped */
};

enum { FAULTS_MAX = 1000 };

void faults_release(struct faults *f);

/* Adds a fault; all texts are copied. Set hint and source_line with the two calls below. */
struct fault *faults_add(struct faults *f, const char *file, unsigned line, unsigned column,
                         const char *fmt, ...) PRINTF_LIKE(5, 6);

/*
 * Orders the faults from number `first` on as a reader meets them: those of `file` by their place,
 * then those of other files in the order they were found. What is said twice of one place (by every
 * row of a table, by every case of a file) is said once.
 */
void faults_tidy(struct faults *f, size_t first, const char *file);

/* On the fault just added; NULL (dropped) is fine. */
void fault_hint(struct fault *fault, const char *fmt, ...) PRINTF_LIKE(2, 3);
void fault_source(struct fault *fault, struct str line); /* over 400 bytes: left out */

#endif
