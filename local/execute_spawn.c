#define _GNU_SOURCE /* pipe2, close_range */
#include "local/execute_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * From clone to exec, only what is safe after a fork of a process with threads: system calls on
 * memory that was prepared before.
 */

enum { OPEN_FILES = 1024, PROCESSES = 1024, COLLECT_ROUNDS = 100000 };

/* What the supervisor keeps open. */
enum { FD_NULL = 0, FD_OUT = 1, FD_ERR = 2, FD_REPORT = 3, FD_FIRST_OTHER = 4 };

static void report(enum spawn_report_kind kind, int detail, int step, long max_rss_kb)
{
    const struct spawn_report r = {kind, detail, step, max_rss_kb};

    /* Shorter than PIPE_BUF: whole or not at all. Nobody is left to tell when it fails. */
    if (write(FD_REPORT, &r, sizeof(r)) != (ssize_t)sizeof(r))
        _exit(1);
}

static void limit(int what, rlim_t value)
{
    struct rlimit r;

    if (getrlimit(what, &r) == 0 && r.rlim_max < value)
        value = r.rlim_max;
    r = (struct rlimit){value, value};
    setrlimit(what, &r);
}

/* ---- the command ---- */

static void run_command(const struct spawn *what)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0); /* so that it cannot signal the supervisor by kill(0) */
    for (int s = 1; s < NSIG; s++)
        sigaction(s, &plain, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, OPEN_FILES);
    if (what->box) /* elsewhere the count is the user's, desktop and all */
        limit(RLIMIT_NPROC, PROCESSES);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && chdir(what->cwd) == 0)
        execve(what->argv[0], what->argv, what->envp);
    report(SPAWN_NO_EXEC, errno, 0, 0);
    _exit(127);
}

/* ---- the supervisor ---- */

/* Ends every child there is now; orphans of these become ours and are met in the next round. */
static void kill_children(void)
{
    char text[4096];
    const int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
    pid_t pid = 0;

    if (fd >= 0)
        close(fd);
    for (ssize_t i = 0; i < n; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            pid = pid * 10 + (text[i] - '0');
        } else if (pid > 0) {
            kill(pid, SIGKILL);
            pid = 0;
        }
    }
}

/* With a process space of our own the kernel does this when we exit. */
static void end_everything(pid_t command)
{
    for (int i = 0; i < COLLECT_ROUNDS; i++) {
        kill(-command, SIGKILL);
        kill(command, SIGKILL);
        kill_children();
        if (waitpid(-1, NULL, 0) < 0 && errno == ECHILD)
            return;
    }
}

/* True when the command itself was among those that ended. */
static bool collect(pid_t command)
{
    struct rusage usage;
    bool ended = false;
    int status;
    pid_t pid;

    while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
        if (pid != command)
            continue;
        ended = true;
        report(SPAWN_ENDED, status, 0, usage.ru_maxrss);
    }
    return ended;
}

static void supervise(pid_t command, bool boxed)
{
    sigset_t wanted;
    int got;

    sigemptyset(&wanted);
    sigaddset(&wanted, SIGCHLD);
    sigaddset(&wanted, SIGTERM);
    do
        got = sigwaitinfo(&wanted, NULL);
    while (got != SIGTERM && !collect(command));
    if (!boxed)
        end_everything(command);
    _exit(0);
}

static void take_descriptors(const struct spawn *what, int reports)
{
    /* Out of the way of 0 to 3 first. */
    const int high_report = fcntl(reports, F_DUPFD, 64), high_out = fcntl(what->out, F_DUPFD, 64);
    const int null = open("/dev/null", O_RDONLY);

    if (high_report < 0 || high_out < 0 || null < 0 || dup2(null, FD_NULL) < 0 ||
        dup2(high_out, FD_OUT) < 0 || dup2(high_out, FD_ERR) < 0 ||
        dup3(high_report, FD_REPORT, O_CLOEXEC) < 0)
        _exit(1);
    if (close_range(FD_FIRST_OTHER, ~0U, 0) < 0)
        for (int fd = FD_FIRST_OTHER; fd < 65536; fd++)
            close(fd);
}

/* The thread that started us may have ended before we asked to be told. */
static bool is_orphan(void)
{
    struct pollfd p = {FD_REPORT, POLLOUT, 0};

    return poll(&p, 1, 0) > 0 && (p.revents & POLLERR);
}

static void be_supervisor(const struct spawn *what, int reports)
{
    const struct sigaction plain = {.sa_handler = SIG_DFL};
    pid_t command;
    int step;

    setpgid(0, 0);
    prctl(PR_SET_NAME, "smokegate-keeps"); /* so that ps tells it from the server */
    sigaction(SIGCHLD, &plain, NULL);      /* ignored, it would hide how the command ended */
    take_descriptors(what, reports);
    prctl(PR_SET_PDEATHSIG, what->box ? SIGKILL : SIGTERM);
    if (is_orphan())
        _exit(1);
    if (what->box && (step = sandbox_enter(what->box)) != 0) {
        report(SPAWN_NO_BOX, errno, step, 0);
        _exit(1);
    }
    if (!what->argv) {
        report(SPAWN_ENDED, 0, 0, 0);
        _exit(0);
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    command = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (command == 0)
        run_command(what);
    if (command < 0) {
        report(SPAWN_NO_EXEC, errno, 0, 0);
        _exit(1);
    }
    /* Output ends when the command's copies are closed, not ours. */
    dup2(FD_NULL, FD_OUT);
    dup2(FD_NULL, FD_ERR);
    supervise(command, what->box != NULL);
}

/* ---- the parent ---- */

int spawn_start(struct child *ret, const struct spawn *what, struct err *err)
{
    const unsigned long flags = what->box ? sandbox_clone_flags() : 0;
    sigset_t all, before;
    int reports[2], failed;
    long pid;

    if (pipe2(reports, O_CLOEXEC) < 0)
        return err_sys(err, ERR_IO, errno, "cannot make a pipe");
    fcntl(reports[0], F_SETFL, O_NONBLOCK);
    /* No handler of ours may run in the child. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
    failed = errno;
    if (pid == 0)
        be_supervisor(what, reports[1]);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(reports[1]);
    if (pid < 0) {
        close(reports[0]);
        return err_sys(err, ERR_IO, failed, "cannot start a process%s",
                       what->box ? " in namespaces of its own" : "");
    }
    *ret = (struct child){(pid_t)pid, reports[0], what->box != NULL};
    return 0;
}

int spawn_report_read(const struct child *c, struct spawn_report *ret)
{
    ssize_t n;

    do
        n = read(c->reports, ret, sizeof(*ret));
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)sizeof(*ret))
        return 1;
    return n < 0 && errno == EAGAIN ? 0 : -1;
}

void child_kill(const struct child *c)
{
    if (c->supervisor > 0)
        kill(c->supervisor, c->boxed ? SIGKILL : SIGTERM);
}

void child_wait(const struct child *c)
{
    siginfo_t info;

    while (waitid(P_PID, (id_t)c->supervisor, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
        ;
}

void child_release(struct child *c)
{
    if (c->supervisor <= 0)
        return;
    while (waitpid(c->supervisor, NULL, 0) < 0 && errno == EINTR)
        ;
    close(c->reports);
    *c = (struct child){0};
}

pid_t child_command(const struct child *c)
{
    char path[64], text[32] = "";
    int fd;
    ssize_t n;

    snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", (long)c->supervisor,
             (long)c->supervisor);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    n = read(fd, text, sizeof(text) - 1);
    close(fd);
    return n > 0 ? (pid_t)strtol(text, NULL, 10) : 0;
}

bool spawn_probe(const struct sandbox *box, struct err *err)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const struct spawn what = {.out = null, .box = box};
    struct child child = {0};
    struct spawn_report r = {SPAWN_NO_BOX, EIO, 0, 0};
    struct pollfd p;

    if (null < 0)
        return err_sys(err, ERR_IO, errno, "/dev/null") == 0;
    if (spawn_start(&child, &what, err) < 0) {
        close(null);
        return false;
    }
    p = (struct pollfd){child.reports, POLLIN, 0};
    while (poll(&p, 1, -1) < 0 && errno == EINTR)
        ;
    spawn_report_read(&child, &r);
    child_release(&child);
    close(null);
    if (r.kind != SPAWN_ENDED)
        err_sys(err, ERR_IO, r.detail, "step %d of the sandbox", r.step);
    return r.kind == SPAWN_ENDED;
}
