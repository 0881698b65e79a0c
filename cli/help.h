/* Help, generated from the command table and the option tables. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "base/buf.h"
#include "base/str.h"
#include "cli/command.h"

/* The option tables of a command: its own first, then the shared ones of its groups. */
enum { HELP_TABLES_MAX = 5 };
size_t command_tables(const struct command *command, const struct opt **ret_tables,
                      size_t *ret_counts);

/* The option that every group of shared options knows by this name or letter, or NULL. */
const struct opt *shared_option(struct str name, char letter);

void help_overview(struct buf *out);
void help_command(struct buf *out, const struct command *command);

#endif
