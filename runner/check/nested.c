/* json, base64, paths, schema: go on inside a value. */
#include "runner/check/check.h"

#include "base/codec.h"
#include "json/strict.h"
#include "runner/compile.h"

enum { NESTED_MAX = 16 << 20 };

static bool inner_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    check->inner = matcher_compile(c, at);
    return check->inner != NULL;
}

static void inner_describe(const struct check *check, struct buf *out)
{
    buf_printf(out, "%s text: ", check->kind->name);
    matcher_describe(check->inner, out);
}

static struct str string_of(const struct subject *s)
{
    return (struct str){json_string_value(s->value), json_string_length(s->value)};
}

/* ---- json ---- */

static enum check_result json_run(const struct check *check, const struct subject *s,
                                  struct check_run *run, const struct trail *trail)
{
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct trail step = {trail, STR("json")};
    struct subject inner = {0};
    struct err err = {0};

    if (!json_is_string(s->value))
        return check_fail(run, check, s, trail,
                          arena_printf(run->arena, "expected a string of JSON, found %s",
                                       strict_type_name(s->value)),
                          NULL);
    if (json_doc_parse(&doc, string_of(s), "the string", JSON_READ_DUPLICATES, &err) < 0)
        return check_fail(run, check, s, trail, arena_dup(run->arena, err.text), NULL);
    inner = subject_of(json_doc_root(doc));
    return matcher_run(check->inner, &inner, run, &step);
}

const struct check_kind check_json = {"json", false, inner_compile, json_run, inner_describe};

/* ---- base64 ---- */

static enum check_result base64_run(const struct check *check, const struct subject *s,
                                    struct check_run *run, const struct trail *trail)
{
    CLEANUP(buf_release) struct buf bytes = {0};
    struct trail step = {trail, STR("base64")};
    struct subject inner = {0};
    enum check_result result;

    if (!json_is_string(s->value))
        return check_fail(run, check, s, trail,
                          arena_printf(run->arena, "expected a string of base64, found %s",
                                       strict_type_name(s->value)),
                          NULL);
    buf_init(&bytes, NESTED_MAX);
    if (base64_decode(&bytes, string_of(s)) < 0)
        return check_fail(run, check, s, trail, "not base64", NULL);
    inner.value = json_stringn(buf_c(&bytes), bytes.len);
    if (!inner.value)
        return check_fail(run, check, s, trail, "the decoded bytes are not UTF-8", NULL);
    result = matcher_run(check->inner, &inner, run, &step);
    json_decref(inner.value);
    return result;
}

const struct check_kind check_base64 = {"base64", false, inner_compile, base64_run, inner_describe};

/* ---- paths ---- */

static bool paths_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    bool whole = true;

    if (!json_is_object(at.value) || json_object_size(at.value) == 0)
        return check_refuse(c, at, "\"paths\" wants an object of JSONPath to matcher, found %s",
                            json_is_object(at.value) ? "an empty one" : strict_type_name(at.value));
    check->members = arena_array(c->arena, json_object_size(at.value), sizeof(*check->members));
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k)) {
        struct check_member *m = &check->members[check->count];
        struct err err = {0};
        size_t offset = 0;

        m->name = k.key.data;
        m->name_len = k.key.len;
        m->at = k.ref;
        m->query = compile_path(c->caches, k.key, &offset, &err);
        if (!m->query)
            json_fault(c->faults, at.doc, json_ref_key_inside(k.ref, offset), "%s", err.text);
        m->matcher = matcher_compile(c, k.ref);
        if (m->query && m->matcher)
            check->count++;
        else
            whole = false;
    }
    return whole;
}

static enum check_result singular(const struct check_member *m, const struct subject *s,
                                  const struct path_nodes *nodes, struct check_run *run,
                                  const struct trail *step)
{
    struct subject inner = {0};

    if (nodes->count && s->placed)
        inner = subject_of(path_node_ref(nodes, 0));
    else if (nodes->count)
        inner = (struct subject){.doc = s->doc, .value = path_node_value(nodes, 0)};
    return matcher_run(m->matcher, &inner, run, step);
}

static enum check_result plural(const struct check_member *m, const struct json_doc *doc,
                                const struct path_nodes *nodes, struct check_run *run,
                                const struct trail *step)
{
    struct subject inner = {.doc = doc, .nodes = nodes, .value = json_array()};
    enum check_result result;

    for (size_t i = 0; i < nodes->count; i++)
        json_array_append(inner.value, path_node_value(nodes, i));
    result = matcher_run(m->matcher, &inner, run, step);
    json_decref(inner.value);
    return result;
}

static enum check_result path_run(const struct check *check, const struct check_member *m,
                                  const struct subject *s, struct check_run *run,
                                  const struct trail *trail)
{
    CLEANUP(path_nodes_release) struct path_nodes nodes = {0};
    struct trail step = {trail, {m->name, m->name_len}};
    struct json_ref root = {s->doc, s->value, s->index};
    struct err err = {0};
    int selected = s->placed ? path_select(m->query, root, &nodes, &err)
                             : path_select_value(m->query, s->doc, s->value, &nodes, &err);

    if (selected < 0)
        return check_gave_up(run, check, s, &step, arena_dup(run->arena, err.text));
    return path_is_singular(m->query) ? singular(m, s, &nodes, run, &step)
                                      : plural(m, s->doc, &nodes, run, &step);
}

static enum check_result paths_run(const struct check *check, const struct subject *s,
                                   struct check_run *run, const struct trail *trail)
{
    enum check_result result = CHECK_OK;

    if (s->text)
        return check_fail(run, check, s, trail, "the response is not JSON", NULL);
    for (size_t i = 0; i < check->count; i++) {
        enum check_result one = path_run(check, &check->members[i], s, run, trail);

        if (one == CHECK_FAILED || (one == CHECK_UNKNOWN && result == CHECK_OK))
            result = one;
    }
    return result;
}

static void paths_describe(const struct check *check, struct buf *out)
{
    for (size_t i = 0; i < check->count; i++) {
        buf_printf(out, "%s%.*s: ", i ? ", " : "", (int)check->members[i].name_len,
                   check->members[i].name);
        matcher_describe(check->members[i].matcher, out);
    }
}

const struct check_kind check_paths = {"paths", false, paths_compile, paths_run, paths_describe};
