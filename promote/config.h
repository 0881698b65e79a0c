/* What the project file wants of a function's configuration against what it is: pure. */
#ifndef PROMOTE_CONFIG_H
#define PROMOTE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "promote/view.h"

/*
 * Does $LATEST, as f->latest has it, have everything that is written? `variables` are its
 * environment's (an object; NULL: not read, because none are written). Sets f->config_same, and
 * f->config_diff to the names of what differs, "timeout, environment.LOG_LEVEL", never values.
 */
void config_compare(struct function_view *f, const json_t *variables);

/* The variables after merging what is written into what is there, as a new object. */
json_t *config_merge_environment(const struct function_config *c, const json_t *variables);

/* Whether $LATEST runs on what is written. It changes with the code, not with the configuration. */
bool config_has_architecture(const struct function_view *f);

/*
 * All that a version is made of but its code: how many settings differ, and their names, as many
 * as fit. Never values.
 */
size_t config_differences(const struct function_info *a, const struct function_info *b,
                          char ret[VIEW_DIFF_MAX]);
bool config_is_equal(const struct function_info *a, const struct function_info *b);

#endif
