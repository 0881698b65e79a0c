/* A server in another process that tells its port in its first line and ends with its input. */
#ifndef TESTS_AWS_HELPER_H
#define TESTS_AWS_HELPER_H

#include <sys/types.h>

struct helper {
    pid_t pid;
    int input; /* closing it ends the helper */
    int port;
};

/* False when it did not come up: argv[0] is not there. */
int helper_start(struct helper *h, const char *const *argv);
void helper_stop(struct helper *h);

#endif
