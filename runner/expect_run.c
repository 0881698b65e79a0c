#include "runner/expect_private.h"

#include <string.h>

#include "runner/snapshot.h"

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

enum check_result expect_run_payload(const struct expectation *e, struct answer *a,
                                     struct check_run *run)
{
    return on(e->matcher, payload_subject(a), run, "payload");
}

/* A path tells by itself where it begins. */
enum check_result expect_run_paths(const struct expectation *e, struct answer *a,
                                   struct check_run *run)
{
    struct subject s = payload_subject(a);

    return matcher_run(e->matcher, &s, run, NULL);
}

enum check_result expect_run_text(const struct expectation *e, struct answer *a,
                                  struct check_run *run)
{
    return on(e->matcher, (struct subject){.value = answer_text(a), .text = true}, run,
              "the response's text");
}

enum check_result expect_run_log(const struct expectation *e, struct answer *a,
                                 struct check_run *run)
{
    return on(e->matcher, (struct subject){.value = answer_log(a), .text = true}, run, "log");
}

static enum check_result on_number(const struct expectation *e, double value, const char *shown,
                                   struct check_run *run)
{
    struct trail trail = {NULL, str_c(e->kind->name)};

    return matcher_run_number(e->matcher, value, shown, run, &trail);
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

enum check_result expect_run_duration(const struct expectation *e, struct answer *a,
                                      struct check_run *run)
{
    return run_ms(e, (double)a->duration_us / 1000.0, run, NULL);
}

enum check_result expect_run_billed(const struct expectation *e, struct answer *a,
                                    struct check_run *run)
{
    return run_ms(e, a->report.billed_ms, run, "the log tail has no REPORT line");
}

enum check_result expect_run_init(const struct expectation *e, struct answer *a,
                                  struct check_run *run)
{
    if (!a->cold_start) /* warm: not applicable */
        return CHECK_OK;
    return run_ms(e, a->report.init_ms, run, NULL);
}

enum check_result expect_run_memory(const struct expectation *e, struct answer *a,
                                    struct check_run *run)
{
    double bytes = a->report.max_memory_bytes;

    if (bytes < 0)
        return run_ms(e, -1, run, "the log tail has no REPORT line");
    return on_number(e, bytes, arena_printf(run->arena, "%.6g MiB", bytes / 1048576.0), run);
}

enum check_result expect_run_cold(const struct expectation *e, struct answer *a,
                                  struct check_run *run)
{
    return on(e->matcher, (struct subject){.value = a->cold_start ? json_true() : json_false()},
              run, "cold_start");
}

enum check_result expect_run_version(const struct expectation *e, struct answer *a,
                                     struct check_run *run)
{
    json_t *text = json_string(a->reply.executed_version);
    enum check_result result =
        on(e->matcher, (struct subject){.value = text}, run, "executed_version");

    json_decref(text);
    return result;
}

enum check_result expect_run_status(const struct expectation *e, struct answer *a,
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

enum check_result expect_run_function_error(const struct expectation *e, struct answer *a,
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

enum check_result expect_run_snapshot(const struct expectation *e, struct answer *a,
                                      struct check_run *run)
{
    return snapshot_run(e->snapshot, e->at, a, run);
}

/* The engine's: it takes other answers. */
enum check_result expect_run_later(const struct expectation *e, struct answer *a,
                                   struct check_run *run)
{
    (void)e;
    (void)a;
    (void)run;
    return CHECK_OK;
}
