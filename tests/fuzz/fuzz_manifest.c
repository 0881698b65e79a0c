/* Any bytes as a project file: refused with a fault that has a place, or every value resolved. */
#include <assert.h>

#include "base/buf.h"
#include "promote/manifest.h"
#include "tests/fuzz/fuzz.h"
#include "tests/promote/manifest_dump.h"

static const char *look_up(void *ctx, const char *name)
{
    (void)ctx;
    return name[4] == 'A' ? "value" : NULL; /* "env.A..." is set */
}

static void check_names(const struct manifest *m)
{
    assert(m->environment_count > 0);
    for (size_t i = 0; i < m->environment_count; i++) {
        const struct manifest_environment *e = &m->environments[i];

        assert(e->function_count > 0);
        for (size_t k = 0; k < e->function_count; k++)
            assert(manifest_function_name_ok(str_c(e->functions[k].name)));
        for (size_t k = 1; k < e->step_count; k++)
            assert(e->steps[k].weight > e->steps[k - 1].weight);
    }
    assert(manifest_alias_name_ok(str_c(m->aliases.live)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct manifest_options options = {.lookup = look_up, .release = size % 2 ? "1.0" : NULL};
    struct faults faults = {0};
    struct json_doc *doc = NULL;
    struct manifest *m;
    struct buf out = {0};

    if (json_doc_parse(&doc, (struct str){(const char *)data, size}, "f", 0, NULL) < 0)
        return 0;
    m = manifest_read(doc, "dir", &options, &faults);
    assert((m == NULL) == (faults.count > 0));
    for (size_t i = 0; i < faults.count; i++)
        assert(faults.items[i].line > 0 && faults.items[i].column > 0);
    if (m) {
        check_names(m);
        manifest_dump(&out, m);
    }
    buf_release(&out);
    faults_release(&faults);
    manifest_free(m);
    return 0;
}
