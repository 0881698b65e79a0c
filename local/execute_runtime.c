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

static const char default_search_path[] = "/usr/local/bin:/usr/bin:/bin";

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

/* ---- looking for files ---- */

static bool is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* A program itself, not a version manager's script that would need its user's home. */
static bool is_program(const char *path)
{
    FILE *f = is_file(path) && access(path, X_OK) == 0 ? fopen(path, "rbe") : NULL;
    char magic[4] = "";
    const bool ok = f && fread(magic, 1, 4, f) == 4 && memcmp(magic, "\177ELF", 4) == 0;

    if (f)
        fclose(f);
    return ok;
}

/* The real path of a program, in the arena, or NULL. */
static const char *find_program(struct planner *p, const char *name)
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

/* Makes a program outside the system's folders visible, with its libraries; returns its place. */
static const char *show_program(struct planner *p, const char *program)
{
    CLEANUP(mem_freep) char *bin = path_dir(program);
    CLEANUP(mem_freep) char *prefix = path_dir(bin);

    if (!p->r->box || strncmp(program, "/usr/", 5) == 0 || strncmp(program, "/bin/", 5) == 0)
        return program;
    sandbox_show(p->r->box, prefix, "/var/lang");
    return arena_printf(&p->plan->arena, "/var/lang%s", program + strlen(prefix));
}

/* ---- arguments and environment ---- */

static void arg(struct planner *p, const char *text)
{
    enum { ARGS_MAX = 8 };

    if (!p->plan->argv)
        p->plan->argv = arena_array(&p->plan->arena, ARGS_MAX, sizeof(char *));
    p->plan->argv[p->argc++] = arena_dup(&p->plan->arena, text);
}

static bool is_set(const struct planner *p, const char *name)
{
    const size_t len = strlen(name);

    for (size_t i = 0; i < p->envc; i++)
        if (strncmp(p->plan->envp[i], name, len) == 0 && p->plan->envp[i][len] == '=')
            return true;
    return false;
}

/* The first one to set a variable wins: Lambda's own, then the user's, then defaults. */
static void set(struct planner *p, const char *name, const char *value)
{
    if (!is_set(p, name) && p->envc + 1 < p->env_cap)
        p->plan->envp[p->envc++] = arena_printf(&p->plan->arena, "%s=%s", name, value);
}

static void set_reserved(struct planner *p)
{
    const struct runtime_request *r = p->r;
    const struct execute_version *v = r->version;
    struct arena *a = &p->plan->arena;

    set(p, "_HANDLER", v->handler ? v->handler : "");
    set(p, "LAMBDA_TASK_ROOT", p->at.task);
    set(p, "LAMBDA_RUNTIME_DIR", p->at.runtime);
    set(p, "AWS_LAMBDA_RUNTIME_API", r->api);
    set(p, "AWS_LAMBDA_FUNCTION_NAME", v->function);
    set(p, "AWS_LAMBDA_FUNCTION_VERSION", v->version);
    set(p, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", arena_printf(a, "%u", v->memory_mb));
    set(p, "AWS_LAMBDA_LOG_GROUP_NAME", arena_printf(a, "/aws/lambda/%s", v->function));
    set(p, "AWS_LAMBDA_LOG_STREAM_NAME", r->log_stream);
    set(p, "AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    set(p, "AWS_EXECUTION_ENV", arena_printf(a, "AWS_Lambda_%s", v->runtime));
    set(p, "AWS_REGION", r->options->region ? r->options->region : "us-east-1");
    set(p, "AWS_DEFAULT_REGION", r->options->region ? r->options->region : "us-east-1");
    /* The local Lambda's own default key: a function may call back. */
    set(p, "AWS_ACCESS_KEY_ID", "local");
    set(p, "AWS_SECRET_ACCESS_KEY", "local");
    set(p, "AWS_SESSION_TOKEN", "local");
    set(p, "AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
    set(p, "AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000");
    set(p, "_AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1");
    set(p, "_AWS_XRAY_DAEMON_PORT", "2000");
}

static void set_defaults(struct planner *p)
{
    struct arena *a = &p->plan->arena;
    const char *opt = p->at.opt, *task = p->at.task;

    set(p, "TZ", ":UTC");
    set(p, "LANG", "en_US.UTF-8");
    set(p, "PATH", arena_printf(a, "/usr/local/bin:/usr/bin:/bin:%s/bin", opt));
    set(p, "LD_LIBRARY_PATH", arena_printf(a, "%s:%s/lib:%s/lib", task, task, opt));
    if (!p->r->box) /* where /tmp is everybody's */
        set(p, "TMPDIR", p->at.tmp);
}

static void make_environment(struct planner *p)
{
    const struct execute_version *v = p->r->version;

    p->env_cap = v->variable_count + 48;
    p->plan->envp = arena_array(&p->plan->arena, p->env_cap, sizeof(char *));
    set_reserved(p);
    for (size_t i = 0; i < v->variable_count; i++)
        set(p, v->variables[i].name, v->variables[i].value);
}

/* ---- provided.* ---- */

static int plan_provided(struct planner *p, struct err *err)
{
    const struct runtime_request *r = p->r;
    CLEANUP(mem_freep) char *own = path_join(r->task_dir, "bootstrap");
    CLEANUP(mem_freep) char *layers = path_join(r->layer_dir ? r->layer_dir : "/", "bootstrap");
    const char *at = is_file(own) ? p->at.task : r->layer_dir && is_file(layers) ? p->at.opt : NULL;

    if (!at)
        return err_set(err, ERR_INPUT,
                       "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
    arg(p, arena_printf(&p->plan->arena, "%s/bootstrap", at));
    return 0;
}

/* ---- nodejs* ---- */

/* 4.x has its entry at the top, 3.x under bin/. */
static const char *ric_entry(const char *modules)
{
    static const char *const entries[] = {"aws-lambda-ric/index.mjs",
                                          "aws-lambda-ric/bin/index.mjs"};

    for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
        CLEANUP(mem_freep) char *path = path_join(modules, entries[i]);

        if (is_file(path))
            return entries[i];
    }
    return NULL;
}

/* The interface client as the child sees it, or NULL. */
static const char *find_ric(struct planner *p, const char *node)
{
    struct arena *a = &p->plan->arena;
    const struct runtime_request *r = p->r;
    CLEANUP(mem_freep) char *bin = path_dir(node);
    const char *own[2] = {
        arena_printf(a, "%s/node_modules", r->task_dir),
        arena_printf(a, "%s/nodejs/node_modules", r->layer_dir ? r->layer_dir : "")};
    const char *seen[2] = {arena_printf(a, "%s/node_modules", p->at.task),
                           arena_printf(a, "%s/nodejs/node_modules", p->at.opt)};
    const char *entry;
    struct str rest, dir;

    for (size_t i = 0; i < 2; i++)
        if ((i == 0 || r->layer_dir) && (entry = ric_entry(own[i])))
            return arena_printf(a, "%s/%s", seen[i], entry);
    rest = str_c(arena_printf(a,
                              "%s:%s/../lib/node_modules:/usr/local/lib/node_modules:"
                              "/usr/lib/node_modules:/usr/share/nodejs",
                              r->options->node_path ? r->options->node_path : "", bin));
    while (str_cut(&rest, ':', &dir)) {
        const char *modules = arena_printf(a, "%.*s", STR_ARG(dir));

        if (!dir.len || !(entry = ric_entry(modules)))
            continue;
        if (!r->box)
            return arena_printf(a, "%s/%s", modules, entry);
        sandbox_show(r->box, modules, "/var/runtime/node_modules");
        return arena_printf(a, "/var/runtime/node_modules/%s", entry);
    }
    return NULL;
}

static int plan_node(struct planner *p, struct err *err)
{
    struct arena *a = &p->plan->arena;
    const char *node = find_program(p, "node"), *entry;

    if (!node)
        return err_set(err, ERR_INPUT,
                       "no node on the PATH to run %s with: install Node.js, then invoke again",
                       p->r->version->runtime);
    entry = find_ric(p, node);
    if (!entry)
        return err_set(err, ERR_INPUT,
                       "no aws-lambda-ric to run %s with: \"npm install aws-lambda-ric\" in the "
                       "function, in the project, or with -g, then invoke again",
                       p->r->version->runtime);
    arg(p, show_program(p, node));
    arg(p, entry);
    arg(p, p->r->version->handler);
    set(p, "NODE_PATH",
        arena_printf(a, "%s/nodejs/node_modules:%s/node_modules:%s", p->at.opt, p->at.runtime,
                     p->at.task));
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
    const char *python = find_program(p, runtime);

    if (!python)
        python = find_program(p, "python3");
    if (!python)
        return err_set(err, ERR_INPUT,
                       "no %s or python3 on the PATH: install Python, then invoke again", runtime);
    arg(p, show_program(p, python));
    arg(p, "-c");
    arg(p, python_start);
    arg(p, p->r->version->handler);
    set(p, "PYTHONPATH",
        arena_printf(a, "%s:%s/python:%s/python/lib/%s/site-packages", p->at.task, p->at.opt,
                     p->at.opt, runtime));
    set(p, "PYTHONDONTWRITEBYTECODE", "1"); /* the code is read-only */
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
