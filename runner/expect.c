#include "runner/expect.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "json/strict.h"
#include "runner/latency.h"
#include "runner/print.h"
#include "runner/same_as.h"
#include "runner/snapshot.h"

struct expect_kind {
    const char *name;
    bool needs_answer; /* there is none for Event and DryRun */
    bool (*compile)(struct check_compiler *c, struct json_ref at, struct expectation *e);
    enum check_result (*run)(const struct expectation *e, struct answer *a, struct check_run *run);
};

/* ---- compiling ---- */

static bool compile_matcher(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    e->matcher = matcher_compile(c, at);
    return e->matcher != NULL;
}

/* The check that is called like the expectation: matches, schema, paths... */
static bool compile_check(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    e->matcher = matcher_of(c, e->kind->name, at);
    return e->matcher != NULL;
}

/* Objects are subsets here, also the outermost, whatever its keys are called. */
static bool compile_contains(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    return compile_check(c, at, e);
}

static bool compile_with_unit(struct check_compiler *c, struct json_ref at, struct expectation *e,
                              enum unit unit, const char *example)
{
    struct check_compiler with_unit = *c;

    with_unit.unit = unit;
    if (!json_is_object(at.value)) {
        fault_hint(json_fault(c->faults, at.doc, json_ref_start(at),
                              "\"%s\" wants a matcher, found %s", e->kind->name,
                              strict_type_name(at.value)),
                   "write { \"max\": \"%s\" }", example);
        return false;
    }
    e->matcher = matcher_compile(&with_unit, at);
    return e->matcher != NULL;
}

static bool compile_ms(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    return compile_with_unit(c, at, e, UNIT_MS, "800ms");
}

static bool compile_bytes(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    return compile_with_unit(c, at, e, UNIT_BYTES, "128MiB");
}

static bool compile_bool(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    json_t *value = check_expand(c, at);

    if (!value)
        return false;
    if (!json_is_boolean(value))
        return check_refuse(c, at, "\"%s\" wants true or false, found %s", e->kind->name,
                            strict_type_name(value));
    return compile_matcher(c, at, e);
}

static bool compile_status(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    json_t *value;
    struct fault *fault;

    if (!json_is_string(at.value))
        return compile_matcher(c, at, e);
    value = check_expand(c, at);
    if (!value)
        return false;
    if (!json_is_string(value) || c->scope->unknown)
        return compile_matcher(c, at, e);
    e->by_outcome = true;
    if (answer_kind_find(json_string_value(value), &e->outcome))
        return true;
    fault = json_fault(c->faults, at.doc, json_ref_start(at), "\"%s\" is no outcome",
                       json_string_value(value));
    fault_hint(fault,
               "an HTTP status such as 200, or success, function_error, init_error, timeout, "
               "throttled, service_error");
    return false;
}

static bool compile_function_error(struct check_compiler *c, struct json_ref at,
                                   struct expectation *e)
{
    static const struct strict_key keys[] = {
        {"type", STRICT_ANY, false}, {"message", STRICT_ANY, false}, {"stack", STRICT_ANY, false}};
    struct json_ref got[ARRAY_LEN(keys)];

    e->wish = json_is_false(at.value) ? WISH_NONE : json_is_true(at.value) ? WISH_ANY : WISH_MATCH;
    if (json_is_boolean(at.value))
        return true;
    if (json_is_string(at.value)) {
        e->type = matcher_compile(c, at);
        return e->type != NULL;
    }
    if (!json_is_object(at.value))
        return check_refuse(c, at,
                            "\"function_error\" wants true, false, a type or an object, found %s",
                            strict_type_name(at.value));
    if (!strict_object(at, "function_error", keys, ARRAY_LEN(keys), got, c->faults))
        return false;
    if (got[0].value && !(e->type = matcher_compile(c, got[0])))
        return false;
    if (got[1].value && !(e->message = matcher_compile(c, got[1])))
        return false;
    return !got[2].value || (e->stack = matcher_compile(c, got[2])) != NULL;
}

static bool compile_snapshot(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    e->snapshot = snapshot_compile(c, at);
    return e->snapshot != NULL;
}

static bool compile_same_as(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    e->same_as = same_as_compile(c, at);
    return e->same_as != NULL;
}

static bool compile_latency(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    e->latency = latency_compile(c, at);
    return e->latency != NULL;
}

/* ---- running ---- */

static enum check_result on(const struct matcher *m, struct subject s, struct check_run *run,
                            const char *where)
{
    struct trail trail = {NULL, str_c(where)};

    return matcher_run(m, &s, run, &trail);
}

static struct subject payload_subject(struct answer *a)
{
    const struct json_doc *doc = NULL;
    json_t *value = answer_payload(a, &doc);

    struct subject s = {.value = value, .text = value != NULL, .root = true};

    if (doc) {
        s = subject_of(json_doc_root(doc));
        s.root = true;
    }
    return s;
}

static enum check_result run_payload(const struct expectation *e, struct answer *a,
                                     struct check_run *run)
{
    return on(e->matcher, payload_subject(a), run, "payload");
}

/* A path tells by itself where it begins. */
static enum check_result run_paths(const struct expectation *e, struct answer *a,
                                   struct check_run *run)
{
    struct subject s = payload_subject(a);

    return matcher_run(e->matcher, &s, run, NULL);
}

static enum check_result run_text(const struct expectation *e, struct answer *a,
                                  struct check_run *run)
{
    return on(e->matcher, (struct subject){.value = answer_text(a), .text = true}, run,
              "the response's text");
}

static enum check_result run_log(const struct expectation *e, struct answer *a,
                                 struct check_run *run)
{
    return on(e->matcher, (struct subject){.value = answer_log(a), .text = true}, run, "log");
}

static enum check_result on_number(const struct expectation *e, double value, const char *shown,
                                   struct check_run *run)
{
    json_t *number = json_real(value);
    enum check_result result =
        on(e->matcher, (struct subject){.value = number, .unit_text = shown}, run, e->kind->name);

    json_decref(number);
    return result;
}

static enum check_result run_ms(const struct expectation *e, double ms, struct check_run *run,
                                const char *missing)
{
    if (ms < 0) {
        struct trail trail = {NULL, str_c(e->kind->name)};

        check_record(run, e->at, e->kind->name, &trail, "a REPORT line that tells it", "none",
                     missing, NULL);
        return CHECK_UNKNOWN;
    }
    return on_number(e, ms, arena_printf(run->arena, "%.6g ms", ms), run);
}

static enum check_result run_duration(const struct expectation *e, struct answer *a,
                                      struct check_run *run)
{
    return run_ms(e, (double)a->duration_us / 1000.0, run, NULL);
}

static enum check_result run_billed(const struct expectation *e, struct answer *a,
                                    struct check_run *run)
{
    return run_ms(e, a->report.billed_ms, run, "the log tail has no REPORT line");
}

static enum check_result run_init(const struct expectation *e, struct answer *a,
                                  struct check_run *run)
{
    if (!a->cold_start) /* warm: not applicable */
        return CHECK_OK;
    return run_ms(e, a->report.init_ms, run, NULL);
}

static enum check_result run_memory(const struct expectation *e, struct answer *a,
                                    struct check_run *run)
{
    double bytes = a->report.max_memory_bytes;

    if (bytes < 0)
        return run_ms(e, -1, run, "the log tail has no REPORT line");
    return on_number(e, bytes, arena_printf(run->arena, "%.6g MiB", bytes / 1048576.0), run);
}

static enum check_result run_cold(const struct expectation *e, struct answer *a,
                                  struct check_run *run)
{
    return on(e->matcher, (struct subject){.value = a->cold_start ? json_true() : json_false()},
              run, "cold_start");
}

static enum check_result run_version(const struct expectation *e, struct answer *a,
                                     struct check_run *run)
{
    json_t *text = json_string(a->reply.executed_version);
    enum check_result result =
        on(e->matcher, (struct subject){.value = text}, run, "executed_version");

    json_decref(text);
    return result;
}

static enum check_result run_status(const struct expectation *e, struct answer *a,
                                    struct check_run *run)
{
    json_t *number;
    enum check_result result;

    if (e->by_outcome) {
        struct trail trail = {NULL, STR("status")};

        if (a->kind == e->outcome)
            return CHECK_OK;
        check_record(run, e->at, "status", &trail, answer_kind_name(e->outcome),
                     answer_kind_name(a->kind), NULL, NULL);
        return CHECK_FAILED;
    }
    number = json_integer(a->reply.status);
    result = on(e->matcher, (struct subject){.value = number}, run, "status");
    json_decref(number);
    return result;
}

static enum check_result run_error_field(const struct matcher *m, struct answer *a,
                                         const char *field, struct check_run *run)
{
    struct trail up = {NULL, STR("function_error")}, trail = {&up, str_c(field)};
    struct subject s = {0};
    json_t *error = answer_error(a, &s.doc);

    s.value = json_object_get(error, field);
    return m ? matcher_run(m, &s, run, &trail) : CHECK_OK;
}

static enum check_result run_function_error(const struct expectation *e, struct answer *a,
                                            struct check_run *run)
{
    struct trail trail = {NULL, STR("function_error")};
    enum check_result parts[3];
    bool failed = a->kind != ANSWER_SUCCESS;

    if (e->wish == WISH_NONE)
        return CHECK_OK; /* as by default: told at the case's name */
    if (!failed) {
        check_record(run, e->at, "function_error", &trail, "the function to fail", "success", NULL,
                     NULL);
        return CHECK_FAILED;
    }
    parts[0] = run_error_field(e->type, a, "errorType", run);
    parts[1] = run_error_field(e->message, a, "errorMessage", run);
    parts[2] = run_error_field(e->stack, a, "stackTrace", run);
    for (size_t i = 0; i < 3; i++)
        if (parts[i] == CHECK_FAILED)
            return CHECK_FAILED;
    for (size_t i = 0; i < 3; i++)
        if (parts[i] == CHECK_UNKNOWN)
            return CHECK_UNKNOWN;
    return CHECK_OK;
}

static enum check_result run_snapshot(const struct expectation *e, struct answer *a,
                                      struct check_run *run)
{
    return snapshot_run(e->snapshot, e->at, a, run);
}

/* The engine's: it takes other answers. */
static enum check_result run_later(const struct expectation *e, struct answer *a,
                                   struct check_run *run)
{
    (void)e;
    (void)a;
    (void)run;
    return CHECK_OK;
}

/* ---- the table ---- */

static const struct expect_kind kinds[] = {
    {"status", false, compile_status, run_status},
    {"function_error", true, compile_function_error, run_function_error},
    {"payload", true, compile_matcher, run_payload},
    {"contains", true, compile_contains, run_payload},
    {"paths", true, compile_check, run_paths},
    {"matches", true, compile_check, run_text},
    {"not_matches", true, compile_check, run_text},
    {"schema", true, compile_check, run_payload},
    {"log", true, compile_matcher, run_log},
    {"duration", false, compile_ms, run_duration},
    {"billed_duration", true, compile_ms, run_billed},
    {"init_duration", true, compile_ms, run_init},
    {"max_memory", true, compile_bytes, run_memory},
    {"cold_start", true, compile_bool, run_cold},
    {"executed_version", true, compile_matcher, run_version},
    {"snapshot", true, compile_snapshot, run_snapshot},
    {"same_as", true, compile_same_as, run_later},
    {"latency", false, compile_latency, run_later},
};

const char *const expect_keys[] = {
    "status",          "function_error", "payload",    "contains",   "paths",
    "matches",         "not_matches",    "schema",     "log",        "duration",
    "billed_duration", "init_duration",  "max_memory", "cold_start", "executed_version",
    "snapshot",        "same_as",        "latency",    NULL,
};

static const struct expect_kind *find_kind(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_eq_c(name, kinds[i].name))
            return &kinds[i];
    return NULL;
}

static void unknown_key(struct check_compiler *c, struct json_child k)
{
    const char *names[ARRAY_LEN(kinds) + 32];
    size_t count = 0;
    const char *near;
    struct fault *fault;

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        names[count++] = kinds[i].name;
    fault = json_fault(c->faults, k.ref.doc, json_ref_key(k.ref),
                       "unknown key \"%.*s\" in \"expect\"", STR_ARG(k.key));
    near = suggest_nearest(k.key, names, count);
    if (near)
        fault_hint(fault, "did you mean \"%s\"?", near);
    else if (check_kind_find(k.key))
        fault_hint(fault, "a matcher of the whole response goes under \"payload\"");
}

static bool compile_member(struct expect *ret, struct check_compiler *c, struct json_child k,
                           enum invoke_type invocation)
{
    const struct expect_kind *kind = find_kind(k.key);
    struct expectation *e = &ret->items[ret->count];

    if (!kind) {
        unknown_key(c, k);
        return false;
    }
    if (kind->needs_answer && invocation != INVOKE_REQUEST_RESPONSE) {
        fault_hint(json_fault(c->faults, k.ref.doc, json_ref_key(k.ref),
                              "\"%s\" cannot be met by an invocation of type %s", kind->name,
                              invocation == INVOKE_EVENT ? "Event" : "DryRun"),
                   "its answer has no payload and no log; \"status\" is %d",
                   invocation == INVOKE_EVENT ? 202 : 204);
        return false;
    }
    e->kind = kind;
    e->at = k.ref;
    if (!kind->compile(c, k.ref, e))
        return false;
    ret->count++;
    if (e->same_as)
        ret->same_as = e->same_as;
    if (e->latency)
        ret->latency = e->latency;
    if (strcmp(kind->name, "status") == 0)
        ret->status = e;
    if (strcmp(kind->name, "function_error") == 0)
        ret->function_error = e;
    return true;
}

bool expect_compile(struct expect *ret, struct check_compiler *c, struct json_ref at,
                    struct json_ref case_name, enum invoke_type invocation)
{
    bool whole = true;

    *ret = (struct expect){.case_name = case_name};
    if (!at.value)
        return true;
    ret->items = arena_array(c->arena, json_object_size(at.value) + 1, sizeof(*ret->items));
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k))
        whole = compile_member(ret, c, k, invocation) && whole;
    return whole;
}

/* ---- the whole ---- */

static bool expects_failure(const struct expect *expect)
{
    if (expect->function_error)
        return expect->function_error->wish != WISH_NONE;
    return expect->status && expect->status->by_outcome &&
           expect->status->outcome != ANSWER_SUCCESS;
}

static enum check_result unexpected_error(const struct expect *expect, const struct answer *a,
                                          struct check_run *run)
{
    struct trail trail = {NULL, STR("function_error")};
    const char *what = arena_printf(run->arena, "%s: %s%s%s", answer_kind_name(a->kind),
                                    *a->error_type ? a->error_type : a->reply.function_error,
                                    *a->error_message ? ": " : "", a->error_message);

    check_record(run, expect->case_name, "function_error", &trail, "success", what, NULL, NULL);
    return CHECK_FAILED;
}

bool expect_wants_refusal(const struct expect *expect, const struct answer *answer)
{
    struct check_run quiet = {.quiet = true};
    struct arena arena = {0};
    enum check_result met;

    if (!expect->status || answer->kind == ANSWER_TRANSPORT ||
        answer->kind == ANSWER_WRONG_VERSION || answer_is_functions(answer->kind))
        return false;
    quiet.arena = &arena;
    met = run_status(expect->status, (struct answer *)(uintptr_t)answer, &quiet);
    arena_release(&arena);
    return met == CHECK_OK;
}

enum check_result expect_run(const struct expect *expect, struct answer *answer,
                             struct check_run *run)
{
    enum check_result result = CHECK_OK;

    if (!answer_is_functions(answer->kind) && !expect_wants_refusal(expect, answer))
        return CHECK_UNKNOWN;
    if (answer_is_functions(answer->kind) && answer->kind != ANSWER_SUCCESS &&
        !expects_failure(expect))
        result = unexpected_error(expect, answer, run);
    for (size_t i = 0; i < expect->count; i++) {
        const struct expectation *e = &expect->items[i];
        enum check_result one = e->kind->run(e, answer, run);

        if (one == CHECK_FAILED || (one == CHECK_UNKNOWN && result == CHECK_OK))
            result = one;
    }
    return result;
}

void expect_describe(const struct expect *expect, struct buf *out)
{
    if (!expects_failure(expect))
        buf_add_c(out, "the function succeeds\n");
    for (size_t i = 0; i < expect->count; i++) {
        const struct expectation *e = &expect->items[i];

        buf_printf(out, "%s: ", e->kind->name);
        if (e->matcher)
            matcher_describe(e->matcher, out);
        else if (e->by_outcome)
            buf_add_c(out, answer_kind_name(e->outcome));
        else
            print_json(out, e->at.doc, e->at.value);
        buf_putc(out, '\n');
    }
}
