#include "cli/record_learn.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "json/path/path.h"
#include "json/schema/infer.h"
#include "runner/print.h"
#include "runner/snapshot.h"

/* API Gateway and its like have their JSON in a string. */
static json_t *infer_body(json_t *value)
{
    json_t *body = json_object_get(value, "body");
    struct str text = {json_string_value(body), json_string_length(body)};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    json_t *root;

    if (!json_is_string(body) || json_doc_parse(&doc, text, "body", JSON_READ_DUPLICATES, NULL) < 0)
        return NULL;
    root = json_doc_root(doc).value;
    return json_is_object(root) || json_is_array(root) ? infer_schema(doc, root) : NULL;
}

/* What is ignored is not in the file either. */
static void print_without(struct buf *out, struct str response, json_t *ignore)
{
    size_t count = json_array_size(ignore);
    CLEANUP(mem_freep) struct path_query **queries = mem_array(count + 1, sizeof(*queries));
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;

    for (size_t i = 0; i < count; i++)
        path_compile(&queries[i], str_c(json_string_value(json_array_get(ignore, i))), NULL, NULL);
    doc = ignore_apply_text(response, queries, count);
    print_json_pretty(out, doc, json_doc_root(doc).value, 0);
    buf_putc(out, '\n');
    for (size_t i = 0; i < count; i++)
        path_free(queries[i]);
}

static void learn_json(struct record_case *c, const struct json_doc *doc, struct str response,
                       const struct changing_known *known, struct buf *ret_snapshot)
{
    json_t *value = json_doc_root(doc).value;
    const char *first;

    c->schema = infer_schema(doc, value);
    c->body_schema = infer_body(value);
    c->ignore = changing_paths(value, known);
    first = json_string_value(json_array_get(c->ignore, 0));
    if (!first || strcmp(first, "$") != 0) /* the response is one value, which changes */
        print_without(ret_snapshot, response, c->ignore);
}

void record_learn(struct record_case *c, struct str response, const struct changing_known *known,
                  struct buf *ret_snapshot)
{
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;

    if (!response.len) {
        c->empty = true;
    } else if (json_doc_parse(&doc, response, "response", JSON_READ_DUPLICATES, NULL) == 0) {
        learn_json(c, doc, response, known, ret_snapshot);
    } else {
        c->is_text = true;
        if (utf8_is_valid(response) && !changing_text(response, known))
            buf_add_str(ret_snapshot, response);
    }
}

void record_learn_release(struct record_case *c)
{
    json_decref(c->schema);
    json_decref(c->body_schema);
    json_decref(c->ignore);
    c->schema = c->body_schema = c->ignore = NULL;
}
