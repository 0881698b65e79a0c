/* smokegate-local: the embedded Lambda as a program. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "local/fault.h"
#include "local/options.h"
#include "local/queue.h"
#include "local/server.h"

enum {
    EXIT_WRONG_USAGE = 2,
    EXIT_FAILED = 3,
    LAST_CALLS_MS = 3000,
    LOOK_MS = 250,
    ENDPOINT_SIZE = 32
};

static int complain(const struct err *err)
{
    fprintf(stderr, "smokegate-local: %s\n", err->text);
    return err->kind == ERR_USAGE || err->kind == ERR_INPUT ? EXIT_WRONG_USAGE : EXIT_FAILED;
}

static int print_help(void)
{
    struct buf text = {0};

    command_line_help(&text);
    fputs(buf_c(&text), stdout);
    buf_release(&text);
    return 0;
}

static void print_notice(void *ctx, const char *text)
{
    (void)ctx;
    fprintf(stderr, "smokegate-local: %s\n", text);
}

/* Connections and environments take several descriptors each. */
static void raise_limits(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Blocked in every thread, so that the main one can wait for them. */
static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/*
 * Where aws-lambda-ric is looked for: the project's own node_modules when the state lies in a
 * project's .smokegate/local, then what the caller's shell says.
 */
static void find_node_modules(struct buf *out, const char *state_dir)
{
    const char *node_path = getenv("NODE_PATH");
    const struct str state = str_c(state_dir);

    if (str_eq_c(state, ".smokegate/local") || str_ends(state, STR("/.smokegate/local")))
        buf_printf(out, "%s/../../node_modules", state_dir);
    if (node_path && *node_path)
        buf_printf(out, "%s%s", out->len ? ":" : "", node_path);
}

static bool is_idle(struct local *l, int64_t idle_ms)
{
    bool idle;

    if (idle_ms == 0 || event_queue_waiting(l->events) > 0)
        return false;
    local_lock(l);
    idle = l->calls_open == 0 && clock_mono(&l->options.clock) - l->last_call_ms >= idle_ms;
    local_unlock(l);
    return idle;
}

static void wait_for_end(struct local *l, int64_t idle_ms, const sigset_t *signals)
{
    const struct timespec look = {.tv_nsec = LOOK_MS * 1000000L};

    for (;;) {
        const int sig = sigtimedwait(signals, NULL, &look);

        if (sig > 0 || (sig < 0 && errno != EAGAIN && errno != EINTR) || is_idle(l, idle_ms))
            return;
    }
}

/* True when nothing is being answered any more. Events that wait are on disk. */
static bool wait_for_calls(struct local *l)
{
    const int64_t until = clock_mono(&clock_system) + LAST_CALLS_MS;

    for (;;) {
        unsigned open;

        local_lock(l);
        open = l->calls_open;
        local_unlock(l);
        if (open == 0 && event_queue_running(l->events) == 0)
            return true;
        if (clock_mono(&clock_system) >= until)
            return false;
        clock_sleep(&clock_system, 20);
    }
}

static int read_faults(struct command_line *line, struct buf *text, struct err *err)
{
    if (!line->faults_path)
        return 0;
    line->local.faults_name = line->faults_path;
    if (file_read(text, line->faults_path, FAULT_SCRIPT_MAX, err) < 0)
        return -1;
    line->local.faults = buf_str(text);
    return 0;
}

/* The port first: functions are told where to find us, and events that wait begin at once. */
static int start(struct command_line *line, struct local **ret_local, struct server **ret_server,
                 char endpoint[ENDPOINT_SIZE], struct err *err)
{
    unsigned port;
    int listening;

    if (server_listen(line->port, &listening, &port, err) < 0)
        return -1;
    snprintf(endpoint, ENDPOINT_SIZE, "http://127.0.0.1:%u", port);
    line->local.executor.endpoint = endpoint;
    if (local_open(ret_local, &line->local, err) < 0) {
        close(listening);
        return -1;
    }
    if (server_start(ret_server, *ret_local, listening, line->silence_ms, err) < 0) {
        local_close(*ret_local);
        return -1;
    }
    return 0;
}

static int serve(struct command_line *line, const sigset_t *signals, struct err *err)
{
    struct local *l = NULL;
    struct server *server = NULL;
    char endpoint[ENDPOINT_SIZE];

    if (start(line, &l, &server, endpoint, err) < 0)
        return -1;
    printf("smokegate-local serves %s\n", endpoint);
    fflush(stdout);
    wait_for_end(l, line->idle_ms, signals);
    server_quiesce(server);
    event_queue_quiesce(l->events);
    /* A function may run for 15 minutes. What was acknowledged is on disk, and the children end
       with us: nothing is lost by not waiting for it. */
    if (!wait_for_calls(l))
        _exit(0);
    server_stop(server);
    local_close(l);
    return 0;
}

int main(int argc, char **argv)
{
    struct command_line line;
    struct buf faults = {0}, node_path = {0};
    struct err err = {0};
    sigset_t signals;
    int failed = 0;

    if (command_line_read(&line, argc, argv, &err) < 0)
        return complain(&err);
    if (line.help)
        return print_help();
    if (line.version) {
        printf("smokegate-local %s\n", SMOKEGATE_VERSION);
        return 0;
    }
    line.local.clock = clock_system;
    line.local.executor.search_path = getenv("PATH");
    if (!line.local.executor.node_path) {
        find_node_modules(&node_path, line.local.state_dir);
        line.local.executor.node_path = buf_c(&node_path);
    }
    line.local.executor.notice = print_notice;
    umask(077); /* functions' settings, code and logs are nobody else's business */
    raise_limits();
    block_signals(&signals);
    if (read_faults(&line, &faults, &err) < 0 || serve(&line, &signals, &err) < 0)
        failed = complain(&err);
    buf_release(&faults);
    buf_release(&node_path);
    return failed;
}
