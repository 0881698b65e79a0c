#include "runner/expect.h"

#include <string.h>

#include "base/suggest.h"
#include "runner/expect_private.h"
#include "runner/print.h"

static const struct expect_kind kinds[] = {
    {"status", false, expect_compile_status, expect_run_status},
    {"function_error", true, expect_compile_function_error, expect_run_function_error},
    {"payload", true, expect_compile_matcher, expect_run_payload},
    {"contains", true, expect_compile_check, expect_run_payload},
    {"paths", true, expect_compile_check, expect_run_paths},
    {"matches", true, expect_compile_check, expect_run_text},
    {"not_matches", true, expect_compile_check, expect_run_text},
    {"schema", true, expect_compile_check, expect_run_payload},
    {"log", true, expect_compile_matcher, expect_run_log},
    {"duration", false, expect_compile_ms, expect_run_duration},
    {"billed_duration", true, expect_compile_ms, expect_run_billed},
    {"init_duration", true, expect_compile_ms, expect_run_init},
    {"max_memory", true, expect_compile_bytes, expect_run_memory},
    {"cold_start", true, expect_compile_bool, expect_run_cold},
    {"executed_version", true, expect_compile_matcher, expect_run_version},
    {"snapshot", true, expect_compile_snapshot, expect_run_snapshot},
    {"same_as", true, expect_compile_same_as, expect_run_later},
    {"latency", false, expect_compile_latency, expect_run_later},
};

const char *expect_key(size_t i)
{
    return i < ARRAY_LEN(kinds) ? kinds[i].name : NULL;
}

static const struct expect_kind *find_kind(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_eq_c(name, kinds[i].name))
            return &kinds[i];
    return NULL;
}

/* How other tools call it, or where people look for it. */
static const char *known_elsewhere(struct str key)
{
    static const char *const rows[][2] = {
        {"body", "\"payload\" is the response; a member of it goes under \"paths\""},
        {"response", "\"payload\" is the response; a member of it goes under \"paths\""},
        {"result", "\"payload\" is the response; a member of it goes under \"paths\""},
        {"output", "\"payload\" is the response; a member of it goes under \"paths\""},
        {"statusCode",
         "write \"paths\": { \"$.statusCode\": 200 }; \"status\" is the invocation's"},
        {"status_code",
         "write \"paths\": { \"$.statusCode\": 200 }; \"status\" is the invocation's"},
        {"headers", "write \"paths\": { \"$.headers['content-type']\": ... }"},
        {"error", "that is \"function_error\" here"},
        {"errorType", "that is \"function_error\" here"},
        {"logs", "that is \"log\" here"},
        {"memory", "that is \"max_memory\" here"},
        {"version", "that is \"executed_version\" here"},
        {"regex", "that is \"matches\" here"},
        {"jsonpath", "that is \"paths\" here"},
        {"p50", "percentiles go under \"latency\""},
        {"p90", "percentiles go under \"latency\""},
        {"p95", "percentiles go under \"latency\""},
        {"p99", "percentiles go under \"latency\""},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_eq_c(key, rows[i][0]))
            return rows[i][1];
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
    if (known_elsewhere(k.key))
        fault_hint(fault, "%s", known_elsewhere(k.key));
    else if (near)
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
    met = expect_run_status(expect->status, (struct answer *)(uintptr_t)answer, &quiet);
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
