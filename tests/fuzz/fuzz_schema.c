/* A schema, a NUL, an instance: both passes agree, and every fault has its place. */
#include <assert.h>

#include "json/schema/schema.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size}, text;
    struct json_doc *s = NULL, *i = NULL;
    struct faults faults = {0};
    struct schema *schema = NULL;
    struct schema_report report = {0};

    if (!data || !str_cut(&rest, '\0', &text) || json_doc_parse(&s, text, "s", 0, NULL) < 0)
        return 0;
    schema = schema_compile(json_doc_root(s), NULL, &faults);
    assert(schema ? faults.count == 0 : faults.count > 0);
    if (schema && json_doc_parse(&i, rest, "i", JSON_READ_DUPLICATES, NULL) == 0) {
        const enum schema_verdict v = schema_check(schema, json_doc_root(i));

        assert(schema_explain(schema, json_doc_root(i), &report) == v);
        assert(v != SCHEMA_INVALID || report.count > 0 || report.unfinished);
        for (size_t k = 0; k < report.count; k++)
            assert(report.faults[k].instance.value && report.faults[k].expected);
    }
    schema_report_release(&report);
    schema_free(schema);
    faults_release(&faults);
    json_doc_free(s);
    json_doc_free(i);
    return 0;
}
