/* CreateAlias, GetAlias, UpdateAlias, DeleteAlias, ListAliases. */
#include <string.h>

#include "local/call.h"
#include "local/handlers.h"
#include "local/page.h"
#include "local/publish.h"
#include "local/resource.h"
#include "local/rules.h"
#include "local/store.h"

enum { ALIAS_NAME_MAX = 128 };

static json_t *alias_answer(struct call *c, const struct alias *a)
{
    json_t *o = json_pack("{ss ss ss ss ss}", "AliasArn", function_arn(c, a->function, a->name),
                          "Name", a->name, "FunctionVersion", version_name(c, a->version),
                          "Description", a->description, "RevisionId", a->revision);

    if (a->weight_version >= 0)
        json_object_set_new(o, "RoutingConfig",
                            json_pack("{s{sf}}", "AdditionalVersionWeights",
                                      version_name(c, a->weight_version), a->weight));
    return o;
}

/* ---- routing ---- */

/* "{2=0.5}": how AWS shows a map in its messages. */
static const char *shown_weights(struct call *c, json_t *weights)
{
    struct buf text = {0};
    const char *key, *copy;
    json_t *value;
    size_t i = 0;

    json_object_foreach(weights, key, value)
    {
        char number[40];

        snprintf(number, sizeof(number), "%.15g", json_number_value(value));
        buf_printf(&text, "%s%s=%s%s", i++ ? ", " : "", key, number,
                   strpbrk(number, ".e") ? "" : ".0");
    }
    copy = arena_printf(&c->arena, "{%s}", buf_c(&text));
    buf_release(&text);
    return copy;
}

static int check_weights(struct call *c, json_t *weights)
{
    static const char at[] = "routingConfig.additionalVersionWeights";
    const char *key, *shown = shown_weights(c, weights);
    json_t *value;
    struct checks k;

    checks_begin(&k, c);
    json_object_foreach(weights, key, value)
    {
        if (!json_is_number(value))
            return fail(c, FAIL_SERIALIZATION, "the weight of version %s is not a Double", key);
        if (!rule_matches(c, RULE_WEIGHT_VERSION, key))
            check_failed(&k, at, shown,
                         "Map keys must satisfy constraint: [Member must have length less than or "
                         "equal to 1024, Member must have length greater than or equal to 1, "
                         "Member must satisfy regular expression pattern: [0-9]+]");
        if (json_number_value(value) < 0 || json_number_value(value) > 1)
            check_failed(&k, at, shown,
                         "Map value must satisfy constraint: [Member must have value less than or "
                         "equal to 1.0, Member must have value greater than or equal to 0.0, "
                         "Member must not be null]");
    }
    if (checks_end(&k) < 0)
        return -1;
    if (json_object_size(weights) > 1)
        return fail(c, FAIL_PARAMETER,
                    "Number of items in AdditionalVersionWeights cannot be greater than 1");
    return 0;
}

/* Sets the second version and its weight from RoutingConfig, where that was sent. */
static int read_routing(struct call *c, struct alias *a)
{
    json_t *routing = NULL, *weights, *value;
    const char *key;

    if (body_object(c, "RoutingConfig", &routing) < 0)
        return -1;
    weights = json_object_get(routing, "AdditionalVersionWeights");
    if (!routing)
        return 0;
    a->weight_version = -1;
    a->weight = 0;
    if (!json_is_object(weights))
        return 0;
    if (check_weights(c, weights) < 0)
        return -1;
    json_object_foreach(weights, key, value)
    {
        a->weight_version = version_number(key);
        a->weight = json_number_value(value);
        if (a->weight_version < 0)
            return fail_function(c, a->function, key);
    }
    return 0;
}

static int same_setting(struct call *c, const struct version *a, const struct version *b)
{
    const json_t *x = json_object_get(a->config, "Role"), *y = json_object_get(b->config, "Role");

    if (!json_equal(x, y))
        return fail(c, FAIL_PARAMETER,
                    "Specified versions must be associated with the same execution role");
    x = json_object_get(a->config, "DeadLetterConfig");
    y = json_object_get(b->config, "DeadLetterConfig");
    if ((x || y) && !json_equal(x, y))
        return fail(c, FAIL_PARAMETER,
                    "Specified versions must have the same dead letter queue configuration");
    return 0;
}

static int check_state(struct call *c, const struct version *v)
{
    if (strcmp(v->state, "Failed") != 0 && strcmp(v->state, "Pending") != 0)
        return 0;
    return fail(c, FAIL_CONFLICT,
                "The operation cannot be performed at this time. The function is currently in the "
                "following state: '%s'",
                v->state);
}

/* Both versions must exist, be different, published, and alike in role and dead-letter queue. */
static int check_targets(struct call *c, const struct alias *a)
{
    struct version main_version, second;

    if (a->weight_version >= 0 && a->version == VERSION_LATEST)
        return fail(c, FAIL_PARAMETER_UNTYPED,
                    "$LATEST is not supported for an alias pointing to more than 1 version");
    if (a->weight_version == a->version)
        return fail(c, FAIL_PARAMETER,
                    "Invalid function version %s. Function version %s is already included in "
                    "routing configuration.",
                    version_name(c, a->version), version_name(c, a->version));
    if (!store_version(c, a->function, a->version, &main_version))
        return fail_function(c, a->function, version_name(c, a->version));
    if (a->version != VERSION_LATEST && check_state(c, &main_version) < 0)
        return -1;
    if (a->weight_version < 0)
        return 0;
    if (!store_version(c, a->function, a->weight_version, &second))
        return fail_function(c, a->function, version_name(c, a->weight_version));
    if (check_state(c, &second) < 0)
        return -1;
    return same_setting(c, &main_version, &second);
}

/* ---- CreateAlias and UpdateAlias ---- */

static int read_target(struct call *c, struct alias *a, bool required)
{
    const char *version = NULL, *description = NULL;
    struct checks k;

    if (body_string(c, "FunctionVersion", &version) < 0 ||
        body_string(c, "Description", &description) < 0)
        return -1;
    checks_begin(&k, c);
    if (required) {
        check_present(&k, version, "functionVersion");
        check_present(&k, a->name, "name");
    }
    check_length(&k, description, "description", 0, 256);
    check_length(&k, a->name, "name", 1, ALIAS_NAME_MAX);
    check_pattern(&k, a->name, "name", RULE_ALIAS_NAME);
    check_pattern(&k, version, "functionVersion", RULE_VERSION);
    if (checks_end(&k) < 0)
        return -1;
    if (description)
        a->description = description;
    if (version) {
        a->version = version_number(version);
        if (a->version < 0)
            return fail_function(c, a->function, version);
    }
    return 0;
}

static int store_changed(struct call *c, struct alias *a, int status)
{
    char revision[UUID_SIZE];

    new_revision(revision);
    a->revision = revision;
    store_alias_put(c, a);
    return answer(c, status, alias_answer(c, a));
}

int alias_create(struct call *c)
{
    struct alias a = {.description = "", .weight_version = -1}, old;
    struct function_ref ref;
    struct function_row row;

    if (function_ref_read(c, false, &ref) < 0 || body_string(c, "Name", &a.name) < 0)
        return -1;
    a.function = ref.name;
    if (read_target(c, &a, true) < 0 || read_routing(c, &a) < 0)
        return -1;
    if (!store_function(c, ref.name, &row))
        return fail_function(c, ref.name, version_name(c, a.version));
    if (check_targets(c, &a) < 0)
        return -1;
    if (store_alias(c, ref.name, a.name, &old))
        return fail(c, FAIL_CONFLICT, "Alias already exists: %s",
                    function_arn(c, ref.name, a.name));
    return store_changed(c, &a, 201);
}

int alias_update(struct call *c)
{
    const char *revision = NULL;
    struct function_ref ref;
    struct function_row row;
    struct alias a;

    if (function_ref_read(c, false, &ref) < 0 || body_string(c, "RevisionId", &revision) < 0)
        return -1;
    if (!store_function(c, ref.name, &row))
        return fail_function(c, ref.name, NULL);
    if (!store_alias(c, ref.name, c->labels[1], &a))
        return fail(c, FAIL_NOT_FOUND, "Alias not found: %s",
                    function_arn(c, ref.name, c->labels[1]));
    if (revision && strcmp(revision, a.revision) != 0)
        return fail_revision(c);
    if (read_target(c, &a, false) < 0 || read_routing(c, &a) < 0 || check_targets(c, &a) < 0)
        return -1;
    return store_changed(c, &a, 200); /* a new RevisionId even when nothing was sent */
}

/* ---- the others ---- */

int alias_get(struct call *c)
{
    struct function_ref ref;
    struct function_row row;
    struct alias a;

    if (function_ref_read(c, false, &ref) < 0)
        return -1;
    if (!store_function(c, ref.name, &row))
        return fail_function(c, ref.name, NULL);
    if (!store_alias(c, ref.name, c->labels[1], &a))
        return fail(c, FAIL_NOT_FOUND, "Cannot find alias arn: %s",
                    function_arn(c, ref.name, c->labels[1]));
    return answer(c, 200, alias_answer(c, &a));
}

int alias_delete(struct call *c)
{
    struct function_ref ref;
    struct function_row row;

    if (function_ref_read(c, false, &ref) < 0)
        return -1;
    if (!store_function(c, ref.name, &row))
        return fail_function(c, ref.name, NULL);
    if (store_alias_delete(c, ref.name, c->labels[1]))
        resource_delete_qualified(c, ref.name, c->labels[1]);
    return answer_nothing(c, 204); /* of a missing one, too */
}

int alias_list(struct call *c)
{
    const char *version = call_query(c, "FunctionVersion");
    struct function_ref ref;
    struct function_row row;
    struct page page;
    struct alias *aliases;
    struct checks k;
    json_t *list, *document;
    size_t count;

    if (function_ref_read(c, false, &ref) < 0)
        return -1;
    checks_begin(&k, c);
    check_pattern(&k, version, "functionVersion", RULE_VERSION);
    if (checks_end(&k) < 0 || page_read(c, PAGE_MAX, &page) < 0)
        return -1;
    if (!store_function(c, ref.name, &row))
        return fail_function(c, ref.name, NULL);
    count = store_aliases(c, ref.name, page.text, version ? version_number(version) : -1,
                          page.limit + 1, &aliases);
    list = json_array();
    document = json_pack("{so}", "Aliases", list);
    for (size_t i = 0; i < count && i < page.limit; i++)
        json_array_append_new(list, alias_answer(c, &aliases[i]));
    if (count > page.limit)
        page_next(document, aliases[page.limit - 1].name, 0, "");
    return answer(c, 200, document);
}
