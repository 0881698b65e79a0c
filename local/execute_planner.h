/* What the planners of the runtimes share; nobody else includes it. */
#ifndef LOCAL_EXECUTE_PLANNER_H
#define LOCAL_EXECUTE_PLANNER_H

#include <stdbool.h>
#include <stddef.h>

#include "local/execute_runtime.h"

/* Paths as the child sees them. */
struct places {
    const char *task, *opt, *tmp, *runtime;
};

struct planner {
    const struct runtime_request *r;
    struct runtime_plan *plan;
    struct places at;
    size_t argc, envc, env_cap;
};

bool planner_is_file(const char *path);

/*
 * The real path of a program on the search path, in the plan's arena, or NULL. Only programs
 * proper: a version manager's script would need its user's home.
 */
const char *planner_find_program(struct planner *p, const char *name);

/* Makes a program outside the system's folders visible, with its libraries; returns its place. */
const char *planner_show_program(struct planner *p, const char *program);

void planner_arg(struct planner *p, const char *text);

/*
 * The wrapper script that the function wants its runtime started by (AWS_LAMBDA_EXEC_WRAPPER), as
 * the first argument; only for runtimes that Lambda provides.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html
 */
void planner_wrapper(struct planner *p);

/* The first one to set a variable wins: Lambda's own, then the user's, then defaults. */
void planner_set(struct planner *p, const char *name, const char *value);

/* Each plans one family of runtimes; errors as runtime_plan_make(). */
int plan_node(struct planner *p, struct err *err);

/* After the environment is complete. */
void plan_extensions(struct planner *p);

#endif
