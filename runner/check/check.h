/*
 * Matchers: what a value is expected to be. Compiled once from a case file (every mistake in them
 * is a fault with its position), run on a response, and told in words when they fail.
 *
 * A matcher is a list of checks that must all hold. Each kind of check is a row of check_kinds in
 * table.c and lives in the file of its family. Running never changes a matcher.
 */
#ifndef RUNNER_CHECK_CHECK_H
#define RUNNER_CHECK_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "json/path/path.h"
#include "json/pattern.h"
#include "json/reader.h"
#include "json/schema/schema.h"
#include "runner/scope.h"

/* What numbers of a matcher are spelt in: "800ms" is 800, "1MiB" is 1048576. */
enum unit { UNIT_NONE, UNIT_MS, UNIT_BYTES };

/* Three-valued, as everything about a verdict: a regex that gives up has not said no. */
enum check_result { CHECK_OK, CHECK_FAILED, CHECK_UNKNOWN };

struct check_kind;
struct matcher;

struct check_member {
    const char *name; /* key of a subset, text of a path */
    size_t name_len;
    struct path_query *query; /* of a path; owned by the caches */
    struct json_ref at;       /* the value in the case file */
    struct matcher *matcher;
};

struct check {
    const struct check_kind *kind;
    struct json_ref at; /* the argument in the case file */
    json_t *value;      /* the argument after substitution */
    struct matcher *inner;
    struct matcher **list;
    struct check_member *members;
    size_t count; /* of list or members */
    struct pattern *pattern;
    const struct schema *schema;
    const char *text; /* argument as people read it, when that is not its JSON */
    enum unit unit;
    double numbers[2];
    unsigned flags;
};

struct matcher {
    struct json_ref at;
    struct check *checks;
    size_t count;
};

/* ---- compiling ---- */

struct compile_caches; /* runner/compile.h */

struct check_compiler {
    struct arena *arena; /* holds what is compiled */
    json_t *owned;       /* array that keeps expanded values alive */
    struct scope *scope;
    struct faults *faults;
    struct compile_caches *caches;
    const char *dir; /* file names are relative to it */
    enum unit unit;
};

/* A value (equal) or an object of checks. NULL after adding faults. */
struct matcher *matcher_compile(struct check_compiler *c, struct json_ref at);
/* The same inside `contains`: an object that is no matcher is a subset. */
struct matcher *matcher_compile_subset(struct check_compiler *c, struct json_ref at);
/* A matcher of one given check. */
struct matcher *matcher_of(struct check_compiler *c, const char *check, struct json_ref at);

/* Is every key of this non-empty object a check? */
bool matcher_is_object(const json_t *value);

/* The argument with {{...}} expanded, kept alive; NULL after a fault. */
json_t *check_expand(struct check_compiler *c, struct json_ref at);
/* A fault at the argument. Returns false. */
bool check_refuse(struct check_compiler *c, struct json_ref at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* A pattern from a string argument (substitutions quoted), through the cache. */
bool check_pattern(struct check_compiler *c, struct json_ref at, struct check *check);

/* ---- running ---- */

/* What a matcher looks at. Borrowed for the call. */
struct subject {
    const struct json_doc *doc; /* knows exact numbers; may be NULL */
    json_t *value;              /* NULL: there is nothing here */
    uint32_t index;             /* of the value in doc, when it is `placed` */
    bool placed;
    bool text; /* a string that is the raw text of something, not a JSON value */
    bool root; /* the whole payload: nothing means an empty response */
    const struct path_nodes *nodes; /* value is the array of these; NULL: a plain value */
    const char *unit_text; /* what a number of this subject is, as people read it; or NULL */
};

/* The way to where we are: "$.body -> json -> $.total". Linked through the stack. */
struct trail {
    const struct trail *up;
    struct str step;
};

struct failure {
    struct json_ref at;   /* what was expected, in the case file */
    const char *where;    /* the trail */
    const char *check;    /* the key: "equals", "matches" */
    const char *expected; /* in words */
    const char *actual;   /* clipped in the middle */
    const char *diff;     /* lines, or NULL */
    const char *note;     /* why, or NULL */
    bool gave_up;         /* not a no: it could not be found out */
    struct failure *next;
};

enum {
    CHECK_SHOWN_MAX = 4096, /* bytes of an actual or expected value that are kept */
    CHECK_FAILURES_MAX = 1000,
};

struct check_run {
    struct arena *arena;
    bool quiet; /* inside not, any, one_of...: only the result counts */
    struct failure *first, *last;
    size_t failures;      /* beyond CHECK_FAILURES_MAX only counted */
    const char *notice;   /* what the report of the case is to say whatever the result, or NULL */
    int64_t pattern_used; /* by regexes so far: all together have PATTERN_WORK_LIMIT */
};

enum check_result matcher_run(const struct matcher *m, const struct subject *s,
                              struct check_run *run, const struct trail *trail);

/* The same of a number that was measured; `shown` is how failures call it ("143 ms"). */
enum check_result matcher_run_number(const struct matcher *m, double value, const char *shown,
                                     struct check_run *run, const struct trail *trail);

/* Records why a check failed (unless quiet) and returns CHECK_FAILED. note and diff may be NULL. */
enum check_result check_fail(struct check_run *run, const struct check *check,
                             const struct subject *s, const struct trail *trail, const char *note,
                             const char *diff);
/* The same for what could not be decided; returns CHECK_UNKNOWN. */
enum check_result check_gave_up(struct check_run *run, const struct check *check,
                                const struct subject *s, const struct trail *trail,
                                const char *note);
/* A failure with all texts given. */
void check_record(struct check_run *run, struct json_ref at, const char *check,
                  const struct trail *trail, const char *expected, const char *actual,
                  const char *note, const char *diff);

/* What is expected, in words: "19.98 +/- 0.001". Appends. */
void check_describe(const struct check *check, struct buf *out);
void matcher_describe(const struct matcher *m, struct buf *out);
/* The subject as shown: JSON, quoted text, or "nothing". In the run's arena. */
const char *subject_show(const struct subject *s, struct arena *arena);

const char *trail_text(const struct trail *trail, struct arena *arena);

/* The elements of an array subject, and what to call one in a trail. */
struct subject subject_element(const struct subject *s, size_t i);
struct subject subject_of(struct json_ref ref);
/*
 * The subject as a value of a document: its own, or a copy in *ret_copy (yours to free) when it is
 * none (the array of a query's nodes, a decoded text).
 */
struct json_ref subject_ref(const struct subject *s, struct json_doc **ret_copy);
struct str subject_step(const struct subject *s, size_t i, struct arena *arena);

/* ---- kinds ---- */

struct check_kind {
    const char *name;
    bool absent_ok; /* looks at "nothing" too (exists) */
    bool (*compile)(struct check_compiler *c, struct json_ref at, struct check *check);
    enum check_result (*run)(const struct check *check, const struct subject *s,
                             struct check_run *run, const struct trail *trail);
    void (*describe)(const struct check *check, struct buf *out);
};

extern const struct check_kind *const check_kinds[]; /* NULL-terminated */
const struct check_kind *check_kind_find(struct str name);

/* The families' rows. */
extern const struct check_kind check_equals, check_not, check_one_of,
    check_contains; /* equality.c */
extern const struct check_kind check_matches, check_not_matches, check_length, check_empty,
    check_type, check_exists; /* text.c, shape.c */
extern const struct check_kind check_min, check_max, check_exclusive_min, check_exclusive_max,
    check_close_to, check_before, check_after; /* number.c */
extern const struct check_kind check_every, check_any, check_none, check_one, check_count,
    check_unique; /* nodes.c */
extern const struct check_kind check_schema_kind, check_json, check_base64,
    check_paths; /* nested.c */

#endif
