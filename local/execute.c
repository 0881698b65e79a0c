#define _XOPEN_SOURCE 700 /* realpath */
#include "local/execute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "local/execute_code.h"
#include "local/execute_invoke.h"
#include "local/execute_node.h"
#include "local/execute_pool.h"
#include "local/execute_spawn.h"
#include "local/execute_tidy.h"

enum { IDLE_MS = 600000, INIT_MS = 10000 };

struct executor {
    struct arena arena;
    struct executor_options options;
    const char *root; /* NULL: no sandboxes here */
    struct code_store *code;
    struct node_versions *nodes;
    struct pool *pool;
};

void execute_result_release(struct execute_result *r)
{
    buf_release(&r->payload);
    buf_release(&r->log_tail);
    *r = (struct execute_result){0};
}

static void copy_options(struct executor *x, const struct executor_options *o, const char *state)
{
    x->options = *o;
    x->options.state_dir = arena_dup(&x->arena, state);
    x->options.region = arena_dup(&x->arena, o->region);
    x->options.account = arena_dup(&x->arena, o->account);
    x->options.search_path = arena_dup(&x->arena, o->search_path);
    x->options.node_path = arena_dup(&x->arena, o->node_path);
    x->options.endpoint = arena_dup(&x->arena, o->endpoint);
    if (x->options.idle_ms <= 0)
        x->options.idle_ms = IDLE_MS;
    if (x->options.init_ms <= 0)
        x->options.init_ms = INIT_MS;
    if (x->options.environments_max == 0)
        x->options.environments_max = EXECUTE_ENVIRONMENTS_MAX;
}

/* Sandboxes where the machine gives them; otherwise it is said, once. */
static int choose_sandbox(struct executor *x, struct err *err)
{
    CLEANUP(mem_freep) char *root = path_join(x->options.state_dir, "root");
    struct sandbox *box;
    struct err why = {0};
    char text[ERR_TEXT_MAX + 256];

    if (x->options.no_sandbox)
        return 0;
    if (file_mkdirs(root, err) < 0)
        return -1;
    box = sandbox_new(root, 1);
    if (spawn_probe(box, &why)) {
        x->root = arena_dup(&x->arena, root);
    } else if (x->options.notice) {
        snprintf(text, sizeof(text),
                 "functions run without a sandbox, as this machine allows no namespaces (%s): "
                 "LAMBDA_TASK_ROOT, PATH and TMPDIR stand for /var/task, /opt and /tmp",
                 why.text);
        x->options.notice(x->options.notice_ctx, text);
    }
    sandbox_free(box);
    return 0;
}

static int open_all(struct executor *x, struct err *err)
{
    struct env_site site = {.options = &x->options};

    execute_tidy(x->options.state_dir);
    if (code_store_open(&x->code, x->options.state_dir, err) < 0 || choose_sandbox(x, err) < 0)
        return -1;
    x->nodes = node_versions_new();
    site.code = x->code;
    site.nodes = x->nodes;
    site.root = x->root;
    x->pool = pool_new(&site, x->options.idle_ms, x->options.environments_max);
    return x->pool ? 0 : err_set(err, ERR_IO, "cannot start a thread");
}

int executor_new(struct executor **ret, const struct executor_options *options, struct err *err)
{
    struct executor *x = mem_zalloc(sizeof(*x));
    char *state = NULL;

    if (file_mkdirs(options->state_dir, err) == 0) {
        state = realpath(options->state_dir, NULL);
        if (!state)
            err_set(err, ERR_IO, "%s: cannot be used as the state folder", options->state_dir);
    }
    if (state)
        copy_options(x, options, state);
    if (!state || open_all(x, err) < 0) {
        executor_free(x);
        free(state);
        return -1;
    }
    free(state);
    *ret = x;
    return 0;
}

void executor_free(struct executor *x)
{
    if (!x)
        return;
    pool_free(x->pool);
    node_versions_free(x->nodes);
    code_store_close(x->code);
    arena_release(&x->arena);
    free(x);
}

int executor_invoke(struct executor *x, const struct execute_version *version,
                    const struct execute_event *event, struct execute_result *ret, struct err *err)
{
    struct execute_result result = {.init_ms = -1};

    if (execute_invoke(x->pool, x->options.init_ms, version, event, &result, err) < 0) {
        execute_result_release(&result);
        return -1;
    }
    *ret = result;
    return 0;
}

void executor_retire(struct executor *x, const char *function, const char *version)
{
    pool_retire(x->pool, function, version);
}

unsigned executor_busy(struct executor *x, const char *function)
{
    return pool_busy(x->pool, function);
}
