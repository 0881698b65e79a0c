/* The insides of a diff: private to runner/diff*.c. */
#ifndef RUNNER_DIFFERENCE_H
#define RUNNER_DIFFERENCE_H

#include "runner/diff.h"

struct diff {
    struct buf *out;
    const struct json_doc *expected_doc, *actual_doc;
    struct buf path; /* where we are */
    size_t lines, dropped;
};

/* A line with its sign and the path in front, while there is room. */
void diff_line(struct diff *d, char sign, struct str text);

/* Cuts the path back to the length it had. */
void diff_leave(struct diff *d, size_t before);

/* Does it have several lines? */
bool diff_is_text(struct str s);

/* What differs between two strings: their lines, or the part of them. */
void diff_strings(struct diff *d, struct str expected, struct str actual);

#endif
