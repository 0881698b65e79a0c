/*
 * The environments of an executor: which are warm for whom, which are busy, which are to end.
 * Private to local/execute*.c. Any thread.
 */
#ifndef LOCAL_EXECUTE_POOL_H
#define LOCAL_EXECUTE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "local/execute.h"
#include "local/execute_env.h"

struct pool;

/* `site` is copied; what it points to is borrowed. */
struct pool *pool_new(const struct env_site *site, int64_t idle_ms, unsigned busy_max);

/* Ends every environment and waits for it. No environment may be taken any more. */
void pool_free(struct pool *p);

/*
 * A place for one invocation of `v`: *ret is a warm environment (the one used last), or NULL when
 * one must be started, as always when it is to be `fresh`. Environments of the same function and
 * version with another identity are retired. ERR_THROTTLED when every place is taken. Give the
 * place back with pool_give(), or, when no environment came of it, with pool_give_up().
 */
int pool_take(struct pool *p, const struct execute_version *v, bool fresh, struct env **ret,
              struct err *err);

/* Starts an environment in a place that was taken; as env_start(). */
int pool_start(struct pool *p, const struct execute_version *v, const char *request_id,
               struct env **ret, struct err *err);

/* Takes it out of the place, which stays taken: for another environment. It ends. */
void pool_discard(struct pool *p, struct env *e);

void pool_give(struct pool *p, struct env *e); /* to be used again, unless it ended or is retired */
void pool_give_up(struct pool *p, const struct execute_version *v);

void pool_retire(struct pool *p, const char *function, const char *version);
unsigned pool_busy(struct pool *p, const char *function);

#endif
