#define _XOPEN_SOURCE 700 /* realpath */
#include "local/execute_runtime.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/file.h"
#include "base/mem.h"
#include "local/execute_planner.h"

static const char default_search_path[] = "/usr/local/bin:/usr/bin:/bin";

/* ---- looking for files ---- */

bool planner_is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* A program itself, not a version manager's script that would need its user's home. */
static bool is_program(const char *path)
{
    FILE *f = planner_is_file(path) && access(path, X_OK) == 0 ? fopen(path, "rbe") : NULL;
    char magic[4] = "";
    const bool ok = f && fread(magic, 1, 4, f) == 4 && memcmp(magic, "\177ELF", 4) == 0;

    if (f)
        fclose(f);
    return ok;
}

const char *planner_find_program(struct planner *p, const char *name)
{
    const char *path = p->r->options->search_path;
    struct str rest = str_c(path && *path ? path : default_search_path), dir;

    while (str_cut(&rest, ':', &dir)) {
        char *real =
            dir.len ? realpath(arena_printf(&p->plan->arena, "%.*s/%s", STR_ARG(dir), name), NULL)
                    : NULL;
        const char *found = real && is_program(real) ? arena_dup(&p->plan->arena, real) : NULL;

        free(real);
        if (found)
            return found;
    }
    return NULL;
}

const char *planner_show_program(struct planner *p, const char *program)
{
    CLEANUP(mem_freep) char *bin = path_dir(program);
    CLEANUP(mem_freep) char *prefix = path_dir(bin);

    if (!p->r->box || strncmp(program, "/usr/", 5) == 0 || strncmp(program, "/bin/", 5) == 0)
        return program;
    sandbox_show(p->r->box, prefix, "/var/lang");
    return arena_printf(&p->plan->arena, "/var/lang%s", program + strlen(prefix));
}

/* ---- arguments and environment ---- */

void planner_arg(struct planner *p, const char *text)
{
    enum { ARGS_MAX = 8 };

    if (!p->plan->argv)
        p->plan->argv = arena_array(&p->plan->arena, ARGS_MAX, sizeof(char *));
    p->plan->argv[p->argc++] = arena_dup(&p->plan->arena, text);
}

void planner_wrapper(struct planner *p)
{
    const struct execute_version *v = p->r->version;

    for (size_t i = 0; i < v->variable_count; i++) {
        const char *path = v->variables[i].value;

        if (strcmp(v->variables[i].name, "AWS_LAMBDA_EXEC_WRAPPER") != 0 || !*path)
            continue;
        if (strncmp(path, "/opt/", 5) == 0)
            path = arena_printf(&p->plan->arena, "%s%s", p->at.opt, path + 4);
        else if (strncmp(path, "/var/task/", 10) == 0)
            path = arena_printf(&p->plan->arena, "%s%s", p->at.task, path + 9);
        planner_arg(p, path);
    }
}

static bool is_set(const struct planner *p, const char *name)
{
    const size_t len = strlen(name);

    for (size_t i = 0; i < p->envc; i++)
        if (strncmp(p->plan->envp[i], name, len) == 0 && p->plan->envp[i][len] == '=')
            return true;
    return false;
}

void planner_set(struct planner *p, const char *name, const char *value)
{
    if (!is_set(p, name) && p->envc + 1 < p->env_cap)
        p->plan->envp[p->envc++] = arena_printf(&p->plan->arena, "%s=%s", name, value);
}

static void set_reserved(struct planner *p)
{
    const struct runtime_request *r = p->r;
    const struct execute_version *v = r->version;
    struct arena *a = &p->plan->arena;

    planner_set(p, "_HANDLER", v->handler ? v->handler : "");
    planner_set(p, "LAMBDA_TASK_ROOT", p->at.task);
    planner_set(p, "LAMBDA_RUNTIME_DIR", p->at.runtime);
    planner_set(p, "AWS_LAMBDA_RUNTIME_API", r->api);
    planner_set(p, "AWS_LAMBDA_FUNCTION_NAME", v->function);
    planner_set(p, "AWS_LAMBDA_FUNCTION_VERSION", v->version);
    planner_set(p, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", arena_printf(a, "%u", v->memory_mb));
    planner_set(p, "AWS_LAMBDA_LOG_GROUP_NAME",
                v->log_group ? v->log_group : arena_printf(a, "/aws/lambda/%s", v->function));
    planner_set(p, "AWS_LAMBDA_LOG_STREAM_NAME", r->log_stream);
    if (v->log_level) { /* what AWS's runtime clients go by; absent where it is text */
        planner_set(p, "AWS_LAMBDA_LOG_FORMAT", "JSON");
        planner_set(p, "AWS_LAMBDA_LOG_LEVEL", v->log_level);
    }
    planner_set(p, "AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    if (strncmp(v->runtime, "provided", 8) != 0) /* whose runtime sets it, or nobody */
        planner_set(p, "AWS_EXECUTION_ENV", arena_printf(a, "AWS_Lambda_%s", v->runtime));
    planner_set(p, "AWS_REGION", r->options->region ? r->options->region : "us-east-1");
    planner_set(p, "AWS_DEFAULT_REGION", r->options->region ? r->options->region : "us-east-1");
    /* The local Lambda's own default key: a function may call back. */
    planner_set(p, "AWS_ACCESS_KEY_ID", "local");
    planner_set(p, "AWS_SECRET_ACCESS_KEY", "local");
    planner_set(p, "AWS_SESSION_TOKEN", "local");
    planner_set(p, "AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
    planner_set(p, "AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000");
    planner_set(p, "_AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1");
    planner_set(p, "_AWS_XRAY_DAEMON_PORT", "2000");
}

static void set_defaults(struct planner *p)
{
    struct arena *a = &p->plan->arena;
    const char *opt = p->at.opt, *task = p->at.task, *endpoint = p->r->options->endpoint;

    if (endpoint) { /* not AWS's, where its credentials mean nothing */
        planner_set(p, "AWS_ENDPOINT_URL_LAMBDA", endpoint);
        planner_set(p, "AWS_ENDPOINT_URL_STS", endpoint);
    }
    planner_set(p, "TZ", ":UTC");
    planner_set(p, "LANG", "en_US.UTF-8");
    planner_set(p, "PATH", arena_printf(a, "/usr/local/bin:/usr/bin:/bin:%s/bin", opt));
    planner_set(p, "LD_LIBRARY_PATH", arena_printf(a, "%s:%s/lib:%s/lib", task, task, opt));
    if (!p->r->box) /* where /tmp is everybody's */
        planner_set(p, "TMPDIR", p->at.tmp);
}

static void make_environment(struct planner *p)
{
    const struct execute_version *v = p->r->version;

    p->env_cap = v->variable_count + 48;
    p->plan->envp = arena_array(&p->plan->arena, p->env_cap, sizeof(char *));
    set_reserved(p);
    for (size_t i = 0; i < v->variable_count; i++)
        planner_set(p, v->variables[i].name, v->variables[i].value);
}

/* ---- provided.* ---- */

static int plan_provided(struct planner *p, struct err *err)
{
    const struct runtime_request *r = p->r;
    CLEANUP(mem_freep) char *own = path_join(r->task_dir, "bootstrap");
    CLEANUP(mem_freep) char *layers = path_join(r->layer_dir ? r->layer_dir : "/", "bootstrap");
    const char *at = planner_is_file(own)                      ? p->at.task
                     : r->layer_dir && planner_is_file(layers) ? p->at.opt
                                                               : NULL;

    if (!at)
        return err_set(err, ERR_INPUT,
                       "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
    planner_arg(p, arena_printf(&p->plan->arena, "%s/bootstrap", at));
    return 0;
}

/* ---- python* ---- */

/* Says in one place what is missing, as an init error that Lambda's clients understand. */
static const char python_start[] =
    "import importlib.util, json, os, runpy, sys, urllib.request\n"
    "if importlib.util.find_spec('awslambdaric') is None:\n"
    "    body = json.dumps({'errorType': 'Runtime.InvalidEntrypoint', 'errorMessage': 'no '\n"
    "        'awslambdaric to run Python with: \"pip install awslambdaric\" into the function or "
    "'\n"
    "        'for ' + sys.executable + ', then invoke again', 'stackTrace': []}).encode()\n"
    "    url = 'http://' + os.environ['AWS_LAMBDA_RUNTIME_API'] + "
    "'/2018-06-01/runtime/init/error'\n"
    "    urllib.request.urlopen(urllib.request.Request(url, body, {'Content-Type': "
    "'application/json',\n"
    "        'Lambda-Runtime-Function-Error-Type': 'Runtime.InvalidEntrypoint'}))\n"
    "    sys.exit(1)\n"
    "runpy.run_module('awslambdaric', run_name='__main__', alter_sys=True)\n";

static int plan_python(struct planner *p, struct err *err)
{
    struct arena *a = &p->plan->arena;
    const char *runtime = p->r->version->runtime; /* "python3.12" names its program */
    const char *python = planner_find_program(p, runtime);

    if (!python)
        python = planner_find_program(p, "python3");
    if (!python)
        return err_set(err, ERR_INPUT,
                       "no %s or python3 on the PATH: install Python, then invoke again", runtime);
    planner_wrapper(p);
    planner_arg(p, planner_show_program(p, python));
    planner_arg(p, "-c");
    planner_arg(p, python_start);
    planner_arg(p, p->r->version->handler);
    planner_set(p, "PYTHONPATH",
                arena_printf(a, "%s:%s/python:%s/python/lib/%s/site-packages", p->at.task,
                             p->at.opt, p->at.opt, runtime));
    planner_set(p, "PYTHONDONTWRITEBYTECODE", "1"); /* the code is read-only */
    return 0;
}

/* ---- all ---- */

static int plan_command(struct planner *p, struct err *err)
{
    const char *runtime = p->r->version->runtime;

    if (strncmp(runtime, "provided", 8) == 0)
        return plan_provided(p, err);
    if (strncmp(runtime, "nodejs", 6) == 0)
        return plan_node(p, err);
    if (strncmp(runtime, "python3", 7) == 0)
        return plan_python(p, err);
    return err_set(err, ERR_INPUT,
                   "the local Lambda cannot run %s: it runs provided.*, nodejs* and python3*",
                   runtime);
}

int runtime_plan_make(struct runtime_plan *ret, const struct runtime_request *r, struct err *err)
{
    const struct places boxed = {"/var/task", "/opt", "/tmp", "/var/runtime"};
    const struct places plain = {r->task_dir, r->layer_dir ? r->layer_dir : "/opt", r->tmp_dir,
                                 "/var/runtime"};
    struct runtime_plan plan = {0};
    struct planner p = {.r = r, .plan = &plan, .at = r->box ? boxed : plain};

    make_environment(&p);
    if (plan_command(&p, err) < 0) {
        arena_release(&plan.arena);
        return -1;
    }
    set_defaults(&p);
    plan_extensions(&p);
    if (r->box) {
        sandbox_show(r->box, r->task_dir, "/var/task");
        if (r->layer_dir)
            sandbox_show(r->box, r->layer_dir, "/opt");
    }
    plan.cwd = arena_dup(&plan.arena, p.at.task);
    *ret = plan;
    return 0;
}

void runtime_plan_release(struct runtime_plan *p)
{
    arena_release(&p->arena);
    *p = (struct runtime_plan){0};
}
