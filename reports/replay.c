#include "reports/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reports/replay_private.h"
#include "runner/testcase.h"

/* ---- reading members ---- */

static const char *text(struct arena *arena, json_t *object, const char *key)
{
    return arena_dup(arena, json_string_value(json_object_get(object, key)));
}

static const char *text_or_empty(struct arena *arena, json_t *object, const char *key)
{
    const char *value = text(arena, object, key);

    return value ? value : "";
}

static struct str bytes(struct arena *arena, json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return arena_str(arena, (struct str){json_string_value(value), json_string_length(value)});
}

static int64_t integer(json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static double measure(json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return value ? json_number_value(value) : -1;
}

static void read_counts(json_t *object, struct verdict_counts *ret)
{
    json_t *counts = json_object_get(object, "counts");

    for (size_t i = 0; i < VERDICT_COUNT; i++)
        ret->of[i] = (size_t)integer(counts, verdict_name((enum verdict)i));
    ret->flaky = (size_t)integer(counts, "flaky");
}

static struct run_function *read_functions(struct arena *arena, json_t *event, size_t *ret_count)
{
    json_t *list = json_object_get(event, "functions"), *item;
    struct run_function *out = arena_array(arena, json_array_size(list) + 1, sizeof(*out));
    size_t i;

    json_array_foreach(list, i, item)
    {
        out[i] = (struct run_function){
            .key = text_or_empty(arena, item, "key"),
            .name = text_or_empty(arena, item, "name"),
            .alias = text_or_empty(arena, item, "alias"),
            .version = text_or_empty(arena, item, "version"),
            .executed_version = text_or_empty(arena, item, "executed_version"),
            .code_sha256 = text_or_empty(arena, item, "code_sha256"),
            .reason = text(arena, item, "reason"),
        };
        read_counts(item, &out[i].counts);
    }
    *ret_count = json_array_size(list);
    return out;
}

/* ---- events ---- */

bool replay_read_run(struct run_info *ret, json_t *event, struct arena *arena)
{
    json_t *suites = json_object_get(event, "suites"), *item;
    json_t *whole = json_object_get(event, "whole");
    struct run_suite *out = arena_array(arena, json_array_size(suites) + 1, sizeof(*out));
    size_t i;

    *ret = (struct run_info){
        .id = text_or_empty(arena, event, "id"),
        .environment = text_or_empty(arena, event, "environment"),
        .alias = text_or_empty(arena, event, "alias"),
        .region = text_or_empty(arena, event, "region"),
        .endpoint = text_or_empty(arena, event, "endpoint"),
        .tool_version = text_or_empty(arena, event, "tool_version"),
        .host = text_or_empty(arena, event, "host"),
        .start_ms = integer(event, "start_ms"),
        .cases = (size_t)integer(event, "cases"),
        .jobs = (unsigned)integer(event, "jobs"),
        .shard = (unsigned)integer(event, "shard"),
        .shards = (unsigned)integer(event, "shards"),
        .whole_cases = (size_t)integer(whole, "cases"),
        .whole_sha256 = text(arena, whole, "sha256"),
        .suites = out,
        .suite_count = json_array_size(suites),
        .promotion = json_is_true(json_object_get(event, "promotion")),
        .release = text(arena, event, "release"),
    };
    ret->seed = strtoull(text_or_empty(arena, event, "seed"), NULL, 10);
    ret->functions = read_functions(arena, event, &ret->function_count);
    json_array_foreach(suites, i, item) out[i] =
        (struct run_suite){.name = text_or_empty(arena, item, "name"),
                           .file = text_or_empty(arena, item, "file"),
                           .sha256 = text_or_empty(arena, item, "sha256"),
                           .cases = (size_t)integer(item, "cases")};
    return ret->cases <= TESTSET_ITEMS_MAX && ret->whole_cases <= TESTSET_ITEMS_MAX;
}

static void read_failures(struct arena *arena, json_t *event, struct attempt *a)
{
    json_t *list = json_object_get(event, "failures"), *item;
    struct failure_info *out = arena_array(arena, json_array_size(list) + 1, sizeof(*out));
    size_t i;

    json_array_foreach(list, i, item) out[i] = (struct failure_info){
        .file = text(arena, item, "file"),
        .line = (unsigned)integer(item, "line"),
        .column = (unsigned)integer(item, "column"),
        .where = text_or_empty(arena, item, "where"),
        .check = text_or_empty(arena, item, "check"),
        .expected = text_or_empty(arena, item, "expected"),
        .actual = text_or_empty(arena, item, "actual"),
        .diff = text(arena, item, "diff"),
        .note = text(arena, item, "note"),
        .gave_up = json_is_true(json_object_get(item, "gave_up")),
    };
    a->failures = out;
    a->failure_count = json_array_size(list);
    a->failures_dropped = (size_t)integer(event, "failures_dropped");
}

static const struct latency *read_latency(struct arena *arena, json_t *object)
{
    struct latency *l;

    if (!json_is_object(object))
        return NULL;
    l = arena_alloc(arena, sizeof(*l));
    *l = (struct latency){.count = (size_t)integer(object, "count"),
                          .min_us = integer(object, "min_us"),
                          .max_us = integer(object, "max_us")};
    for (size_t i = 0; i < LATENCY_PERCENTILES; i++) {
        char key[16];

        snprintf(key, sizeof(key), "p%u_us", latency_percents[i]);
        l->at_us[i] = integer(object, key);
    }
    return l;
}

static bool read_attempt(struct arena *arena, json_t *event, struct attempt *a)
{
    *a = (struct attempt){
        .number = (unsigned)integer(event, "number"),
        .status = (int)integer(event, "status"),
        .executed_version = text_or_empty(arena, event, "executed_version"),
        .request_id = text_or_empty(arena, event, "request_id"),
        .function_error = text_or_empty(arena, event, "function_error"),
        .error_type = text_or_empty(arena, event, "error_type"),
        .error_message = text_or_empty(arena, event, "error_message"),
        .reason = text(arena, event, "reason"),
        .start_us = integer(event, "start_us"),
        .duration_us = integer(event, "duration_us"),
        .first_byte_us = integer(event, "first_byte_us"),
        .connect_us = integer(event, "connect_us"),
        .latency = read_latency(arena, json_object_get(event, "latency")),
        .compared = read_latency(arena, json_object_get(event, "compared")),
        .compared_alias = text_or_empty(arena, json_object_get(event, "compared"), "alias"),
        .invocations = (unsigned)integer(event, "invocations"),
        .cold_start = json_is_true(json_object_get(event, "cold_start")),
        .init_ms = measure(event, "init_ms"),
        .billed_ms = measure(event, "billed_ms"),
        .max_memory_bytes = measure(event, "max_memory_bytes"),
        .request = bytes(arena, event, "request"),
        .response = bytes(arena, event, "response"),
        .log = bytes(arena, event, "log"),
        .request_bytes = (size_t)integer(event, "request_bytes"),
        .response_bytes = (size_t)integer(event, "response_bytes"),
    };
    read_failures(arena, event, a);
    return verdict_find(json_string_value(json_object_get(event, "verdict")), &a->verdict) &&
           answer_kind_find(text_or_empty(arena, event, "outcome"), &a->kind);
}

static const char **read_words(struct arena *arena, json_t *list, size_t *ret_count)
{
    const char **words = arena_array(arena, json_array_size(list) + 1, sizeof(*words));
    json_t *item;
    size_t i;

    json_array_foreach(list, i, item) words[i] =
        arena_dup(arena, json_is_string(item) ? json_string_value(item) : "");
    *ret_count = json_array_size(list);
    return words;
}

static void read_info(struct arena *arena, json_t *event, struct case_info *info)
{
    *info = (struct case_info){
        .index = (size_t)integer(event, "index"),
        .place = (size_t)integer(event, "place"),
        .suite_index = (size_t)integer(event, "suite_index"),
        .suite = text_or_empty(arena, event, "suite"),
        .name = text_or_empty(arena, event, "name"),
        .row_id = text(arena, event, "row"),
        .role = text_or_empty(arena, event, "role"),
        .file = text_or_empty(arena, event, "file"),
        .line = (unsigned)integer(event, "line"),
        .column = (unsigned)integer(event, "column"),
        .description = text(arena, event, "description"),
        .function_key = text_or_empty(arena, event, "function_key"),
        .function = text_or_empty(arena, event, "function"),
        .alias = text_or_empty(arena, event, "alias"),
        .scope = text(arena, event, "scope"),
    };
    info->tags = read_words(arena, json_object_get(event, "tags"), &info->tag_count);
}

struct case_result *replay_read_case(json_t *event)
{
    struct case_result *result = mem_zalloc(sizeof(*result));
    struct arena *arena = &result->arena;
    json_t *attempts = json_object_get(event, "attempts"), *item;
    bool good = true;
    size_t i;

    read_info(arena, event, &result->info);
    result->flaky = json_is_true(json_object_get(event, "flaky"));
    result->reason = text(arena, event, "reason");
    result->start_us = integer(event, "start_us");
    result->duration_us = integer(event, "duration_us");
    result->attempts = arena_array(arena, json_array_size(attempts) + 1, sizeof(struct attempt));
    result->attempt_count = json_array_size(attempts);
    json_array_foreach(attempts, i, item) good =
        read_attempt(arena, item, &result->attempts[i]) && good;
    result->notices = read_words(arena, json_object_get(event, "notices"), &result->notice_count);
    good = verdict_find(text_or_empty(arena, event, "verdict"), &result->verdict) && good;
    if (good)
        return result;
    case_result_free(result);
    return NULL;
}

bool replay_read_end(struct run_summary *ret, json_t *event, struct arena *arena)
{
    ret->interrupted = json_is_true(json_object_get(event, "interrupted"));
    ret->stopped = text(arena, event, "stopped");
    ret->end = text(arena, event, "end");
    ret->message = text(arena, event, "message");
    ret->end_ms = integer(event, "end_ms");
    ret->duration_us = integer(event, "duration_us");
    ret->invocations = (size_t)integer(event, "invocations");
    read_counts(event, &ret->counts);
    ret->functions = read_functions(arena, event, &ret->function_count);
    return run_verdict_find(text_or_empty(arena, event, "verdict"), &ret->verdict);
}

static bool step(struct event_bus *bus, json_t *event, struct arena *arena)
{
    struct account_step s = {
        .environment = text_or_empty(arena, event, "environment"),
        .kind = text_or_empty(arena, event, "kind"),
        .function = text_or_empty(arena, event, "function"),
        .text = text_or_empty(arena, event, "text"),
        .undo = json_is_true(json_object_get(event, "undo")),
        .reason = text(arena, event, "reason"),
        .detail = text(arena, event, "detail"),
        .start_us = integer(event, "start_us"),
        .duration_us = integer(event, "duration_us"),
    };

    if (!verdict_find(text_or_empty(arena, event, "verdict"), &s.verdict))
        return false;
    event_step(bus, &s);
    return true;
}

static bool finding(struct event_bus *bus, json_t *event, struct arena *arena)
{
    const struct account_finding f = {
        .fails = strcmp(text_or_empty(arena, event, "level"), "fail") == 0,
        .check = text_or_empty(arena, event, "check"),
        .environment = text_or_empty(arena, event, "environment"),
        .function = text_or_empty(arena, event, "function"),
        .resource = text_or_empty(arena, event, "resource"),
        .source_arn = text_or_empty(arena, event, "source_arn"),
        .text = text_or_empty(arena, event, "text"),
        .repair = text_or_empty(arena, event, "repair"),
    };

    event_finding(bus, &f);
    return true;
}

static struct account_versions versions(struct arena *arena, json_t *event, const char *key)
{
    json_t *v = json_object_get(event, key);

    return (struct account_versions){.live = text_or_empty(arena, v, "live"),
                                     .smoke = text_or_empty(arena, v, "smoke"),
                                     .backup = text_or_empty(arena, v, "backup")};
}

static bool place(struct event_bus *bus, json_t *event, struct arena *arena)
{
    const struct account_place p = {
        .environment = text_or_empty(arena, event, "environment"),
        .function = text_or_empty(arena, event, "function"),
        .before = versions(arena, event, "before"),
        .after = versions(arena, event, "after"),
        .weighted = json_is_true(json_object_get(event, "weighted")),
    };

    event_place(bus, &p);
    return true;
}

bool replay_tell_account(struct event_bus *bus, const char *kind, json_t *event, bool *ret_known)
{
    static const struct {
        const char *kind;
        bool (*tell)(struct event_bus *bus, json_t *event, struct arena *arena);
    } rows[] = {{"step", step}, {"finding", finding}, {"place", place}};
    struct arena arena = {0};
    bool good = true;

    *ret_known = false;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].kind, kind) == 0) {
            *ret_known = true;
            good = rows[i].tell(bus, event, &arena);
        }
    arena_release(&arena);
    return good;
}

json_t *replay_read_line(const char *line, size_t len, const char **ret_kind)
{
    json_t *event = json_loadb(line, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    const char *kind = json_string_value(json_object_get(event, "event"));

    if (kind && integer(event, "v") == EVENT_VERSION) {
        *ret_kind = kind;
        return event;
    }
    json_decref(event);
    return NULL;
}
