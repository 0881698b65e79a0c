/*
 * Asking whoever sits at the terminal this process belongs to, whatever its streams are.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Is there a terminal at all? */
bool ask_has_terminal(void);

/* Does somebody look at it: input and errors are on a terminal, and this is no CI job (CI set)? */
bool ask_has_reader(void);

enum ask_echo { ASK_SHOWN, ASK_HIDDEN }; /* is what is typed shown? */

/*
 * Shows `prompt` (made safe for a terminal by the caller) and reads a line into `out` without its
 * end. false: no terminal, nothing typed, too much for `size`, the end of input, or a signal.
 */
bool ask_line(struct str prompt, enum ask_echo echo, char *out, size_t size);

#endif
