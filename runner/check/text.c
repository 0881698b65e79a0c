/* matches, not_matches: regexes (PCRE2) on strings. */
#include "runner/check/check.h"

#include "json/strict.h"

/* One regex, or a list of them that must all hold. */
static bool regexes_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    bool whole = true;

    if (!json_is_array(at.value))
        return check_pattern(c, at, check);
    if (json_array_size(at.value) == 0)
        return check_refuse(c, at, "\"%s\" wants a regex or a list of them, found an empty array",
                            check->kind->name);
    check->list = arena_array(c->arena, json_array_size(at.value), sizeof(*check->list));
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k)) {
        struct matcher *m = matcher_of(c, check->kind->name, k.ref);

        if (m)
            check->list[check->count++] = m;
        else
            whole = false;
    }
    return whole;
}

static enum check_result one_regex(const struct check *check, const struct subject *s,
                                   struct check_run *run, const struct trail *trail, bool wanted)
{
    int64_t left = PATTERN_WORK_LIMIT - run->pattern_used;
    enum pattern_result matched;

    if (!json_is_string(s->value))
        return check_fail(
            run, check, s, trail,
            arena_printf(run->arena, "expected a string, found %s", strict_type_name(s->value)),
            NULL);
    matched = pattern_match_within(
        check->pattern, (struct str){json_string_value(s->value), json_string_length(s->value)},
        &left);
    run->pattern_used = PATTERN_WORK_LIMIT - left;
    switch (matched) {
    case PATTERN_MATCH:
        return wanted ? CHECK_OK : check_fail(run, check, s, trail, NULL, NULL);
    case PATTERN_NO_MATCH:
        return wanted ? check_fail(run, check, s, trail, NULL, NULL) : CHECK_OK;
    case PATTERN_GAVE_UP:
        break;
    }
    return check_gave_up(run, check, s, trail,
                         "the regex gave up at its match limit, so this proves nothing");
}

static enum check_result regexes_run(const struct check *check, const struct subject *s,
                                     struct check_run *run, const struct trail *trail, bool wanted)
{
    enum check_result result = CHECK_OK;

    if (!check->list)
        return one_regex(check, s, run, trail, wanted);
    for (size_t i = 0; i < check->count; i++) {
        enum check_result one = matcher_run(check->list[i], s, run, trail);

        if (one == CHECK_FAILED || (one == CHECK_UNKNOWN && result == CHECK_OK))
            result = one;
    }
    return result;
}

static enum check_result matches_run(const struct check *check, const struct subject *s,
                                     struct check_run *run, const struct trail *trail)
{
    return regexes_run(check, s, run, trail, true);
}

static enum check_result not_matches_run(const struct check *check, const struct subject *s,
                                         struct check_run *run, const struct trail *trail)
{
    return regexes_run(check, s, run, trail, false);
}

static void regexes_describe(const struct check *check, struct buf *out, const char *words)
{
    if (!check->list) {
        buf_printf(out, "%s /%s/", words, json_string_value(check->value));
        return;
    }
    for (size_t i = 0; i < check->count; i++) {
        if (i)
            buf_add_c(out, " and ");
        matcher_describe(check->list[i], out);
    }
}

static void matches_describe(const struct check *check, struct buf *out)
{
    regexes_describe(check, out, "matching");
}

static void not_matches_describe(const struct check *check, struct buf *out)
{
    regexes_describe(check, out, "not matching");
}

const struct check_kind check_matches = {"matches", false, regexes_compile, matches_run,
                                         matches_describe};
const struct check_kind check_not_matches = {"not_matches", false, regexes_compile, not_matches_run,
                                             not_matches_describe};
