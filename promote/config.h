/* What the project file wants of a function's configuration against what it is: pure. */
#ifndef PROMOTE_CONFIG_H
#define PROMOTE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "lambda/function.h"
#include "promote/manifest.h"

/*
 * Does $LATEST have everything that is written? `variables` are its environment's (an object; NULL:
 * not read, because none are written). `ret_diff` gets the names of what differs, "timeout,
 * environment.LOG_LEVEL", never values.
 */
bool config_is_same(const struct manifest_function *f, const struct function_info *latest,
                    const json_t *variables, char *ret_diff, size_t diff_size);

/* The variables after merging what is written into what is there, as a new object. */
json_t *config_merge_environment(const struct function_config *c, const json_t *variables);

/* What is written that UpdateFunctionConfiguration does not change; NULL: nothing. */
const char *config_unsupported(const struct manifest_function *f,
                               const struct function_info *latest);

#endif
