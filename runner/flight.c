#include "runner/flight.h"

#include <string.h>

#include "base/mem.h"
#include "base/secret.h"

void flight_describe(struct case_result *result, const struct item *item, size_t index,
                     const struct target *target, const char *alias)
{
    static const char *const roles[] = {"setup", "case", "teardown"};
    const struct testcase *test = item->test;

    result->info = (struct case_info){
        .index = index,
        .suite_index = test->suite->index,
        .suite = test->suite->name,
        .name = arena_dup(&result->arena, item->name),
        .row_id = arena_dup(&result->arena, item->row_id),
        .file = test->suite->file,
        .line = item->test->pos.line,
        .column = item->test->pos.column,
        .description = json_string_value(test->description.value),
        .tags = test->tags,
        .tag_count = test->tag_count,
        .role = roles[test->role],
        .function_key = target               ? target->key
                        : item->function_key ? item->function_key
                                             : "",
        .function = target           ? target->name
                    : item->function ? item->function
                                     : "",
        .alias = alias,
    };
}

void flight_begin_attempt(struct flight *f, int64_t now_us)
{
    struct case_result *result = f->result;
    size_t max = f->attempts_cap;

    arena_adopt(&result->arena, &f->record);
    if (result->attempt_count == max) {
        struct attempt *more;

        f->attempts_cap = max ? (unsigned)max * 2 : 1;
        more = arena_array(&result->arena, f->attempts_cap, sizeof(*more));
        if (max)
            memcpy(more, result->attempts, max * sizeof(*more));
        result->attempts = more;
    }
    f->attempt = &result->attempts[result->attempt_count++];
    *f->attempt = (struct attempt){
        .number = (unsigned)result->attempt_count,
        .start_us = now_us,
        .init_ms = -1,
        .billed_ms = -1,
        .max_memory_bytes = -1,
        .executed_version = "",
        .request_id = "",
        .function_error = "",
        .error_type = "",
        .error_message = "",
    };
    f->times.count = 0;
    f->others.count = 0;
    f->timing = false;
    f->again = 0;
    f->polls = 0;
    f->unsent = 0;
    f->served_by_ms = 0;
    f->propagated_by_ms = 0;
}

struct arena *flight_fresh_record(struct flight *f)
{
    arena_reset(&f->record);
    return &f->record;
}

/* ---- what came back ---- */

/* Masked before it is cut: half a secret would not be found. */
static struct str excerpt(struct arena *arena, struct str bytes, enum verdict verdict)
{
    return secret_masked_part(arena, bytes,
                              verdict == VERDICT_PASSED ? EXCERPT_PASSED_MAX : EXCERPT_FAILED_MAX);
}

static struct failure_info failure_of(const struct failure *f, struct arena *arena)
{
    struct json_pos pos = f->at.value ? json_ref_start(f->at) : (struct json_pos){0};

    return (struct failure_info){
        .file = f->at.doc ? arena_dup(arena, json_doc_name(f->at.doc)) : NULL,
        .line = pos.line,
        .column = pos.column,
        .where = arena_dup(arena, f->where),
        .check = f->check,
        .expected = arena_dup(arena, f->expected),
        .actual = arena_dup(arena, f->actual),
        .diff = arena_dup(arena, f->diff),
        .note = arena_dup(arena, f->note),
        .gave_up = f->gave_up,
    };
}

static void keep_failures(struct attempt *attempt, struct arena *arena,
                          const struct check_run *checks)
{
    size_t kept = checks->failures < CHECK_FAILURES_MAX ? checks->failures : CHECK_FAILURES_MAX;
    struct failure_info *out = arena_array(arena, kept + 1, sizeof(*out));
    size_t n = 0;

    for (const struct failure *f = checks->first; f; f = f->next)
        out[n++] = failure_of(f, arena);
    attempt->failures = out;
    attempt->failure_count = n;
    attempt->failures_dropped = checks->failures - n;
}

void flight_record(struct flight *f, struct answer *answer, const struct check_run *checks,
                   enum verdict verdict)
{
    struct arena *arena = &f->record;
    struct attempt *a = f->attempt;
    const struct invoke_reply *reply = &answer->reply;
    struct str request = buf_str(&f->compiled->payload), response = buf_str(&reply->payload);
    const char *id = *reply->request_id ? reply->request_id : reply->error.request_id;

    a->verdict = verdict;
    a->kind = answer->kind;
    a->status = reply->status;
    a->executed_version = arena_dup(arena, reply->executed_version);
    a->request_id = arena_dup(arena, id);
    a->function_error = arena_dup(arena, reply->function_error);
    a->error_type = arena_dup(arena, answer->error_type);
    a->error_message = arena_dup(arena, answer->error_message);
    a->reason = verdict == VERDICT_INCONCLUSIVE && *answer->reason
                    ? arena_dup(arena, answer->reason)
                    : NULL;
    a->duration_us = answer->duration_us;
    a->first_byte_us = reply->timing.first_byte_us;
    a->connect_us = reply->timing.connect_us;
    a->cold_start = answer->cold_start;
    a->init_ms = answer->report.init_ms;
    a->billed_ms = answer->report.billed_ms;
    a->max_memory_bytes = answer->report.max_memory_bytes;
    a->request = excerpt(arena, request, verdict);
    a->request_bytes = request.len;
    a->response = excerpt(arena, response, verdict);
    a->response_bytes = response.len;
    a->log = excerpt(arena, buf_str(&reply->log), verdict);
    keep_failures(a, arena, checks);
    if (verdict == VERDICT_INCONCLUSIVE && !a->reason && a->failure_count)
        a->reason = a->failures[0].note;
}

void flight_add_failures(struct flight *f, const struct check_run *checks, enum verdict verdict)
{
    f->attempt->verdict = verdict;
    keep_failures(f->attempt, &f->record, checks);
}

void flight_notice(struct flight *f, const char *notice)
{
    struct case_result *r = f->result;
    const char **more;

    notice = arena_dup(&r->arena, notice);
    for (size_t i = 0; i < r->notice_count; i++)
        if (strcmp(r->notices[i], notice) == 0)
            return;
    more = arena_array(&r->arena, r->notice_count + 1, sizeof(char *));
    if (r->notice_count)
        memcpy(more, r->notices, r->notice_count * sizeof(char *));
    more[r->notice_count++] = notice;
    r->notices = more;
}

/* ---- times ---- */

void times_add(struct times *t, int64_t us)
{
    if (t->count == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 32;
        t->us = mem_grow(t->us, t->cap, sizeof(*t->us));
    }
    t->us[t->count++] = us;
}

const struct latency *flight_latency(struct flight *f, struct times *times)
{
    struct latency *l;

    if (times->count < 2)
        return NULL;
    l = arena_alloc(&f->record, sizeof(*l));
    *l = latency_of(times->us, times->count);
    return l;
}
