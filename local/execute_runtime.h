/*
 * What to start for a version: program, arguments, environment, working directory. Nothing of our
 * own environment gets in; variables are set as Lambda sets them.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
#ifndef LOCAL_EXECUTE_RUNTIME_H
#define LOCAL_EXECUTE_RUNTIME_H

#include "base/arena.h"
#include "base/err.h"
#include "local/execute.h"
#include "local/execute_node.h"
#include "local/execute_sandbox.h"

struct runtime_request {
    const struct execute_version *version;
    const struct executor_options *options;
    const char *task_dir, *layer_dir; /* unpacked, on this machine; layer_dir NULL: no layers */
    const char *tmp_dir;              /* private, on this machine; only used without a sandbox */
    const char *api;                  /* "127.0.0.1:34567" */
    const char *log_stream;
    struct node_versions *nodes;
    struct sandbox *box; /* gets what the runtime needs to see; NULL: paths are this machine's */
};

/* Zeroed, or made by runtime_plan_make(). */
struct runtime_plan {
    struct arena arena;
    char **argv, **envp;
    const char *cwd;
    /* The programs in /opt/extensions, by name, as the child sees them, and their environment. */
    const char **extensions;
    size_t extension_count;
    char **extension_envp;
};

/*
 * ERR_INPUT: cannot be started; the text is the errorMessage of a Runtime.InvalidEntrypoint and
 * says what to install where that is the cause.
 */
int runtime_plan_make(struct runtime_plan *ret, const struct runtime_request *r, struct err *err);
void runtime_plan_release(struct runtime_plan *p);

#endif
