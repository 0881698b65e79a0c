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
#include "local/execute_extension.h"
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
    char trace[128]; /* X-Amzn-Trace-Id */
    bool hopeless;   /* an extension had failed before this came */
    bool delivered;  /* the runtime got it */
    bool streaming;  /* the answer comes in parts */
    bool failed;     /* the runtime reported an error; `body` is the error */
    bool too_large;
    bool deaf; /* nobody listens for parts any more */
    struct buf body;
    char error_type[128];
};

struct env {
    struct env *next; /* the executor's list */

    /* Fixed once started. */
    char *function, *version, *identity, *handler;
    const char *account; /* the executor's */
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
    struct extensions extensions;
    bool command_asked; /* the runtime's process was asked for; it waits for external extensions */
    int command_inside; /* its id in its own process space; 0: not known */
    enum env_phase phase;
    unsigned turn;         /* of those who asked for an event, the last one gets it */
    struct flight *flight; /* the current one, or NULL */
    struct rng rng;        /* for trace ids */
    struct buf init_error; /* as the runtime reported it */
    char init_error_type[128];
    bool init_failed;
    bool closing;   /* is to end */
    bool timed_out; /* the invocation or init phase that was the last one */
    bool ended;     /* the process did; `end` says how */
    struct spawn_report end;
    struct err spawn_err; /* ended before there was a process */
    int status_fd;        /* /proc/PID/status of the command, -1: not open */
    unsigned max_memory_mb;

    /* The shutdown phase, which only extensions get; execute_keeper.c. */
    int wake; /* an eventfd: the keeper is to look at this */
    bool stopping, shutdown_offered;
    const char *shutdown_reason;
    int64_t runtime_until_us, until_us, deadline_wall_ms;

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

/*
 * Ends the process; the keeper then calls finished_fn. Returns at once. Where there are extensions
 * they are told first, and have two seconds.
 */
void env_end(struct env *e);

/* With the lock held: has it ended, or is it about to? */
bool env_is_over(const struct env *e);

/* After finished_fn. */
void env_free(struct env *e);

enum env_wait {
    ENV_WAIT_READY,
    ENV_WAIT_ENDED,     /* the process is gone: env->end */
    ENV_WAIT_ERROR,     /* it reported that it cannot begin: env->init_error */
    ENV_WAIT_TIMEOUT,   /* past `deadline_us` of clock_mono_us() */
    ENV_WAIT_MEMORY,    /* it has taken more than it may */
    ENV_WAIT_BROKEN,    /* there never was a process: env->spawn_err */
    ENV_WAIT_EXTENSION, /* an extension failed: env->extensions */
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

/* ---- execute_keeper.c: the thread of one environment ---- */

void *env_keep(void *env);

/*
 * With the lock held: starts the runtime as soon as the external extensions have registered; ends
 * the environment's shutdown phase or goes on with it.
 */
void env_start_command(struct env *e);

/* ---- execute_api.c: the Runtime API of one environment ---- */

/* On a free port of the loopback interface, which it puts into e->port. */
int env_api_open(struct env *e, struct err *err);
void env_api_close(struct env *e); /* e->closing must be set */

#endif
