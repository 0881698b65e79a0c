/*
 * Function URL configurations as records: kept as on AWS, but nothing answers at the URL.
 */
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "local/call.h"
#include "local/handlers.h"
#include "local/names.h"
#include "local/page.h"
#include "local/resource.h"
#include "local/rules.h"
#include "local/store.h"

static int read_target(struct call *c, struct function_ref *ref)
{
    struct checks k;

    checks_begin(&k, c);
    return function_ref_parse(c, &k, c->labels[0], RULE_FUNCTION_OLD, call_query(c, "Qualifier"),
                              RULE_ALIAS_QUALIFIER, ref);
}

static const char *key_of(const struct function_ref *ref)
{
    return ref->qualifier ? ref->qualifier : "";
}

static int check_target(struct call *c, const struct function_ref *ref)
{
    struct function_row row;
    struct alias alias;

    if (store_function(c, ref->name, &row) &&
        (!ref->qualifier || store_alias(c, ref->name, ref->qualifier, &alias)))
        return 0;
    return fail(c, FAIL_NOT_FOUND, "Function does not exist");
}

static int read_settings(struct call *c, json_t *document, bool create)
{
    static const char *const auth_types[] = {"NONE", "AWS_IAM"};
    static const char *const modes[] = {"RESPONSE_STREAM", "BUFFERED"};
    const char *auth_type = NULL, *mode = NULL;
    json_t *cors = NULL;
    struct checks k;

    if (body_string(c, "AuthType", &auth_type) || body_string(c, "InvokeMode", &mode) ||
        body_object(c, "Cors", &cors))
        return -1;
    checks_begin(&k, c);
    if (create)
        check_present(&k, auth_type, "authType");
    check_enum(&k, auth_type, "authType", auth_types, ARRAY_LEN(auth_types));
    check_enum(&k, mode, "invokeMode", modes, ARRAY_LEN(modes));
    if (checks_end(&k) < 0)
        return -1;
    if (auth_type)
        json_object_set_new(document, "AuthType", json_string(auth_type));
    if (mode)
        json_object_set_new(document, "InvokeMode", json_string(mode));
    if (cors)
        json_object_set(document, "Cors", cors);
    return 0;
}

static void touch(struct call *c, json_t *document)
{
    char now[40];

    clock_format_rfc3339(now, sizeof(now), c->now_ms, true);
    if (!json_object_get(document, "CreationTime"))
        json_object_set_new(document, "CreationTime", json_string(now));
    json_object_set_new(document, "LastModifiedTime", json_string(now));
}

static const char *url_of(struct call *c, const char *arn)
{
    char hex[SHA256_HEX_SIZE];

    sha256_hex(hex, str_c(arn));
    return arena_printf(&c->arena, "https://%.32s.lambda-url.%s.on.aws/", hex,
                        c->local->options.region);
}

int url_create(struct call *c)
{
    struct function_ref ref;
    struct resource r = {.kind = "url"};
    const char *arn;
    json_t *shown;

    if (read_target(c, &ref) < 0)
        return -1;
    r.document = call_own(c, json_object());
    if (read_settings(c, r.document, true) < 0 || check_target(c, &ref) < 0)
        return -1;
    arn = function_arn(c, ref.name, ref.qualifier);
    r.owner = ref.name;
    r.key = key_of(&ref);
    if (resource_get(c, "url", r.owner, r.key, &(struct resource){.kind = NULL}))
        return fail(c, FAIL_CONFLICT,
                    "Failed to create function url config for [functionArn = %s]. Error message:  "
                    "FunctionUrlConfig exists for this Lambda function",
                    arn);
    json_object_set_new(r.document, "FunctionArn", json_string(arn));
    json_object_set_new(r.document, "FunctionUrl", json_string(url_of(c, arn)));
    if (!json_object_get(r.document, "InvokeMode"))
        json_object_set_new(r.document, "InvokeMode", json_string("BUFFERED"));
    touch(c, r.document);
    resource_put(c, &r);
    shown = json_copy(r.document); /* this answer alone leaves out what was not asked for */
    json_object_del(shown, "LastModifiedTime");
    if (!json_object_get(c->body, "InvokeMode"))
        json_object_del(shown, "InvokeMode");
    return answer(c, 201, shown);
}

static int find(struct call *c, struct function_ref *ref, struct resource *r)
{
    if (read_target(c, ref) < 0)
        return -1;
    if (resource_get(c, "url", ref->name, key_of(ref), r))
        return 0;
    return fail(c, FAIL_NOT_FOUND, "The resource you requested does not exist.");
}

int url_get(struct call *c)
{
    struct function_ref ref;
    struct resource r;

    if (find(c, &ref, &r) < 0)
        return -1;
    return answer(c, 200, json_incref(r.document));
}

int url_update(struct call *c)
{
    struct function_ref ref;
    struct resource r;
    json_t *shown;

    if (read_target(c, &ref) < 0 || check_target(c, &ref) < 0 || find(c, &ref, &r) < 0 ||
        read_settings(c, r.document, false) < 0)
        return -1;
    touch(c, r.document);
    resource_put(c, &r);
    shown = json_copy(r.document);
    if (!json_object_get(c->body, "InvokeMode"))
        json_object_del(shown, "InvokeMode");
    return answer(c, 200, shown);
}

int url_delete(struct call *c)
{
    struct function_ref ref;
    struct resource r;

    if (find(c, &ref, &r) < 0)
        return -1;
    resource_delete(c, "url", ref.name, key_of(&ref));
    return answer_nothing(c, 204);
}

int url_list(struct call *c)
{
    struct function_ref ref;
    struct function_row row;
    struct page page;

    if (read_target(c, &ref) < 0 || page_read(c, PAGE_MAX, &page) < 0)
        return -1;
    if (!store_function(c, ref.name, &row))
        return fail(c, FAIL_NOT_FOUND, "Function does not exist");
    return resource_answer_page(c, "url", ref.name, "FunctionUrlConfigs", &page, NULL);
}
