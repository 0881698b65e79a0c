/*
 * A strict RFC 8259 reader that builds jansson's json_t and remembers where everything stood.
 *
 * jansson's own parser loses three things smokegate needs: the position of a value (for
 * file:line:col in every message), numbers outside int64 and double, and the first of two duplicate
 * keys. A `struct json_doc` keeps the text, the tree and a side table with one entry per value in
 * pre-order. On everything jansson accepts the tree is json_equal() to jansson's.
 *
 * jansson shares true, false and null between documents, so a json_t pointer alone does not say
 * where a value stands: a `struct json_ref` does. It is a plain value, valid as long as its
 * document.
 */
#ifndef JSON_READER_H
#define JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/str.h"

enum {
    JSON_DEPTH_MAX = 512,          /* nested arrays and objects, design.md section 10 */
    JSON_CASE_FILE_MAX = 16 << 20, /* bytes of a case, project or schema file */
};

/* Line and column from 1; the column counts code points. */
struct json_pos {
    size_t offset; /* bytes from the start of the text */
    unsigned line, column;
};

struct json_doc; /* owns its text, its tree and its side table */

/* A value in its document. {0} is "no value". */
struct json_ref {
    const struct json_doc *doc;
    json_t *value;  /* borrowed from the document */
    uint32_t index; /* of the value in the side table: its pre-order number */
};

enum json_read_flags {
    JSON_READ_DEFAULT = 0,
    JSON_READ_DUPLICATES = 1, /* accept duplicate keys (last wins) and list them: for responses */
};

/*
 * Parses `text` (copied). `name` is how messages call it: a path as the user would write it,
 * "<stdin>", "response". Any value may stand at the top. ERR_INPUT with "name:line:col: what was
 * found, what was expected" when it is not JSON; duplicate keys are refused with both positions
 * unless JSON_READ_DUPLICATES; a byte order mark is refused with a hint; ERR_LIMIT beyond
 * JSON_DEPTH_MAX. NUL inside strings and keys is kept.
 */
int json_doc_parse(struct json_doc **ret_doc, struct str text, const char *name, unsigned flags,
                   struct err *err);

/* The same of a file; "-" is standard input. Adds what file_read can say. */
int json_doc_load(struct json_doc **ret_doc, const char *path, size_t max_bytes, unsigned flags,
                  struct err *err);

/*
 * Like json_doc_load, but what is wrong goes to `faults` (with the source line, for the caret).
 * Returns NULL then.
 */
struct json_doc *json_doc_load_faults(const char *path, size_t max_bytes, struct faults *faults);

void json_doc_free(struct json_doc *doc); /* NULL is fine */
void json_doc_freep(struct json_doc **doc);

const char *json_doc_name(const struct json_doc *doc);
struct str json_doc_text(const struct json_doc *doc);
struct json_ref json_doc_root(const struct json_doc *doc);

/* Duplicate keys that were accepted: their number, and of each the second occurrence's position. */
size_t json_doc_duplicate_count(const struct json_doc *doc);
struct json_pos json_doc_duplicate(const struct json_doc *doc, size_t i, struct str *ret_key);

/*
 * The exact spelling of a number that neither int64 nor the shortest form of a double can tell
 * exactly (2^63, 1e400, 0.10000000000000000001), or {NULL, 0} when the json_t says it all. `number`
 * must be a number of this document.
 */
struct str json_doc_lexeme(const struct json_doc *doc, const json_t *number);

/*
 * Frees the elements of an array of `doc`, whose text stays: json_array_size() is 0 from then on.
 * What was borrowed from them is gone. False, and nothing is done, when the document has numbers
 * that json_doc_lexeme() knows: it finds them by address, which may then not be used again.
 */
bool json_doc_drop_elements(struct json_doc *doc, struct json_ref array);

/* ---- walking with positions ---- */

/* The member `key` of an object, an element of an array; {0} when there is none. */
struct json_ref json_ref_member(struct json_ref object, struct str key);
struct json_ref json_ref_member_c(struct json_ref object, const char *key);
struct json_ref json_ref_element(struct json_ref array, size_t i);

/* Members and elements in document order: `for (it = json_ref_first(r); it.value; it = next)`. */
struct json_child {
    struct json_ref ref;
    struct str key; /* of an object's member */
    size_t at;      /* of an array's element */
    void *iter_;    /* private */
    struct json_ref parent_;
};
struct json_child json_child_first(struct json_ref container); /* ref.value is NULL at the end */
struct json_child json_child_next(struct json_child child);

/* The value a JSON Pointer (RFC 6901) names, or {0}. */
struct json_ref json_ref_pointer(struct json_ref root, struct str pointer);

/* First byte, and first byte after, of a value; of a member's key. */
struct json_pos json_ref_start(struct json_ref ref);
struct json_pos json_ref_end(struct json_ref ref);
struct json_pos json_ref_key(struct json_ref member);

/*
 * Where the byte `at` of a string value's content stands in the source (escapes counted): for
 * carets inside regexes, queries and templates.
 */
struct json_pos json_ref_inside(struct json_ref string, size_t at);

/* The same of a member's key. */
struct json_pos json_ref_key_inside(struct json_ref member, size_t at);

/* Adds a fault at a position of the document, with its source line. Returns it for fault_hint(). */
struct fault *json_fault(struct faults *faults, const struct json_doc *doc, struct json_pos pos,
                         const char *fmt, ...) PRINTF_LIKE(4, 5);

#endif
