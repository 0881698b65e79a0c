/* Up to the first NUL-NUL a query, then a document: compiles or refuses, selects within its limits.
 */
#include <assert.h>
#include <string.h>

#include "json/path/path.h"
#include "tests/fuzz/fuzz.h"

static const char fallback[] = "{\"a\":[{\"b\":1,\"c\":\"xy\"},{\"b\":2.5},[1,[2,{\"a\":null}]]],"
                               "\"b\":{\"a\":true},\"\":\"\"}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct str all = {(const char *)data, size};
    const size_t cut = str_find(all, STR("\0\0"), 0);
    const struct str text = str_slice(all, 0, cut);
    struct str document = cut == (size_t)-1 ? str_c(fallback) : str_slice(all, cut + 2, size);
    struct path_nodes nodes = {0};
    struct path_query *q = NULL;
    struct json_doc *doc = NULL;
    size_t offset = 0;
    struct err err = {0};

    if (path_compile(&q, text, &offset, &err) < 0) {
        assert(offset <= text.len && err.text[0]);
        return 0;
    }
    if (json_doc_parse(&doc, document, "d", JSON_READ_DUPLICATES, NULL) == 0 &&
        path_select(q, json_doc_root(doc), &nodes, &err) == 0) {
        assert(!path_is_singular(q) || nodes.count <= 1);
        for (size_t i = 0; i < nodes.count && i < 100; i++) {
            struct buf path = {0};
            struct path_query *again = NULL;
            struct path_nodes one = {0};

            /* A normalized path is a query for that node and no other. */
            path_node_path(&nodes, i, &path);
            assert(path_compile(&again, buf_str(&path), NULL, NULL) == 0);
            path_select(again, json_doc_root(doc), &one, NULL);
            assert(one.count == 1 && one.items[0].value == nodes.items[i].value);
            path_nodes_release(&one);
            path_free(again);
            buf_release(&path);
        }
    }
    path_nodes_release(&nodes);
    path_free(q);
    json_doc_free(doc);
    return 0;
}
