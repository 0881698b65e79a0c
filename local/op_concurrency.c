/* Reserved and provisioned concurrency. */
#include <string.h>

#include "local/call.h"
#include "local/handlers.h"
#include "local/names.h"
#include "local/page.h"
#include "local/resource.h"
#include "local/rules.h"
#include "local/store.h"

enum { ACCOUNT_LIMIT = 1000, UNRESERVED_MIN = 100 };

/* ---- reserved ---- */

static int read_function(struct call *c, struct function_ref *ref, struct function_row *row,
                         const char *missing_qualifier)
{
    if (function_ref_read(c, false, ref) < 0)
        return -1;
    if (ref->qualifier)
        return fail(c, FAIL_PARAMETER,
                    "This operation is permitted on Lambda functions only. Aliases and versions do "
                    "not support this operation. Please specify either a function name or an "
                    "unqualified function ARN.");
    return store_function(c, ref->name, row) ? 0 : fail_function(c, ref->name, missing_qualifier);
}

/* The provisioned concurrency of all of a function's qualifiers. */
static json_int_t provisioned_sum(struct call *c, const char *function)
{
    struct resource *rows;
    const size_t count = resource_list(c, "provisioned", function, NULL, 1000, &rows);
    json_int_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += json_integer_value(json_object_get(rows[i].document, "requested"));
    return sum;
}

int concurrency_put(struct call *c)
{
    struct function_ref ref;
    struct function_row row;
    json_int_t reserved = -1, others;

    if (read_function(c, &ref, &row, "$LATEST") < 0 ||
        body_integer(c, "ReservedConcurrentExecutions", &reserved) < 0)
        return -1;
    if (reserved < 0) {
        struct checks k;

        checks_begin(&k, c);
        check_failed(&k, "reservedConcurrentExecutions", NULL, "Member must not be null");
        return checks_end(&k);
    }
    others = db_value(c->local->db, 0, "SELECT sum(reserved) FROM function WHERE name <> ?", "s",
                      ref.name);
    if (ACCOUNT_LIMIT - others - reserved < UNRESERVED_MIN)
        return fail(c, FAIL_PARAMETER_UNTYPED,
                    "Specified ReservedConcurrentExecutions for function decreases account's "
                    "UnreservedConcurrentExecution below its minimum value of [%d].",
                    UNRESERVED_MIN);
    if (provisioned_sum(c, ref.name) > reserved)
        return fail(c, FAIL_PARAMETER_UNTYPED,
                    " ReservedConcurrentExecutions  %" JSON_INTEGER_FORMAT
                    " should not be lower than function's total provisioned concurrency "
                    "[%" JSON_INTEGER_FORMAT "].",
                    reserved, provisioned_sum(c, ref.name));
    row.reserved = reserved;
    store_function_put(c, &row);
    return answer(c, 200, json_pack("{sI}", "ReservedConcurrentExecutions", reserved));
}

int concurrency_get(struct call *c)
{
    struct function_ref ref;
    struct function_row row;

    if (read_function(c, &ref, &row, NULL) < 0)
        return -1;
    if (row.reserved < 0)
        return answer(c, 200, json_object());
    return answer(c, 200,
                  json_pack("{sI}", "ReservedConcurrentExecutions", (json_int_t)row.reserved));
}

int concurrency_delete(struct call *c)
{
    struct function_ref ref;
    struct function_row row;

    if (read_function(c, &ref, &row, NULL) < 0)
        return -1;
    row.reserved = -1;
    store_function_put(c, &row);
    return answer_nothing(c, 204);
}

/* ---- provisioned ---- */

static int read_provisioned(struct call *c, const char *latest_text, struct function_ref *ref,
                            struct alias *ret_alias)
{
    struct version version;
    int64_t number;

    *ret_alias = (struct alias){0};
    if (function_ref_read(c, true, ref) < 0)
        return -1;
    number = version_number(ref->qualifier);
    if (number == VERSION_LATEST)
        return fail(c, FAIL_PARAMETER, "%s", latest_text);
    if (number < 0 && !store_alias(c, ref->name, ref->qualifier, ret_alias))
        return fail(c, FAIL_NOT_FOUND, "Cannot find alias arn: %s",
                    function_arn(c, ref->name, ref->qualifier));
    if (number > 0 && !store_version(c, ref->name, number, &version))
        return fail_function(c, ref->name, ref->qualifier);
    return 0;
}

static const char not_published[] =
    "The function resource provided must be an alias or a published version.";

static json_t *provisioned_answer(struct call *c, const struct resource *r, bool list)
{
    const json_int_t requested = json_integer_value(json_object_get(r->document, "requested"));
    const bool ready = r->number <= c->now_ms; /* `number` is when it will be */
    json_t *o = json_pack("{sI sI sI ss ss}", "RequestedProvisionedConcurrentExecutions", requested,
                          "AllocatedProvisionedConcurrentExecutions", ready ? requested : 0,
                          "AvailableProvisionedConcurrentExecutions", ready ? requested : 0,
                          "Status", ready ? "READY" : "IN_PROGRESS", "LastModified",
                          json_string_value(json_object_get(r->document, "modified")));

    if (list)
        json_object_set_new(o, "FunctionArn", json_string(function_arn(c, r->owner, r->key)));
    return o;
}

/* A version and an alias that points to it cannot both have some. */
static int check_other(struct call *c, const struct function_ref *ref, const struct alias *alias)
{
    struct resource *rows, other;
    const size_t count = resource_list(c, "provisioned", ref->name, NULL, 1000, &rows);

    if (alias->name)
        return resource_get(c, "provisioned", ref->name, version_name(c, alias->version), &other)
                   ? fail(c, FAIL_CONFLICT,
                          "Alias can't be used for Provisioned Concurrency configuration on an "
                          "already Provisioned version")
                   : 0;
    for (size_t i = 0; i < count; i++) {
        struct alias a;

        if (version_number(rows[i].key) < 0 && store_alias(c, ref->name, rows[i].key, &a) &&
            a.version == version_number(ref->qualifier))
            return fail(c, FAIL_CONFLICT, "Version is pointed by a Provisioned Concurrency alias");
    }
    return 0;
}

static int check_room(struct call *c, const struct function_ref *ref, json_int_t requested)
{
    struct function_row row;
    struct resource old;
    json_int_t sum = provisioned_sum(c, ref->name) + requested;

    if (resource_get(c, "provisioned", ref->name, ref->qualifier, &old))
        sum -= json_integer_value(json_object_get(old.document, "requested"));
    if (!store_function(c, ref->name, &row))
        return fail_function(c, ref->name, NULL);
    if (row.reserved >= 0 && sum > row.reserved)
        return fail(c, FAIL_PARAMETER,
                    "Requested Provisioned Concurrency should not be greater than the "
                    "reservedConcurrentExecution for function");
    if (row.reserved < 0 && sum > ACCOUNT_LIMIT)
        return fail(c, FAIL_PARAMETER_UNTYPED,
                    "Specified ConcurrentExecutions for function is greater than account's "
                    "unreserved concurrency [%d].",
                    ACCOUNT_LIMIT);
    if (row.reserved < 0 && sum > ACCOUNT_LIMIT - UNRESERVED_MIN)
        return fail(c, FAIL_PARAMETER_UNTYPED,
                    "Specified ConcurrentExecutions for function decreases account's "
                    "UnreservedConcurrentExecution below its minimum value of [%d].",
                    UNRESERVED_MIN);
    return 0;
}

int provisioned_put(struct call *c)
{
    struct function_ref ref;
    struct alias alias;
    struct checks k;
    struct resource r = {.kind = "provisioned"};
    json_int_t requested = 0;
    json_t *shown;

    if (body_integer(c, "ProvisionedConcurrentExecutions", &requested) < 0)
        return -1;
    checks_begin(&k, c);
    check_range(&k, requested, "provisionedConcurrentExecutions", 1, INT32_MAX);
    if (checks_end(&k) < 0 ||
        read_provisioned(c,
                         "Provisioned Concurrency Configs cannot be applied to unpublished "
                         "function versions.",
                         &ref, &alias) < 0)
        return -1;
    if (alias.name && alias.weight_version >= 0)
        return fail(c, FAIL_PARAMETER,
                    "Alias with weights can not be used with Provisioned Concurrency");
    if (check_other(c, &ref, &alias) < 0 || check_room(c, &ref, requested) < 0)
        return -1;
    r.owner = ref.name;
    r.key = ref.qualifier;
    r.number = c->now_ms + (c->slow_ms > c->local->options.create_ms ? c->slow_ms
                                                                     : c->local->options.create_ms);
    r.document = call_own(
        c, json_pack("{sI ss}", "requested", requested, "modified", iso_time(c, c->now_ms)));
    resource_put(c, &r);
    r.number = c->now_ms + 1; /* in this answer it is never ready */
    shown = provisioned_answer(c, &r, false);
    return answer(c, 202, shown);
}

int provisioned_get(struct call *c)
{
    struct function_ref ref;
    struct alias alias;
    struct resource r;

    if (read_provisioned(c, not_published, &ref, &alias) < 0)
        return -1;
    if (!resource_get(c, "provisioned", ref.name, ref.qualifier, &r))
        return fail(c, FAIL_PROVISIONED_CONFIG,
                    "No Provisioned Concurrency Config found for this function");
    return answer(c, 200, provisioned_answer(c, &r, false));
}

int provisioned_delete(struct call *c)
{
    struct function_ref ref;
    struct alias alias;

    if (read_provisioned(c, not_published, &ref, &alias) < 0)
        return -1;
    resource_delete(c, "provisioned", ref.name, ref.qualifier);
    return answer_nothing(c, 204);
}

static json_t *list_item(struct call *c, const struct resource *r)
{
    return provisioned_answer(c, r, true);
}

int provisioned_list(struct call *c)
{
    struct function_ref ref;
    struct function_row row;
    struct page page;

    if (function_ref_read(c, false, &ref) < 0 || page_read(c, PAGE_MAX, &page) < 0)
        return -1;
    if (!store_function(c, ref.name, &row))
        return fail_function(c, ref.name, NULL);
    return resource_answer_page(c, "provisioned", ref.name, "ProvisionedConcurrencyConfigs", &page,
                                list_item);
}
