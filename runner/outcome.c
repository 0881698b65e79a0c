#include "runner/outcome.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "json/strict.h"
#include "runner/print.h"

void outcome_release(struct outcome *o)
{
    arena_release(&o->arena);
    *o = (struct outcome){0};
}

/* ---- listening ---- */

static void copy_functions(struct outcome *o, const struct run_function *functions, size_t count)
{
    o->functions = arena_array(&o->arena, count + 1, sizeof(*o->functions));
    o->function_count = count;
    for (size_t i = 0; i < count; i++) {
        const struct run_function *f = &functions[i];

        o->functions[i] = (struct run_function){
            .key = arena_dup(&o->arena, f->key),
            .name = arena_dup(&o->arena, f->name),
            .alias = arena_dup(&o->arena, f->alias),
            .version = arena_dup(&o->arena, f->version),
            .executed_version = arena_dup(&o->arena, f->executed_version),
            .code_sha256 = arena_dup(&o->arena, f->code_sha256),
            .reason = arena_dup(&o->arena, f->reason),
            .counts = f->counts,
        };
    }
}

static void on_run_start(void *ctx, const struct run_info *run)
{
    struct outcome *o = ctx;

    o->id = arena_dup(&o->arena, run->id);
    o->environment = arena_dup(&o->arena, run->environment);
    o->alias = arena_dup(&o->arena, run->alias);
    o->region = arena_dup(&o->arena, run->region);
    o->tool_version = arena_dup(&o->arena, run->tool_version);
    o->start_ms = run->start_ms;
    o->shard = run->shard;
    o->shards = run->shards;
    o->suites = arena_array(&o->arena, run->suite_count + 1, sizeof(*o->suites));
    o->suite_count = run->suite_count;
    for (size_t i = 0; i < run->suite_count; i++)
        o->suites[i] = (struct run_suite){.name = arena_dup(&o->arena, run->suites[i].name),
                                          .file = arena_dup(&o->arena, run->suites[i].file),
                                          .sha256 = arena_dup(&o->arena, run->suites[i].sha256),
                                          .cases = run->suites[i].cases};
}

static void on_case_end(void *ctx, const struct case_result *r)
{
    struct outcome *o = ctx;

    if ((r->verdict == VERDICT_FAILED || r->verdict == VERDICT_INCONCLUSIVE) &&
        o->failed_count < OUTCOME_FAILED_MAX)
        o->failed[o->failed_count++] =
            arena_printf(&o->arena, "%s > %s", r->info.suite, r->info.name);
}

static void on_run_end(void *ctx, const struct run_summary *end)
{
    struct outcome *o = ctx;

    o->verdict = end->verdict;
    o->end_ms = end->end_ms;
    o->counts = end->counts;
    copy_functions(o, end->functions, end->function_count);
}

struct listener outcome_listener(struct outcome *o)
{
    return (struct listener){
        .ctx = o, .run_start = on_run_start, .case_end = on_case_end, .run_end = on_run_end};
}

/* ---- writing ---- */

static void member(struct buf *out, unsigned indent, const char *name, const char *value)
{
    buf_printf(out, "%*s\"%s\": ", (int)indent, "", name);
    print_quoted(out, str_c(value));
    buf_add_c(out, ",\n");
}

static void counts(struct buf *out, const struct verdict_counts *c)
{
    buf_add_c(out, "\"counts\": {");
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        buf_printf(out, "\"%s\": %zu, ", verdict_name((enum verdict)i), c->of[i]);
    buf_printf(out, "\"flaky\": %zu}", c->flaky);
}

static void print_function(struct buf *out, const struct run_function *f)
{
    buf_add_c(out, "    {\n");
    member(out, 6, "key", f->key);
    member(out, 6, "name", f->name);
    member(out, 6, "alias", f->alias);
    member(out, 6, "version", f->version);
    member(out, 6, "executed_version", f->executed_version);
    member(out, 6, "code_sha256", f->code_sha256);
    if (f->reason)
        member(out, 6, "reason", f->reason);
    buf_add_c(out, "      ");
    counts(out, &f->counts);
    buf_add_c(out, "\n    }");
}

void outcome_print(const struct outcome *o, struct buf *out)
{
    char start[40], end[40];

    clock_format_rfc3339(start, sizeof(start), o->start_ms, true);
    clock_format_rfc3339(end, sizeof(end), o->end_ms, true);
    buf_printf(out, "{\n  \"outcome\": %d,\n", OUTCOME_VERSION);
    member(out, 2, "run", o->id);
    member(out, 2, "verdict", run_verdict_name(o->verdict));
    member(out, 2, "environment", o->environment);
    member(out, 2, "alias", o->alias);
    member(out, 2, "region", o->region);
    member(out, 2, "tool_version", o->tool_version);
    member(out, 2, "start", start);
    member(out, 2, "end", end);
    if (o->shards)
        buf_printf(out, "  \"shard\": %u,\n  \"shards\": %u,\n", o->shard, o->shards);
    buf_add_c(out, "  ");
    counts(out, &o->counts);
    buf_add_c(out, ",\n  \"functions\": [\n");
    for (size_t i = 0; i < o->function_count; i++) {
        print_function(out, &o->functions[i]);
        buf_add_c(out, i + 1 < o->function_count ? ",\n" : "\n");
    }
    buf_add_c(out, "  ],\n  \"files\": [\n");
    for (size_t i = 0; i < o->suite_count; i++) {
        buf_add_c(out, "    {\n");
        member(out, 6, "file", o->suites[i].file);
        member(out, 6, "sha256", o->suites[i].sha256);
        member(out, 6, "suite", o->suites[i].name);
        buf_printf(out, "      \"cases\": %zu\n    }%s\n", o->suites[i].cases,
                   i + 1 < o->suite_count ? "," : "");
    }
    buf_add_c(out, "  ]\n}\n");
}

/* ---- reading ---- */

static const char *keep(struct outcome *o, struct json_ref at)
{
    return arena_dup(&o->arena, at.value ? json_string_value(at.value) : "");
}

static bool read_counts(struct json_ref at, struct verdict_counts *ret, struct faults *faults)
{
    struct strict_key keys[VERDICT_COUNT + 1];
    struct json_ref got[ARRAY_LEN(keys)];

    for (size_t i = 0; i < VERDICT_COUNT; i++)
        keys[i] = (struct strict_key){verdict_name((enum verdict)i), STRICT_INTEGER, true};
    keys[VERDICT_COUNT] = (struct strict_key){"flaky", STRICT_INTEGER, true};
    if (!strict_object(at, "counts", keys, ARRAY_LEN(keys), got, faults))
        return false;
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        ret->of[i] = (size_t)json_integer_value(got[i].value);
    ret->flaky = (size_t)json_integer_value(got[VERDICT_COUNT].value);
    return true;
}

static bool read_function(struct outcome *o, struct json_ref at, struct run_function *f,
                          struct faults *faults)
{
    static const struct strict_key keys[] = {{"key", STRICT_STRING, true},
                                             {"name", STRICT_STRING, true},
                                             {"alias", STRICT_STRING, true},
                                             {"version", STRICT_STRING, true},
                                             {"executed_version", STRICT_STRING, true},
                                             {"code_sha256", STRICT_STRING, true},
                                             {"reason", STRICT_STRING, false},
                                             {"counts", STRICT_OBJECT, true}};
    struct json_ref got[ARRAY_LEN(keys)];

    if (!strict_object(at, "function", keys, ARRAY_LEN(keys), got, faults))
        return false;
    *f = (struct run_function){.key = keep(o, got[0]),
                               .name = keep(o, got[1]),
                               .alias = keep(o, got[2]),
                               .version = keep(o, got[3]),
                               .executed_version = keep(o, got[4]),
                               .code_sha256 = keep(o, got[5]),
                               .reason = got[6].value ? keep(o, got[6]) : NULL};
    return read_counts(got[7], &f->counts, faults);
}

static bool read_file(struct outcome *o, struct json_ref at, struct run_suite *s,
                      struct faults *faults)
{
    static const struct strict_key keys[] = {{"file", STRICT_STRING, true},
                                             {"sha256", STRICT_STRING, true},
                                             {"suite", STRICT_STRING, true},
                                             {"cases", STRICT_INTEGER, true}};
    struct json_ref got[ARRAY_LEN(keys)];

    if (!strict_object(at, "file", keys, ARRAY_LEN(keys), got, faults))
        return false;
    *s = (struct run_suite){.file = keep(o, got[0]),
                            .sha256 = keep(o, got[1]),
                            .name = keep(o, got[2]),
                            .cases = (size_t)json_integer_value(got[3].value)};
    return true;
}

static bool read_lists(struct outcome *o, struct json_ref functions, struct json_ref files,
                       struct faults *faults)
{
    bool whole = true;

    o->functions =
        arena_array(&o->arena, json_array_size(functions.value) + 1, sizeof(*o->functions));
    for (struct json_child k = json_child_first(functions); k.ref.value; k = json_child_next(k))
        whole = read_function(o, k.ref, &o->functions[o->function_count++], faults) && whole;
    o->suites = arena_array(&o->arena, json_array_size(files.value) + 1, sizeof(*o->suites));
    for (struct json_child k = json_child_first(files); k.ref.value; k = json_child_next(k))
        whole = read_file(o, k.ref, &o->suites[o->suite_count++], faults) && whole;
    return whole;
}

static bool read_time(struct json_ref at, int64_t *ret_ms, struct faults *faults)
{
    if (clock_parse_rfc3339(str_c(json_string_value(at.value)), ret_ms))
        return true;
    json_fault(faults, at.doc, json_ref_start(at), "a time such as 2026-01-31T12:00:00Z");
    return false;
}

static bool read_root(struct outcome *o, struct json_ref root, struct faults *faults)
{
    enum {
        VERSION,
        RUN,
        VERDICT,
        ENVIRONMENT,
        ALIAS,
        REGION,
        TOOL,
        START,
        END,
        SHARD,
        SHARDS,
        COUNTS,
        FUNCTIONS,
        FILES
    };
    static const struct strict_key keys[] = {
        {"outcome", STRICT_INTEGER, true},     {"run", STRICT_STRING, true},
        {"verdict", STRICT_STRING, true},      {"environment", STRICT_STRING, true},
        {"alias", STRICT_STRING, true},        {"region", STRICT_STRING, true},
        {"tool_version", STRICT_STRING, true}, {"start", STRICT_STRING, true},
        {"end", STRICT_STRING, true},          {"shard", STRICT_INTEGER, false},
        {"shards", STRICT_INTEGER, false},     {"counts", STRICT_OBJECT, true},
        {"functions", STRICT_ARRAY, true},     {"files", STRICT_ARRAY, true}};
    struct json_ref got[ARRAY_LEN(keys)];

    if (!strict_object(root, "outcome", keys, ARRAY_LEN(keys), got, faults))
        return false;
    if (json_integer_value(got[VERSION].value) != OUTCOME_VERSION) {
        json_fault(faults, root.doc, json_ref_start(got[VERSION]),
                   "an outcome of format %lld; this smokegate reads format %d",
                   (long long)json_integer_value(got[VERSION].value), OUTCOME_VERSION);
        return false;
    }
    if (!run_verdict_find(json_string_value(got[VERDICT].value), &o->verdict)) {
        json_fault(faults, root.doc, json_ref_start(got[VERDICT]),
                   "a verdict is pass, fail, inconclusive or empty");
        return false;
    }
    o->id = keep(o, got[RUN]);
    o->environment = keep(o, got[ENVIRONMENT]);
    o->alias = keep(o, got[ALIAS]);
    o->region = keep(o, got[REGION]);
    o->tool_version = keep(o, got[TOOL]);
    o->shard = (unsigned)json_integer_value(got[SHARD].value);
    o->shards = (unsigned)json_integer_value(got[SHARDS].value);
    return read_time(got[START], &o->start_ms, faults) && read_time(got[END], &o->end_ms, faults) &&
           read_counts(got[COUNTS], &o->counts, faults) &&
           read_lists(o, got[FUNCTIONS], got[FILES], faults);
}

int outcome_load(struct outcome *ret, const char *path, struct faults *faults)
{
    CLEANUP(json_doc_freep)
    struct json_doc *doc = json_doc_load_faults(path, OUTCOME_FILE_MAX, faults);
    struct outcome o = {0};

    if (!doc)
        return -1;
    if (!read_root(&o, json_doc_root(doc), faults)) {
        outcome_release(&o);
        return -1;
    }
    *ret = o;
    return 0;
}
