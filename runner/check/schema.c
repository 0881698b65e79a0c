/* schema: JSON Schema, inline, by file name, or by a URI the project file maps. */
#include "runner/check/check.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "json/strict.h"
#include "runner/compile.h"
#include "runner/print.h"

static bool from_value(struct check_compiler *c, struct json_ref at, struct check *check)
{
    json_t *value = check_expand(c, at);
    CLEANUP(buf_release) struct buf key = {0};

    if (!value)
        return false;
    if (value == at.value) { /* nothing to replace: its own place tells it apart */
        buf_printf(&key, "at:%p:%u", (const void *)at.doc, at.index);
        check->schema = compile_schema(c->caches, buf_str(&key), at, c->faults);
        return check->schema != NULL;
    }
    print_json(&key, at.doc, value);
    check->schema = compile_schema_text(c->caches, buf_str(&key), json_doc_name(at.doc), c->faults);
    return check->schema != NULL;
}

static bool from_name(struct check_compiler *c, struct json_ref at, struct check *check)
{
    const char *name = template_text(c->scope, at, c->arena, c->faults);
    CLEANUP(mem_freep) char *path = NULL;
    size_t before = c->faults->count;
    bool mapped;

    if (!name)
        return false;
    if (c->scope->unknown)
        return true;
    path = compile_schema_path(c->caches, name);
    mapped = path != NULL;
    if (!mapped)
        path = path_join(c->dir, name);
    if (!file_exists(path))
        return check_refuse(c, at, "there is no schema %s%s%s", name,
                            strcmp(path, name) == 0 ? "" : ": no file ",
                            strcmp(path, name) == 0 ? "" : path);
    check->text = arena_dup(c->arena, name);
    check->schema = compile_schema_file(c->caches, path, mapped ? name : NULL, c->faults);
    return check->schema ||
           (c->faults->count == before && check_refuse(c, at, "the schema %s is wrong", name));
}

static bool schema_kind_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    if (json_is_string(at.value))
        return from_name(c, at, check);
    if (json_is_object(at.value) || json_is_boolean(at.value))
        return from_value(c, at, check);
    return check_refuse(c, at, "\"schema\" wants a schema, the name of a file or a URI, found %s",
                        strict_type_name(at.value));
}

static const char *place_of(struct json_ref rule, struct arena *arena)
{
    struct json_pos pos = json_ref_start(rule);

    return arena_printf(arena, "%s:%u:%u", json_doc_name(rule.doc), pos.line, pos.column);
}

/* What the report has left out, or NULL: said with the last fault. */
static const char *left_out(const struct schema_report *r, struct arena *arena)
{
    if (r->unfinished)
        return arena_printf(arena, "not all faults were looked for: %s", r->unfinished);
    if (r->dropped)
        return arena_printf(arena, "%zu more left out", r->dropped);
    if (r->folded)
        return arena_printf(arena, "%zu follow-on fault%s left out", r->folded,
                            r->folded == 1 ? "" : "s");
    return NULL;
}

static void record_fault(const struct check *check, const struct schema_fault *f, const char *rest,
                         struct check_run *run, const struct trail *trail)
{
    struct trail up = {trail, STR("schema")};
    struct trail step = {&up, str_c(*f->pointer ? f->pointer : "the whole")};
    const char *note = NULL;

    if (f->rule.doc && f->rule.value)
        note =
            arena_printf(run->arena, "\"%s\" at %s%s%s", f->keyword, place_of(f->rule, run->arena),
                         f->hint ? ", " : "", f->hint ? f->hint : "");
    if (note && f->others)
        note = arena_printf(run->arena, "%s\n%s", note, f->others);
    if (note && rest)
        note = arena_printf(run->arena, "%s; %s", note, rest);
    check_record(run, check->at, "schema", &step, f->expected, f->actual, note, NULL);
}

static enum check_result explain(const struct check *check, struct json_ref ref,
                                 const struct subject *s, struct check_run *run,
                                 const struct trail *trail)
{
    struct schema_report report = {0};
    enum schema_verdict verdict = schema_explain(check->schema, ref, &report);
    enum check_result result = CHECK_FAILED;

    if (verdict == SCHEMA_ERROR) {
        result = check_gave_up(run, check, s, trail,
                               report.error ? arena_dup(run->arena, report.error) : "undecided");
    } else {
        for (size_t i = 0; i < report.count; i++)
            record_fault(check, &report.faults[i],
                         i + 1 == report.count ? left_out(&report, run->arena) : NULL, run, trail);
        if (report.count == 0)
            check_fail(run, check, s, trail, left_out(&report, run->arena), NULL);
    }
    schema_report_release(&report);
    return result;
}

static enum check_result schema_run(const struct check *check, const struct subject *s,
                                    struct check_run *run, const struct trail *trail)
{
    CLEANUP(json_doc_freep) struct json_doc *copy = NULL;
    struct json_ref ref;

    if (s->text)
        return check_fail(run, check, s, trail, "the response is not JSON", NULL);
    ref = subject_ref(s, &copy);
    switch (schema_check(check->schema, ref)) {
    case SCHEMA_VALID:
        return CHECK_OK;
    case SCHEMA_INVALID:
        return run->quiet ? CHECK_FAILED : explain(check, ref, s, run, trail);
    case SCHEMA_ERROR:
        break;
    }
    return run->quiet ? CHECK_UNKNOWN : explain(check, ref, s, run, trail);
}

static void schema_describe(const struct check *check, struct buf *out)
{
    buf_printf(out, "valid under %s", check->text ? check->text : "the schema written here");
}

const struct check_kind check_schema_kind = {"schema", false, schema_kind_compile, schema_run,
                                             schema_describe};
