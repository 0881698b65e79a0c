#include "runner/load_case.h"

#include <string.h>

#include "base/clock.h"
#include "json/strict.h"
#include "runner/table.h"

enum { RETRIES_MAX = 100, REPEAT_MAX = 100000 };

const struct case_settings case_settings_default = {
    .backoff_ms = 500, .repeat = 1, .invocation = INVOKE_REQUEST_RESPONSE};

/* ---- settings ---- */

static bool read_duration(struct json_ref at, int64_t *ret_ms, const char *key,
                          struct faults *faults)
{
    if (!at.value)
        return true;
    if (clock_parse_duration(str_c(json_string_value(at.value)), ret_ms) && *ret_ms > 0)
        return true;
    json_fault(faults, at.doc, json_ref_start(at),
               "\"%s\" wants a duration such as \"5s\" or \"800ms\", found \"%s\"", key,
               json_string_value(at.value));
    return false;
}

static bool read_count(struct json_ref at, unsigned *ret, unsigned min, unsigned max,
                       const char *key, struct faults *faults)
{
    json_int_t n;

    if (!at.value)
        return true;
    n = json_integer_value(at.value);
    if (n < (json_int_t)min || n > (json_int_t)max) {
        json_fault(faults, at.doc, json_ref_start(at), "\"%s\" wants a number from %u to %u", key,
                   min, max);
        return false;
    }
    *ret = (unsigned)n;
    return true;
}

static bool read_invocation(struct json_ref at, enum invoke_type *ret, struct faults *faults)
{
    const char *name = json_string_value(at.value);

    if (!at.value)
        return true;
    if (strcmp(name, "RequestResponse") == 0)
        *ret = INVOKE_REQUEST_RESPONSE;
    else if (strcmp(name, "Event") == 0)
        *ret = INVOKE_EVENT;
    else if (strcmp(name, "DryRun") == 0)
        *ret = INVOKE_DRY_RUN;
    else
        return json_fault(faults, at.doc, json_ref_start(at),
                          "\"invocation\" is RequestResponse, Event or DryRun, found \"%s\"", name),
               false;
    return true;
}

/* The settings both a case and "defaults" have, as the first rows of both key tables. */
#define SETTING_KEYS                                                                               \
    {"timeout", STRICT_STRING, false}, {"retries", STRICT_INTEGER, false},                         \
        {"backoff", STRICT_STRING, false}, {"until", STRICT_STRING, false},                        \
        {"repeat", STRICT_INTEGER, false}, {"idempotent", STRICT_BOOLEAN, false},                  \
        {"serial", STRICT_BOOLEAN, false},                                                         \
    {                                                                                              \
        "invocation", STRICT_STRING, false                                                         \
    }

enum { SETTING_COUNT = 8 };

static bool settings_take(struct case_settings *s, const struct json_ref *got,
                          struct faults *faults)
{
    bool whole = true;

    /* "auto" is what it is when nothing is written. */
    if (!got[0].value || strcmp(json_string_value(got[0].value), "auto") != 0)
        whole = read_duration(got[0], &s->timeout_ms, "timeout", faults);
    else
        s->timeout_ms = 0;
    whole = read_count(got[1], &s->retries, 0, RETRIES_MAX, "retries", faults) && whole;
    whole = read_duration(got[2], &s->backoff_ms, "backoff", faults) && whole;
    whole = read_duration(got[3], &s->until_ms, "until", faults) && whole;
    whole = read_count(got[4], &s->repeat, 1, REPEAT_MAX, "repeat", faults) && whole;
    if (got[5].value)
        s->idempotent = json_is_true(got[5].value);
    if (got[6].value)
        s->serial = json_is_true(got[6].value);
    return read_invocation(got[7], &s->invocation, faults) && whole;
}

bool settings_read(struct case_settings *settings, struct json_ref at, struct faults *faults)
{
    static const struct strict_key keys[] = {SETTING_KEYS};
    struct json_ref got[ARRAY_LEN(keys)];
    bool whole;

    if (!at.value)
        return true;
    whole = strict_object(at, "defaults", keys, ARRAY_LEN(keys), got, faults);
    return settings_take(settings, got, faults) && whole;
}

/* ---- a case ---- */

enum {
    KEY_NAME = SETTING_COUNT,
    KEY_DESCRIPTION,
    KEY_TAGS,
    KEY_FUNCTION,
    KEY_VARIABLES,
    KEY_PAYLOAD,
    KEY_PAYLOAD_FILE,
    KEY_PAYLOAD_TEXT,
    KEY_EVENT,
    KEY_CLIENT_CONTEXT,
    KEY_EXPECT,
    KEY_CAPTURE,
    KEY_NEEDS,
    KEY_SKIP,
    KEY_LOCK,
    KEY_FRESH,
    KEY_STREAM,
    KEY_TABLE,
    KEY_TABLE_FILE,
};

static const struct strict_key keys[] = {
    SETTING_KEYS,
    {"name", STRICT_STRING, true},
    {"description", STRICT_STRING, false},
    {"tags", STRICT_ARRAY, false},
    {"function", STRICT_STRING, false},
    {"variables", STRICT_OBJECT, false},
    {"payload", STRICT_ANY, false},
    {"payload_file", STRICT_STRING, false},
    {"payload_text", STRICT_STRING, false},
    {"event", STRICT_STRING | STRICT_OBJECT, false},
    {"client_context", STRICT_OBJECT, false},
    {"expect", STRICT_OBJECT, false},
    {"capture", STRICT_OBJECT, false},
    {"needs", STRICT_ARRAY, false},
    {"skip", STRICT_STRING | STRICT_OBJECT, false},
    {"lock", STRICT_STRING, false},
    {"fresh", STRICT_BOOLEAN, false},
    {"stream", STRICT_BOOLEAN, false},
    {"table", STRICT_ARRAY, false},
    {"table_file", STRICT_STRING, false},
};

const char *case_key(size_t i)
{
    return i < ARRAY_LEN(keys) ? keys[i].name : NULL;
}

static bool at_most_one(const struct json_ref *got, const int *which, size_t count,
                        struct faults *faults)
{
    const struct json_ref *first = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct json_ref *ref = &got[which[i]];

        if (!ref->value)
            continue;
        if (first) {
            json_fault(faults, ref->doc, json_ref_key(*ref),
                       "\"%s\" beside another of its kind: one of them is enough",
                       keys[which[i]].name);
            return false;
        }
        first = ref;
    }
    return true;
}

static bool read_tags(struct testcase *test, struct json_ref at, struct arena *arena,
                      struct faults *faults)
{
    bool whole = true;

    if (!at.value)
        return true;
    test->tags = arena_array(arena, json_array_size(at.value) + 1, sizeof(*test->tags));
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k)) {
        if (json_is_string(k.ref.value) && json_string_length(k.ref.value) > 0) {
            test->tags[test->tag_count++] = json_string_value(k.ref.value);
            continue;
        }
        json_fault(faults, at.doc, json_ref_start(k.ref), "a tag is a word, found %s",
                   strict_type_name(k.ref.value));
        whole = false;
    }
    return whole;
}

static bool read_skip(struct testcase *test, struct json_ref at, const struct runner_config *config,
                      struct faults *faults)
{
    static const struct strict_key skip_keys[] = {{"environments", STRICT_ARRAY, true},
                                                  {"reason", STRICT_STRING, false}};
    struct json_ref got[ARRAY_LEN(skip_keys)];

    if (!at.value)
        return true;
    if (json_is_string(at.value)) {
        test->skip = json_string_value(at.value);
        return true;
    }
    if (!strict_object(at, "skip", skip_keys, ARRAY_LEN(skip_keys), got, faults))
        return false;
    for (struct json_child k = json_child_first(got[0]); k.ref.value; k = json_child_next(k)) {
        if (!json_is_string(k.ref.value))
            return json_fault(faults, at.doc, json_ref_start(k.ref),
                              "the name of an environment, found %s",
                              strict_type_name(k.ref.value)),
                   false;
        if (config->environment && strcmp(config->environment, json_string_value(k.ref.value)) == 0)
            test->skip = got[1].value ? json_string_value(got[1].value) : "not in this environment";
    }
    return true;
}

static bool read_table(struct testcase *test, const struct json_ref *got, struct faults *faults)
{
    if (got[KEY_TABLE].value)
        test->table = table_read(test->suite->doc, got[KEY_TABLE], faults);
    else if (got[KEY_TABLE_FILE].value)
        test->table = table_load(got[KEY_TABLE_FILE], test->suite->dir, faults);
    else
        return true;
    return test->table != NULL;
}

static bool read_stream(struct testcase *test, struct json_ref at, struct faults *faults)
{
    test->stream = json_is_true(at.value);
    if (!test->stream || test->settings.invocation != INVOKE_EVENT)
        return true;
    fault_hint(json_fault(faults, at.doc, json_ref_start(at),
                          "a response stream of an invocation of type Event"),
               "\"invocation\": \"RequestResponse\" waits for an answer");
    return false;
}

static bool read_lock(struct testcase *test, struct json_ref at, struct faults *faults)
{
    if (!at.value)
        return true;
    test->lock = json_string_value(at.value);
    if (*test->lock)
        return true;
    json_fault(faults, at.doc, json_ref_start(at), "\"lock\" wants a name, found \"\"");
    return false;
}

static bool read_fresh(struct testcase *test, struct json_ref at, struct faults *faults)
{
    test->fresh = json_is_true(at.value);
    if (!test->fresh || test->settings.invocation == INVOKE_REQUEST_RESPONSE)
        return true;
    fault_hint(json_fault(faults, at.doc, json_ref_start(at),
                          "a new execution environment for an invocation nobody waits for"),
               "leave \"invocation\" away");
    return false;
}

static void keep_refs(struct testcase *test, const struct json_ref *got)
{
    test->name = got[KEY_NAME];
    if (test->name.value)
        test->pos = json_ref_start(test->name);
    test->description = got[KEY_DESCRIPTION];
    test->function = got[KEY_FUNCTION];
    test->variables = got[KEY_VARIABLES];
    test->payload = got[KEY_PAYLOAD];
    test->payload_file = got[KEY_PAYLOAD_FILE];
    test->payload_text = got[KEY_PAYLOAD_TEXT];
    test->event = got[KEY_EVENT];
    test->client_context = got[KEY_CLIENT_CONTEXT];
    test->expect = got[KEY_EXPECT];
    test->capture = got[KEY_CAPTURE];
    test->needs = got[KEY_NEEDS];
}

void case_read(struct testcase *test, struct json_ref at, const struct runner_config *config,
               struct arena *arena, struct faults *faults)
{
    static const int payloads[] = {KEY_PAYLOAD, KEY_PAYLOAD_FILE, KEY_PAYLOAD_TEXT, KEY_EVENT};
    static const int tables[] = {KEY_TABLE, KEY_TABLE_FILE};
    struct json_ref got[ARRAY_LEN(keys)];

    strict_object(at, "case", keys, ARRAY_LEN(keys), got, faults);
    test->self = at;
    test->settings = test->suite->defaults;
    settings_take(&test->settings, got, faults);
    at_most_one(got, payloads, ARRAY_LEN(payloads), faults);
    at_most_one(got, tables, ARRAY_LEN(tables), faults);
    read_tags(test, got[KEY_TAGS], arena, faults);
    read_skip(test, got[KEY_SKIP], config, faults);
    test->unreadable = !read_table(test, got, faults);
    read_lock(test, got[KEY_LOCK], faults);
    read_fresh(test, got[KEY_FRESH], faults);
    read_stream(test, got[KEY_STREAM], faults);
    keep_refs(test, got);
    if (test->name.value && json_string_length(test->name.value) == 0)
        json_fault(faults, at.doc, json_ref_start(test->name), "a case wants a name");
    if (!test->name.value || json_string_length(test->name.value) == 0)
        test->unreadable = true;
}
