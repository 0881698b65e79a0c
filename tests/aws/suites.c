#include "tests/aws/suites.h"

#include "tests/test.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"

char *suites_path(const char *name)
{
    const char *suites = getenv("SMOKEGATE_SUITES");
    struct buf path = {0};

    buf_printf(&path, "%s/%s", suites ? suites : "", name);
    return buf_steal(&path);
}

json_t *suites_load(const char *name)
{
    CLEANUP(mem_freep) char *path = suites_path(name);

    return json_load_file(path, JSON_DECODE_ANY, NULL);
}

const char *suites_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

void tally_pass(struct tally *t)
{
    t->passed++;
}

void tally_fail(struct tally *t, const char *which, const char *fmt, ...)
{
    struct buf text = {0};
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    printf("%s: FAILED %s: %s\n", t->name, which, buf_c(&text));
    buf_release(&text);
    t->failed++;
}

void tally_leave_out(struct tally *t, const char *which, const char *reason)
{
    printf("%s: not done: %s: %s\n", t->name, which, reason);
    t->left_out++;
}

void tally_end(const struct tally *t)
{
    printf("%s: %zu passed, %zu failed, %zu not done\n", t->name, t->passed, t->failed,
           t->left_out);
    assert_int_equal(t->failed, 0);
    assert_true(t->passed > 0);
}
