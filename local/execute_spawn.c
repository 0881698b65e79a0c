#define _GNU_SOURCE /* pipe2 */
#include "local/execute_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "local/execute_supervisor.h"

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
        supervisor_run(what, reports[1]);
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

void child_start_command(const struct child *c)
{
    if (c->supervisor > 0)
        kill(c->supervisor, SIGUSR1);
}

void child_stop_command(const struct child *c)
{
    if (c->supervisor > 0)
        kill(c->supervisor, SIGUSR2);
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

/* Its id in the innermost process space: the last number of the NSpid line. */
static int inner_id(pid_t pid)
{
    char path[64], text[4096];
    const char *line, *last;
    ssize_t n;
    int fd;

    snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    line = strstr(text, "\nNSpid:");
    if (!line)
        return 0;
    text[(size_t)(line - text) + 1 + strcspn(line + 1, "\n")] = '\0';
    last = strrchr(line, '\t');
    return last ? (int)strtol(last, NULL, 10) : 0;
}

pid_t child_command(const struct child *c, int started)
{
    char path[64], text[4096] = "", *at = text, *end;
    int fd;
    ssize_t n;

    snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", (long)c->supervisor,
             (long)c->supervisor);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    n = read(fd, text, sizeof(text) - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    for (long pid; (pid = strtol(at, &end, 10)) > 0; at = end)
        if (!started || inner_id((pid_t)pid) == started)
            return (pid_t)pid;
    return 0;
}

bool spawn_probe(const struct sandbox *box, struct err *err)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const struct spawn what = {.out = null, .box = box};
    struct child child = {0};
    struct spawn_report r = {SPAWN_NO_BOX, 0, EIO, 0, 0};
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
