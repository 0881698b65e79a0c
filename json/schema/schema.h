/*
 * JSON Schema, drafts 4, 6, 7, 2019-09 and 2020-12 (json-schema.org): compiled once, checked often.
 *
 * Two passes over one program: schema_check() answers yes or no, stops at the first fault and
 * allocates nothing; only when it says no, schema_explain() goes over the same program again
 * without stopping and tells every fault, one entry each.
 *
 * "$schema" decides the draft, or the vocabularies of a meta-schema in the registry; references
 * lead to documents of the registry only. A schema is checked against its meta-schema when it is
 * compiled. Unknown keywords are annotations, as the drafts have it.
 *
 * Bounds: 512 schemas for one value, 4096 schemas within each other, 100 million steps (a schema
 * applied, a value compared, 64 bytes looked at), and PATTERN_WORK_LIMIT of json/pattern.h for all
 * patterns together. What crosses one is SCHEMA_ERROR.
 */
#ifndef JSON_SCHEMA_SCHEMA_H
#define JSON_SCHEMA_SCHEMA_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "json/reader.h"
#include "json/schema/registry.h"

enum schema_verdict {
    SCHEMA_VALID,
    SCHEMA_INVALID,
    SCHEMA_ERROR, /* could not be decided: a pattern gave up, references in a circle. Never a pass
                   */
};

struct schema;

/* In the order they came. */
enum schema_draft {
    SCHEMA_DRAFT_DEFAULT, /* 2020-12 */
    SCHEMA_DRAFT_4 = 4,
    SCHEMA_DRAFT_6 = 6,
    SCHEMA_DRAFT_7 = 7,
    SCHEMA_DRAFT_2019_09,
    SCHEMA_DRAFT_2020_12,
};

/* "4", "6", "7", "2019-09", "2020-12". */
bool schema_draft_by_name(struct str name, enum schema_draft *ret_draft);

struct schema_options {
    enum schema_draft draft;          /* of a schema that names none in "$schema" */
    bool format;                      /* "format" asserts, whatever the draft says about it */
    struct schema_registry *registry; /* borrowed: outlives the schema. NULL: no other documents */
    const char *uri; /* where the schema was found, for relative references; NULL: "file:" and the
                        name of its document */
};

/*
 * Compiles the schema that stands at `at`; "#" in it is the value at `at`. Its document is
 * borrowed: it must outlive the schema. What is wrong with it goes to `faults`, with positions;
 * NULL is returned then. `options` may be NULL.
 */
struct schema *schema_compile(struct json_ref at, const struct schema_options *options,
                              struct faults *faults);
void schema_free(struct schema *schema); /* NULL is fine */
void schema_freep(struct schema **schema);

enum schema_verdict schema_check(const struct schema *schema, struct json_ref instance);

/* One thing that is wrong. Texts live in the report's arena. */
struct schema_fault {
    struct json_ref instance; /* what is wrong; for a missing member the object */
    const char *pointer;      /* to it, RFC 6901, "" is the whole instance */
    struct json_ref rule;     /* the keyword's value in the schema */
    const char *keyword;
    const char *expected;          /* "pattern ^SKU-[0-9]{5}$" */
    const char *actual;            /* "\"SKU-7\"", clipped */
    const char *hint;              /* "did you mean ...", or NULL */
    const char *others;            /* of anyOf and oneOf: why the branches failed that are not told
                                      in full, a line each ("anyOf/0: ..."); or NULL */
    const char *keyword_location;  /* JSON Pointer over the references taken to get there */
    const char *absolute_location; /* URI of the keyword */
    unsigned depth; /* 0: of the schema itself; deeper: why a branch of the fault above failed */
};

struct schema_report {
    struct schema_fault *faults; /* in document order of the schema */
    size_t count, cap;
    size_t dropped;          /* beyond SCHEMA_FAULTS_MAX: counted only */
    size_t made, text_bytes; /* how much has been told, branches that were left out included */
    const char *unfinished;  /* or NULL: why not every fault was looked for, with the places */
    size_t folded; /* "unevaluated" members and elements left out, as a fault that is told is why
                      they are */
    const char *error; /* with SCHEMA_ERROR: why it could not be decided, and where in the instance
                          and in the schema */
    struct arena arena;
};

enum {
    SCHEMA_FAULTS_MAX = 1000,
    SCHEMA_FAULTS_MADE_MAX = 20 * 1000, /* in all branches of anyOf and oneOf that were tried */
    SCHEMA_REPORT_TEXT_MAX = 16 << 20,  /* bytes of names and places */
    SCHEMA_OTHERS_MAX = 10,             /* branches told in a line each */
    SCHEMA_CLIP = 120,
    SCHEMA_DEPTH_MAX = 512,
};

/* Fills the report (released by the caller) and returns what schema_check() would. */
enum schema_verdict schema_explain(const struct schema *schema, struct json_ref instance,
                                   struct schema_report *report);
/*
 * Appends the "basic" output of 2019-09 and 2020-12 (core, 12.4.2) as one line of JSON: every
 * fault, all branches in full, or the annotations of a valid instance: of "format", the keywords
 * that only annotate and unknown ones. With SCHEMA_ERROR "valid" is null and "error" tells why.
 */
enum schema_verdict schema_output(const struct schema *schema, struct json_ref instance,
                                  struct buf *out);

void schema_report_release(struct schema_report *report);

#endif
