/*
 * Event source mappings as records: they are kept, listed and change their state as on AWS, but
 * nothing is polled.
 */
#include <string.h>

#include "base/str.h"
#include "local/call.h"
#include "local/handlers.h"
#include "local/mapping_check.h"
#include "local/names.h"
#include "local/page.h"
#include "local/publish.h"
#include "local/resource.h"
#include "local/rules.h"
#include "local/store.h"

enum { MAPPINGS_PAGE = 100 };

static enum source source_of(const char *arn, const json_t *self_managed)
{
    struct str rest = str_c(arn), part = {0};

    if (self_managed)
        return SOURCE_KAFKA;
    for (int i = 0; i < 3; i++)
        if (!str_cut(&rest, ':', &part))
            return SOURCE_NONE;
    if (str_eq(part, STR("sqs")))
        return SOURCE_QUEUE;
    if (str_eq(part, STR("kafka")) || str_eq(part, STR("mq")))
        return SOURCE_KAFKA;
    if (str_eq(part, STR("dynamodb")) || str_eq(part, STR("kinesis")) || str_eq(part, STR("rds")))
        return SOURCE_STREAM;
    return SOURCE_NONE;
}

/* ---- showing ---- */

static bool in_transit(const char *state)
{
    return strcmp(state, "Creating") == 0 || strcmp(state, "Updating") == 0;
}

/* `number` is when the state that is passing ends. */
static json_t *mapping_answer(struct call *c, const struct resource *r, const char *state)
{
    json_t *o = json_copy(r->document);
    const char *now = json_string_value(json_object_get(o, "State"));

    json_object_del(o, "Tags");
    if (!state && in_transit(now) && r->number <= c->now_ms)
        state = json_is_false(json_object_get(o, "Wanted")) ? "Disabled" : "Enabled";
    json_object_del(o, "Wanted");
    if (state)
        json_object_set_new(o, "State", json_string(state));
    return o;
}

/* ---- reading the request ---- */

static const char *const settings[] = {
    "BatchSize",
    "MaximumBatchingWindowInSeconds",
    "ParallelizationFactor",
    "DestinationConfig",
    "MaximumRecordAgeInSeconds",
    "BisectBatchOnFunctionError",
    "MaximumRetryAttempts",
    "TumblingWindowInSeconds",
    "SourceAccessConfigurations",
    "FunctionResponseTypes",
    "ScalingConfig",
    "FilterCriteria",
    "DocumentDBEventSourceConfig",
    "KMSKeyArn",
    "MetricsConfig",
    "ProvisionedPollerConfig",
};

static const char *const fixed[] = {
    "EventSourceArn",
    "StartingPosition",
    "StartingPositionTimestamp",
    "Topics",
    "Queues",
    "Tags",
    "SelfManagedEventSource",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
};

static void copy_members(struct call *c, json_t *document, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_object_get(c->body, names[i]);

        if (value && !json_is_null(value))
            json_object_set(document, names[i], value);
    }
}

static json_t *defaults_of(enum source source)
{
    switch (source) {
    case SOURCE_QUEUE:
        return json_pack("{si si s[]}", "BatchSize", 10, "MaximumBatchingWindowInSeconds", 0,
                         "FunctionResponseTypes");
    case SOURCE_STREAM:
        return json_pack("{si si si s{s{}} si sb si si s[] ss}", "BatchSize", 100,
                         "MaximumBatchingWindowInSeconds", 0, "ParallelizationFactor", 1,
                         "DestinationConfig", "OnFailure", "MaximumRecordAgeInSeconds", -1,
                         "BisectBatchOnFunctionError", 0, "MaximumRetryAttempts", -1,
                         "TumblingWindowInSeconds", 0, "FunctionResponseTypes",
                         "LastProcessingResult", "No records processed");
    case SOURCE_KAFKA:
        return json_pack("{si ss}", "BatchSize", 100, "LastProcessingResult",
                         "No records processed");
    case SOURCE_NONE:
        break;
    }
    return json_object();
}

/* The function must exist with the qualifier it is named with; its ARN keeps that. */
static int read_function(struct call *c, const char **ret_arn, struct function_ref *ref)
{
    const char *name = NULL;
    struct version v;
    struct checks k;

    if (body_string(c, "FunctionName", &name) < 0)
        return -1;
    checks_begin(&k, c);
    check_present(&k, name, "functionName");
    if (function_ref_parse(c, &k, name, RULE_FUNCTION_OLD, NULL, RULE_QUALIFIER, ref) < 0)
        return -1;
    if (store_resolve(c, ref, &v, NULL) < 0)
        return fail(c, FAIL_PARAMETER, "Function does not exist");
    *ret_arn = function_arn(c, ref->name, ref->qualifier);
    return 0;
}

/* ---- operations ---- */

static void touch(struct call *c, struct resource *r, const char *state)
{
    json_object_set_new(r->document, "LastModified", json_real((double)c->now_ms / 1000));
    json_object_set_new(r->document, "State", json_string(state));
    r->number = due_at(c, c->local->options.create_ms);
    resource_put(c, r);
}

static void set_enabled(struct call *c, json_t *document)
{
    bool enabled = true;

    if (json_is_boolean(json_object_get(c->body, "Enabled")))
        enabled = json_is_true(json_object_get(c->body, "Enabled"));
    else if (json_object_get(document, "Wanted"))
        return;
    json_object_set_new(document, "Wanted", json_boolean(enabled));
}

int mapping_create(struct call *c)
{
    const char *arn = NULL, *position = NULL, *function;
    json_t *self_managed = NULL, *tags = NULL;
    struct function_ref ref;
    struct resource r = {.kind = "mapping", .owner = ""};
    char uuid[UUID_SIZE];
    enum source source;

    if (body_string(c, "EventSourceArn", &arn) || body_string(c, "StartingPosition", &position) ||
        body_object(c, "SelfManagedEventSource", &self_managed) || body_object(c, "Tags", &tags))
        return -1;
    source = source_of(arn, self_managed);
    if (source == SOURCE_NONE)
        return fail(c, FAIL_PARAMETER, "Unrecognized event source.");
    if (self_managed && !json_object_get(c->body, "SourceAccessConfigurations"))
        return fail(c, FAIL_PARAMETER,
                    "Required 'sourceAccessConfigurations' parameter is missing.");
    if (mapping_check_position(c, arn, position, source) < 0 ||
        read_function(c, &function, &ref) < 0 || tags_check(c, tags) < 0 ||
        mapping_check_filters(c) < 0 || mapping_check_duplicate(c, arn, function, ref.name) < 0)
        return -1;
    rand_uuid(uuid, NULL);
    r.key = uuid;
    r.document = call_own(c, defaults_of(source));
    copy_members(c, r.document, settings, ARRAY_LEN(settings));
    copy_members(c, r.document, fixed, ARRAY_LEN(fixed));
    if (mapping_check_window(c, r.document, source) < 0)
        return -1;
    json_object_set_new(r.document, "UUID", json_string(uuid));
    json_object_set_new(r.document, "FunctionArn", json_string(function));
    json_object_set_new(
        r.document, "EventSourceMappingArn",
        json_string(lambda_arn(c, arena_printf(&c->arena, "event-source-mapping:%s", uuid))));
    json_object_set_new(r.document, "StateTransitionReason",
                        json_string(source == SOURCE_STREAM ? "User action" : "USER_INITIATED"));
    set_enabled(c, r.document);
    touch(c, &r, "Creating");
    return answer(c, 202, mapping_answer(c, &r, "Creating"));
}

static int find(struct call *c, struct resource *r)
{
    if (resource_get(c, "mapping", "", c->labels[0], r))
        return 0;
    return fail(c, FAIL_NOT_FOUND, "The resource you requested does not exist.");
}

int mapping_get(struct call *c)
{
    struct resource r;

    if (find(c, &r) < 0)
        return -1;
    return answer(c, 200, mapping_answer(c, &r, NULL));
}

int mapping_update(struct call *c)
{
    struct function_ref ref;
    struct resource r;
    const char *function;

    if (find(c, &r) < 0 || mapping_check_filters(c) < 0)
        return -1;
    copy_members(c, r.document, settings, ARRAY_LEN(settings));
    if (mapping_check_window(
            c, r.document,
            source_of(json_string_value(json_object_get(r.document, "EventSourceArn")),
                      json_object_get(r.document, "SelfManagedEventSource"))) < 0)
        return -1;
    if (json_object_get(c->body, "FunctionName")) {
        if (read_function(c, &function, &ref) < 0)
            return -1;
        json_object_set_new(r.document, "FunctionArn", json_string(function));
    }
    set_enabled(c, r.document);
    touch(c, &r, "Updating");
    return answer(c, 202, mapping_answer(c, &r, "Updating"));
}

int mapping_delete(struct call *c)
{
    struct resource r;

    if (find(c, &r) < 0)
        return -1;
    resource_delete(c, "mapping", "", r.key);
    return answer(c, 202, mapping_answer(c, &r, "Deleting"));
}

/* A function is matched with the qualifier it was named with, as the mapping's ARN has it. */
static int read_filter(struct call *c, const char **ret_arn)
{
    const char *name = call_query(c, "FunctionName");
    struct function_ref ref;
    struct checks k;

    *ret_arn = NULL;
    if (!name)
        return 0;
    checks_begin(&k, c);
    if (function_ref_parse(c, &k, name, RULE_FUNCTION_OLD, NULL, RULE_QUALIFIER, &ref) < 0)
        return -1;
    *ret_arn = function_arn(c, ref.name, ref.qualifier);
    return 0;
}

static bool is(const struct resource *r, const char *key, const char *wanted)
{
    const char *have = json_string_value(json_object_get(r->document, key));

    return !wanted || (have && strcmp(have, wanted) == 0);
}

/* What does not match is read as well, but never all at once. */
int mapping_list(struct call *c)
{
    const char *source = call_query(c, "EventSourceArn"), *function;
    struct resource *rows, after, last = {0};
    struct page page;
    json_t *list, *document;
    size_t count;

    if (read_filter(c, &function) < 0 || page_read(c, MAPPINGS_PAGE, &page) < 0)
        return -1;
    after = (struct resource){.owner = "", .number = page.number, .key = page.text};
    list = json_array();
    document = json_pack("{so}", "EventSourceMappings", list);
    do {
        count = resource_list(c, "mapping", "", &after, page.limit + 1, &rows);
        for (size_t i = 0; i < count; i++) {
            after = rows[i];
            if (!is(&rows[i], "FunctionArn", function) || !is(&rows[i], "EventSourceArn", source))
                continue;
            if (json_array_size(list) == page.limit) {
                page_next(document, last.key, last.number, "");
                return answer(c, 200, document);
            }
            last = rows[i];
            json_array_append_new(list, mapping_answer(c, &rows[i], NULL));
        }
    } while (count == page.limit + 1);
    return answer(c, 200, document);
}
