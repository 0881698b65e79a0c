/*
 * Functions, versions and aliases as rows, read and written within a call's transaction. What is
 * read lives in the call's arena. Reading a version also settles it: a state whose time has come
 * becomes the next one (Pending -> Active, InProgress -> Successful), with a new RevisionId, as
 * Lambda does it.
 */
#ifndef LOCAL_STORE_H
#define LOCAL_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "local/call.h"
#include "local/names.h"

struct function_row {
    const char *name;
    int64_t reserved;          /* concurrency; -1: not reserved */
    json_t *tags;              /* owned by the call, never NULL */
    const char *published;     /* digest of $LATEST when it was last published, or NULL */
    int64_t published_version; /* and which version that gave */
};

enum { VERSION_LATEST = 0 };

struct version {
    const char *function;
    int64_t number;  /* VERSION_LATEST or from 1 */
    json_t *config;  /* FunctionConfiguration without state; owned by the call */
    const char *zip; /* lower-case hex SHA-256 of the code, "" for an image */
    const char *revision;
    const char *state;    /* "Pending", "Active", "Inactive", "Failed" */
    const char *updating; /* "", "InProgress", "Successful", "Failed" */
    int64_t due_ms;       /* when the state changes by itself; 0: it does not */
    const char *reason;   /* what it will fail with when it is due; NULL: it will succeed */
};

struct alias {
    const char *function, *name;
    int64_t version;
    const char *description;
    int64_t weight_version; /* -1: no second version */
    double weight;
    const char *revision;
};

/* ---- functions ---- */

bool store_function(struct call *c, const char *name, struct function_row *ret);
void store_function_put(struct call *c, const struct function_row *f); /* new or changed */
void store_function_delete(struct call *c, const char *name); /* with all that belongs to it */

/* The next number of a series that is never reused ("function" or "layer" and its name). */
int64_t store_next(struct call *c, const char *kind, const char *name);

/* ---- versions ---- */

bool store_version(struct call *c, const char *function, int64_t number, struct version *ret);
void store_version_put(struct call *c, const struct version *v);
void store_version_delete(struct call *c, const char *function, int64_t number);

/* Versions of one function (NULL: of all) after (function, number), in order; at most `max`.
 * `latest_only`: $LATEST of each. The array is in the arena. */
size_t store_versions(struct call *c, const char *function, const char *after_function,
                      int64_t after_number, bool latest_only, size_t max, struct version **ret);

/* ---- aliases ---- */

bool store_alias(struct call *c, const char *function, const char *name, struct alias *ret);
void store_alias_put(struct call *c, const struct alias *a);
bool store_alias_delete(struct call *c, const char *function, const char *name);
size_t store_aliases(struct call *c, const char *function, const char *after, int64_t version,
                     size_t max, struct alias **ret); /* version -1: all */

/* ---- what qualifiers mean ---- */

/*
 * The version a qualifier names (NULL: $LATEST), through an alias where it is one (then
 * *ret_alias, which may be NULL, is filled and its name set). 404 "Function not found: ARN" with
 * the qualifier as it was given, and -1, when there is none.
 */
int store_resolve(struct call *c, const struct function_ref *ref, struct version *ret,
                  struct alias *ret_alias);

/* 404 for a function: "Function not found: ARN[:QUALIFIER]". Returns -1. */
int fail_function(struct call *c, const char *name, const char *qualifier);

#endif
