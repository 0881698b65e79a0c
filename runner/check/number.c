/* min, max, exclusive_min, exclusive_max, close_to; before and after for times. */
#include "runner/check/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "json/number.h"
#include "json/strict.h"
#include "runner/print.h"

/* "128MB" is 10^6, "128MiB" 2^20. */
static bool parse_size(struct str text, double *ret_bytes)
{
    static const struct {
        const char *unit;
        double bytes;
    } units[] = {{"B", 1},        {"KB", 1e3},        {"MB", 1e6},          {"GB", 1e9},
                 {"KiB", 1024.0}, {"MiB", 1048576.0}, {"GiB", 1073741824.0}};
    char digits[32];
    size_t n = 0;
    char *end;

    while (n < text.len && ((text.data[n] >= '0' && text.data[n] <= '9') || text.data[n] == '.'))
        n++;
    if (n == 0 || n >= sizeof(digits))
        return false;
    memcpy(digits, text.data, n);
    digits[n] = '\0';
    *ret_bytes = strtod(digits, &end);
    for (size_t i = 0; !*end && i < ARRAY_LEN(units); i++) {
        if (str_eq_c(str_slice(text, n, text.len), units[i].unit)) {
            *ret_bytes *= units[i].bytes;
            return true;
        }
    }
    return false;
}

/* A number, or in a matcher of durations or sizes a text with its unit, which becomes a number. */
static json_t *number_argument(struct check_compiler *c, struct json_ref at, const char *key)
{
    CLEANUP(buf_release) struct buf found = {0};
    json_t *value = check_expand(c, at);
    int64_t ms;
    double bytes;
    struct str text;

    if (!value || json_is_number(value))
        return value;
    if (json_is_string(value) && c->scope->unknown)
        return json_null(); /* a capture: only the run knows */
    text = (struct str){json_string_value(value), json_string_length(value)};
    if (json_is_string(value) && c->unit == UNIT_MS && clock_parse_duration(text, &ms)) {
        json_array_append_new(c->owned, json_integer(ms));
        return json_array_get(c->owned, json_array_size(c->owned) - 1);
    }
    if (json_is_string(value) && c->unit == UNIT_BYTES && parse_size(text, &bytes)) {
        json_array_append_new(c->owned, json_real(bytes));
        return json_array_get(c->owned, json_array_size(c->owned) - 1);
    }
    print_json(&found, at.doc, value);
    check_refuse(c, at, "\"%s\" wants %s, found %s", key,
                 c->unit == UNIT_MS      ? "a duration such as \"800ms\""
                 : c->unit == UNIT_BYTES ? "a size such as \"128MiB\""
                                         : "a number",
                 print_clip(c->arena, buf_str(&found), 80));
    return NULL;
}

static void print_argument(struct buf *out, const struct check *check, const json_t *value)
{
    if (check->unit != UNIT_NONE && json_is_string(check->at.value))
        buf_add_c(out, json_string_value(check->at.value));
    else
        print_json(out, check->at.doc, value);
    if (check->unit == UNIT_MS && !json_is_string(check->at.value))
        buf_add_c(out, " ms");
}

static bool bound_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    check->value = number_argument(c, at, check->kind->name);
    return check->value != NULL;
}

static enum check_result bound_run(const struct check *check, const struct subject *s,
                                   struct check_run *run, const struct trail *trail)
{
    const struct check_kind *kind = check->kind;
    int order;
    bool holds;

    if (!json_is_number(s->value))
        return check_fail(
            run, check, s, trail,
            arena_printf(run->arena, "expected a number, found %s", strict_type_name(s->value)),
            NULL);
    order = number_compare(s->doc, s->value, check->at.doc, check->value);
    holds = kind == &check_min             ? order >= 0
            : kind == &check_max           ? order <= 0
            : kind == &check_exclusive_min ? order > 0
                                           : order < 0;
    return holds ? CHECK_OK : check_fail(run, check, s, trail, NULL, NULL);
}

static void bound_describe(const struct check *check, struct buf *out)
{
    const struct check_kind *kind = check->kind;

    buf_add_c(out, kind == &check_min             ? "at least "
                   : kind == &check_max           ? "at most "
                   : kind == &check_exclusive_min ? "more than "
                                                  : "less than ");
    print_argument(out, check, check->value);
}

const struct check_kind check_min = {"min", false, bound_compile, bound_run, bound_describe};
const struct check_kind check_max = {"max", false, bound_compile, bound_run, bound_describe};
const struct check_kind check_exclusive_min = {"exclusive_min", false, bound_compile, bound_run,
                                               bound_describe};
const struct check_kind check_exclusive_max = {"exclusive_max", false, bound_compile, bound_run,
                                               bound_describe};

/* ---- close_to: [value, tolerance] ---- */

static bool close_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    if (!json_is_array(at.value) || json_array_size(at.value) != 2)
        return check_refuse(c, at, "\"close_to\" wants [value, tolerance], found %s",
                            json_is_array(at.value) ? "an array of another length"
                                                    : strict_type_name(at.value));
    check->value = json_array();
    json_array_append_new(c->owned, check->value);
    for (size_t i = 0; i < 2; i++) {
        json_t *n = number_argument(c, json_ref_element(at, i), "close_to");

        if (!n)
            return false;
        json_array_append(check->value, n);
    }
    if (json_number_value(json_array_get(check->value, 1)) < 0)
        return check_refuse(c, json_ref_element(at, 1), "a tolerance is not negative");
    return true;
}

static enum check_result close_run(const struct check *check, const struct subject *s,
                                   struct check_run *run, const struct trail *trail)
{
    if (!json_is_number(s->value))
        return check_fail(
            run, check, s, trail,
            arena_printf(run->arena, "expected a number, found %s", strict_type_name(s->value)),
            NULL);
    return number_is_close(s->doc, s->value, check->at.doc, json_array_get(check->value, 0),
                           json_array_get(check->value, 1))
               ? CHECK_OK
               : check_fail(run, check, s, trail, NULL, NULL);
}

static void close_describe(const struct check *check, struct buf *out)
{
    for (size_t i = 0; i < 2; i++) {
        const struct json_ref at = json_ref_element(check->at, i);

        if (i)
            buf_add_c(out, " +/- ");
        if (check->unit != UNIT_NONE && json_is_string(at.value))
            buf_add_c(out, json_string_value(at.value));
        else
            print_json(out, at.doc, json_array_get(check->value, i));
    }
}

const struct check_kind check_close_to = {"close_to", false, close_compile, close_run,
                                          close_describe};

/* ---- before, after ---- */

static bool time_compile(struct check_compiler *c, struct json_ref at, struct check *check)
{
    CLEANUP(buf_release) struct buf found = {0};
    int64_t ms = 0;

    check->value = check_expand(c, at);
    if (!check->value)
        return false;
    print_json(&found, at.doc, check->value);
    if (json_is_string(check->value) &&
        clock_parse_rfc3339(
            (struct str){json_string_value(check->value), json_string_length(check->value)}, &ms)) {
        check->numbers[0] = (double)ms;
        return true;
    }
    return c->scope->unknown ||
           check_refuse(c, at,
                        "\"%s\" wants a time such as \"2026-01-31T12:00:00Z\" (RFC 3339), found %s",
                        check->kind->name, print_clip(c->arena, buf_str(&found), 80));
}

static enum check_result time_run(const struct check *check, const struct subject *s,
                                  struct check_run *run, const struct trail *trail)
{
    int64_t ms;
    bool holds;

    if (!json_is_string(s->value) ||
        !clock_parse_rfc3339(
            (struct str){json_string_value(s->value), json_string_length(s->value)}, &ms))
        return check_fail(run, check, s, trail, "not a time as RFC 3339 writes it", NULL);
    holds = check->kind == &check_before ? (double)ms < check->numbers[0]
                                         : (double)ms > check->numbers[0];
    return holds ? CHECK_OK : check_fail(run, check, s, trail, NULL, NULL);
}

static void time_describe(const struct check *check, struct buf *out)
{
    buf_printf(out, "%s ", check->kind->name);
    print_json(out, NULL, check->value);
}

const struct check_kind check_before = {"before", false, time_compile, time_run, time_describe};
const struct check_kind check_after = {"after", false, time_compile, time_run, time_describe};
