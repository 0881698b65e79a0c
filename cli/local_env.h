/*
 * The embedded Lambda of a project: found when it runs, started when it does not. Its state lies
 * under .smokegate/local/ beside the project file; the server outlives the command that started it
 * by LOCAL_ENV_IDLE and then ends by itself. Two commands that start at once start one server.
 */
#ifndef CLI_LOCAL_ENV_H
#define CLI_LOCAL_ENV_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

#define LOCAL_ENV_IDLE       "10m" /* design: the server outlives a command for 10 idle minutes */
#define LOCAL_ENV_REGION     "us-east-1"
#define LOCAL_ENV_ACCESS_KEY "local"
#define LOCAL_ENV_SECRET_KEY "local"

enum { LOCAL_ENV_START_MS = 10000 };

struct local_env {
    pid_t pid;
    char endpoint[64]; /* "http://127.0.0.1:PORT" */
};

/* The folder of its state, "DIR/.smokegate/local". Returns owned. */
char *local_env_dir(const char *project_dir);

/* The running server, if there is one. Starts nothing. */
bool local_env_find(const char *project_dir, struct local_env *ret);

/*
 * The running server, or a new one on `port` (0: any). `extra` (NULL or NULL-terminated) are
 * further options for a new server. ERR_IO with the last line of its log when it does not serve
 * within LOCAL_ENV_START_MS.
 */
int local_env_ensure(const char *project_dir, unsigned port, const char *const *extra,
                     struct local_env *ret, bool *ret_started, struct err *err);

/* Ends it and waits until it is gone. Nothing running is no error. */
int local_env_stop(const char *project_dir, bool *ret_stopped, struct err *err);

#endif
