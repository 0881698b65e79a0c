/* smokegate-local: the embedded Lambda as a program. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "local/options.h"
#include "local/queue.h"
#include "local/server.h"

enum { EXIT_WRONG_USAGE = 2, EXIT_FAILED = 3, LAST_CALLS_MS = 3000, LOOK_MS = 250 };

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

/* True when nothing is being answered any more. */
static bool wait_for_calls(struct local *l)
{
    const int64_t until = clock_mono(&clock_system) + LAST_CALLS_MS;

    for (;;) {
        unsigned open;

        local_lock(l);
        open = l->calls_open;
        local_unlock(l);
        if (open == 0 && event_queue_waiting(l->events) == 0)
            return true;
        if (clock_mono(&clock_system) >= until)
            return false;
        clock_sleep(&clock_system, 20);
    }
}

static int serve(const struct command_line *line, const sigset_t *signals, struct err *err)
{
    struct local *l = NULL;
    struct server *server = NULL;

    if (local_open(&l, &line->local, err) < 0)
        return -1;
    if (server_start(&server, l, line->port, err) < 0) {
        local_close(l);
        return -1;
    }
    printf("smokegate-local serves http://127.0.0.1:%u\n", server_port(server));
    fflush(stdout);
    wait_for_end(l, line->idle_ms, signals);
    server_quiesce(server);
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
    struct err err = {0};
    sigset_t signals;

    if (command_line_read(&line, argc, argv, &err) < 0)
        return complain(&err);
    if (line.help)
        return print_help();
    if (line.version) {
        printf("smokegate-local %s\n", SMOKEGATE_VERSION);
        return 0;
    }
    line.local.clock = clock_system;
    block_signals(&signals);
    if (serve(&line, &signals, &err) < 0)
        return complain(&err);
    return 0;
}
