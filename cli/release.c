#include "cli/release.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

static _Noreturn void become_git(const char *dir, int out)
{
    const int null = open("/dev/null", O_RDWR);

    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 2) < 0 || dup2(out, 1) < 0)
        _exit(127);
    alarm(5); /* a repository on a dead network share must not hold a deploy */
    execlp("git", "git", "-C", dir, "describe", "--tags", "--always", "--dirty", (char *)NULL);
    _exit(127);
}

static char *git_describe(const char *dir)
{
    char text[256];
    size_t len = 0;
    ssize_t n;
    int out[2], status = 0;
    pid_t pid;
    struct str label;

    if (pipe(out) < 0)
        return NULL;
    pid = fork();
    if (pid == 0)
        become_git(dir, out[1]);
    close(out[1]);
    while (pid > 0 && len < sizeof(text) && (n = read(out[0], text + len, sizeof(text) - len)) > 0)
        len += (size_t)n;
    close(out[0]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
        return NULL;
    label = str_trim((struct str){text, len});
    return label.len ? mem_dup_n(label.data, label.len) : NULL;
}

char *release_label(const char *given, const char *project_file)
{
    const char *env = getenv("SMOKEGATE_RELEASE");
    CLEANUP(mem_freep) char *dir = NULL;

    if (given)
        return mem_dup(given);
    if (env && *env)
        return mem_dup(env);
    dir = path_dir(project_file);
    return git_describe(dir);
}
