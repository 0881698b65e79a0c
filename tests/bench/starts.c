/*
 * Whole processes, from start to exit: starts WHAT WHO COMMAND... [-- WHO COMMAND...]...
 *
 * The commands take turns, so that whatever else the machine does meets all of them; each must end
 * with 0. Prints the median of each as "who<TAB>what<TAB>ns".
 */
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

extern char **environ;

enum { ROUNDS = 201, COMMANDS_MAX = 4 };

struct command {
    const char *who;
    char **argv;
    double times[ROUNDS];
};

static double run(const struct command *c, const posix_spawn_file_actions_t *quiet)
{
    const double start = bench_now_ns();
    int status;
    pid_t pid;

    if (posix_spawn(&pid, c->argv[0], quiet, NULL, c->argv, environ) != 0 ||
        waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "%s does not run, or fails\n", c->argv[0]);
        exit(1);
    }
    return bench_now_ns() - start;
}

static size_t read_commands(struct command *commands, char **argv)
{
    size_t n = 0;

    for (; *argv && n < COMMANDS_MAX; n++) {
        commands[n].who = *argv++;
        commands[n].argv = argv;
        while (*argv && strcmp(*argv, "--") != 0)
            argv++;
        if (*argv)
            *argv++ = NULL;
    }
    return n;
}

int main(int argc, char **argv)
{
    static struct command commands[COMMANDS_MAX];
    posix_spawn_file_actions_t quiet;
    size_t count;

    if (argc < 4)
        return 2;
    count = read_commands(commands, argv + 2);
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&quiet, STDOUT_FILENO, STDERR_FILENO);
    for (int r = 0; r < ROUNDS; r++)
        for (size_t i = 0; i < count; i++)
            commands[i].times[r] = run(&commands[i], &quiet);
    for (size_t i = 0; i < count; i++) {
        qsort(commands[i].times, ROUNDS, sizeof(double), bench_by_time);
        bench_say(commands[i].who, argv[1], commands[i].times[ROUNDS / 2]);
    }
    posix_spawn_file_actions_destroy(&quiet);
    return 0;
}
