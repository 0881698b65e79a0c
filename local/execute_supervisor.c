#define _GNU_SOURCE /* close_range, dup3 */
#include "local/execute_supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * From clone to exec, only what is safe after a fork of a process with threads: system calls on
 * memory that was prepared before.
 */

/* ThreadSanitizer's prctl takes a lock, which another thread may have held when we were made. */
static long control(int option, unsigned long argument)
{
    return syscall(SYS_prctl, option, argument, 0, 0, 0);
}

enum { OPEN_FILES = 1024, PROCESSES = 1024, COLLECT_ROUNDS = 100000 };

/* What the supervisor keeps open. */
enum { FD_NULL = 0, FD_OUT = 1, FD_ERR = 2, FD_REPORT = 3, FD_FIRST_OTHER = 4 };

static void report(enum spawn_report_kind kind, int who, int detail, int step, long max_rss_kb)
{
    const struct spawn_report r = {kind, who, detail, step, max_rss_kb};

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

/* ---- the command, and those beside it ---- */

static void execute(const struct spawn *what, int who)
{
    char *const beside[] = {who ? (char *)(uintptr_t)what->beside[who - 1] : NULL, NULL};

    if (control(PR_SET_NO_NEW_PRIVS, 1) < 0 || chdir(who ? "/" : what->cwd) < 0)
        return;
    if (who)
        execve(beside[0], beside, what->beside_envp);
    else
        execve(what->argv[0], what->argv, what->envp);
}

static void run_command(const struct spawn *what, int who)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t none;

    control(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0); /* so that it cannot signal the supervisor by kill(0) */
    umask(022);    /* as in Lambda */
    for (int s = 1; s < NSIG; s++)
        sigaction(s, &plain, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, OPEN_FILES);
    if (what->box) /* elsewhere the count is the user's, desktop and all */
        limit(RLIMIT_NPROC, PROCESSES);
    execute(what, who);
    report(SPAWN_NO_EXEC, who, errno, 0, 0);
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

/* Its children by number: the command is 0, those beside it follow. Id 0: was never started. */
struct family {
    const struct spawn *what;
    pid_t pids[1 + SPAWN_BESIDE_MAX];
    bool running[1 + SPAWN_BESIDE_MAX];
    int count;
};

/* With a process space of our own the kernel does this when we exit. */
static void end_everything(struct family *f)
{
    pid_t gone;

    for (int i = 0; i < COLLECT_ROUNDS; i++) {
        for (int who = 0; who < f->count; who++)
            if (f->running[who]) { /* else the id may be somebody else's by now */
                kill(-f->pids[who], SIGKILL);
                kill(f->pids[who], SIGKILL);
            }
        kill_children();
        gone = waitpid(-1, NULL, 0);
        if (gone < 0 && errno == ECHILD)
            return;
        for (int who = 0; who < f->count; who++)
            f->running[who] = f->running[who] && f->pids[who] != gone;
    }
}

/* True when the command itself was among those that ended. */
static bool collect(struct family *f)
{
    struct rusage usage;
    bool ended = false;
    int status;
    pid_t pid;

    while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0)
        for (int who = 0; who < f->count; who++) {
            if (!f->running[who] || f->pids[who] != pid)
                continue;
            f->running[who] = false;
            ended |= who == 0;
            report(SPAWN_ENDED, who, status, 0, usage.ru_maxrss);
        }
    return ended;
}

static void start_one(struct family *f, int who)
{
    const pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

    if (pid == 0)
        run_command(f->what, who);
    if (pid < 0) {
        report(SPAWN_NO_EXEC, who, errno, 0, 0);
        return;
    }
    f->pids[who] = pid;
    f->running[who] = true;
}

static void start_command(struct family *f)
{
    start_one(f, 0);
    if (f->running[0] && f->what->beside_count)
        report(SPAWN_STARTED, 0, (int)f->pids[0], 0, 0);
    /* Output ends when the command's copies are closed, not ours. */
    dup2(FD_NULL, FD_OUT);
    dup2(FD_NULL, FD_ERR);
}

static _Noreturn void supervise(struct family *f)
{
    const bool alone = f->what->beside_count == 0;
    bool started = alone;
    sigset_t wanted;
    int got;

    sigemptyset(&wanted);
    sigaddset(&wanted, SIGCHLD);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGUSR1);
    sigaddset(&wanted, SIGUSR2);
    do {
        got = sigwaitinfo(&wanted, NULL);
        if (got == SIGUSR1 && !started) {
            started = true;
            start_command(f);
        } else if (got == SIGUSR2 && f->running[0]) {
            kill(f->pids[0], SIGTERM);
        }
    } while (got != SIGTERM && !(collect(f) && alone));
    if (!f->what->box)
        end_everything(f);
    _exit(0);
}

/* It is this machine that failed, and not the function. */
static _Noreturn void cannot_begin(int reports)
{
    const struct spawn_report r = {SPAWN_NO_BOX, 0, errno, 0, 0};

    _exit(write(reports, &r, sizeof(r)) == (ssize_t)sizeof(r) ? 1 : 2);
}

static void take_descriptors(const struct spawn *what, int reports)
{
    /* Out of the way of 0 to 3 first. */
    const int high_report = fcntl(reports, F_DUPFD, FD_FIRST_OTHER);
    const int high_out = fcntl(what->out, F_DUPFD, FD_FIRST_OTHER);
    const int null = open("/dev/null", O_RDONLY);

    if (high_report < 0 || high_out < 0 || null < 0)
        cannot_begin(reports);
    if (dup2(null, FD_NULL) < 0 || dup2(high_out, FD_OUT) < 0 || dup2(high_out, FD_ERR) < 0 ||
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

void supervisor_run(const struct spawn *what, int reports)
{
    const struct sigaction plain = {.sa_handler = SIG_DFL};
    struct family f = {.what = what, .count = 1 + (int)what->beside_count};
    int step;

    setpgid(0, 0);
    control(PR_SET_NAME,
            (unsigned long)"smokegate-keeps"); /* so that ps tells it from the server */
    sigaction(SIGCHLD, &plain, NULL);          /* ignored, it would hide how the command ended */
    take_descriptors(what, reports);
    control(PR_SET_PDEATHSIG, what->box ? SIGKILL : SIGTERM);
    if (is_orphan())
        _exit(1);
    if (what->box && (step = sandbox_enter(what->box)) != 0) {
        report(SPAWN_NO_BOX, 0, errno, step, 0);
        _exit(1);
    }
    if (!what->argv) {
        report(SPAWN_ENDED, 0, 0, 0, 0);
        _exit(0);
    }
    control(PR_SET_CHILD_SUBREAPER, 1);
    for (int who = 1; who < f.count; who++)
        start_one(&f, who);
    if (f.count == 1)
        start_command(&f);
    if (f.count == 1 && !f.running[0])
        _exit(1);
    supervise(&f);
}
