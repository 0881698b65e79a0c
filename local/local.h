/*
 * The embedded Lambda as one value: its options, its database, what runs functions, and the lock
 * that all of it is used under. One call at a time holds the lock; running a function does not.
 */
#ifndef LOCAL_LOCAL_H
#define LOCAL_LOCAL_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/rand.h"
#include "base/str.h"
#include "local/db.h"
#include "local/execute.h"

struct fault_script; /* local/fault.h */
struct throttle;     /* local/throttle.h */
struct rules;        /* local/rules.h */
struct event_queue;  /* local/queue.h */
struct late_calls;   /* local/late.h */
struct past;         /* local/past.h */
struct admission;    /* local/admission.h */

/*
 * Reading a request that brings a package takes three times its size for a while: no more than so
 * many at once, the others wait for their turn.
 */
enum { LOCAL_LARGE_REQUEST = 1 << 20, LOCAL_LARGE_AT_ONCE = 2 };

struct local_key {
    const char *id, *secret;
};

struct local_options {
    const char *state_dir;
    const char *account, *region;
    const struct local_key *keys; /* {"local", "local"} unless told otherwise */
    size_t key_count;
    bool no_auth;
    int64_t create_ms; /* how long a new function or version is Pending */
    int64_t update_ms; /* how long an update is InProgress */
    double rate;       /* control-plane requests a second; 0: no limit */
    struct str faults; /* a fault script; {NULL, 0}: none */
    const char *faults_name;
    uint64_t seed; /* of routing and of faults by probability */
    struct clock clock;
    struct executor_options executor; /* state_dir, region and account are set by local_open() */
};

struct local {
    struct local_options options;
    char *state_dir, *zip_dir;
    int lock_fd; /* one server a state folder */
    sem_t large; /* places for large requests that are being read */
    pthread_mutex_t lock;
    struct db *db;               /* under the lock */
    struct rng rng;              /* under the lock */
    struct past *past;           /* under the lock */
    struct rules *rules;         /* under the lock */
    struct fault_script *faults; /* has its own lock */
    struct throttle *throttle;   /* has its own lock */
    struct admission *admission; /* has its own lock */
    struct executor *executor;   /* has its own locks */
    struct event_queue *events;  /* has its own lock */
    struct late_calls *late;     /* has its own lock */
    int64_t last_call_ms;        /* monotonic; under the lock */
    unsigned calls_open;         /* under the lock */
};

/* Opens the state folder (made when absent). ERR_BUSY when another server uses it. */
int local_open(struct local **ret, const struct local_options *options, struct err *err);
void local_close(struct local *l); /* waits for queued events that run; NULL is fine */

void local_lock(struct local *l);
void local_unlock(struct local *l);

#endif
