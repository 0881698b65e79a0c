/*
 * Starting a function's process so that all of it can be ended: a supervisor of ours, in a process
 * group of its own, starts the command and collects whatever the command leaves behind. In a
 * sandbox the supervisor is the first process of the process space; otherwise it adopts orphans.
 * Both die when the thread that called spawn_start() ends: that thread must live as long as the
 * child.
 *
 * Lambda extensions are commands beside the command: they are started first, the command only when
 * child_start_command() says so, and then the supervisor stays until it is told to end.
 */
#ifndef LOCAL_EXECUTE_SPAWN_H
#define LOCAL_EXECUTE_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "local/execute_sandbox.h"

enum { SPAWN_BESIDE_MAX = 10 };

/* Borrowed for the call. Paths are as the child sees them. */
struct spawn {
    char *const *argv; /* argv[0] is the path of the program; NULL: a probe, which ends at once */
    char *const *envp;
    const char *cwd;
    int out;                   /* becomes standard output and error */
    const struct sandbox *box; /* NULL: the machine as it is */
    const char *const *beside; /* programs without arguments, run in "/" */
    size_t beside_count;
    char *const *beside_envp;
};

struct child {
    pid_t supervisor; /* leads its process group; 0: none */
    int reports;      /* non-blocking; spawn_report_read() */
    bool boxed;
};

enum spawn_report_kind {
    SPAWN_NO_BOX,  /* detail: errno, step: of sandbox_enter() */
    SPAWN_NO_EXEC, /* detail: errno */
    SPAWN_ENDED,   /* detail: as waitpid's status */
    SPAWN_STARTED, /* detail: the command's id in its own process space; only with others beside */
};

struct spawn_report {
    enum spawn_report_kind kind;
    int who; /* 0: the command; i + 1: beside[i] */
    int detail, step;
    long max_rss_kb; /* SPAWN_ENDED */
};

/* ERR_IO when there is no process or descriptor left. */
int spawn_start(struct child *ret, const struct spawn *what, struct err *err);

/* 1: a report; 0: nothing yet; -1: the supervisor is gone, there will be no more. */
int spawn_report_read(const struct child *c, struct spawn_report *ret);

/* Ends the command and everything it started. Does not wait. Fine when it ended by itself. */
void child_kill(const struct child *c);

/* With others beside it: starts the command now; asks it to end (SIGTERM), and nobody else. */
void child_start_command(const struct child *c);
void child_stop_command(const struct child *c);

/*
 * Waits for the supervisor's end; its id stays taken until child_release(), which also closes. So
 * that another thread may call child_kill() all the while, only the release needs a lock.
 */
void child_wait(const struct child *c);
void child_release(struct child *c); /* a zeroed one is fine */

/* The command's id on this machine, while it runs; or 0. `started` is of SPAWN_STARTED, or 0. */
pid_t child_command(const struct child *c, int started);

/* Can sandboxes be made here? On false `err` says what stopped it. */
bool spawn_probe(const struct sandbox *box, struct err *err);

#endif
