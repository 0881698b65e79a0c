#include "runner/check/check.h"

#include <string.h>

#include "runner/print.h"

enum check_result matcher_run(const struct matcher *m, const struct subject *s,
                              struct check_run *run, const struct trail *trail)
{
    enum check_result result = CHECK_OK;

    for (size_t i = 0; i < m->count; i++) {
        const struct check *check = &m->checks[i];
        enum check_result one;

        if (!s->value && !check->kind->absent_ok)
            one = check_fail(run, check, s, trail, NULL, NULL);
        else
            one = check->kind->run(check, s, run, trail);
        /* A no stays a no, whatever else could not be found out. */
        if (one == CHECK_FAILED || (one == CHECK_UNKNOWN && result == CHECK_OK))
            result = one;
        if (run->quiet && result == CHECK_FAILED)
            break;
    }
    return result;
}

enum check_result matcher_run_number(const struct matcher *m, double value, const char *shown,
                                     struct check_run *run, const struct trail *trail)
{
    json_t *number = json_real(value);
    const struct subject s = {.value = number, .unit_text = shown};
    enum check_result result = matcher_run(m, &s, run, trail);

    json_decref(number);
    return result;
}

/* ---- failures ---- */

static struct failure *new_failure(struct check_run *run)
{
    struct failure *f;

    if (++run->failures > CHECK_FAILURES_MAX)
        return NULL;
    f = arena_alloc(run->arena, sizeof(*f));
    if (run->last)
        run->last->next = f;
    else
        run->first = f;
    run->last = f;
    return f;
}

static const char *clip(struct check_run *run, const char *text)
{
    return text ? print_clip(run->arena, str_c(text), CHECK_SHOWN_MAX) : NULL;
}

void check_record(struct check_run *run, struct json_ref at, const char *check,
                  const struct trail *trail, const char *expected, const char *actual,
                  const char *note, const char *diff)
{
    struct failure *f = run->quiet ? NULL : new_failure(run);

    if (!f)
        return;
    f->at = at;
    f->where = trail_text(trail, run->arena);
    f->check = check;
    f->expected = clip(run, expected);
    f->actual = clip(run, actual);
    f->note = clip(run, note);
    f->diff = clip(run, diff);
}

static void record(struct check_run *run, const struct check *check, const struct subject *s,
                   const struct trail *trail, const char *note, const char *diff, bool gave_up)
{
    CLEANUP(buf_release) struct buf expected = {0};

    if (run->quiet)
        return;
    check_describe(check, &expected);
    check_record(run, check->at, check->kind->name, trail, buf_c(&expected),
                 subject_show(s, run->arena), note, diff);
    if (run->last)
        run->last->gave_up = gave_up;
}

enum check_result check_fail(struct check_run *run, const struct check *check,
                             const struct subject *s, const struct trail *trail, const char *note,
                             const char *diff)
{
    record(run, check, s, trail, note, diff, false);
    return CHECK_FAILED;
}

enum check_result check_gave_up(struct check_run *run, const struct check *check,
                                const struct subject *s, const struct trail *trail,
                                const char *note)
{
    record(run, check, s, trail, note, NULL, true);
    return CHECK_UNKNOWN;
}

/* ---- words ---- */

void check_describe(const struct check *check, struct buf *out)
{
    check->kind->describe(check, out);
}

void matcher_describe(const struct matcher *m, struct buf *out)
{
    for (size_t i = 0; i < m->count; i++) {
        if (i)
            buf_add_c(out, " and ");
        check_describe(&m->checks[i], out);
    }
}

const char *subject_show(const struct subject *s, struct arena *arena)
{
    CLEANUP(buf_release) struct buf out = {0};

    if (!s->value)
        return s->root ? "an empty response" : "nothing: there is no such value";
    if (s->unit_text)
        return s->unit_text;
    if (s->nodes)
        buf_printf(&out, "%zu node%s: ", json_array_size(s->value),
                   json_array_size(s->value) == 1 ? "" : "s");
    if (s->text)
        buf_add_c(&out, "the text ");
    print_json(&out, s->doc, s->value);
    return print_clip(arena, buf_str(&out), CHECK_SHOWN_MAX);
}

static void trail_add(const struct trail *trail, struct buf *out)
{
    if (trail->up) {
        trail_add(trail->up, out);
        buf_add_c(out, " -> ");
    }
    buf_add_str(out, trail->step);
}

const char *trail_text(const struct trail *trail, struct arena *arena)
{
    CLEANUP(buf_release) struct buf out = {0};

    if (trail)
        trail_add(trail, &out);
    return arena_dup_str(arena, buf_str(&out));
}

/* ---- elements ---- */

struct subject subject_of(struct json_ref ref)
{
    return (struct subject){
        .doc = ref.doc, .value = ref.value, .index = ref.index, .placed = ref.value != NULL};
}

struct json_ref subject_ref(const struct subject *s, struct json_doc **ret_copy)
{
    CLEANUP(buf_release) struct buf text = {0};

    if (s->placed)
        return (struct json_ref){s->doc, s->value, s->index};
    print_json(&text, s->doc, s->value);
    /* What jansson holds can be read back, unless it is nested deeper than a document may be. */
    if (json_doc_parse(ret_copy, buf_str(&text), "value", JSON_READ_DUPLICATES, NULL) < 0)
        return (struct json_ref){0};
    return json_doc_root(*ret_copy);
}

struct subject subject_element(const struct subject *s, size_t i)
{
    return (struct subject){.doc = s->doc, .value = json_array_get(s->value, i)};
}

struct str subject_step(const struct subject *s, size_t i, struct arena *arena)
{
    if (s->nodes) {
        CLEANUP(buf_release) struct buf path = {0};

        path_node_path(s->nodes, i, &path);
        return arena_str(arena, buf_str(&path));
    }
    return str_c(arena_printf(arena, "[%zu]", i));
}
