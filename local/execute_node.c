#include "local/execute_node.h"

#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/file.h"
#include "base/mem.h"
#include "local/execute_planner.h"

/* ---- versions ---- */

struct node_versions {
    pthread_mutex_t lock;
    char *node;     /* the program that `major` is of */
    int major;      /* 0: it does not say */
    int told_major; /* which runtime's users were told last */
};

struct node_versions *node_versions_new(void)
{
    struct node_versions *v = mem_zalloc(sizeof(*v));

    pthread_mutex_init(&v->lock, NULL);
    return v;
}

void node_versions_free(struct node_versions *v)
{
    if (!v)
        return;
    pthread_mutex_destroy(&v->lock);
    free(v->node);
    free(v);
}

/* "v20.11.1\n" of `node --version`, run with nothing of our environment. */
static void ask_version(const char *node, char *out, size_t size)
{
    char version[] = "--version", *program = mem_dup(node);
    char *argv[] = {program, version, NULL}, *envp[] = {NULL};
    posix_spawn_file_actions_t actions;
    int ends[2];
    ssize_t n;
    pid_t pid;

    out[0] = '\0';
    if (pipe(ends) == 0) {
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
        posix_spawn_file_actions_addclose(&actions, ends[0]);
        posix_spawn_file_actions_addclose(&actions, ends[1]);
        if (posix_spawn(&pid, node, &actions, NULL, argv, envp) != 0)
            pid = 0;
        close(ends[1]);
        while ((n = read(ends[0], out, size - 1)) < 0 && errno == EINTR)
            ;
        out[n > 0 ? n : 0] = '\0';
        close(ends[0]);
        while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
        posix_spawn_file_actions_destroy(&actions);
    }
    free(program);
}

/* Another major version runs all the same, but its users should know. */
static void tell_of_version(const struct planner *p, const char *node)
{
    const struct executor_options *o = p->r->options;
    struct node_versions *v = p->r->nodes;
    const int wanted = (int)strtol(p->r->version->runtime + strlen("nodejs"), NULL, 10);
    char text[64];
    bool tell;

    pthread_mutex_lock(&v->lock);
    if (!v->node || strcmp(v->node, node) != 0) {
        free(v->node);
        v->node = mem_dup(node);
        ask_version(node, text, sizeof(text));
        v->major = text[0] == 'v' ? (int)strtol(text + 1, NULL, 10) : 0;
    }
    tell = o->notice && v->major && wanted && v->major != wanted && v->told_major != wanted;
    if (tell)
        v->told_major = wanted;
    snprintf(text, sizeof(text), "%.32s runs with node %d here", p->r->version->runtime, v->major);
    pthread_mutex_unlock(&v->lock);
    if (tell)
        o->notice(o->notice_ctx, text);
}

/* ---- the interface client ---- */

/* 4.x has its entry at the top, 3.x under bin/. */
static const char *ric_entry(const char *modules)
{
    static const char *const entries[] = {"aws-lambda-ric/index.mjs",
                                          "aws-lambda-ric/bin/index.mjs"};

    for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
        CLEANUP(mem_freep) char *path = path_join(modules, entries[i]);

        if (planner_is_file(path))
            return entries[i];
    }
    return NULL;
}

/* In the function itself or its layers: as the child sees it, or NULL. */
static const char *find_own_ric(struct planner *p)
{
    struct arena *a = &p->plan->arena;
    const struct runtime_request *r = p->r;
    const char *entry = ric_entry(arena_printf(a, "%s/node_modules", r->task_dir));

    if (entry)
        return arena_printf(a, "%s/node_modules/%s", p->at.task, entry);
    if (!r->layer_dir)
        return NULL;
    entry = ric_entry(arena_printf(a, "%s/nodejs/node_modules", r->layer_dir));
    return entry ? arena_printf(a, "%s/nodejs/node_modules/%s", p->at.opt, entry) : NULL;
}

static const char *find_installed_ric(struct planner *p, const char *node)
{
    struct arena *a = &p->plan->arena;
    const struct runtime_request *r = p->r;
    CLEANUP(mem_freep) char *bin = path_dir(node);
    const char *entry;
    struct str rest, dir;

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

int plan_node(struct planner *p, struct err *err)
{
    struct arena *a = &p->plan->arena;
    const char *node = planner_find_program(p, "node"), *entry;

    if (!node)
        return err_set(err, ERR_INPUT,
                       "no node on the PATH to run %s with: install Node.js, then invoke again",
                       p->r->version->runtime);
    entry = find_own_ric(p);
    if (!entry)
        entry = find_installed_ric(p, node);
    if (!entry)
        return err_set(err, ERR_INPUT,
                       "no aws-lambda-ric to run %s with: \"npm install aws-lambda-ric\" in the "
                       "function, in the project, or with -g, then invoke again",
                       p->r->version->runtime);
    tell_of_version(p, node);
    planner_wrapper(p);
    planner_arg(p, planner_show_program(p, node));
    planner_arg(p, entry);
    planner_arg(p, p->r->version->handler);
    planner_set(p, "NODE_PATH",
                arena_printf(a, "%s/nodejs/node_modules:%s/node_modules:%s", p->at.opt,
                             p->at.runtime, p->at.task));
    return 0;
}
