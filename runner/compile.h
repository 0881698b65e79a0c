/*
 * From an item to something that can be sent and judged: the payload's bytes and the compiled
 * expectations, with every {{...}} replaced. Done once for all items to check them, and again for
 * each when its turn comes: then captures have values, and memory is needed only for what is in
 * flight.
 */
#ifndef RUNNER_COMPILE_H
#define RUNNER_COMPILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/path/path.h"
#include "json/pattern.h"
#include "json/schema/schema.h"
#include "runner/capture.h"
#include "runner/expect.h"
#include "runner/testcase.h"

/* Regexes, queries and schemas that have been compiled: each text once in a run. */
struct compile_caches;

struct compile_caches *compile_caches_new(const struct runner_config *config);
void compile_caches_free(struct compile_caches *caches); /* NULL is fine */

/* All borrowed from the caches; NULL with the offset of the mistake. */
struct pattern *compile_pattern(struct compile_caches *caches, struct str regex, size_t *ret_offset,
                                struct err *err);
struct path_query *compile_path(struct compile_caches *caches, struct str text, size_t *ret_offset,
                                struct err *err);
/*
 * A schema at a place, compiled once under a key; of a text; of a file, `uri` being what the
 * project calls it (NULL: nothing). Formats are asserted. NULL after adding faults.
 */
const struct schema *compile_schema(struct compile_caches *caches, struct str key,
                                    struct json_ref at, struct faults *faults);
const struct schema *compile_schema_text(struct compile_caches *caches, struct str text,
                                         const char *name, struct faults *faults);
const struct schema *compile_schema_file(struct compile_caches *caches, const char *path,
                                         const char *uri, struct faults *faults);
/* The file behind a URI the project maps, returned owned; NULL: it is none. */
char *compile_schema_path(struct compile_caches *caches, const char *uri);

struct compiled {
    struct arena arena;
    json_t *owned;            /* array keeping expanded values alive */
    const char *function_key; /* as the case calls it */
    const char *function;     /* as Lambda calls it */
    struct buf payload;
    struct str client_context;
    struct expect expect;
    struct captures captures;
    bool function_unknown; /* a capture in its name */
    bool unknown;          /* a capture had no value: only checked, not to be sent */
};

/*
 * `captures` are the values so far of the item's suite; NULL: check only, names that will be
 * captured stand for themselves. -1 after adding faults.
 */
int compile_item(struct compiled **ret, const struct testset *set, const struct item *item,
                 const struct runner_config *config, json_t *captures, struct faults *faults);
void compiled_free(struct compiled *c); /* NULL is fine */
void compiled_freep(struct compiled **c);

/* The scope of one item. What it borrows lives as long as the set. */
struct scope item_scope(const struct testcase *test, json_t *row,
                        const struct runner_config *config, size_t index);

/* The payload's bytes of a case. -1 after adding faults. */
int payload_build(struct buf *out, const struct testcase *test, struct check_compiler *c);

#endif
