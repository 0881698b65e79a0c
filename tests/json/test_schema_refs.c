/* References, registries, dialects, bounds and output: what the official suite does not reach. */
#include "json/schema/schema.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/test.h"

struct bench {
    char dir[64];
    struct schema_registry *registry;
    struct json_doc *schema_doc;
    struct faults faults;
};

static void write_file(const struct bench *b, const char *name, const char *text)
{
    CLEANUP(mem_freep) char *path = path_join(b->dir, name);
    CLEANUP(mem_freep) char *folder = path_dir(path);

    assert_int_equal(file_mkdirs(folder, NULL), 0);
    assert_int_equal(file_write_atomic(path, str_c(text), 0644, NULL), 0);
}

static void map(struct bench *b, const char *uri, const char *name)
{
    CLEANUP(mem_freep) char *path = path_join(b->dir, name);

    schema_registry_map(b->registry, uri, path);
}

static struct schema *compile_text(struct bench *b, const char *text,
                                   const struct schema_options *options)
{
    struct schema_options own = options ? *options : (struct schema_options){0};
    struct err err = {0};

    own.registry = b->registry;
    json_doc_free(b->schema_doc);
    b->schema_doc = NULL;
    faults_release(&b->faults);
    if (json_doc_parse(&b->schema_doc, str_c(text), "s.json", 0, &err) < 0)
        fail_msg("%s", err.text);
    return schema_compile(json_doc_root(b->schema_doc), &own, &b->faults);
}

static enum schema_verdict check_text(const struct schema *schema, const char *text,
                                      struct schema_report *report)
{
    struct json_doc *doc = NULL;
    struct err err = {0};
    enum schema_verdict v;

    if (json_doc_parse(&doc, str_c(text), "i.json", JSON_READ_DUPLICATES, &err) < 0)
        fail_msg("%s", err.text);
    v = schema_check(schema, json_doc_root(doc));
    if (report)
        assert_int_equal(schema_explain(schema, json_doc_root(doc), report), v);
    json_doc_free(doc);
    return v;
}

static void expect_verdict(struct bench *b, const char *schema_text, const char *text,
                           enum schema_verdict want)
{
    struct schema *schema = compile_text(b, schema_text, NULL);

    if (!schema)
        fail_msg("%s: %s", schema_text, b->faults.items[0].text);
    if (check_text(schema, text, NULL) != want)
        fail_msg("%s on %s is not %d", schema_text, text, want);
    schema_free(schema);
}

static int setup(void **state)
{
    struct bench *b = mem_zalloc(sizeof(*b));

    snprintf(b->dir, sizeof(b->dir), "/tmp/smokegate-schema-%ld", (long)getpid());
    assert_int_equal(file_mkdirs(b->dir, NULL), 0);
    b->registry = schema_registry_new();
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    json_doc_free(b->schema_doc);
    schema_registry_free(b->registry);
    faults_release(&b->faults);
    file_remove_tree(b->dir, NULL);
    free(b);
    return 0;
}

static void mapped_files_and_folders_are_found_by_uri(void **state)
{
    struct bench *b = *state;

    write_file(b, "one.json", "{\"type\":\"string\"}");
    write_file(b, "more/two.json", "{\"$ref\":\"deep/three.json#/$defs/n\"}");
    write_file(b, "more/deep/three.json", "{\"$defs\":{\"n\":{\"minimum\":3}}}");
    map(b, "https://example.com/one", "one.json");
    map(b, "https://example.com/more/", "more");
    expect_verdict(b, "{\"$ref\":\"https://example.com/one\"}", "1", SCHEMA_INVALID);
    expect_verdict(b, "{\"$ref\":\"https://example.com/one\"}", "\"1\"", SCHEMA_VALID);
    expect_verdict(b, "{\"$ref\":\"https://example.com/more/two.json\"}", "2", SCHEMA_INVALID);
    expect_verdict(b, "{\"$id\":\"https://example.com/more/x\",\"$ref\":\"two.json\"}", "3",
                   SCHEMA_VALID);
}

static void a_mapped_file_is_found_by_its_own_identifier(void **state)
{
    struct bench *b = *state;

    write_file(b, "one.json", "{\"$id\":\"urn:example:one\",\"type\":\"string\"}");
    map(b, "https://example.com/elsewhere", "one.json");
    expect_verdict(b, "{\"$ref\":\"urn:example:one\"}", "1", SCHEMA_INVALID);
}

static void a_relative_reference_leads_to_a_file_beside_the_schema(void **state)
{
    struct bench *b = *state;
    CLEANUP(mem_freep) char *path = path_join(b->dir, "a/schema.json");
    struct json_doc *doc = NULL;
    const struct schema_options options = {.registry = b->registry};
    struct schema *schema;

    write_file(b, "a/schema.json", "{\"properties\":{\"x\":{\"$ref\":\"../b/item%20one.json\"}}}");
    write_file(b, "b/item one.json", "{\"type\":\"integer\"}");
    assert_int_equal(json_doc_load(&doc, path, 0, 0, NULL), 0);
    schema = schema_compile(json_doc_root(doc), &options, &b->faults);
    if (!schema)
        fail_msg("%s", b->faults.items[0].text);
    assert_int_equal(check_text(schema, "{\"x\":\"\"}", NULL), SCHEMA_INVALID);
    assert_int_equal(check_text(schema, "{\"x\":1}", NULL), SCHEMA_VALID);
    schema_free(schema);
    json_doc_free(doc);
}

static void an_unknown_reference_names_the_nearest_known_one(void **state)
{
    static const struct {
        const char *schema, *text, *hint;
    } rows[] = {
        {"{\"$ref\":\"https://example.com/schemas/ordr\"}",
         "1:9: the reference leads to a document that is not known: "
         "\"https://example.com/schemas/ordr\"",
         "the nearest that is known: \"https://example.com/schemas/order\"; nothing is fetched, "
         "map "
         "it to a file"},
        {"{\"$ref\":\"urn:x\"}",
         "1:9: the reference leads to a document that is not known: \"urn:x\"",
         "nothing is fetched: map it to a file"},
        {"{\"$ref\":\"https://example.com/schemas/order#/no\"}",
         "1:9: \"$ref\" leads nowhere: the document has no \"#/no\"", NULL},
        {"{\"$schema\":\"https://json-schema.org/draft/2020-12/schemas\"}",
         "1:12: \"$schema\" names a meta-schema that is not known: "
         "\"https://json-schema.org/draft/2020-12/schemas\"",
         "the nearest that is known: \"https://json-schema.org/draft/2020-12/schema\""},
    };
    struct bench *b = *state;

    write_file(b, "order.json", "{}");
    map(b, "https://example.com/schemas/order", "order.json");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char line[300];

        assert_null(compile_text(b, rows[i].schema, NULL));
        snprintf(line, sizeof(line), "%u:%u: %s", b->faults.items[0].line,
                 b->faults.items[0].column, b->faults.items[0].text);
        assert_string_equal(line, rows[i].text);
        if (rows[i].hint)
            assert_string_equal(b->faults.items[0].hint, rows[i].hint);
        else
            assert_null(b->faults.items[0].hint);
    }
}

static void a_broken_document_is_told_where_it_is_broken(void **state)
{
    struct bench *b = *state;

    write_file(b, "broken.json", "{\"type\": }");
    map(b, "urn:broken", "broken.json");
    assert_null(compile_text(b, "{\"$ref\":\"urn:broken\"}", NULL));
    assert_int_equal(b->faults.count, 2);
    assert_contains(b->faults.items[0].file, "broken.json");
    assert_int_equal(b->faults.items[0].column, 10);
    assert_contains(b->faults.items[1].text, "cannot be used");
}

static void schemas_are_held_against_their_meta_schema(void **state)
{
    static const struct {
        const char *schema;
        enum schema_draft draft;
        const char *fault;
    } rows[] = {
        {"{\"title\":7}", SCHEMA_DRAFT_2020_12,
         "1:10: the meta-schema wants type \"string\" here, "
         "found a number: 7"},
        {"{\"$defs\":{\"unused\":{\"type\":\"strnig\"}}}", SCHEMA_DRAFT_2020_12,
         "1:28: the meta-schema wants one of [\"array\",\"boolean\""},
        {"{\"definitions\":{\"a\":{\"minLength\":-1}}}", SCHEMA_DRAFT_7,
         "1:34: the meta-schema wants at least 0 here, found -1"},
        {"{\"required\":[]}", SCHEMA_DRAFT_4,
         "1:13: the meta-schema wants at least 1 item, found 0 here, found []"},
        {"{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"exclusiveMinimum\":3}",
         SCHEMA_DRAFT_DEFAULT, "1:73: \"exclusiveMinimum\" must be true or false, found a number"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct schema_options options = {.draft = rows[i].draft};
        char line[300];

        if (compile_text(b, rows[i].schema, &options))
            fail_msg("%s is accepted", rows[i].schema);
        snprintf(line, sizeof(line), "%u:%u: %s", b->faults.items[0].line,
                 b->faults.items[0].column, b->faults.items[0].text);
        if (strncmp(line, rows[i].fault, strlen(rows[i].fault)) != 0)
            fail_msg("%s: %s", rows[i].schema, line);
    }
}

static void formats_assert_only_when_asked(void **state)
{
    static const char text[] = "{\"format\":\"date\"}";
    const struct schema_options on = {.format = true};
    struct bench *b = *state;
    struct schema *schema = compile_text(b, text, &on);

    assert_int_equal(check_text(schema, "\"2024-02-30\"", NULL), SCHEMA_INVALID);
    assert_int_equal(check_text(schema, "20240230", NULL), SCHEMA_VALID);
    schema_free(schema);
    expect_verdict(b, text, "\"2024-02-30\"", SCHEMA_VALID);
}

/* "[[[...]]]" of a depth. */
static char *nested(const char *open, const char *inside, const char *close, size_t depth)
{
    struct buf out = {0};

    for (size_t i = 0; i < depth; i++)
        buf_add_c(&out, open);
    buf_add_c(&out, inside);
    for (size_t i = 0; i < depth; i++)
        buf_add_c(&out, close);
    return buf_steal(&out);
}

static void what_crosses_a_bound_is_an_error_in_bounded_time(void **state)
{
    CLEANUP(mem_freep) char *deep = nested("[", "1", "]", 510);
    CLEANUP(buf_release) struct buf doubling = {0};
    struct bench *b = *state;
    struct schema *schema;

    expect_verdict(b, "{\"items\":{\"$ref\":\"#\"}}", deep, SCHEMA_VALID);
    expect_verdict(b, "{\"if\":true,\"then\":{\"$ref\":\"#\"}}", "1", SCHEMA_ERROR);
    expect_verdict(b, "{\"not\":{\"if\":true,\"then\":{\"$ref\":\"#/not\"}}}", "1", SCHEMA_ERROR);
    expect_verdict(b,
                   "{\"items\":{\"allOf\":[{\"allOf\":[{\"allOf\":[{\"allOf\":[{\"allOf\":["
                   "{\"allOf\":[{\"allOf\":[{\"allOf\":[{\"$ref\":\"#\"}]}]}]}]}]}]}]}]}}",
                   deep, SCHEMA_ERROR);
    /* two references in each of 40 definitions: 2^40 schemas to apply */
    buf_add_c(&doubling, "{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for (int i = 0; i < 40; i++)
        buf_printf(&doubling,
                   "\"d%d\":{\"allOf\":[{\"$ref\":\"#/$defs/d%d\"},{\"$ref\":\"#/$defs/d%d\"}]},",
                   i, i + 1, i + 1);
    buf_add_c(&doubling, "\"d40\":{\"minimum\":0}}}");
    schema = compile_text(b, buf_c(&doubling), NULL);
    assert_non_null(schema);
    assert_int_equal(check_text(schema, "1", NULL), SCHEMA_ERROR);
    schema_free(schema);
}

static void large_arrays_are_found_unique_without_comparing_all_pairs(void **state)
{
    CLEANUP(buf_release) struct buf text = {0};
    struct bench *b = *state;

    buf_putc(&text, '[');
    for (int i = 0; i < 200000; i++)
        buf_printf(&text, "{\"a\":%d},", i);
    buf_add_c(&text, "1,\"1\",1e2,true,[1],[true]]");
    expect_verdict(b, "{\"uniqueItems\":true}", buf_c(&text), SCHEMA_VALID);
    text.data[--text.len] = '\0';
    buf_add_c(&text, ",1e0]");
    expect_verdict(b, "{\"uniqueItems\":true}", buf_c(&text), SCHEMA_INVALID);
}

/* The text with the number in place of every '@'. */
static void add_numbered(struct buf *out, const char *text, int n)
{
    for (; *text; text++) {
        if (*text == '@')
            buf_printf(out, "%d", n);
        else
            buf_putc(out, *text);
    }
}

/* Sixty of each kind, so that most are looked up in a table: number n leads to what wants n. */
static void every_one_of_many_references_leads_to_its_own_place(void **state)
{
    static const struct {
        const char *reference, *open, *place, *close;
    } rows[] = {
        {"#/$defs/d@", "{", "\"d@\":{\"const\":@}", "}"},
        {"#/$defs/a~1@~0%25", "{", "\"a/@~%\":{\"const\":@}", "}"},
        {"#/$defs/x/prefixItems/@", "{\"x\":{\"prefixItems\":[", "{\"const\":@}", "]}}"},
        {"#a@", "{", "\"d@\":{\"$anchor\":\"a@\",\"const\":@}", "}"},
        {"i@", "{", "\"d@\":{\"$id\":\"/i@\",\"const\":@}", "}"},
        {"i@#here", "{",
         "\"d@\":{\"$id\":\"/i@\",\"$defs\":{\"x\":{\"$anchor\":\"here\",\"const\":@}}}", "}"},
    };
    enum { N = 60 };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf schema = {0}, good = {0}, bad = {0};

        buf_add_c(&schema, "{\"$id\":\"https://e.x/\",\"properties\":{");
        for (int n = 0; n < N; n++) {
            add_numbered(&schema, n ? ",\"p@\":{\"$ref\":\"" : "\"p@\":{\"$ref\":\"", n);
            add_numbered(&schema, rows[i].reference, n);
            buf_add_c(&schema, "\"}");
            add_numbered(&good, n ? ",\"p@\":@" : "{\"p@\":@", n);
        }
        buf_add_c(&schema, "},\"$defs\":");
        buf_add_c(&schema, rows[i].open);
        for (int n = 0; n < N; n++) {
            buf_add_c(&schema, n ? "," : "");
            add_numbered(&schema, rows[i].place, n);
        }
        buf_add_c(&schema, rows[i].close);
        buf_putc(&schema, '}');
        buf_add_str(&bad, buf_str(&good));
        bad.data[bad.len - 1] = '8'; /* for 59 */
        buf_putc(&good, '}');
        buf_putc(&bad, '}');
        expect_verdict(*state, buf_c(&schema), buf_c(&good), SCHEMA_VALID);
        expect_verdict(*state, buf_c(&schema), buf_c(&bad), SCHEMA_INVALID);
        buf_release(&schema);
        buf_release(&good);
        buf_release(&bad);
    }
}

static void what_a_large_place_does_not_have_leads_nowhere(void **state)
{
    static const char *const rows[] = {"/$defs/d60",
                                       "/$defs/",
                                       "/$defs/D1",
                                       "/$defs/d1/x",
                                       "/prefixItems/60",
                                       "/prefixItems/020",
                                       "/prefixItems/-",
                                       "/prefixItems/+20",
                                       "/prefixItems/99999999999999999999",
                                       "a60"};
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf schema = {0}, text = {0};

        buf_add_c(&schema, "{\"$defs\":{");
        for (int n = 0; n < 60; n++)
            add_numbered(&schema, n ? ",\"d@\":{\"$anchor\":\"a@\"}" : "\"d0\":{}", n);
        buf_add_c(&schema, "},\"prefixItems\":[true");
        for (int n = 1; n < 60; n++)
            buf_add_c(&schema, ",true");
        /* the first reference that leads into each has the table made */
        buf_printf(&schema,
                   "],\"allOf\":[{\"$ref\":\"#/$defs/d30\"},{\"$ref\":\"#/prefixItems/30\"},"
                   "{\"$ref\":\"#%s\"}]}",
                   rows[i]);
        assert_null(compile_text(b, buf_c(&schema), NULL));
        buf_printf(&text, "\"$ref\" leads nowhere: the document has no \"#%s\"", rows[i]);
        assert_string_equal(b->faults.items[0].text, buf_c(&text));
        buf_release(&schema);
        buf_release(&text);
    }
}

static void duplicate_members_count_as_their_last(void **state)
{
    struct bench *b = *state;

    expect_verdict(b, "{\"properties\":{\"a\":{\"const\":2}},\"maxProperties\":1}",
                   "{\"a\":1,\"a\":3,\"a\":2}", SCHEMA_VALID);
    expect_verdict(b, "{\"properties\":{\"a\":{\"const\":1}}}", "{\"a\":1,\"a\":2}",
                   SCHEMA_INVALID);
    expect_verdict(b, "{\"allOf\":[{\"properties\":{\"b\":true}}],\"unevaluatedProperties\":false}",
                   "{\"b\":1,\"b\":2}", SCHEMA_VALID);
}

static void follow_on_faults_are_folded(void **state)
{
    struct bench *b = *state;
    struct schema *schema = compile_text(
        b,
        "{\"allOf\":[{\"properties\":{\"a\":{\"type\":\"string\"},\"b\":{}},\"required\":[\"a\"]}],"
        "\"unevaluatedProperties\":false}",
        NULL);
    struct schema_report r = {0};

    assert_int_equal(check_text(schema, "{\"a\":1,\"b\":2,\"c\":3}", &r), SCHEMA_INVALID);
    assert_int_equal(r.count, 2);
    assert_string_equal(r.faults[0].keyword, "type");
    assert_string_equal(r.faults[0].keyword_location, "/allOf/0/properties/a/type");
    assert_string_equal(r.faults[1].keyword, "unevaluatedProperties");
    assert_string_equal(r.faults[1].pointer, "/c");
    assert_int_equal(r.folded, 2);
    schema_report_release(&r);
    schema_free(schema);
}

static void the_branch_that_was_meant_is_told_in_full(void **state)
{
    struct bench *b = *state;
    struct schema *schema =
        compile_text(b,
                     "{\"oneOf\":[{\"properties\":{\"kind\":{\"const\":\"card\"},\"number\":{"
                     "\"type\":\"string\"}},"
                     "\"required\":[\"kind\",\"number\",\"expiry\"]},"
                     "{\"properties\":{\"kind\":{\"const\":\"cash\"}},\"required\":[\"kind\"]}]}",
                     NULL);
    struct schema_report r = {0};

    assert_int_equal(check_text(schema, "{\"kind\":\"card\",\"number\":7}", &r), SCHEMA_INVALID);
    assert_int_equal(r.count, 3);
    assert_string_equal(r.faults[0].keyword, "oneOf");
    assert_string_equal(r.faults[1].keyword, "required");
    assert_string_equal(r.faults[2].keyword, "type");
    assert_int_equal(r.faults[2].depth, 1);
    assert_string_equal(r.faults[0].others, "oneOf/1: /kind expected \"cash\", actual \"card\"");
    schema_report_release(&r);
    schema_free(schema);
}

static void the_basic_output_is_one_line_of_json(void **state)
{
    static const struct {
        const char *schema, *instance, *output;
    } rows[] = {
        {"{\"$id\":\"https://e.x/s\",\"$ref\":\"#/$defs/"
         "a\",\"$defs\":{\"a\":{\"type\":\"string\"}}}",
         "1",
         "{\"valid\":false,\"keywordLocation\":\"\",\"instanceLocation\":\"\",\"errors\":["
         "{\"valid\":false,\"keywordLocation\":\"/$ref/type\",\"absoluteKeywordLocation\":"
         "\"https://e.x/s#/$defs/a/type\",\"instanceLocation\":\"\",\"error\":"
         "\"expected type \\\"string\\\", actual a number: 1\"}]}"},
        {"{\"$id\":\"https://e.x/s\",\"properties\":{\"a/b\":{\"title\":\"A \\\" b\",\"x-y\":[ 1 "
         "]}}}",
         "{\"a/b\":0}",
         "{\"valid\":true,\"keywordLocation\":\"\",\"instanceLocation\":\"\",\"annotations\":["
         "{\"valid\":true,\"keywordLocation\":\"/properties/a~1b/"
         "title\",\"absoluteKeywordLocation\":"
         "\"https://e.x/s#/properties/a~1b/title\",\"instanceLocation\":\"/a~1b\",\"annotation\":"
         "\"A \\\" b\"},"
         "{\"valid\":true,\"keywordLocation\":\"/properties/a~1b/x-y\",\"absoluteKeywordLocation\":"
         "\"https://e.x/s#/properties/a~1b/x-y\",\"instanceLocation\":\"/"
         "a~1b\",\"annotation\":[1]}]}"},
        {"{\"if\":true,\"then\":{\"$ref\":\"#\"}}", "1",
         "{\"valid\":null,\"error\":\"i:1:1, schema s.json:1:7: schemas refer to each other deeper "
         "than 512 levels\"}"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct schema *schema = compile_text(b, rows[i].schema, NULL);
        struct json_doc *doc = NULL;
        struct buf out = {0};

        assert_non_null(schema);
        assert_int_equal(json_doc_parse(&doc, str_c(rows[i].instance), "i", 0, NULL), 0);
        schema_output(schema, json_doc_root(doc), &out);
        assert_string_equal(buf_c(&out), rows[i].output);
        buf_release(&out);
        json_doc_free(doc);
        schema_free(schema);
    }
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROW(mapped_files_and_folders_are_found_by_uri),
        ROW(a_mapped_file_is_found_by_its_own_identifier),
        ROW(a_relative_reference_leads_to_a_file_beside_the_schema),
        ROW(an_unknown_reference_names_the_nearest_known_one),
        ROW(a_broken_document_is_told_where_it_is_broken),
        ROW(schemas_are_held_against_their_meta_schema),
        ROW(formats_assert_only_when_asked),
        ROW(what_crosses_a_bound_is_an_error_in_bounded_time),
        ROW(large_arrays_are_found_unique_without_comparing_all_pairs),
        ROW(every_one_of_many_references_leads_to_its_own_place),
        ROW(what_a_large_place_does_not_have_leads_nowhere),
        ROW(duplicate_members_count_as_their_last),
        ROW(follow_on_faults_are_folded),
        ROW(the_branch_that_was_meant_is_told_in_full),
        ROW(the_basic_output_is_one_line_of_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
