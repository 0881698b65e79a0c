/* JSONPath, patterns and the reader on workload L. usage: bench_paths WORKLOAD_DIR */
#include <string.h>

#include <jansson.h>

#include "base/file.h"
#include "base/mem.h"
#include "json/path/path.h"
#include "json/pattern.h"
#include "tests/bench/bench.h"

static const char *const queries[][2] = {
    {"path singular", "$.body.items[0].sku"},
    {"path filter", "$.body.items[?@.quantity>2 && @.currency=='EUR'].name"},
    {"path descendant", "$..href"},
    {"path match", "$.body.items[?match(@.sku,'SKU-[0-9]{5}')].sku"},
};

struct work {
    struct buf text;
    struct json_doc *doc;
    struct path_query *query;
    const char *source;
    struct path_nodes nodes;
    struct pattern *pattern;
};

static void die(const struct err *err)
{
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static void select_once(void *ctx)
{
    struct work *w = ctx;
    struct err err = {0};

    if (path_select(w->query, json_doc_root(w->doc), &w->nodes, &err) < 0)
        die(&err);
}

static void compile_once(void *ctx)
{
    struct work *w = ctx;
    struct path_query *q = NULL;

    if (path_compile(&q, str_c(w->source), NULL, NULL) < 0)
        abort();
    path_free(q);
}

static void read_once(void *ctx)
{
    struct work *w = ctx;
    struct json_doc *doc = NULL;

    if (json_doc_parse(&doc, buf_str(&w->text), "L", JSON_READ_DUPLICATES, NULL) < 0)
        abort();
    json_doc_free(doc);
}

static void jansson_once(void *ctx)
{
    struct work *w = ctx;
    json_t *value = json_loadb(w->text.data, w->text.len, JSON_DECODE_ANY, NULL);

    if (!value)
        abort();
    json_decref(value);
}

static void match_once(void *ctx)
{
    struct work *w = ctx;

    if (pattern_match(w->pattern, STR("SKU-12345")) != PATTERN_MATCH)
        abort();
}

static void measure_paths(struct work *w)
{
    struct err err = {0};

    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        w->source = queries[i][1];
        if (path_compile(&w->query, str_c(w->source), NULL, &err) < 0)
            die(&err);
        select_once(w);
        if (!w->nodes.count) {
            fprintf(stderr, "%s finds nothing in the workload\n", w->source);
            exit(1);
        }
        bench_say("smokegate", queries[i][0], bench_median(select_once, w, 500));
        path_free(w->query);
    }
    bench_say("smokegate", "path compile", bench_median(compile_once, w, 50));
}

static void measure_pattern(struct work *w)
{
    struct err err = {0};

    if (pattern_compile(&w->pattern, STR("^SKU-[0-9]{5}$"), PATTERN_ECMA, 0, NULL, &err) < 0)
        die(&err);
    bench_say("smokegate", "pattern match", bench_median(match_once, w, 2000));
    pattern_free(w->pattern);
}

int main(int argc, char **argv)
{
    struct work w = {0};
    struct err err = {0};
    char *path;

    if (argc != 2)
        return 2;
    path = path_join(argv[1], "response.json");
    if (file_read(&w.text, path, 0, &err) < 0 ||
        json_doc_parse(&w.doc, buf_str(&w.text), "L", 0, &err) < 0)
        die(&err);
    measure_paths(&w);
    measure_pattern(&w);
    bench_say("smokegate", "parse", bench_median(read_once, &w, 25));
    bench_say("jansson", "parse", bench_median(jansson_once, &w, 10));
    path_nodes_release(&w.nodes);
    json_doc_free(w.doc);
    buf_release(&w.text);
    free(path);
    return 0;
}
