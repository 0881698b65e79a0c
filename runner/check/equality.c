/* equals, not, one_of, contains. */
#include "runner/check/check.h"

#include "json/equal.h"
#include "json/strict.h"
#include "runner/diff.h"
#include "runner/print.h"

static bool same(const struct check *check, const struct subject *s)
{
    return json_equal_exact(check->at.doc, check->value, s->doc, s->value);
}

static void describe_value(const struct check *check, struct buf *out)
{
    print_json(out, check->at.doc, check->value);
}

/* ---- equals ---- */

static bool equals_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    check->value = check_expand(c, at);
    return check->value != NULL;
}

/* "1" instead of 1, " x" instead of "x": what people overlook. */
static const char *overlooked(const struct check *check, const struct subject *s,
                              struct arena *arena)
{
    CLEANUP(buf_release) struct buf number = {0};

    if (json_is_string(s->value) && json_is_string(check->value)) {
        struct str a = {json_string_value(s->value), json_string_length(s->value)};
        struct str b = {json_string_value(check->value), json_string_length(check->value)};

        return str_eq(str_trim(a), str_trim(b)) ? "they differ only in blanks at an end" : NULL;
    }
    if (json_is_string(s->value) == json_is_string(check->value) || json_is_object(s->value) ||
        json_is_array(s->value) || json_is_object(check->value) || json_is_array(check->value))
        return NULL;
    print_json(&number, NULL, json_is_string(s->value) ? check->value : s->value);
    if (str_eq_c(buf_str(&number),
                 json_string_value(json_is_string(s->value) ? s->value : check->value)))
        return arena_printf(arena, "expected %s, found %s", strict_type_name(check->value),
                            strict_type_name(s->value));
    return NULL;
}

static enum check_result equals_run(const struct check *check, const struct subject *s,
                                    struct check_run *run, const struct trail *trail)
{
    CLEANUP(buf_release) struct buf diff = {0};
    const bool useful = diff_is_useful(check->value, s->value);

    if (same(check, s))
        return CHECK_OK;
    if (run->quiet)
        return CHECK_FAILED;
    if (useful) {
        buf_init(&diff, 64 << 10);
        diff_values(&diff, check->at.doc, check->value, s->doc, s->value);
    }
    return check_fail(run, check, s, trail, overlooked(check, s, run->arena),
                      useful ? arena_dup_str(run->arena, buf_str(&diff)) : NULL);
}

const struct check_kind check_equals = {"equals", false, equals_compile, equals_run,
                                        describe_value};

/* ---- not ---- */

static bool not_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    check->inner = matcher_compile(c, at);
    return check->inner != NULL;
}

static enum check_result quietly(const struct matcher *m, const struct subject *s,
                                 struct check_run *run, const struct trail *trail)
{
    const bool was_quiet = run->quiet;
    enum check_result result;

    run->quiet = true;
    result = matcher_run(m, s, run, trail);
    run->quiet = was_quiet;
    return result;
}

static enum check_result not_run(const struct check *check, const struct subject *s,
                                 struct check_run *run, const struct trail *trail)
{
    switch (quietly(check->inner, s, run, trail)) {
    case CHECK_OK:
        return check_fail(run, check, s, trail, NULL, NULL);
    case CHECK_FAILED:
        return CHECK_OK;
    case CHECK_UNKNOWN:
        break;
    }
    return check_gave_up(run, check, s, trail, "a regex gave up inside");
}

static void not_describe(const struct check *check, struct buf *out)
{
    buf_add_c(out, "not ");
    matcher_describe(check->inner, out);
}

const struct check_kind check_not = {"not", false, not_compile, not_run, not_describe};

/* ---- one_of ---- */

static bool list_compile(struct check_compiler *c, struct json_ref at, struct check *check,
                         bool subset)
{
    bool whole = true;

    check->list = arena_array(c->arena, json_array_size(at.value) + 1, sizeof(*check->list));
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k)) {
        struct matcher *m = subset ? matcher_compile_subset(c, k.ref) : matcher_compile(c, k.ref);

        if (m)
            check->list[check->count++] = m;
        else
            whole = false;
    }
    return whole;
}

static bool one_of_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    if (!json_is_array(at.value) || json_array_size(at.value) == 0)
        return check_refuse(c, at,
                            "\"one_of\" wants an array of at least one value or matcher, "
                            "found %s",
                            json_is_array(at.value) ? "an empty one" : strict_type_name(at.value));
    return list_compile(c, at, check, false);
}

static enum check_result one_of_run(const struct check *check, const struct subject *s,
                                    struct check_run *run, const struct trail *trail)
{
    bool unknown = false;

    for (size_t i = 0; i < check->count; i++) {
        enum check_result one = quietly(check->list[i], s, run, trail);

        if (one == CHECK_OK)
            return CHECK_OK;
        unknown = unknown || one == CHECK_UNKNOWN;
    }
    return unknown ? check_gave_up(run, check, s, trail, "a regex gave up inside")
                   : check_fail(run, check, s, trail, NULL, NULL);
}

static void list_describe(const struct check *check, struct buf *out, const char *between)
{
    for (size_t i = 0; i < check->count; i++) {
        if (i)
            buf_add_c(out, between);
        matcher_describe(check->list[i], out);
    }
}

static void one_of_describe(const struct check *check, struct buf *out)
{
    buf_add_c(out, "one of ");
    list_describe(check, out, ", ");
}

const struct check_kind check_one_of = {"one_of", false, one_of_compile, one_of_run,
                                        one_of_describe};

/* ---- contains ---- */

static bool subset_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    bool whole = true;

    check->members = arena_array(c->arena, json_object_size(at.value) + 1, sizeof(*check->members));
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k)) {
        struct check_member *m = &check->members[check->count];

        m->name = k.key.data;
        m->name_len = k.key.len;
        m->at = k.ref;
        m->matcher = matcher_compile_subset(c, k.ref);
        if (m->matcher)
            check->count++;
        else
            whole = false;
    }
    return whole;
}

static bool contains_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    if (json_is_object(at.value))
        return subset_compile(c, at, check);
    if (json_is_array(at.value))
        return list_compile(c, at, check, true);
    check->value = check_expand(c, at);
    return check->value != NULL;
}

static enum check_result subset_run(const struct check *check, const struct subject *s,
                                    struct check_run *run, const struct trail *trail)
{
    enum check_result result = CHECK_OK;

    if (!json_is_object(s->value))
        return check_fail(
            run, check, s, trail,
            arena_printf(run->arena, "expected an object, found %s", strict_type_name(s->value)),
            NULL);
    for (size_t i = 0; i < check->count; i++) {
        const struct check_member *m = &check->members[i];
        struct subject inner = {.doc = s->doc,
                                .value = json_object_getn(s->value, m->name, m->name_len)};
        struct trail step = {trail, {m->name, m->name_len}};
        enum check_result one = matcher_run(m->matcher, &inner, run, &step);

        if (one == CHECK_FAILED || (one == CHECK_UNKNOWN && result == CHECK_OK))
            result = one;
    }
    return result;
}

static enum check_result occurs(const struct matcher *m, const struct subject *s,
                                struct check_run *run, const struct trail *trail)
{
    bool unknown = false;

    for (size_t i = 0; i < json_array_size(s->value); i++) {
        struct subject inner = subject_element(s, i);
        enum check_result one = quietly(m, &inner, run, trail);

        if (one == CHECK_OK)
            return CHECK_OK;
        unknown = unknown || one == CHECK_UNKNOWN;
    }
    return unknown ? CHECK_UNKNOWN : CHECK_FAILED;
}

static enum check_result elements_run(const struct check *check, const struct subject *s,
                                      struct check_run *run, const struct trail *trail)
{
    CLEANUP(buf_release) struct buf missing = {0};
    bool unknown = false;

    if (!json_is_array(s->value))
        return check_fail(
            run, check, s, trail,
            arena_printf(run->arena, "expected an array, found %s", strict_type_name(s->value)),
            NULL);
    for (size_t i = 0; i < check->count; i++) {
        enum check_result one = occurs(check->list[i], s, run, trail);

        unknown = unknown || one == CHECK_UNKNOWN;
        if (one != CHECK_FAILED)
            continue;
        buf_add_c(&missing, missing.len ? ", " : "not in it: ");
        matcher_describe(check->list[i], &missing);
    }
    if (missing.len)
        return check_fail(run, check, s, trail, arena_dup_str(run->arena, buf_str(&missing)), NULL);
    return unknown ? check_gave_up(run, check, s, trail, "a regex gave up inside") : CHECK_OK;
}

static enum check_result contains_run(const struct check *check, const struct subject *s,
                                      struct check_run *run, const struct trail *trail)
{
    if (check->members)
        return subset_run(check, s, run, trail);
    if (check->list)
        return elements_run(check, s, run, trail);
    if (json_is_string(s->value) && json_is_string(check->value)) {
        struct str text = {json_string_value(s->value), json_string_length(s->value)};
        struct str part = {json_string_value(check->value), json_string_length(check->value)};

        return str_find(text, part, 0) != (size_t)-1 ? CHECK_OK
                                                     : check_fail(run, check, s, trail, NULL, NULL);
    }
    if (!json_is_array(s->value))
        return check_fail(run, check, s, trail,
                          arena_printf(run->arena, "expected a string or an array, found %s",
                                       strict_type_name(s->value)),
                          NULL);
    for (size_t i = 0; i < json_array_size(s->value); i++)
        if (json_equal_exact(check->at.doc, check->value, s->doc, json_array_get(s->value, i)))
            return CHECK_OK;
    return check_fail(run, check, s, trail, NULL, NULL);
}

static void contains_describe(const struct check *check, struct buf *out)
{
    if (check->members) {
        buf_add_c(out, "an object with ");
        for (size_t i = 0; i < check->count; i++) {
            buf_printf(out, "%s%.*s: ", i ? ", " : "", (int)check->members[i].name_len,
                       check->members[i].name);
            matcher_describe(check->members[i].matcher, out);
        }
        return;
    }
    if (check->list) {
        buf_add_c(out, "an array with ");
        list_describe(check, out, ", ");
        return;
    }
    buf_add_c(out, "something containing ");
    describe_value(check, out);
}

const struct check_kind check_contains = {"contains", false, contains_compile, contains_run,
                                          contains_describe};
