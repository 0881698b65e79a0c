#include "tests/aws/helper.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"

int helper_start(struct helper *h, const char *const *argv)
{
    int in[2], out[2];
    char line[32];
    size_t len = 0;
    unsigned long long port = 0;

    if (pipe(in) != 0 || pipe(out) != 0)
        abort();
    h->pid = fork();
    if (h->pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    h->input = in[1];
    while (len < sizeof(line) && read(out[0], line + len, 1) == 1 && line[len] != '\n')
        len++;
    close(out[0]);
    if (str_to_u64((struct str){line, len}, 65535, &port)) {
        h->port = (int)port;
        return 1;
    }
    helper_stop(h);
    return 0;
}

void helper_stop(struct helper *h)
{
    close(h->input);
    waitpid(h->pid, NULL, 0);
}
