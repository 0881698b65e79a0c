/* `run --watch`: a command again and again, whenever a file changes that it read. */
#ifndef CLI_WATCH_RUN_H
#define CLI_WATCH_RUN_H

#include "cli/command.h"

/* Ends by SIGINT or SIGTERM, with what the last `once` returned. */
int watch_run(struct cli *cli, int (*once)(struct cli *cli));

#endif
