/*
 * The project file, smokegate.json (design.md section 3), read strictly, once, into values nobody
 * changes afterwards. Every name, package and setting is resolved per environment: overrides
 * merged, {{environment}} {{function}} {{release}}, variables and {{env.NAME}} expanded.
 *
 * Everything hangs off the manifest: strings and arrays live in its arena, json_refs in its
 * document; all are valid until manifest_free(). Strings are NUL-terminated UTF-8; NULL means "not
 * written".
 */
#ifndef PROMOTE_MANIFEST_H
#define PROMOTE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/fault.h"
#include "json/reader.h"

enum {
    MANIFEST_FILE_MAX = 4 << 20,
    MANIFEST_ENVIRONMENTS_MAX = 64,
    MANIFEST_FUNCTIONS_MAX = 1000,
    MANIFEST_LAYERS_MAX = 5, /* of one function; the service's limit */
    MANIFEST_STEPS_MAX = 20,
};

enum package_kind {
    PACKAGE_NONE,    /* none written: cases can run on it, it cannot be staged */
    PACKAGE_ZIP,     /* path of a zip file */
    PACKAGE_DIR,     /* path of a folder to be zipped deterministically */
    PACKAGE_S3,      /* bucket, key and optionally object_version */
    PACKAGE_IMAGE,   /* image, pinned by @sha256: */
    PACKAGE_COMMAND, /* argv of the user's own deploy tool */
};

struct package {
    enum package_kind kind;
    const char *path;  /* zip, dir: usable as it stands (joined to the project's folder) */
    const char *shown; /* as the user wrote it, expanded: for messages */
    const char *bucket, *key, *object_version;
    const char *image;
    const char *const *argv; /* command: NULL-terminated */
    int64_t timeout_ms;      /* command */
    const char *release;     /* command: the label that says what it deploys */
    bool needs_release; /* it or its function's config uses {{release}}, and none was given: not
                           usable */
    struct json_ref at;
};

struct manifest_pair {
    const char *name, *value;
};

/* What `config` says. Unwritten settings (NULL, 0, has_environment false) stay as they are. */
struct function_config {
    bool written; /* any setting at all */
    const char *runtime, *handler, *role, *tracing, *architecture;
    unsigned memory_mb, timeout_s, ephemeral_mb;
    bool has_environment;
    struct manifest_pair *environment; /* sorted by name; merged by key into what is there */
    size_t environment_count;
    struct json_ref at;
};

/* One function in one environment. */
struct manifest_function {
    const char *key;  /* as the project file and cases call it */
    const char *name; /* as Lambda calls it here */
    struct package package;
    struct function_config config;
    const char *const *layers; /* keys of manifest.layers, in order of attachment */
    size_t layer_count;
    bool layers_written; /* "layers": [] detaches all; absent leaves them */
    struct json_ref at;
};

struct manifest_layer {
    const char *key;
    const char *name; /* resolved; defaults to the key */
    struct package package;
    const char *const *runtimes;
    size_t runtime_count;
    struct json_ref at;
};

struct shift_step {
    double weight; /* of the new version, in (0, 1) */
    int64_t hold_ms;
};

struct manifest_environment {
    const char *name;
    bool local; /* the embedded Lambda */
    const char *region, *profile, *role_arn, *endpoint;
    bool approval;
    struct shift_step *steps; /* none: all at once */
    size_t step_count;
    struct json_ref variables;           /* object, or {0}; win over manifest.variables */
    struct manifest_function *functions; /* every function of the project, in the file's order */
    size_t function_count;
    struct manifest_layer *layers; /* every layer, resolved for here */
    size_t layer_count;
    struct json_ref at;
};

enum rollback_policy { ROLLBACK_ALL, ROLLBACK_CURRENT };
enum inconclusive_policy { INCONCLUSIVE_HOLD, INCONCLUSIVE_RESTORE };
enum audit_policy { AUDIT_WARN, AUDIT_OFF, AUDIT_FAIL };

struct manifest_policy {
    enum rollback_policy rollback;
    enum inconclusive_policy inconclusive;
    enum audit_policy audit;
    bool verify_live;
    double rate; /* control-plane requests a second, per account and Region */
    int64_t lease_ms;
};

struct manifest_aliases {
    const char *smoke, *live, *backup;
};

/* A row of `schemas`: a URI to a file, or a URI ending in '/' to a folder. */
struct manifest_schema {
    const char *uri;
    const char *path; /* joined to the project's folder */
    struct json_ref at;
};

struct manifest {
    const char *file;    /* as messages call it */
    const char *dir;     /* the project's folder: what its paths are relative to */
    const char *release; /* NULL: none given */
    struct manifest_environment *environments; /* in order of promotion */
    size_t environment_count;
    struct manifest_aliases aliases;
    const char *const *testcases; /* globs as written, relative to dir */
    size_t testcase_count;
    struct manifest_schema *schemas;
    size_t schema_count;
    struct manifest_policy policy;
    struct json_ref variables; /* object, or {0} */
    struct json_doc *doc;
    struct manifest_private *private_;
};

struct manifest_options {
    const char *release; /* for {{release}}; NULL: packages using it are marked needs_release */
    /* The value of "env.NAME" or "secret.NAME" ("NAME" with its prefix), or NULL. May be NULL. */
    const char *(*lookup)(void *ctx, const char *name);
    void *ctx;
};

/*
 * Reads and resolves. Every fault found goes to `faults`, with its position and a suggestion where
 * one is near; NULL is returned when there was any. Packages need not exist.
 */
struct manifest *manifest_load(const char *path, const struct manifest_options *options,
                               struct faults *faults);
/* The same of a document already read (taken, also on failure); `dir` is the project's folder. */
struct manifest *manifest_read(struct json_doc *doc, const char *dir,
                               const struct manifest_options *options, struct faults *faults);
void manifest_free(struct manifest *m); /* NULL is fine */
void manifest_freep(struct manifest **m);

/* The environment called `name`; ERR_USAGE with the nearest known name otherwise. */
const struct manifest_environment *manifest_environment(const struct manifest *m, const char *name,
                                                        struct err *err);

/* The function with this key in this environment, or NULL. */
const struct manifest_function *manifest_function(const struct manifest_environment *e,
                                                  const char *key);
/* The same of a layer. Never NULL for what a function's `layers` name. */
const struct manifest_layer *manifest_layer(const struct manifest_environment *e, const char *key);

/*
 * "smokegate.json" in `from` or the nearest folder above it; returns owned, or NULL with ERR_INPUT
 * when there is none.
 */
char *manifest_find(const char *from, struct err *err);

/* Both are commands, word for word. */
bool package_same_command(const struct package *a, const struct package *b);

/* Names AWS would refuse: an alias, a function. */
bool manifest_alias_name_ok(struct str name);
bool manifest_function_name_ok(struct str name);

#endif
