/* Helpers of the executor's tests: packages made by hand, and versions and events to run them with.
 */
#ifndef TESTS_LOCAL_SUPPORT_H
#define TESTS_LOCAL_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/digest.h"
#include "local/execute.h"

/* One entry of a package; the kind is the mode's file type (0: a regular file). */
struct entry {
    const char *name;
    unsigned mode;
    const char *content; /* of a link: its target */
    size_t len;          /* 0: of a text */
};

void support_zip(struct buf *out, const struct entry *entries, size_t count);

/* A temporary folder, owned; the versions made from then on are of a function with a name of its
 * own. */
char *support_dir(void);
void support_remove(char *dir);

/* A version whose package lies in `dir`; every text is a field the test may change. */
struct package {
    char zip_path[512];
    char sha[SHA256_HEX_SIZE];
};
void support_package(struct package *p, const char *dir, const char *name, struct str zip);

/* The package of tests/local/puppet.c. */
void support_puppet(struct package *p, const char *dir);

/* "puppet-...", version 7, provided.al2023, 10 s, 128 MB. */
struct execute_version support_version(const struct package *p);

/* Invokes; fails the test when it was not run. `payload` "{\"do\":...}". */
void support_invoke(struct executor *x, const struct execute_version *v, const char *payload,
                    struct execute_result *ret);
/* Eight environments at once; what `more` sets (its state_dir is ignored) is added. NULL: nothing.
 */
struct executor *support_executor(const char *dir, const struct executor_options *more);

/*
 * Fails the test unless the function soon has between `min` and `max` processes on this machine,
 * seen by their environment.
 */
void support_expect_processes(unsigned min, unsigned max);

#endif
