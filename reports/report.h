/*
 * A report written to a file: a listener of a run that leaves either the old file or a whole new
 * one. Bytes go to a temporary file beside it, through secret_mask(), and are renamed into place at
 * the end. Every format is one file here and one row of report_formats.
 *
 * A format may go on in further files, "junit.part2.xml" beside "junit.xml", where its readers
 * limit the size of one. They are put in place from the last to the first: once the first file is
 * the new one, so are all others, and none of an earlier run lies beside them.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "runner/event.h"

struct report;

struct report_options {
    /* When a format that can do so goes on in another file; 0: never. */
    size_t max_cases, max_bytes; /* of one file: bytes are counted to within some per cent */
    /* Goes behind what the file holds by then, when it is whole: others write to it, too. */
    bool append;
};

struct report_format {
    const char *name;    /* "junit" */
    const char *summary; /* one line for help */
    bool has_parts;      /* goes on in further files */
    /* Makes the listener's context; it writes through the report. */
    void *(*open)(struct report *report, struct listener *ret_listener);
    void (*close)(void *ctx); /* frees it */
};

extern const struct report_format report_formats[];
extern const size_t report_format_count;
const struct report_format *report_format_find(const char *name);

/*
 * Opens a report at `path` and hangs it on the bus (which must outlive neither). Fails early: a
 * folder that cannot be written is known before anything is invoked. `options`: copied; NULL: none.
 */
int report_open(struct report **ret, const char *format, const char *path,
                const struct report_options *options, struct event_bus *bus, struct err *err);

/* After run_end: how many files it takes, from 1. */
size_t report_part_count(const struct report *report);
/* Appends the path of a part, from 1. */
void report_part_path(const struct report *report, size_t part, struct buf *out);

/*
 * After run_end: makes the files appear, and parts that an earlier run left beside them disappear
 * (only those that say that they are such). The first failure to write is told here. Frees the
 * report.
 */
int report_finish(struct report *report, struct err *err);
void report_abandon(struct report *report); /* leaves the old file; NULL is fine */

/* ---- for formats ---- */

/* Masks `bytes` in place and writes them: one whole element at a time, so that no secret straddles.
 */
void report_write(struct report *report, struct buf *bytes);
/* Copies already written (masked) bytes from a spool. */
void report_copy(struct report *report, FILE *spool, long from, long to);
/* A nameless file for what must stand behind something not known yet. */
FILE *report_spool(struct report *report);
void report_spool_write(struct report *report, FILE *spool, struct buf *bytes);
const char *report_path(const struct report *report);
const struct report_options *report_options(const struct report *report);
/* Ends the file that is being written; what is written from now on is the next part's. */
void report_next_part(struct report *report);

#endif
