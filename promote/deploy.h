/*
 * The user's own deploy command: how promote asks for it to be run, as it asks for the gate, and
 * what is made of its answer. promote starts no programs; cli/ hands it this function.
 */
#ifndef PROMOTE_DEPLOY_H
#define PROMOTE_DEPLOY_H

#include "base/buf.h"
#include "base/err.h"
#include "lambda/alias.h"
#include "promote/manifest.h"

struct deploy_request {
    const struct manifest_environment *environment;
    const struct package *package;            /* a command */
    const struct manifest_function *function; /* the only one it is for; NULL: several */
    const char *promotion;                    /* its id */
};

/*
 * Blocks until the command ended; `ret_out` gets what it wrote to standard output. ERR_REFUSED: it
 * ended with another exit code than 0; ERR_IO: it could not be run or took too long;
 * ERR_INTERRUPTED.
 */
typedef int deploy_run(void *ctx, const struct deploy_request *request, struct buf *ret_out,
                       struct err *err);

struct deployer {
    deploy_run *run; /* NULL: commands are not run here */
    void *ctx;
};

/*
 * Before any version is taken from the output of a command for the functions `keys`: ERR_REFUSED
 * when its last line was meant to tell versions and cannot be read, or tells one of a function that
 * is none of these. Else what is Live would be $LATEST, and not what the command said. Pure.
 */
int deploy_check_versions(struct str out, const char *const *keys, size_t count, struct err *err);

/*
 * The version that the last line of the output tells for the function `key`: {"version": "12"}
 * (when the command is for it `alone`), {"versions": {"orders": "12"}}. "" when it tells none.
 * ERR_REFUSED when it tells what cannot be a version, or one version for several functions. Pure.
 */
int deploy_read_version(struct str out, const char *key, bool alone, char ret[LAMBDA_VERSION_SIZE],
                        struct err *err);

#endif
