#include "runner/compile.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "json/strict.h"
#include "runner/event_template.h"
#include "runner/print.h"

enum { PAYLOAD_MAX = 6 << 20, EVENT_PAYLOAD_MAX = 1 << 20 };

static int too_long(struct check_compiler *c, struct json_ref at, size_t max)
{
    check_refuse(c, at, "a payload of more than %zu bytes: Lambda takes no longer one", max);
    return -1;
}

static int add_json(struct buf *out, struct check_compiler *c, struct json_ref at)
{
    json_t *value = template_tree(c->scope, at, true, c->faults);
    int added;

    if (!value)
        return -1;
    added = print_json(out, at.doc, value);
    json_decref(value);
    return added < 0 ? too_long(c, at, out->max) : 0;
}

static int add_text(struct buf *out, struct check_compiler *c, struct json_ref at)
{
    const char *text = template_text(c->scope, at, c->arena, c->faults);

    if (!text)
        return -1;
    return buf_add_c(out, text) < 0 ? too_long(c, at, out->max) : 0;
}

/* ---- payload_file ---- */

static bool tree_is_plain(json_t *value)
{
    const char *key;
    json_t *child;
    size_t i;

    json_array_foreach(value, i, child) if (!tree_is_plain(child)) return false;
    json_object_foreach(value, key,
                        child) if (strcmp(key, "$json") == 0 || !tree_is_plain(child)) return false;
    return true;
}

static int add_file_text(struct buf *out, struct check_compiler *c, struct json_ref at,
                         const char *path, struct str bytes)
{
    const struct template_source source = {.file = path, .text = bytes};
    json_t *value = template_expand(c->scope, &source, TEMPLATE_PLAIN, c->faults);
    int added;

    if (!value)
        return -1;
    added = json_is_string(value)
                ? buf_add(out, json_string_value(value), json_string_length(value))
                : print_json(out, NULL, value);
    json_decref(value);
    return added < 0 ? too_long(c, at, out->max) : 0;
}

/* JSON keeps its types under substitution; anything else is text. What has nothing to replace is
 * sent byte for byte. */
static int add_file(struct buf *out, struct check_compiler *c, struct json_ref at)
{
    const char *name = template_text(c->scope, at, c->arena, c->faults);
    CLEANUP(mem_freep) char *path = NULL;
    CLEANUP(buf_release) struct buf bytes = {0};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct err err = {0}, not_json = {0};

    if (!name)
        return -1;
    if (c->scope->unknown)
        return 0; /* the name is a capture: only the run knows */
    path = path_join(c->dir, name);
    if (file_read(&bytes, path, PAYLOAD_MAX, &err) < 0) {
        check_refuse(c, at, "%s", err.text);
        return -1;
    }
    if (!template_has(buf_str(&bytes)) &&
        str_find(buf_str(&bytes), STR("\"$json\""), 0) == (size_t)-1)
        return buf_add_str(out, buf_str(&bytes)) < 0 ? too_long(c, at, out->max) : 0;
    if (json_doc_parse(&doc, buf_str(&bytes), path, JSON_READ_DEFAULT, &not_json) < 0)
        return add_file_text(out, c, at, path, buf_str(&bytes));
    if (!template_has(buf_str(&bytes)) && tree_is_plain(json_doc_root(doc).value))
        return buf_add_str(out, buf_str(&bytes)) < 0 ? too_long(c, at, out->max) : 0;
    return add_json(out, c, json_doc_root(doc));
}

static int add_event(struct buf *out, struct check_compiler *c, struct json_ref at)
{
    json_t *event = event_template_build(c, at);
    int added;

    if (!event)
        return -1;
    added = print_json(out, at.doc, event);
    json_decref(event);
    return added < 0 ? too_long(c, at, out->max) : 0;
}

int payload_build(struct buf *out, const struct testcase *test, struct check_compiler *c)
{
    buf_init(out, test->settings.invocation == INVOKE_EVENT ? EVENT_PAYLOAD_MAX : PAYLOAD_MAX);
    if (test->payload.value)
        return add_json(out, c, test->payload);
    if (test->payload_text.value)
        return add_text(out, c, test->payload_text);
    if (test->payload_file.value)
        return add_file(out, c, test->payload_file);
    if (test->event.value)
        return add_event(out, c, test->event);
    return 0;
}
