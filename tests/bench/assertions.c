/* JSON Schema on workload L. usage: bench_assertions WORKLOAD_DIR */
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "json/schema/schema.h"
#include "tests/bench/bench.h"

struct work {
    struct buf text, schema_text;
    struct json_doc *doc, *schema_doc;
    struct schema_registry *registry;
    struct schema *schema;
};

static void validate_once(void *ctx)
{
    const struct work *w = ctx;

    if (schema_check(w->schema, json_doc_root(w->doc)) != SCHEMA_VALID)
        abort();
}

static void parse_and_validate_once(void *ctx)
{
    const struct work *w = ctx;
    struct json_doc *doc = NULL;

    if (json_doc_parse(&doc, buf_str(&w->text), "L", JSON_READ_DUPLICATES, NULL) < 0 ||
        schema_check(w->schema, json_doc_root(doc)) != SCHEMA_VALID)
        abort();
    json_doc_free(doc);
}

static struct schema *compile(const struct work *w)
{
    const struct schema_options options = {.registry = w->registry};
    struct faults faults = {0};
    struct schema *schema = schema_compile(json_doc_root(w->schema_doc), &options, &faults);

    if (!schema)
        fprintf(stderr, "%s\n", faults.items[0].text);
    return schema;
}

static void compile_once(void *ctx)
{
    struct work *w = ctx;
    struct json_doc *doc = NULL;

    if (json_doc_parse(&doc, buf_str(&w->schema_text), "schema.json", 0, NULL) < 0)
        abort();
    json_doc_free(doc);
    schema_free(compile(w));
}

/* The meta-schema is read and compiled anew as well, as in a process of its own. */
static void compile_cold_once(void *ctx)
{
    struct work *w = ctx;
    struct schema_registry *warm = w->registry;

    w->registry = NULL;
    schema_free(compile(w));
    w->registry = warm;
}

static void load(struct buf *text, struct json_doc **doc, const char *folder, const char *name)
{
    CLEANUP(mem_freep) char *path = path_join(folder, name);
    struct err err = {0};

    if (file_read(text, path, 0, &err) < 0 ||
        json_doc_parse(doc, buf_str(text), name, 0, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    struct work w = {.registry = schema_registry_new()};

    if (argc != 2)
        return 2;
    load(&w.text, &w.doc, argv[1], "response.json");
    load(&w.schema_text, &w.schema_doc, argv[1], "schema.json");
    w.schema = compile(&w);
    if (!w.schema)
        return 1;
    bench_say("smokegate", "validate", bench_median(validate_once, &w, 100));
    bench_say("smokegate", "parse+validate", bench_median(parse_and_validate_once, &w, 25));
    bench_say("smokegate", "compile", bench_median(compile_once, &w, 2));
    bench_say("smokegate", "compile cold", bench_median(compile_cold_once, &w, 1));
    schema_free(w.schema);
    schema_registry_free(w.registry);
    json_doc_free(w.doc);
    json_doc_free(w.schema_doc);
    buf_release(&w.text);
    buf_release(&w.schema_text);
    return 0;
}
