/* every, any, none, one, count, unique: on the nodes of a query, or the elements of an array. */
#include "runner/check/check.h"

#include <stdlib.h>
#include <string.h>

#include "json/equal.h"
#include "json/strict.h"
#include "runner/print.h"

static bool inner_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    check->inner = matcher_compile(c, at);
    return check->inner != NULL;
}

static void inner_describe(const struct check *check, struct buf *out)
{
    buf_printf(out, "%s ", check->kind->name);
    matcher_describe(check->inner, out);
}

static enum check_result want_array(const struct check *check, const struct subject *s,
                                    struct check_run *run, const struct trail *trail)
{
    return check_fail(run, check, s, trail,
                      arena_printf(run->arena,
                                   "expected an array or the nodes of a query, found %s",
                                   strict_type_name(s->value)),
                      NULL);
}

static enum check_result on_element(const struct check *check, const struct subject *s, size_t i,
                                    struct check_run *run, const struct trail *trail, bool quiet)
{
    const bool was_quiet = run->quiet;
    struct subject element = subject_element(s, i);
    enum check_result result;

    if (quiet || was_quiet) {
        run->quiet = true;
        result = matcher_run(check->inner, &element, run, trail);
        run->quiet = was_quiet;
        return result;
    } else {
        struct trail step = {trail, subject_step(s, i, run->arena)};

        return matcher_run(check->inner, &element, run, &step);
    }
}

static enum check_result every_run(const struct check *check, const struct subject *s,
                                   struct check_run *run, const struct trail *trail)
{
    enum check_result result = CHECK_OK;

    if (!json_is_array(s->value))
        return want_array(check, s, run, trail);
    for (size_t i = 0; i < json_array_size(s->value); i++) {
        /* Looked at quietly first: a place in words is built only for what failed. */
        if (on_element(check, s, i, run, trail, true) == CHECK_OK)
            continue;
        if (on_element(check, s, i, run, trail, false) == CHECK_FAILED)
            result = CHECK_FAILED;
        else if (result == CHECK_OK)
            result = CHECK_UNKNOWN;
    }
    return result;
}

static enum check_result any_run(const struct check *check, const struct subject *s,
                                 struct check_run *run, const struct trail *trail)
{
    bool unknown = false;

    if (!json_is_array(s->value))
        return want_array(check, s, run, trail);
    for (size_t i = 0; i < json_array_size(s->value); i++) {
        enum check_result one = on_element(check, s, i, run, trail, true);

        if (one == CHECK_OK)
            return CHECK_OK;
        unknown = unknown || one == CHECK_UNKNOWN;
    }
    return unknown ? check_gave_up(run, check, s, trail, "a regex gave up inside")
                   : check_fail(run, check, s, trail, "none of them does", NULL);
}

static enum check_result none_run(const struct check *check, const struct subject *s,
                                  struct check_run *run, const struct trail *trail)
{
    bool unknown = false;

    if (!json_is_array(s->value))
        return want_array(check, s, run, trail);
    for (size_t i = 0; i < json_array_size(s->value); i++) {
        enum check_result one = on_element(check, s, i, run, trail, true);
        struct subject element = subject_element(s, i);
        struct trail step = {trail, {NULL, 0}};

        unknown = unknown || one == CHECK_UNKNOWN;
        if (one != CHECK_OK)
            continue;
        step.step = subject_step(s, i, run->arena);
        return check_fail(run, check, &element, &step, "this one does", NULL);
    }
    return unknown ? check_gave_up(run, check, s, trail, "a regex gave up inside") : CHECK_OK;
}

/* Exactly one node, and on inside it. What is not the nodes of a query is one, whatever it is. */
static enum check_result one_run(const struct check *check, const struct subject *s,
                                 struct check_run *run, const struct trail *trail)
{
    if (!s->nodes)
        return matcher_run(check->inner, s, run, trail);
    if (json_array_size(s->value) != 1)
        return check_fail(
            run, check, s, trail,
            arena_printf(run->arena, "expected exactly one, found %zu", json_array_size(s->value)),
            NULL);
    return on_element(check, s, 0, run, trail, false);
}

const struct check_kind check_every = {"every", false, inner_compile, every_run, inner_describe};
const struct check_kind check_any = {"any", false, inner_compile, any_run, inner_describe};
const struct check_kind check_none = {"none", false, inner_compile, none_run, inner_describe};
const struct check_kind check_one = {"one", false, inner_compile, one_run, inner_describe};

/* ---- count ---- */

static enum check_result count_run(const struct check *check, const struct subject *s,
                                   struct check_run *run, const struct trail *trail)
{
    json_t *n = json_integer(s->nodes ? (json_int_t)json_array_size(s->value) : 1);
    struct subject inner = {.value = n};
    struct trail step = {trail, STR("count")};
    enum check_result result = matcher_run(check->inner, &inner, run, &step);

    json_decref(n);
    return result;
}

static bool count_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    struct check_compiler plain = *c;

    plain.unit = UNIT_NONE;
    check->inner = matcher_compile(&plain, at);
    return check->inner != NULL;
}

const struct check_kind check_count = {"count", false, count_compile, count_run, inner_describe};

/* ---- unique ---- */

static bool unique_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    check->value = check_expand(c, at);
    if (!check->value)
        return false;
    return json_is_boolean(check->value) || c->scope->unknown ||
           check_refuse(c, at, "\"unique\" wants true or false, found %s",
                        strict_type_name(check->value));
}

/* Equal values hash alike, so only values of one hash need comparing. */
struct hashed {
    uint64_t hash;
    size_t at;
};

static int by_hash(const void *a, const void *b)
{
    const struct hashed *x = a, *y = b;

    return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : x->at < y->at ? -1 : x->at > y->at;
}

static bool find_twins(const struct subject *s, struct arena *arena, size_t *ret_a, size_t *ret_b)
{
    const size_t n = json_array_size(s->value);
    const bool exactly = json_hash_is_exact(s->doc);
    struct hashed *all = arena_array(arena, n + 1, sizeof(*all));

    for (size_t i = 0; i < n; i++)
        all[i] = (struct hashed){json_hash(s->doc, json_array_get(s->value, i), exactly), i};
    qsort(all, n, sizeof(*all), by_hash);
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n && all[k].hash == all[i].hash; k++)
            if (json_equal_exact(s->doc, json_array_get(s->value, all[i].at), s->doc,
                                 json_array_get(s->value, all[k].at))) {
                *ret_a = all[i].at;
                *ret_b = all[k].at;
                return true;
            }
    return false;
}

static enum check_result unique_run(const struct check *check, const struct subject *s,
                                    struct check_run *run, const struct trail *trail)
{
    size_t a = 0, b = 0;
    bool twins;

    if (!json_is_array(s->value))
        return want_array(check, s, run, trail);
    twins = find_twins(s, run->arena, &a, &b);
    if (twins != json_is_true(check->value))
        return CHECK_OK;
    return check_fail(run, check, s, trail,
                      twins ? arena_printf(run->arena, "elements %zu and %zu are equal", a, b)
                            : "no two of them are equal",
                      NULL);
}

static void unique_describe(const struct check *check, struct buf *out)
{
    buf_add_c(out, json_is_true(check->value) ? "no two equal" : "two equal ones");
}

const struct check_kind check_unique = {"unique", false, unique_compile, unique_run,
                                        unique_describe};
