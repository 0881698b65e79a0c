#include "runner/snapshot.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"
#include "json/equal.h"
#include "json/strict.h"
#include "runner/compile.h"
#include "runner/diff.h"
#include "runner/print.h"

enum { SNAPSHOT_MAX = 16 << 20 };

/* ---- ignoring ---- */

bool ignore_compile(struct check_compiler *c, struct json_ref at, struct path_query ***ret,
                    size_t *ret_count)
{
    bool whole = true;

    *ret = arena_array(c->arena, json_array_size(at.value) + 1, sizeof(**ret));
    *ret_count = 0;
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k)) {
        struct err err = {0};
        size_t offset = 0;
        struct path_query *query;

        if (!json_is_string(k.ref.value)) {
            whole = check_refuse(c, k.ref, "\"ignore\" lists JSONPaths, found %s",
                                 strict_type_name(k.ref.value));
            continue;
        }
        query = compile_path(c->caches, str_c(json_string_value(k.ref.value)), &offset, &err);
        if (!query) {
            json_fault(c->faults, k.ref.doc, json_ref_inside(k.ref, offset), "%s", err.text);
            whole = false;
            continue;
        }
        (*ret)[(*ret_count)++] = query;
    }
    return whole;
}

/* The value a link stands for, from the root on; NULL when a part of the way is gone. */
static json_t *follow(const struct path_nodes *nodes, json_t *root, uint32_t link)
{
    const struct path_link *l = &nodes->links[link == PATH_ROOT ? 0 : link];
    json_t *up;

    if (link == PATH_ROOT)
        return root;
    up = follow(nodes, root, l->up);
    if (!l->key.data)
        return json_array_get(up, l->index);
    return json_object_getn(up, l->key.data, l->key.len);
}

static void take_out(const struct path_nodes *nodes, json_t *root, uint32_t link, json_t *kept)
{
    const struct path_link *l = &nodes->links[link];
    json_t *up = follow(nodes, root, l->up), *old = follow(nodes, root, link);

    if (!up || !old)
        return;
    json_array_append(kept, old); /* exact numbers are known by address */
    if (l->key.data)
        json_object_deln(up, l->key.data, l->key.len);
    else
        json_array_set_new(up, l->index, json_null());
}

struct json_doc *ignore_apply_text(struct str payload, struct path_query *const *ignored,
                                   size_t count)
{
    struct path_nodes nodes = {0};
    struct json_doc *doc = NULL;
    json_t *kept = json_array(), *root;
    struct err err = {0};

    if (json_doc_parse(&doc, payload, "response", JSON_READ_DUPLICATES, &err) < 0) {
        json_decref(kept);
        return NULL;
    }
    root = json_doc_root(doc).value;
    for (size_t i = 0; i < count; i++) {
        if (path_select_value(ignored[i], doc, root, &nodes, &err) < 0)
            continue;
        for (size_t k = nodes.count; k > 0; k--) /* from behind: what is inside goes first */
            if (nodes.items[k - 1].link != PATH_ROOT)
                take_out(&nodes, root, nodes.items[k - 1].link, kept);
    }
    path_nodes_release(&nodes);
    json_decref(kept);
    return doc;
}

struct json_doc *ignore_apply(struct answer *answer, struct path_query *const *ignored,
                              size_t count)
{
    return ignore_apply_text(buf_str(&answer->reply.payload), ignored, count);
}

/* ---- compiling ---- */

struct snapshot *snapshot_compile(struct check_compiler *c, struct json_ref at)
{
    static const struct strict_key keys[] = {{"file", STRICT_STRING, true},
                                             {"ignore", STRICT_ARRAY, false}};
    struct json_ref got[ARRAY_LEN(keys)] = {at};
    struct snapshot *s = arena_alloc(c->arena, sizeof(*s));
    CLEANUP(mem_freep) char *path = NULL;
    const char *name;

    if (!json_is_string(at.value) && !json_is_object(at.value)) {
        check_refuse(c, at, "\"snapshot\" wants a file name or an object, found %s",
                     strict_type_name(at.value));
        return NULL;
    }
    if (json_is_object(at.value) &&
        !strict_object(at, "snapshot", keys, ARRAY_LEN(keys), got, c->faults))
        return NULL;
    name = template_text(c->scope, got[0], c->arena, c->faults);
    if (!name || !ignore_compile(c, got[1], &s->ignored, &s->ignored_count))
        return NULL;
    path = path_join(c->dir, name);
    s->path = arena_dup(c->arena, path);
    s->mode = c->scope->config->snapshots;
    return s;
}

/* ---- running ---- */

/* Is it kept already, byte for byte? Then nothing is written, and nothing is told. */
static bool is_kept(const struct snapshot *s, struct str text)
{
    CLEANUP(buf_release) struct buf before = {0};

    return file_read(&before, s->path, SNAPSHOT_MAX, NULL) == 0 && str_eq(buf_str(&before), text);
}

/* From now on this is what is right, and nobody has looked at it yet. */
static void tell_written(const struct snapshot *s, bool is_new, struct check_run *run)
{
    if (s->mode != SNAPSHOTS_RAW)
        run->notice = arena_printf(run->arena, "snapshot: %s is %s", s->path,
                                   is_new ? "new: look at it" : "another one now");
}

static enum check_result write_file(const struct snapshot *s, struct json_ref at, struct str text,
                                    struct check_run *run)
{
    const bool is_new = !file_exists(s->path);
    CLEANUP(mem_freep) char *dir = path_dir(s->path);
    struct trail trail = {NULL, STR("snapshot")};
    const unsigned mode = s->mode == SNAPSHOTS_RAW ? 0600 : 0644;
    struct err err = {0};

    /* The file is committed, and seen by everybody who reads the cases. */
    if (s->mode != SNAPSHOTS_RAW && secret_in(text)) {
        check_record(run, at, "snapshot", &trail, "a response without secrets in the file",
                     "it holds one, and was not written",
                     "\"ignore\" takes parts out of a snapshot", NULL);
        return CHECK_FAILED;
    }
    if (!is_new && is_kept(s, text))
        return CHECK_OK;
    if (file_mkdirs(dir, &err) == 0 && file_write_atomic(s->path, text, mode, &err) == 0) {
        tell_written(s, is_new, run);
        return CHECK_OK;
    }
    check_record(run, at, "snapshot", &trail, "the snapshot written", "it is not", err.text, NULL);
    return CHECK_UNKNOWN;
}

static enum check_result differs(const struct snapshot *s, struct json_ref at,
                                 const struct json_doc *kept, const struct json_doc *now,
                                 struct str before, struct str after, struct check_run *run)
{
    struct trail trail = {NULL, STR("snapshot")};
    CLEANUP(buf_release) struct buf diff = {0};

    if (kept && now)
        diff_values(&diff, kept, json_doc_root(kept).value, now, json_doc_root(now).value);
    check_record(
        run, at, "snapshot", &trail, print_clip(run->arena, before, CHECK_SHOWN_MAX),
        print_clip(run->arena, after, CHECK_SHOWN_MAX),
        arena_printf(run->arena, "it is not as in %s; --update-snapshots takes it over", s->path),
        diff.len ? buf_c(&diff) : NULL);
    return CHECK_FAILED;
}

/* Both as JSON without what is ignored, or both as they are. */
static enum check_result compare(const struct snapshot *s, struct json_ref at, struct str text,
                                 const struct json_doc *now, struct check_run *run)
{
    CLEANUP(buf_release) struct buf before = {0};
    CLEANUP(json_doc_freep) struct json_doc *kept = NULL;
    struct trail trail = {NULL, STR("snapshot")};
    struct err err = {0}, not_json = {0};
    bool same;

    if (file_read(&before, s->path, SNAPSHOT_MAX, &err) < 0) {
        check_record(run, at, "snapshot", &trail, "a response to compare with", "none is there",
                     err.text, NULL);
        return CHECK_UNKNOWN;
    }
    if (now)
        json_doc_parse(&kept, buf_str(&before), s->path, JSON_READ_DUPLICATES, &not_json);
    same = kept && now
               ? json_equal_exact(kept, json_doc_root(kept).value, now, json_doc_root(now).value)
               : str_eq(buf_str(&before), text);
    return same ? CHECK_OK : differs(s, at, kept, now, buf_str(&before), text, run);
}

enum check_result snapshot_run(const struct snapshot *s, struct json_ref at, struct answer *answer,
                               struct check_run *run)
{
    CLEANUP(json_doc_freep)
    struct json_doc *now = ignore_apply(answer, s->ignored, s->ignored_count);
    CLEANUP(buf_release) struct buf pretty = {0};
    struct trail trail = {NULL, STR("snapshot")};
    struct str text = buf_str(&answer->reply.payload);

    if (now) {
        print_json_pretty(&pretty, now, json_doc_root(now).value, 0);
        buf_putc(&pretty, '\n');
        text = buf_str(&pretty);
    }
    if (s->mode == SNAPSHOTS_UPDATE || s->mode == SNAPSHOTS_RAW)
        return write_file(s, at, text, run);
    if (file_exists(s->path))
        return compare(s, at, text, now, run);
    if (s->mode == SNAPSHOTS_CREATE)
        return write_file(s, at, text, run);
    check_record(run, at, "snapshot", &trail, "a response to compare with",
                 arena_printf(run->arena, "there is no file %s", s->path),
                 "--update-snapshots writes it", NULL);
    return CHECK_FAILED;
}
