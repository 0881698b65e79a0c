#include "local/execute_env.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rand.h"

enum { EPHEMERAL_MB = 512 }; /* what Lambda gives when nothing is said */

static void make_names(struct env *e, const struct execute_version *v, char log_name[128])
{
    char day[32];
    struct buf stream = {0};

    snprintf(e->id, sizeof(e->id), "%016llx%016llx", (unsigned long long)rand_u64(),
             (unsigned long long)rand_u64());
    clock_format_rfc3339(day, sizeof(day), clock_wall(&clock_system), false);
    day[10] = '\0'; /* 2026-01-31 */
    snprintf(log_name, 128, "%s-%.20s-%.12s.log", day, v->version, e->id);
    day[4] = day[7] = '/';
    buf_printf(&stream, "%s/[%s]%s", day, v->version, e->id);
    e->log_stream = buf_steal(&stream);
}

static int open_log(struct env *e, const struct env_site *site, const char *name, struct err *err)
{
    CLEANUP(buf_release) struct buf path = {0};

    if (strchr(e->function, '/') || strchr(e->version, '/') || e->function[0] == '.')
        return err_set(err, ERR_INTERNAL, "\"%.80s\" is not a function's name", e->function);
    buf_printf(&path, "%s/logs/%s/%s", site->options->state_dir, e->function, name);
    return exec_log_open(&e->log, path.data, err);
}

static int unpack(const struct env_site *site, const struct execute_version *v, char **ret_task,
                  char **ret_layers, struct err *err)
{
    if (code_store_get(site->code, &v->zip_path, &v->code_sha256, 1, ret_task, err) < 0)
        return -1;
    return v->layer_count ? code_store_get(site->code, v->layer_paths, v->layer_sha256,
                                           v->layer_count, ret_layers, err)
                          : 0;
}

static int make_plan(struct env *e, const struct env_site *site, const struct execute_version *v,
                     struct err *err)
{
    CLEANUP(mem_freep) char *task = NULL;
    CLEANUP(mem_freep) char *layers = NULL;
    char api[32];
    struct runtime_request r = {
        .version = v, .options = site->options, .api = api, .log_stream = e->log_stream};

    if (unpack(site, v, &task, &layers, err) < 0)
        return -1;
    snprintf(api, sizeof(api), "127.0.0.1:%u", (unsigned)e->port);
    if (site->root) {
        e->box = sandbox_new(site->root, v->ephemeral_mb ? v->ephemeral_mb : EPHEMERAL_MB);
    } else {
        struct buf tmp = {0};

        buf_printf(&tmp, "%s/tmp/%s", site->options->state_dir, e->id);
        e->tmp_dir = buf_steal(&tmp);
        if (file_mkdirs(e->tmp_dir, err) < 0)
            return -1;
    }
    r.nodes = site->nodes;
    r.task_dir = task;
    r.layer_dir = layers;
    r.tmp_dir = e->tmp_dir;
    r.box = e->box;
    if (runtime_plan_make(&e->plan, &r, err) < 0)
        return -1;
    for (size_t i = 0; i < e->plan.extension_count; i++)
        if (!extensions_add(&e->extensions, strrchr(e->plan.extensions[i], '/') + 1))
            break;
    return 0;
}

static void init_sync(struct env *e)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&e->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&e->changed, &attr);
    pthread_condattr_destroy(&attr);
}

static struct env *new_env(const struct env_site *site, const struct execute_version *v)
{
    struct env *e = mem_zalloc(sizeof(*e));

    init_sync(e);
    e->function = mem_dup(v->function);
    e->version = mem_dup(v->version);
    e->identity = mem_dup(v->identity);
    e->handler = mem_dup(v->handler ? v->handler : "");
    e->account = site->options->account;
    e->finished_fn = site->finished_fn;
    e->finished_ctx = site->finished_ctx;
    e->status_fd = -1;
    e->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    rng_seed(&e->rng, rand_u64());
    return e;
}

/* With the API open: signals are the main thread's business. */
static int start_threads(struct env *e, const struct env_site *site,
                         const struct execute_version *v, struct err *err)
{
    int r = env_api_open(e, err);

    if (r == 0)
        r = make_plan(e, site, v, err);
    if (r == 0 && (errno = pthread_create(&e->keeper, NULL, env_keep, e)) != 0)
        r = err_sys(err, ERR_IO, errno, "cannot start a thread");
    e->kept = r == 0;
    if (r < 0) {
        e->closing = true;
        env_api_close(e);
        e->finished = true; /* no keeper will say so */
    }
    return r;
}

int env_start(struct env **ret, const struct env_site *site, const struct execute_version *v,
              const char *request_id, struct err *err)
{
    struct env *e = new_env(site, v);
    struct err why = {0};
    char log_name[128];
    sigset_t all, before;
    int r;

    make_names(e, v, log_name);
    if (open_log(e, site, log_name, err) < 0) {
        e->log.file = -1;
        e->finished = true;
        env_free(e);
        return -1;
    }
    if (request_id)
        exec_log_begin(&e->log, request_id, v->version);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    r = start_threads(e, site, v, &why);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (r < 0 && why.kind != ERR_INPUT) {
        env_free(e);
        *err = why;
        return -1;
    }
    if (r < 0)
        *err = why;
    *ret = e;
    return r;
}

void env_free(struct env *e)
{
    if (e->log.file >= 0)
        exec_log_close(&e->log);
    if (e->tmp_dir)
        file_remove_tree(e->tmp_dir, NULL);
    if (e->status_fd >= 0)
        close(e->status_fd);
    if (e->wake >= 0)
        close(e->wake);
    extensions_release(&e->extensions);
    runtime_plan_release(&e->plan);
    sandbox_free(e->box);
    buf_release(&e->init_error);
    pthread_mutex_destroy(&e->lock);
    pthread_cond_destroy(&e->changed);
    free(e->tmp_dir);
    free(e->log_stream);
    free(e->function);
    free(e->version);
    free(e->identity);
    free(e->handler);
    free(e);
}
