#include "cli/local_env.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

enum { LOG_MAX = 64 << 20 };

static const char program[] = "smokegate-local";
static const char no_program[] =
    "smokegate-local cannot be run: it is neither beside smokegate nor in PATH\n";

char *local_env_dir(const char *project_dir)
{
    return path_join(project_dir, ".smokegate/local");
}

static char *own_folder(void)
{
    char path[4096];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

    if (n < 0)
        return NULL;
    path[n] = '\0';
    return path_dir(path);
}

/* Beside this program, or where a build tree has it; otherwise PATH decides. Returns owned. */
static char *find_program(void)
{
    static const char *const places[] = {"smokegate-local", "../local/smokegate-local"};
    CLEANUP(mem_freep) char *folder = own_folder();

    for (size_t i = 0; folder && i < ARRAY_LEN(places); i++) {
        char *path = path_join(folder, places[i]);

        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return mem_dup(program);
}

/* A number in a file may meanwhile be another process's: only the right program counts. */
static bool is_our_server(pid_t pid)
{
    char link[64], path[4096];
    const char *base;
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/%ld/exe", (long)pid);
    n = readlink(link, path, sizeof(path) - 1);
    if (n < 0)
        return false;
    path[n] = '\0';
    base = strrchr(path, '/');
    return base && strncmp(base + 1, program, strlen(program)) == 0;
}

bool local_env_find(const char *project_dir, struct local_env *ret)
{
    CLEANUP(mem_freep) char *dir = local_env_dir(project_dir);
    CLEANUP(mem_freep) char *path = path_join(dir, "server.json");
    json_t *root = json_load_file(path, 0, NULL);
    const char *endpoint = json_string_value(json_object_get(root, "endpoint"));
    const json_int_t pid = json_integer_value(json_object_get(root, "pid"));
    const bool found = endpoint && pid > 1 && strlen(endpoint) < sizeof(ret->endpoint) &&
                       is_our_server((pid_t)pid);

    if (found) {
        ret->pid = (pid_t)pid;
        snprintf(ret->endpoint, sizeof(ret->endpoint), "%s", endpoint);
    }
    json_decref(root);
    return found;
}

static int remember(const char *dir, const struct local_env *env, struct err *err)
{
    CLEANUP(mem_freep) char *path = path_join(dir, "server.json");
    char text[160];
    const int n = snprintf(text, sizeof(text), "{\"pid\": %ld, \"endpoint\": \"%s\"}\n",
                           (long)env->pid, env->endpoint);

    return file_write_atomic(path, (struct str){text, (size_t)n}, 0644, err);
}

/* In the child: only async-signal-safe calls until exec. */
static _Noreturn void become_server(char *const *argv, int out, int log)
{
    const int null = open("/dev/null", O_RDONLY);

    setsid(); /* the terminal's Ctrl-C is for the command, not for the server */
    signal(SIGPIPE, SIG_DFL);
    if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(log, 2) < 0)
        _exit(127);
    execvp(argv[0], argv);
    (void)!write(2, no_program, sizeof(no_program) - 1);
    _exit(127);
}

/* Why it did not start, when it said so. */
static int did_not_start(const char *log_path, off_t before, struct err *err)
{
    CLEANUP(buf_release) struct buf log = {0};
    struct str text, rest, line, last = {0};

    if (file_read(&log, log_path, LOG_MAX, NULL) < 0 || (off_t)log.len <= before)
        return err_set(err, ERR_IO, "the local Lambda did not start; its log is %s", log_path);
    text = str_trim(str_slice(buf_str(&log), (size_t)before, log.len));
    for (rest = text; rest.len && str_cut(&rest, '\n', &line);)
        last = line;
    return err_set(err, ERR_IO, "the local Lambda did not start: %.*s (log: %s)", STR_ARG(last),
                   log_path);
}

/* The first line the server prints tells its endpoint: the part that begins with "http". */
static bool read_endpoint(int fd, struct local_env *env)
{
    char line[256];
    size_t len = 0;
    const int64_t until = clock_mono(&clock_system) + LOCAL_ENV_START_MS;

    while (len < sizeof(line) - 1) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        const int64_t left = until - clock_mono(&clock_system);
        const char *http;

        if (left <= 0 || poll(&p, 1, (int)left) <= 0 || read(fd, line + len, 1) != 1)
            return false;
        if (line[len++] != '\n')
            continue;
        line[len - 1] = '\0';
        http = strstr(line, "http");
        return http && sscanf(http, "%63s", env->endpoint) == 1;
    }
    return false;
}

static int start(const char *dir, unsigned port, const char *const *extra, struct local_env *ret,
                 struct err *err)
{
    CLEANUP(mem_freep) char *exe = find_program();
    CLEANUP(mem_freep) char *log_path = path_join(dir, "server.log");
    char port_text[16];
    char *argv[32] = {exe, NULL};
    size_t argc = 1;
    int out[2], log;
    off_t before;
    const char *const fixed[] = {"--port", port_text,        "--state",
                                 dir,      "--idle-timeout", LOCAL_ENV_IDLE};

    snprintf(port_text, sizeof(port_text), "%u", port);
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
        argv[argc++] = mem_dup(fixed[i]);
    for (; extra && *extra && argc < ARRAY_LEN(argv) - 1; extra++)
        argv[argc++] = mem_dup(*extra);
    log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log < 0 || pipe(out) < 0) {
        if (log >= 0)
            close(log);
        return err_sys(err, ERR_IO, errno, "%s", log_path);
    }
    before = lseek(log, 0, SEEK_END);
    ret->pid = fork();
    if (ret->pid == 0)
        become_server(argv, out[1], log);
    close(out[1]);
    close(log);
    for (size_t i = 1; i < argc; i++)
        free(argv[i]);
    if (ret->pid < 0 || !read_endpoint(out[0], ret)) {
        close(out[0]);
        if (ret->pid > 0) {
            kill(ret->pid, SIGKILL);
            waitpid(ret->pid, NULL, 0);
        }
        return did_not_start(log_path, before, err);
    }
    close(out[0]);
    return remember(dir, ret, err);
}

int local_env_ensure(const char *project_dir, unsigned port, const char *const *extra,
                     struct local_env *ret, bool *ret_started, struct err *err)
{
    CLEANUP(mem_freep) char *dir = local_env_dir(project_dir);
    CLEANUP(mem_freep) char *lock_path = path_join(dir, "start.lock");
    bool started = false;
    int lock, r = 0;

    if (file_mkdirs(dir, err) < 0)
        return -1;
    lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock < 0 || flock(lock, LOCK_EX) < 0) {
        if (lock >= 0)
            close(lock);
        return err_sys(err, ERR_IO, errno, "%s", lock_path);
    }
    if (!local_env_find(project_dir, ret)) {
        r = start(dir, port, extra, ret, err);
        started = r == 0;
    }
    close(lock);
    if (r == 0 && ret_started)
        *ret_started = started;
    return r;
}

int local_env_stop(const char *project_dir, bool *ret_stopped, struct err *err)
{
    struct local_env env;
    bool stopped = false;

    for (int tries = 0; local_env_find(project_dir, &env); tries++) {
        if (tries == 100)
            return err_set(err, ERR_IO, "the local Lambda (process %ld) does not end",
                           (long)env.pid);
        if (tries == 0 && kill(env.pid, SIGTERM) < 0 && errno != ESRCH)
            return err_sys(err, ERR_IO, errno, "process %ld", (long)env.pid);
        stopped = true;
        waitpid(env.pid, NULL, WNOHANG); /* ours, when this very command started it */
        clock_sleep(&clock_system, 50);
    }
    if (ret_stopped)
        *ret_stopped = stopped;
    return 0;
}
