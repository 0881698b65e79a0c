#include "runner/latency.h"

#include <stdlib.h>

#include "json/strict.h"

const unsigned latency_percents[LATENCY_PERCENTILES] = {50, 75, 90, 95, 99};

enum { P50, P75, P90, P95, P99, RATIO, KEY_COUNT };

static const struct strict_key keys[KEY_COUNT] = {
    {"p50", STRICT_ANY, false}, {"p75", STRICT_ANY, false}, {"p90", STRICT_ANY, false},
    {"p95", STRICT_ANY, false}, {"p99", STRICT_ANY, false}, {"ratio", STRICT_ANY, false},
};

/* ---- distributions ---- */

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

struct latency latency_of(int64_t *times_us, size_t count)
{
    struct latency l = {.count = count};

    if (!count)
        return l;
    qsort(times_us, count, sizeof(*times_us), by_size);
    l.min_us = times_us[0];
    l.max_us = times_us[count - 1];
    for (size_t i = 0; i < LATENCY_PERCENTILES; i++)
        l.at_us[i] = times_us[(count * latency_percents[i] + 99) / 100 - 1];
    return l;
}

static void add_time(struct buf *out, const char *name, int64_t us)
{
    buf_printf(out, "%s %.*f", name, us < 100000 ? 1 : 0, (double)us / 1000.0);
}

void latency_describe(const struct latency *l, struct buf *out)
{
    add_time(out, "min", l->min_us);
    add_time(out, ", p50", l->at_us[P50]);
    add_time(out, ", p90", l->at_us[P90]);
    add_time(out, ", p99", l->at_us[P99]);
    add_time(out, ", max", l->max_us);
    buf_printf(out, " ms of %zu invocations", l->count);
}

/* ---- what is expected ---- */

/* No time is equal to another: bounds are wanted. */
static bool wants_object(struct check_compiler *c, struct json_ref at, const char *name,
                         const char *example)
{
    if (json_is_object(at.value))
        return true;
    fault_hint(json_fault(c->faults, at.doc, json_ref_start(at), "\"%s\" wants a matcher, found %s",
                          name, strict_type_name(at.value)),
               "write { \"max\": %s }", example);
    return false;
}

static bool compile_limits(struct check_compiler *c, const struct json_ref *got,
                           struct matcher **limits, enum unit unit)
{
    struct check_compiler with_unit = *c;
    bool whole = true;

    with_unit.unit = unit;
    for (size_t i = 0; i < LATENCY_PERCENTILES; i++)
        if (got[i].value)
            whole = wants_object(c, got[i], keys[i].name, unit == UNIT_MS ? "\"800ms\"" : "1.5") &&
                    (limits[i] = matcher_compile(&with_unit, got[i])) != NULL && whole;
    return whole;
}

static bool names_percentiles(struct json_ref ratio)
{
    for (size_t i = 0; i < LATENCY_PERCENTILES; i++)
        if (json_ref_member_c(ratio, keys[i].name).value)
            return true;
    return false;
}

static bool compile_ratio(struct check_compiler *c, const struct json_ref *got,
                          struct latency_wish *w)
{
    struct json_ref parts[LATENCY_PERCENTILES];
    struct matcher *all;
    bool named = false;

    if (!wants_object(c, got[RATIO], "ratio", "1.5"))
        return false;
    if (names_percentiles(got[RATIO]))
        return strict_object(got[RATIO], "ratio", keys, LATENCY_PERCENTILES, parts, c->faults) &&
               compile_limits(c, parts, w->ratios, UNIT_NONE);
    all = matcher_compile(c, got[RATIO]);
    if (!all)
        return false;
    for (size_t i = 0; i < LATENCY_PERCENTILES; i++)
        named = named || got[i].value;
    for (size_t i = 0; i < LATENCY_PERCENTILES; i++)
        if (named ? got[i].value != NULL : i == P50 || i == P90 || i == P99)
            w->ratios[i] = all;
    return true;
}

struct latency_wish *latency_compile(struct check_compiler *c, struct json_ref at)
{
    struct latency_wish *w = arena_alloc(c->arena, sizeof(*w));
    struct json_ref got[KEY_COUNT];
    const char *live = c->scope->config->live_alias;

    *w = (struct latency_wish){.at = at};
    if (json_is_object(at.value) && json_ref_member_c(at, "max").value) {
        fault_hint(json_fault(c->faults, at.doc, json_ref_key(json_ref_member_c(at, "max")),
                              "\"max\" in \"latency\""),
                   "\"duration\": { \"max\": \"800ms\" } holds for every invocation");
        return NULL;
    }
    if (!strict_object(at, "latency", keys, KEY_COUNT, got, c->faults))
        return NULL;
    if (json_object_size(at.value) == 0) {
        check_refuse(c, at, "\"latency\" wants at least one of p50, p75, p90, p95, p99, ratio");
        return NULL;
    }
    if (!compile_limits(c, got, w->limits, UNIT_MS))
        return NULL;
    if (!got[RATIO].value)
        return w;
    w->alias = live ? live : "Live";
    return compile_ratio(c, got, w) ? w : NULL;
}

/* ---- whether it is so ---- */

static enum check_result worse(enum check_result a, enum check_result b)
{
    return a == CHECK_FAILED || b == CHECK_OK ? a : b;
}

static enum check_result run_ratio(const struct latency_wish *w, size_t i,
                                   const struct latency *ours, const struct latency *other,
                                   struct check_run *run)
{
    double a = (double)ours->at_us[i] / 1000.0;
    double b = (double)(other->at_us[i] > 0 ? other->at_us[i] : 1) / 1000.0;
    struct trail up = {NULL, STR("latency")}, ratio = {&up, STR("ratio")};
    struct trail trail = {&ratio, str_c(keys[i].name)};

    return matcher_run_number(
        w->ratios[i], a / b,
        arena_printf(run->arena, "%.4g (%.6g ms to %.6g ms of %s)", a / b, a, b, w->alias), run,
        &trail);
}

enum check_result latency_run(const struct latency_wish *w, const struct latency *ours,
                              const struct latency *other, struct check_run *run)
{
    enum check_result result = CHECK_OK;

    for (size_t i = 0; i < LATENCY_PERCENTILES; i++) {
        struct trail up = {NULL, STR("latency")}, trail = {&up, str_c(keys[i].name)};
        double ms = (double)ours->at_us[i] / 1000.0;

        if (w->limits[i])
            result = worse(result, matcher_run_number(w->limits[i], ms,
                                                      arena_printf(run->arena, "%.6g ms", ms), run,
                                                      &trail));
        if (w->ratios[i] && other)
            result = worse(result, run_ratio(w, i, ours, other, run));
    }
    return result;
}
