/*
 * The official JSON Schema suite's tests of regular expressions, on the pattern layer alone: every
 * group whose schema is a `pattern`, a `patternProperties` of booleans or `format: regex`, in all
 * drafts, read unchanged.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/mem.h"
#include "json/pattern.h"

struct counts {
    size_t passed, failed;
};

static struct str text_of(const json_t *value)
{
    return (struct str){json_string_value(value), json_string_length(value)};
}

static void count(struct counts *c, bool good, const char *file, const json_t *group,
                  const json_t *test)
{
    c->passed += good;
    c->failed += !good;
    if (!good)
        printf("%s: %s: %s\n", file, json_string_value(json_object_get(group, "description")),
               json_string_value(json_object_get(test, "description")));
}

/* Is `subject` matched? A pattern that does not compile is said. */
static bool matched(struct str source, struct str subject)
{
    CLEANUP(pattern_freep) struct pattern *p = NULL;
    struct err err = {0};

    if (pattern_compile(&p, source, PATTERN_ECMA, 0, NULL, &err) < 0) {
        printf("%.*s: %s\n", STR_ARG(source), err.text);
        return false;
    }
    return pattern_match(p, subject) == PATTERN_MATCH;
}

static bool compiles(struct str source)
{
    CLEANUP(pattern_freep) struct pattern *p = NULL;

    return pattern_compile(&p, source, PATTERN_ECMA, 0, NULL, NULL) == 0;
}

/* Every key must be allowed by every boolean its name matches. */
static bool properties_hold(json_t *patterns, json_t *value)
{
    const char *key, *source;
    json_t *member, *allowed;

    if (!json_is_object(value))
        return true;
    json_object_foreach(patterns, source, allowed)
    {
        json_object_foreach(value, key, member)
        {
            if (matched(str_c(source), str_c(key)) && json_is_false(allowed))
                return false;
        }
    }
    return true;
}

static bool only_booleans(json_t *patterns)
{
    const char *source;
    json_t *allowed;

    json_object_foreach(patterns, source, allowed)
    {
        if (!json_is_boolean(allowed))
            return false;
    }
    return json_is_object(patterns);
}

static void run_group(struct counts *c, const char *file, const json_t *group)
{
    json_t *schema = json_object_get(group, "schema"), *test;
    json_t *pattern = json_object_get(schema, "pattern");
    json_t *patterns = json_object_get(schema, "patternProperties");
    const char *format = json_string_value(json_object_get(schema, "format"));
    const size_t others = json_object_get(schema, "$schema") != NULL;
    size_t i;

    json_array_foreach(json_object_get(group, "tests"), i, test)
    {
        json_t *data = json_object_get(test, "data");
        const bool valid = json_is_true(json_object_get(test, "valid"));

        if (pattern && json_is_string(data))
            count(c, matched(text_of(pattern), text_of(data)) == valid, file, group, test);
        else if (json_object_size(schema) == others + 1 && only_booleans(patterns))
            count(c, properties_hold(patterns, data) == valid, file, group, test);
        else if (format && strcmp(format, "regex") == 0 && json_is_string(data))
            count(c, compiles(text_of(data)) == valid, file, group, test);
    }
}

static void run_file(struct counts *c, const char *folder, const char *draft, const char *name)
{
    struct buf path = {0};
    json_t *groups, *group;
    size_t i;

    buf_printf(&path, "%s/%s/%s.json", folder, draft, name);
    groups = json_load_file(path.data, JSON_ALLOW_NUL, NULL);
    json_array_foreach(groups, i, group) run_group(c, path.data + strlen(folder) + 1, group);
    json_decref(groups);
    buf_release(&path);
}

int main(void)
{
    static const char *const drafts[] = {"draft4", "draft6", "draft7", "draft2019-09",
                                         "draft2020-12"};
    static const char *const files[] = {"pattern",
                                        "patternProperties",
                                        "optional/ecmascript-regex",
                                        "optional/non-bmp-regex",
                                        "optional/format/regex",
                                        "optional/format/ecmascript-regex"};
    const char *suites = getenv("SMOKEGATE_SUITES");
    struct counts all = {0};
    struct buf folder = {0};

    buf_printf(&folder, "%s/json-schema/tests", suites ? suites : "../shared/suites");
    for (size_t i = 0; i < ARRAY_LEN(drafts); i++) {
        struct counts c = {0};

        for (size_t k = 0; k < ARRAY_LEN(files); k++)
            run_file(&c, folder.data, drafts[i], files[k]);
        printf("patterns of %s: %zu/%zu passed\n", drafts[i], c.passed, c.passed + c.failed);
        all.passed += c.passed;
        all.failed += c.failed;
    }
    printf("# counted: %zu passed, %zu failed\n", all.passed, all.failed);
    if (all.passed + all.failed == 0)
        printf("the JSON Schema suite is not at %s\n", folder.data);
    buf_release(&folder);
    return all.failed ? 1 : all.passed ? 0 : 77;
}
