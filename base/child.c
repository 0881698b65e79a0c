#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

extern char **environ;

enum { LOOK_EVERY_MS = 200, DESCRIPTORS_MAX = 1024 };

void child_result_release(struct child_result *r)
{
    buf_wipe(&r->out);
    buf_wipe(&r->err);
    *r = (struct child_result){0};
}

/* ---- starting ---- */

struct pipes {
    int out[2], err[2], failed[2]; /* failed: gets errno when the program cannot be executed */
};

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void shut_all(struct pipes *p)
{
    for (int i = 0; i < 2; i++) {
        shut(&p->out[i]);
        shut(&p->err[i]);
        shut(&p->failed[i]);
    }
}

/* Above 3, so that become() can put its own descriptors below without losing one. */
static int raise_fd(int *fd)
{
    const int high = fcntl(*fd, F_DUPFD, 10);

    if (high < 0)
        return -1;
    close(*fd);
    *fd = high;
    return 0;
}

/* Made before the fork: between it and exec nothing may be allocated. */
static char **environment_with(const char *const *more)
{
    size_t have = 0, added = 0, n = 0;
    char **all;

    while (environ[have])
        have++;
    while (more && more[added])
        added++;
    all = mem_array(have + added + 1, sizeof(*all));
    for (size_t i = 0; i < added; i++)
        all[n++] = (char *)(uintptr_t)more[i];
    for (size_t i = 0; i < have; i++) {
        const size_t name = strcspn(environ[i], "=") + 1;
        size_t k = 0;

        while (k < added && strncmp(more[k], environ[i], name) != 0)
            k++;
        if (k == added)
            all[n++] = environ[i];
    }
    return all;
}

static _Noreturn void become(const struct child_options *o, const struct pipes *p, char **env)
{
    const int failed = 3;
    int null = open("/dev/null", O_RDONLY);
    int why;

    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
    if (null >= 0 && raise_fd(&null) == 0 && dup2(p->failed[1], failed) >= 0 &&
        fcntl(failed, F_SETFD, FD_CLOEXEC) == 0 && dup2(null, 0) >= 0 && dup2(p->out[1], 1) >= 0 &&
        dup2(p->err[1], 2) >= 0 && (!o->dir || chdir(o->dir) == 0)) {
        for (int fd = failed + 1; fd < DESCRIPTORS_MAX; fd++)
            close(fd);
        environ = env;
        execvp(o->argv[0], (char *const *)(uintptr_t)o->argv);
    }
    why = errno;
    if (write(failed, &why, sizeof(why)) < 0)
        _exit(126);
    _exit(127);
}

static int open_pipe(int fds[2])
{
    if (pipe(fds) != 0)
        return -1;
    return raise_fd(&fds[0]) < 0 || raise_fd(&fds[1]) < 0 ? -1 : 0;
}

static int start(const struct child_options *o, struct pipes *p, pid_t *ret_pid, struct err *err)
{
    char **env;
    int why = 0;
    ssize_t n;

    if (open_pipe(p->out) < 0 || open_pipe(p->err) < 0 || open_pipe(p->failed) < 0)
        return err_sys(err, ERR_IO, errno, "%s", o->argv[0]);
    env = environment_with(o->env);
    *ret_pid = fork();
    if (*ret_pid == 0)
        become(o, p, env);
    why = errno;
    free(env);
    if (*ret_pid < 0)
        return err_sys(err, ERR_IO, why, "%s", o->argv[0]);
    why = 0;
    setpgid(*ret_pid, *ret_pid); /* whoever of both comes first */
    shut(&p->out[1]);
    shut(&p->err[1]);
    shut(&p->failed[1]);
    do
        n = read(p->failed[0], &why, sizeof(why));
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof(why))
        return 0;
    waitpid(*ret_pid, NULL, 0);
    return err_sys(err, ERR_IO, why, "%s", o->argv[0]);
}

/* ---- listening ---- */

/* Returns -1 when the cap is crossed. Closes what has ended. */
static int drain(int *fd, struct buf *into)
{
    char chunk[4096];
    const ssize_t n = read(*fd, chunk, sizeof(chunk));
    int result = 0;

    if (n > 0) {
        result = buf_add(into, chunk, (size_t)n);
        mem_wipe(chunk, (size_t)n); /* it may have been a secret */
    } else if (n == 0 || errno != EINTR) {
        shut(fd);
    }
    return result;
}

static int listen_to(const struct child_options *o, struct pipes *p, struct child_result *r,
                     struct err *err)
{
    const int64_t deadline = clock_mono(&clock_system) + o->timeout_ms;

    while (p->out[0] >= 0 || p->err[0] >= 0) {
        struct pollfd fds[2] = {{.fd = p->out[0], .events = POLLIN},
                                {.fd = p->err[0], .events = POLLIN}};
        const int64_t left = deadline - clock_mono(&clock_system);

        if (o->cancelled && o->cancelled(o->cancelled_ctx))
            return err_set(err, ERR_INTERRUPTED, "interrupted");
        if (left <= 0)
            return err_set(err, ERR_IO, "%s: not done after %lld s, ended it", o->argv[0],
                           (long long)(o->timeout_ms / 1000));
        if (poll(fds, 2, (int)(left < LOOK_EVERY_MS ? left : LOOK_EVERY_MS)) <= 0)
            continue;
        if (fds[0].revents && drain(&p->out[0], &r->out) < 0)
            return err_set(err, ERR_LIMIT, "%s: wrote more than %zu bytes", o->argv[0],
                           o->max_out_bytes);
        if (fds[1].revents)
            drain(&p->err[0], &r->err); /* beyond its cap: dropped */
    }
    return 0;
}

/* It closed its outputs; that is not its end yet. */
static int wait_for_end(const struct child_options *o, pid_t pid, int64_t deadline, int *ret_status,
                        struct err *err)
{
    for (;;) {
        const pid_t got = waitpid(pid, ret_status, WNOHANG);

        if (got == pid)
            return 0;
        if (got < 0 && errno != EINTR)
            return err_sys(err, ERR_IO, errno, "%s", o->argv[0]);
        if (clock_mono(&clock_system) > deadline)
            return err_set(err, ERR_IO, "%s: not done in time, ended it", o->argv[0]);
        clock_sleep(&clock_system, 2);
    }
}

static void end_it(const struct child_options *o, pid_t pid)
{
    const int64_t until = clock_mono(&clock_system) + o->grace_ms;

    if (o->grace_ms) {
        kill(-pid, SIGTERM);
        while (clock_mono(&clock_system) < until) {
            if (waitpid(pid, NULL, WNOHANG) == pid) {
                kill(-pid, SIGKILL); /* what it left behind */
                return;
            }
            clock_sleep(&clock_system, 10);
        }
    }
    kill(-pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

int child_run(const struct child_options *o, struct child_result *ret, struct err *err)
{
    const int64_t deadline = clock_mono(&clock_system) + o->timeout_ms;
    struct pipes p = {{-1, -1}, {-1, -1}, {-1, -1}};
    struct child_result r = {0};
    int status = 0, result;
    pid_t pid = 0;

    buf_init(&r.out, o->max_out_bytes);
    buf_init(&r.err, CHILD_STDERR_MAX);
    if (start(o, &p, &pid, err) < 0) {
        shut_all(&p);
        return -1;
    }
    result = listen_to(o, &p, &r, err);
    if (result == 0)
        result = wait_for_end(o, pid, deadline, &status, err);
    if (result < 0) {
        end_it(o, pid);
        child_result_release(&r);
    } else {
        r.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        *ret = r;
    }
    shut_all(&p);
    return result;
}
