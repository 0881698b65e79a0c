#include "runner/expect_private.h"

#include "json/strict.h"
#include "runner/latency.h"
#include "runner/same_as.h"
#include "runner/snapshot.h"

bool expect_compile_matcher(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    e->matcher = matcher_compile(c, at);
    return e->matcher != NULL;
}

/* The check that is called like the expectation: matches, schema, paths... */
bool expect_compile_check(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    e->matcher = matcher_of(c, e->kind->name, at);
    return e->matcher != NULL;
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

bool expect_compile_ms(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    return compile_with_unit(c, at, e, UNIT_MS, "800ms");
}

bool expect_compile_bytes(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    return compile_with_unit(c, at, e, UNIT_BYTES, "128MiB");
}

bool expect_compile_bool(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    json_t *value = check_expand(c, at);

    if (!value)
        return false;
    if (!json_is_boolean(value))
        return check_refuse(c, at, "\"%s\" wants true or false, found %s", e->kind->name,
                            strict_type_name(value));
    return expect_compile_matcher(c, at, e);
}

bool expect_compile_status(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    json_t *value;
    struct fault *fault;

    if (!json_is_string(at.value))
        return expect_compile_matcher(c, at, e);
    value = check_expand(c, at);
    if (!value)
        return false;
    if (!json_is_string(value) || c->scope->unknown)
        return expect_compile_matcher(c, at, e);
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

bool expect_compile_function_error(struct check_compiler *c, struct json_ref at,
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

bool expect_compile_snapshot(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    e->snapshot = snapshot_compile(c, at);
    return e->snapshot != NULL;
}

bool expect_compile_same_as(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    e->same_as = same_as_compile(c, at);
    return e->same_as != NULL;
}

bool expect_compile_latency(struct check_compiler *c, struct json_ref at, struct expectation *e)
{
    e->latency = latency_compile(c, at);
    return e->latency != NULL;
}
