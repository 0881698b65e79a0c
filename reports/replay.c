#include "reports/replay.h"

#include <stdlib.h>

#include "base/mem.h"
#include "reports/replay_private.h"
#include "runner/testcase.h"

/* ---- reading members ---- */

const char *replay_text(struct arena *arena, json_t *object, const char *key)
{
    return arena_dup(arena, json_string_value(json_object_get(object, key)));
}

const char *replay_text_or_empty(struct arena *arena, json_t *object, const char *key)
{
    const char *value = replay_text(arena, object, key);

    return value ? value : "";
}

static struct str bytes(struct arena *arena, json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return arena_str(arena, (struct str){json_string_value(value), json_string_length(value)});
}

int64_t replay_integer(json_t *object, const char *key)
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
        ret->of[i] = (size_t)replay_integer(counts, verdict_name((enum verdict)i));
    ret->flaky = (size_t)replay_integer(counts, "flaky");
}

static struct run_function *read_functions(struct arena *arena, json_t *event, size_t *ret_count)
{
    json_t *list = json_object_get(event, "functions"), *item;
    struct run_function *out = arena_array(arena, json_array_size(list) + 1, sizeof(*out));
    size_t i;

    json_array_foreach(list, i, item)
    {
        out[i] = (struct run_function){
            .key = replay_text_or_empty(arena, item, "key"),
            .name = replay_text_or_empty(arena, item, "name"),
            .alias = replay_text_or_empty(arena, item, "alias"),
            .version = replay_text_or_empty(arena, item, "version"),
            .executed_version = replay_text_or_empty(arena, item, "executed_version"),
            .code_sha256 = replay_text_or_empty(arena, item, "code_sha256"),
            .reason = replay_text(arena, item, "reason"),
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
    json_t *whole = json_object_get(event, "whole"), *aliases = json_object_get(event, "aliases");
    struct run_suite *out = arena_array(arena, json_array_size(suites) + 1, sizeof(*out));
    size_t i;

    *ret = (struct run_info){
        .id = replay_text_or_empty(arena, event, "id"),
        .environment = replay_text_or_empty(arena, event, "environment"),
        .alias = replay_text_or_empty(arena, event, "alias"),
        .region = replay_text_or_empty(arena, event, "region"),
        .endpoint = replay_text_or_empty(arena, event, "endpoint"),
        .tool_version = replay_text_or_empty(arena, event, "tool_version"),
        .host = replay_text_or_empty(arena, event, "host"),
        .folder = replay_text_or_empty(arena, event, "folder"),
        .start_ms = replay_integer(event, "start_ms"),
        .cases = (size_t)replay_integer(event, "cases"),
        .jobs = (unsigned)replay_integer(event, "jobs"),
        .shard = (unsigned)replay_integer(event, "shard"),
        .shards = (unsigned)replay_integer(event, "shards"),
        .whole_cases = (size_t)replay_integer(whole, "cases"),
        .whole_sha256 = replay_text(arena, whole, "sha256"),
        .suites = out,
        .suite_count = json_array_size(suites),
        .promotion = json_is_true(json_object_get(event, "promotion")),
        .release = replay_text(arena, event, "release"),
        .command = replay_text(arena, event, "command"),
        .aliases = {.live = replay_text(arena, aliases, "live"),
                    .smoke = replay_text(arena, aliases, "smoke"),
                    .backup = replay_text(arena, aliases, "backup")},
    };
    ret->seed = strtoull(replay_text_or_empty(arena, event, "seed"), NULL, 10);
    ret->functions = read_functions(arena, event, &ret->function_count);
    json_array_foreach(suites, i, item) out[i] =
        (struct run_suite){.name = replay_text_or_empty(arena, item, "name"),
                           .file = replay_text_or_empty(arena, item, "file"),
                           .sha256 = replay_text_or_empty(arena, item, "sha256"),
                           .cases = (size_t)replay_integer(item, "cases")};
    return ret->cases <= TESTSET_ITEMS_MAX && ret->whole_cases <= TESTSET_ITEMS_MAX;
}

static void read_failures(struct arena *arena, json_t *event, struct attempt *a)
{
    json_t *list = json_object_get(event, "failures"), *item;
    struct failure_info *out = arena_array(arena, json_array_size(list) + 1, sizeof(*out));
    size_t i;

    json_array_foreach(list, i, item) out[i] = (struct failure_info){
        .file = replay_text(arena, item, "file"),
        .line = (unsigned)replay_integer(item, "line"),
        .column = (unsigned)replay_integer(item, "column"),
        .where = replay_text_or_empty(arena, item, "where"),
        .check = replay_text_or_empty(arena, item, "check"),
        .expected = replay_text_or_empty(arena, item, "expected"),
        .actual = replay_text_or_empty(arena, item, "actual"),
        .diff = replay_text(arena, item, "diff"),
        .note = replay_text(arena, item, "note"),
        .gave_up = json_is_true(json_object_get(item, "gave_up")),
    };
    a->failures = out;
    a->failure_count = json_array_size(list);
    a->failures_dropped = (size_t)replay_integer(event, "failures_dropped");
}

static const struct latency *read_latency(struct arena *arena, json_t *object)
{
    struct latency *l;

    if (!json_is_object(object))
        return NULL;
    l = arena_alloc(arena, sizeof(*l));
    *l = (struct latency){.count = (size_t)replay_integer(object, "count"),
                          .min_us = replay_integer(object, "min_us"),
                          .max_us = replay_integer(object, "max_us")};
    for (size_t i = 0; i < LATENCY_PERCENTILES; i++) {
        char key[16];

        snprintf(key, sizeof(key), "p%u_us", latency_percents[i]);
        l->at_us[i] = replay_integer(object, key);
    }
    return l;
}

static bool read_attempt(struct arena *arena, json_t *event, struct attempt *a)
{
    *a = (struct attempt){
        .number = (unsigned)replay_integer(event, "number"),
        .status = (int)replay_integer(event, "status"),
        .executed_version = replay_text_or_empty(arena, event, "executed_version"),
        .request_id = replay_text_or_empty(arena, event, "request_id"),
        .function_error = replay_text_or_empty(arena, event, "function_error"),
        .error_type = replay_text_or_empty(arena, event, "error_type"),
        .error_message = replay_text_or_empty(arena, event, "error_message"),
        .reason = replay_text(arena, event, "reason"),
        .start_us = replay_integer(event, "start_us"),
        .duration_us = replay_integer(event, "duration_us"),
        .first_byte_us = replay_integer(event, "first_byte_us"),
        .connect_us = replay_integer(event, "connect_us"),
        .latency = read_latency(arena, json_object_get(event, "latency")),
        .compared = read_latency(arena, json_object_get(event, "compared")),
        .compared_alias = replay_text_or_empty(arena, json_object_get(event, "compared"), "alias"),
        .invocations = (unsigned)replay_integer(event, "invocations"),
        .cold_start = json_is_true(json_object_get(event, "cold_start")),
        .init_ms = measure(event, "init_ms"),
        .billed_ms = measure(event, "billed_ms"),
        .max_memory_bytes = measure(event, "max_memory_bytes"),
        .request = bytes(arena, event, "request"),
        .response = bytes(arena, event, "response"),
        .log = bytes(arena, event, "log"),
        .request_bytes = (size_t)replay_integer(event, "request_bytes"),
        .response_bytes = (size_t)replay_integer(event, "response_bytes"),
    };
    read_failures(arena, event, a);
    return verdict_find(json_string_value(json_object_get(event, "verdict")), &a->verdict) &&
           answer_kind_find(replay_text_or_empty(arena, event, "outcome"), &a->kind);
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
        .index = (size_t)replay_integer(event, "index"),
        .place = (size_t)replay_integer(event, "place"),
        .suite_index = (size_t)replay_integer(event, "suite_index"),
        .suite = replay_text_or_empty(arena, event, "suite"),
        .name = replay_text_or_empty(arena, event, "name"),
        .row_id = replay_text(arena, event, "row"),
        .role = replay_text_or_empty(arena, event, "role"),
        .file = replay_text_or_empty(arena, event, "file"),
        .line = (unsigned)replay_integer(event, "line"),
        .column = (unsigned)replay_integer(event, "column"),
        .description = replay_text(arena, event, "description"),
        .function_key = replay_text_or_empty(arena, event, "function_key"),
        .function = replay_text_or_empty(arena, event, "function"),
        .alias = replay_text_or_empty(arena, event, "alias"),
        .scope = replay_text(arena, event, "scope"),
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
    result->reason = replay_text(arena, event, "reason");
    result->start_us = replay_integer(event, "start_us");
    result->duration_us = replay_integer(event, "duration_us");
    result->attempts = arena_array(arena, json_array_size(attempts) + 1, sizeof(struct attempt));
    result->attempt_count = json_array_size(attempts);
    json_array_foreach(attempts, i, item) good =
        read_attempt(arena, item, &result->attempts[i]) && good;
    result->notices = read_words(arena, json_object_get(event, "notices"), &result->notice_count);
    good = verdict_find(replay_text_or_empty(arena, event, "verdict"), &result->verdict) && good;
    if (good)
        return result;
    case_result_free(result);
    return NULL;
}

bool replay_read_end(struct run_summary *ret, json_t *event, struct arena *arena)
{
    ret->interrupted = json_is_true(json_object_get(event, "interrupted"));
    ret->stopped = replay_text(arena, event, "stopped");
    ret->end = replay_text(arena, event, "end");
    ret->message = replay_text(arena, event, "message");
    ret->end_ms = replay_integer(event, "end_ms");
    ret->duration_us = replay_integer(event, "duration_us");
    ret->invocations = (size_t)replay_integer(event, "invocations");
    read_counts(event, &ret->counts);
    ret->functions = read_functions(arena, event, &ret->function_count);
    return run_verdict_find(replay_text_or_empty(arena, event, "verdict"), &ret->verdict);
}

json_t *replay_read_line(const char *line, size_t len, const char **ret_kind)
{
    json_t *event = json_loadb(line, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    const char *kind = json_string_value(json_object_get(event, "event"));

    if (kind && replay_integer(event, "v") == EVENT_VERSION) {
        *ret_kind = kind;
        return event;
    }
    json_decref(event);
    return NULL;
}
