/* The limits and patterns of what CreateFunction and UpdateFunctionConfiguration may set. */
#ifndef LOCAL_CONFIG_CHECK_H
#define LOCAL_CONFIG_CHECK_H

#include "local/rules.h"

/* Architectures: at most one, of those there are. */
void check_architectures(struct checks *k, const json_t *list);

/* [a, b]: how AWS shows a list in its messages. In the call's arena. */
const char *shown_list(struct call *c, const json_t *list);

extern const char *const lambda_runtimes[]; /* that may be created, in the service's order */
extern const size_t lambda_runtime_count;

/* Those that a layer may still name, though no function can be created with them. */
extern const char *const lambda_old_runtimes[];
extern const size_t lambda_old_runtime_count;

#endif
