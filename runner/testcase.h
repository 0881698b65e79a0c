/*
 * Case files, loaded: suites hold cases, and every case (or every row of its table) is one item,
 * the thing that is invoked, judged and reported. Nobody changes any of it after testset_load.
 *
 * A case keeps references into its document; payload and expectations are compiled from there
 * (runner/compile.h) once to check them and again when the item's turn comes, so that memory does
 * not grow with what has been compiled.
 */
#ifndef RUNNER_TESTCASE_H
#define RUNNER_TESTCASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/fault.h"
#include "json/reader.h"
#include "lambda/invoke.h"
#include "runner/config.h"

enum { TESTSET_ITEMS_MAX = 1000000, TABLE_ROWS_MAX = 1000000 };

enum case_role { CASE_SETUP, CASE_NORMAL, CASE_TEARDOWN };

/* Settings that a suite's `defaults` may hold as well. */
struct case_settings {
    int64_t timeout_ms; /* 0: the function's own Timeout plus a margin */
    int64_t backoff_ms; /* first wait between attempts */
    int64_t until_ms;   /* 0: no polling */
    unsigned retries;
    unsigned repeat; /* invocations, at least 1 */
    bool idempotent; /* may be sent again although bytes have left */
    bool serial;
    enum invoke_type invocation;
};

struct suite;

struct testcase {
    struct suite *suite;
    struct json_ref self, name;
    struct json_pos pos; /* of the name */
    struct json_ref description, function, variables;
    struct json_ref payload, payload_file, payload_text, event, client_context;
    struct json_ref expect, capture, needs;
    struct case_settings settings;
    enum case_role role;
    bool unreadable;  /* without a name, or with a wrong table: told, and it has no items */
    const char *skip; /* reason, or NULL */
    const char *lock; /* never two of a name at once; NULL: none */
    bool fresh;       /* wants a new execution environment */
    bool stream;      /* invoked with a response stream */
    const char **tags;
    size_t tag_count;
    struct table *table;      /* owned, or NULL: runner/table.h */
    struct testcase **needed; /* cases whose items come first */
    size_t needed_count;
    size_t first_item, item_count;
};

struct suite {
    size_t index;     /* in the set */
    const char *file; /* as the user would write it */
    const char *dir;  /* what file names in it are relative to */
    const char *name;
    struct json_doc *doc; /* owned */
    char sha256[SHA256_HEX_SIZE];
    struct json_ref function, variables;
    struct case_settings defaults;
    struct testcase *cases; /* setup, normal, teardown, each in file order */
    size_t case_count;
    size_t first_item, item_count;
    json_t *capture_names; /* owned object: what some case of the suite captures */
};

/* There may be a hundred thousand: what all rows of a case have in common is the case's. */
struct item {
    const struct testcase *test;
    uint32_t index;                      /* in the set: the order of every report */
    uint32_t row;                        /* of the table, from 0 */
    const char *row_id;                  /* NULL: no table */
    const char *name;                    /* after substitution, unique in its suite */
    const char *function, *function_key; /* NULL: only a capture tells */
};

struct testset {
    struct arena arena;
    struct suite **suites;
    size_t suite_count;
    struct item *items;
    size_t item_count;
    struct compile_caches *caches; /* runner/compile.h */
};

void testset_init(struct testset *set);
void testset_release(struct testset *set);

/*
 * Loads every file and checks everything in it, down to each row's payload and expectations. All
 * faults of all files are added to `faults`; the set may be run only when there are none.
 */
void testset_load(struct testset *set, const char *const *files, size_t file_count,
                  const struct runner_config *config, struct faults *faults);

/* "suite > name", as selections and reports call it. Returned in `arena`. */
const char *item_title(const struct item *item, struct arena *arena);

/* The row of the table it stands for, owned; NULL: no table. */
json_t *item_row(const struct item *item);

#endif
