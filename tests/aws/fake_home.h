/*
 * The file system of a case of AWS's test data, copied to a temporary folder: paths in it and in
 * its environment begin there instead of at the root.
 */
#ifndef TESTS_AWS_FAKE_HOME_H
#define TESTS_AWS_FAKE_HOME_H

#include <jansson.h>

#include "aws/env.h"

struct fake_home {
    char root[64];
    json_t *env; /* owned */
};

/* `dir` holds env.json and maybe fs/. */
void fake_home_make(struct fake_home *home, const char *dir);
void fake_home_remove(struct fake_home *home);
struct aws_env fake_home_env(struct fake_home *home);

#endif
