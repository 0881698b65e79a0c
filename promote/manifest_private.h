/*
 * What the readers of the project file share. Two steps: the document's shape into "raw" values
 * (every key known, every type right), then each environment's functions and layers resolved from
 * them.
 */
#ifndef PROMOTE_MANIFEST_PRIVATE_H
#define PROMOTE_MANIFEST_PRIVATE_H

#include "base/arena.h"
#include "promote/manifest.h"
#include "promote/manifest_expand.h"

struct manifest_private {
    struct arena arena;
};

struct raw_package {
    bool written;
    enum package_kind kind; /* PACKAGE_NONE: absent, or wrong and told */
    struct json_ref at;
    struct json_ref value; /* path or image string, array of the command */
    struct json_ref bucket, key, version;
    struct json_ref timeout; /* of a command */
};

enum config_key {
    CONFIG_RUNTIME,
    CONFIG_HANDLER,
    CONFIG_MEMORY,
    CONFIG_EPHEMERAL_STORAGE,
    CONFIG_TIMEOUT,
    CONFIG_ENVIRONMENT,
    CONFIG_ROLE,
    CONFIG_TRACING,
    CONFIG_ARCHITECTURE,
    CONFIG_ARCHITECTURES,
    CONFIG_KEYS
};

/* A function of the project, or an environment's override of one (key NULL: none). */
struct raw_function {
    const char *key;
    struct json_ref self, name, layers;
    struct raw_package package;
    struct json_ref config_at;
    struct json_ref config[CONFIG_KEYS];
};

struct raw_layer {
    const char *key;
    struct json_ref self, name, runtimes;
    struct raw_package package;
};

struct manifest_reader {
    struct manifest *m;
    struct arena *arena;
    const struct manifest_options *options;
    struct faults *faults;
    struct raw_function *functions;
    size_t function_count;
    struct raw_layer *layers;
    size_t layer_count;
};

/* manifest_function.c, manifest_package.c: shapes. */
void manifest_read_functions(struct manifest_reader *r, struct json_ref functions);
void manifest_read_layers(struct manifest_reader *r, struct json_ref layers);
void manifest_read_package(struct manifest_reader *r, struct json_ref at,
                           struct raw_package *package);
/* `overrides` has one entry a function of the project. */
void manifest_read_overrides(struct manifest_reader *r, struct json_ref at,
                             struct raw_function *overrides);

/* manifest_environment.c */
void manifest_read_environments(struct manifest_reader *r, struct json_ref environments);

/* manifest_resolve.c: the functions and layers of `e`. */
void manifest_resolve(struct manifest_reader *r, struct manifest_environment *e,
                      const struct raw_function *overrides);
/* manifest_config.c: what both say, merged; the override wins key by key. */
void manifest_resolve_config(struct expander *x, const struct raw_function *base,
                             const struct raw_function *over, struct function_config *ret);
void manifest_resolve_package(struct expander *x, const struct manifest *m,
                              const struct raw_package *raw, struct package *ret);

/* Letters, digits, '-' and '_', 1 to `max` of them. */
bool manifest_name_ok(struct str name, size_t max);

/* A non-empty text without NUL; NULL after a fault ("what" names it), or when `at` is {0}. */
const char *manifest_plain_text(struct manifest_reader *r, struct json_ref at, const char *what);

/* Every element a non-empty string? Adds a fault for each that is not. */
bool manifest_strings_only(struct manifest_reader *r, struct json_ref array, const char *what);

/* Which of the words `at` is; faults with the nearest. Returns false then. */
bool manifest_choice(struct manifest_reader *r, struct json_ref at, const char *what,
                     const char *const *words, size_t count, size_t *ret_index);

#endif
