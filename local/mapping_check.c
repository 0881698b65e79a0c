#include "local/mapping_check.h"

#include <stdint.h>
#include <string.h>

#include "local/resource.h"
#include "local/rules.h"

int mapping_check_window(struct call *c, const json_t *document, enum source source)
{
    const json_int_t batch = json_integer_value(json_object_get(document, "BatchSize"));
    const json_int_t window =
        json_integer_value(json_object_get(document, "MaximumBatchingWindowInSeconds"));

    if (source == SOURCE_QUEUE && batch > 10 && window == 0)
        return fail(c, FAIL_PARAMETER,
                    "Maximum batch window in seconds must be greater than 0 if maximum batch size "
                    "is greater than 10");
    if (source == SOURCE_QUEUE && json_object_get(document, "DestinationConfig"))
        return fail(c, FAIL_PARAMETER,
                    "Unsupported DestinationConfig parameter for given event source mapping type.");
    return 0;
}

/* Objects all the way down to lists of what may be there; "$or" is a list of patterns. */
static bool is_pattern(const json_t *pattern)
{
    const char *key;
    json_t *value;

    if (!json_is_object(pattern))
        return false;
    json_object_foreach((json_t *)(uintptr_t)pattern, key, value)
    {
        if (json_is_object(value) ? !is_pattern(value) : json_array_size(value) == 0)
            return false;
    }
    return true;
}

/* https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
int mapping_check_filters(struct call *c)
{
    const json_t *filters = json_object_get(json_object_get(c->body, "FilterCriteria"), "Filters");

    for (size_t i = 0; i < json_array_size(filters); i++) {
        const char *text =
            json_string_value(json_object_get(json_array_get(filters, i), "Pattern"));
        json_t *pattern = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
        const bool ok = is_pattern(pattern);

        json_decref(pattern);
        if (!ok)
            return fail(c, FAIL_PARAMETER, "Invalid filter pattern definition.");
    }
    return 0;
}

int mapping_check_position(struct call *c, const char *arn, const char *position,
                           enum source source)
{
    static const char *const positions[] = {"LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"};
    struct checks k;

    checks_begin(&k, c);
    check_enum(&k, position, "startingPosition", positions, ARRAY_LEN(positions));
    if (checks_end(&k) < 0)
        return -1;
    if (source == SOURCE_STREAM && !position)
        return fail(c, FAIL_PARAMETER,
                    "1 validation error detected: Value null at 'startingPosition' failed to "
                    "satisfy constraint: Member must not be null.");
    if (position && strcmp(position, "AT_TIMESTAMP") == 0 && strstr(arn ? arn : "", ":dynamodb:"))
        return fail(c, FAIL_PARAMETER, "Unsupported starting position for arn type: %s", arn);
    return 0;
}

static const char *joined(struct call *c, const json_t *list)
{
    struct buf text = {0};
    const char *copy;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item = json_string_value(json_array_get(list, i));

        buf_printf(&text, "%s%s", i ? "," : "", item ? item : "");
    }
    copy = arena_dup(&c->arena, buf_c(&text));
    buf_release(&text);
    return copy;
}

/* The servers of a mapping to Kafka of one's own, NULL for any other. */
static const json_t *servers_of(const json_t *document)
{
    const json_t *source = json_object_get(document, "SelfManagedEventSource");

    return json_object_get(json_object_get(source, "Endpoints"), "KAFKA_BOOTSTRAP_SERVERS");
}

/* One server in common makes it the same cluster. */
static bool share_one(const json_t *a, const json_t *b)
{
    for (size_t i = 0; i < json_array_size(a); i++)
        for (size_t k = 0; k < json_array_size(b); k++)
            if (json_equal(json_array_get(a, i), json_array_get(b, k)))
                return true;
    return false;
}

static int fail_duplicate(struct call *c, const char *arn, const char *function_arn_text,
                          const char *name, const char *uuid)
{
    if (!arn)
        return fail(c, FAIL_CONFLICT,
                    "An event source mapping with event source (\"%s\"), function (\"%s\"), topics "
                    "(\"%s\") already exists. Please update or delete the existing mapping with "
                    "UUID %s",
                    joined(c, servers_of(c->body)), function_arn_text,
                    joined(c, json_object_get(c->body, "Topics")), uuid);
    return fail(c, FAIL_CONFLICT,
                "An event source mapping with %s arn (\" %s \") and function (\" %s \") already "
                "exists. Please update or delete the existing mapping with UUID %s",
                strstr(arn, ":sqs:") ? "SQS" : "event source", arn, name, uuid);
}

int mapping_check_duplicate(struct call *c, const char *arn, const char *function_arn_text,
                            const char *name)
{
    const json_t *topics = json_object_get(c->body, "Topics");
    struct resource *rows;
    const size_t count = resource_list(c, "mapping", "", NULL, MAPPINGS_MAX, &rows);

    for (size_t i = 0; i < count; i++) {
        const json_t *d = rows[i].document;
        const char *have = json_string_value(json_object_get(d, "EventSourceArn"));
        const char *function = json_string_value(json_object_get(d, "FunctionArn"));
        const bool same = arn ? have && strcmp(have, arn) == 0
                              : !have && json_equal(json_object_get(d, "Topics"), topics) &&
                                    share_one(servers_of(d), servers_of(c->body));

        if (same && strcmp(function, function_arn_text) == 0)
            return fail_duplicate(c, arn, function_arn_text, name, rows[i].key);
    }
    return 0;
}
