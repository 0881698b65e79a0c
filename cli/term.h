/*
 * The one sink for everything a person or a script reads from a command. Secrets are masked here,
 * on the way out; text from outside (responses, logs, file names) goes through term_safe first,
 * which makes terminal controls visible instead of obeying them.
 */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/fault.h"

enum term_color { TERM_AUTO, TERM_ALWAYS, TERM_NEVER };

/*
 * Decides about colour for both streams: the option beats NO_COLOR (non-empty), which beats
 * CLICOLOR_FORCE and FORCE_COLOR (non-empty, not "0"), CLICOLOR=0, and whether it is a terminal
 * that is not "dumb". getenv-like lookup is passed in.
 */
void term_init(enum term_color wish, const char *(*getenv_fn)(const char *));
bool term_colored(const FILE *stream);

/* Is TERM set, and not "dumb": may a cursor be moved? */
bool term_is_capable(void);

/* Print to stdout (what was asked for) and stderr (everything else), secrets masked. */
void term_out(const char *fmt, ...) PRINTF_LIKE(1, 2);
void term_err(const char *fmt, ...) PRINTF_LIKE(1, 2);
void term_out_str(struct str bytes);
bool term_in_ci(void); /* the variable CI is set, to anything */
void term_flush(void); /* of stdout: before waiting for what a reader of it may have to send */
void term_err_str(struct str bytes);

/* Appends `bytes` with C0 and C1 controls except newline and tab, DEL, invalid UTF-8 and
 * bidirectional overrides escaped as \u{1b}. */
void term_safe(struct buf *out, struct str bytes);

/*
 * Prints faults to stderr as
 *     file:line:col: text, did you mean "x"?
 *         source line
 *              ^
 * and a closing count when there is more than one.
 */
void term_faults(const struct faults *faults);

#endif
