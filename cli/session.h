/*
 * What commands that talk to Lambda share: the project file, the environments chosen, and a client
 * for each. Opened once a command, closed at its end.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>

#include "aws/client.h"
#include "cli/command.h"
#include "promote/manifest.h"

struct session {
    struct cli *cli;
    struct manifest *manifest; /* NULL: no project file, and none was needed */
    struct aws_pool *pool;
    struct aws_client **clients; /* by environment of the manifest; NULL: not made yet */
    struct aws_client *single;   /* without a project file */
    char *release;               /* what {{release}} becomes; NULL: unknown */
};

/*
 * Reads -p FILE, or smokegate.json here or above. When it is wrong or (needs_project) missing, says
 * so on stderr and returns the exit code; EXIT_OK otherwise. Close in every case.
 */
int session_open(struct session *s, struct cli *cli, bool needs_project);
void session_close(struct session *s);

/* A whole command: opens, lets `work` return the exit code, closes. */
int session_run(struct cli *cli, bool needs_project, int (*work)(struct session *));

/*
 * The client of an environment (NULL: none, for commands without a project file). Made on first
 * use;
 * --endpoint, --region and --profile win over the project file. A local environment's server is
 * started when it does not run, and functions it lacks are created from the project file.
 * Owned by the session. EXIT codes follow from err.
 */
int session_client(struct session *s, const struct manifest_environment *environment,
                   struct aws_client **ret_client, struct err *err);

/*
 * The one environment a command works on: the last -e NAME, else the project's first. ERR_USAGE for
 * an unknown name, with the nearest.
 */
int session_environment(struct session *s, const struct manifest_environment **ret,
                        struct err *err);

/* getenv as the libraries take it. */
struct aws_env session_env(void);

#endif
