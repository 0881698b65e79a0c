/*
 * measure FILE COMMAND...: runs the command and writes "wall user sys seconds, peak RSS in MB" to
 * the file. A small program, because the peak of a child begins with that of whoever started it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    int64_t start = clock_mono_us();
    struct rusage usage;
    int status = 0;
    pid_t pid;
    FILE *out;

    if (argc < 3 || (pid = fork()) < 0)
        return 2;
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    getrusage(RUSAGE_CHILDREN, &usage);
    out = fopen(argv[1], "w");
    if (!out)
        return 2;
    fprintf(out, "%.6f %.6f %.6f %.3f\n", (double)(clock_mono_us() - start) / 1e6,
            seconds(usage.ru_utime), seconds(usage.ru_stime), (double)usage.ru_maxrss / 1024);
    fclose(out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
