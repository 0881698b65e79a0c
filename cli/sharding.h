/* Which part of the cases this machine runs: --shard I/N, or what its CI system says. */
#ifndef CLI_SHARDING_H
#define CLI_SHARDING_H

#include "base/err.h"

struct sharding {
    unsigned shard, shards; /* from 1; 0 of 0: all */
    const char *variable;   /* which told it, or NULL */
};

/*
 * `wish` is "I/N" or "auto"; getenv-like lookup is passed in. ERR_USAGE for anything else, and for
 * "auto" where no variable tells.
 */
int sharding_read(struct sharding *ret, const char *wish, const char *(*env)(const char *),
                  struct err *err);

#endif
