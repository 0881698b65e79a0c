/* Which extensions to start for a version, and what they get to see. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/file.h"
#include "base/mem.h"
#include "local/execute_planner.h"

/*
 * What belongs to the runtime alone.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-extensions.html: "all environment variables
 * but those that are specific to the runtime process".
 */
static const char *const runtimes_own[] = {
    "AWS_EXECUTION_ENV",          "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS",    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",           "_AWS_XRAY_DAEMON_ADDRESS",
    "_AWS_XRAY_DAEMON_PORT",      "_HANDLER",
};

static bool is_runtimes_own(const char *variable)
{
    for (size_t i = 0; i < ARRAY_LEN(runtimes_own); i++) {
        const size_t len = strlen(runtimes_own[i]);

        if (strncmp(variable, runtimes_own[i], len) == 0 && variable[len] == '=')
            return true;
    }
    return false;
}

static void make_environment(struct planner *p)
{
    char **all = p->plan->envp;
    size_t n = 0;

    p->plan->extension_envp = arena_array(&p->plan->arena, p->envc + 1, sizeof(char *));
    for (size_t i = 0; i < p->envc; i++)
        if (!is_runtimes_own(all[i]))
            p->plan->extension_envp[n++] = all[i];
}

void plan_extensions(struct planner *p)
{
    CLEANUP(mem_freep)
    char *folder = path_join(p->r->layer_dir ? p->r->layer_dir : "/", "extensions");
    struct arena *a = &p->plan->arena;
    struct dirent **found = NULL;
    const int count = p->r->layer_dir ? scandir(folder, &found, NULL, alphasort) : -1;

    if (count > 0)
        p->plan->extensions = arena_array(a, (size_t)count, sizeof(char *));
    for (int i = 0; i < count; i++) {
        CLEANUP(mem_freep) char *path = path_join(folder, found[i]->d_name);

        if (!file_is_dir(path))
            p->plan->extensions[p->plan->extension_count++] =
                arena_printf(a, "%s/extensions/%s", p->at.opt, found[i]->d_name);
        free(found[i]);
    }
    free(found);
    if (p->plan->extension_count)
        make_environment(p);
}
