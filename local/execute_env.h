/*
 * One execution environment: a process of the function, the Runtime API that this process alone
 * talks to, and its log. Private to local/execute*.c.
 *
 * Three kinds of thread meet here: the invoker (who owns the environment while it is busy), the
 * environment's keeper (starts the process, reads its output, notices its end) and the Runtime
 * API's connections. They share what stands under `lock` and wake each other through `changed`.
 */
#ifndef LOCAL_EXECUTE_ENV_H
#define LOCAL_EXECUTE_ENV_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/rand.h"
#include "local/execute.h"
#include "local/execute_code.h"
#include "local/execute_log.h"
#include "local/execute_runtime.h"
#include "local/execute_spawn.h"

struct MHD_Daemon;

/* Where the runtime stands in its dialogue with us. */
enum env_phase {
    ENV_INIT,     /* has not asked for its first event */
    ENV_READY,    /* asks for an event */
    ENV_RUNNING,  /* has one */
    ENV_ANSWERED, /* has answered it, has not asked for the next */
};

/* One invocation in an environment; lives on its invoker's stack. */
struct flight {
    const struct execute_event *event;
    int64_t deadline_wall_ms;
    bool delivered; /* the runtime got it */
    bool streaming; /* the answer comes in parts */
    bool failed;    /* the runtime reported an error; `body` is the error */
    bool too_large;
    bool deaf; /* nobody listens for parts any more */
    struct buf body;
    char error_type[128];
};

struct env {
    struct env *next; /* the executor's list */

    /* Fixed once started. */
    char *function, *version, *identity;
    char id[33];
    char *log_stream, *tmp_dir;
    struct exec_log log;
    struct sandbox *box; /* NULL: runs unboxed */
    struct runtime_plan plan;
    struct MHD_Daemon *api;
    unsigned short port;
    pthread_t keeper;
    bool kept;                                     /* there is a keeper */
    void (*finished_fn)(void *ctx, struct env *e); /* from the keeper, as its last act */
    void *finished_ctx;

    pthread_mutex_t lock;
    pthread_cond_t changed; /* on CLOCK_MONOTONIC */
    struct child child;
    enum env_phase phase;
    unsigned turn;         /* of those who asked for an event, the last one gets it */
    struct flight *flight; /* the current one, or NULL */
    struct rng rng;        /* for trace ids */
    struct buf init_error; /* as the runtime reported it */
    char init_error_type[128];
    bool init_failed;
    bool closing; /* is to end */
    bool ended;   /* the process did; `end` says how */
    struct spawn_report end;
    struct err spawn_err; /* ended before there was a process */
    int status_fd;        /* /proc/PID/status of the command, -1: not open */
    unsigned max_memory_mb;

    /* The executor's, under its lock. */
    bool busy, retired, finished;
    int64_t idle_since_ms;
};

/* What all environments of an executor share. Borrowed. */
struct env_site {
    const struct executor_options *options;
    struct code_store *code;
    struct node_versions *nodes;
    const char *root; /* the empty folder for sandboxes; NULL: there are none */
    void (*finished_fn)(void *ctx, struct env *e);
    void *finished_ctx;
};

/*
 * Unpacks what is needed, opens the Runtime API and starts the process, without waiting for it.
 * With `request_id` the log begins with that invocation's START line. ERR_INPUT: the version cannot
 * be started (as runtime_plan_make); *ret is set all the same then, without a process, for its log.
 * ERR_IO and others: there is no environment.
 */
int env_start(struct env **ret, const struct env_site *site, const struct execute_version *v,
              const char *request_id, struct err *err);

/* Ends the process; the keeper then calls finished_fn. Returns at once. */
void env_end(struct env *e);

/* After finished_fn. */
void env_free(struct env *e);

enum env_wait {
    ENV_WAIT_READY,
    ENV_WAIT_ENDED,   /* the process is gone: env->end */
    ENV_WAIT_ERROR,   /* it reported that it cannot begin: env->init_error */
    ENV_WAIT_TIMEOUT, /* past `deadline_us` of clock_mono_us() */
    ENV_WAIT_MEMORY,  /* it has taken more than it may */
    ENV_WAIT_BROKEN,  /* there never was a process: env->spawn_err */
};

/* Until the runtime asks for its first event. */
enum env_wait env_wait_init(struct env *e, int64_t deadline_us);

/*
 * Until the runtime has taken `f`, answered, and asked for the next. Delivers parts. Afterwards
 * nobody touches `f` any more; whether it was answered: *ret_answered.
 */
enum env_wait env_fly(struct env *e, struct flight *f, int64_t deadline_us, unsigned memory_mb,
                      bool *ret_answered);

/* The most it has had in memory so far. */
unsigned env_max_memory_mb(struct env *e);

/* ---- execute_api.c: the Runtime API of one environment ---- */

/* On a free port of the loopback interface, which it puts into e->port. */
int env_api_open(struct env *e, struct err *err);
void env_api_close(struct env *e); /* e->closing must be set */

#endif
