/* Manual pages, section 1, from the same tables as --help: man-pages(7), groff_man(7). */
#ifndef CLI_MAN_H
#define CLI_MAN_H

#include "base/buf.h"
#include "cli/command.h"

/* smokegate-COMMAND(1), or smokegate(1) with NULL. */
void man_page(struct buf *out, const struct command *command);

#endif
