/*
 * Runs a "command" package: the user's own deploy tool, in the project's folder, without a shell.
 * It is told by environment variables what is promoted and where (docs/project-file.md lists them);
 * what it writes is shown when it ended, secrets masked.
 */
#ifndef CLI_DEPLOY_COMMAND_H
#define CLI_DEPLOY_COMMAND_H

#include "cli/session.h"
#include "promote/deploy.h"

/* `session` is borrowed for as long as the deployer is used. */
struct deployer deploy_command(struct session *session);

#endif
