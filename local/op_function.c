/* CreateFunction, GetFunction, GetFunctionConfiguration, DeleteFunction, ListFunctions. */
#include <string.h>

#include "local/call.h"
#include "local/config.h"
#include "local/handlers.h"
#include "local/names.h"
#include "local/page.h"
#include "local/publish.h"
#include "local/resource.h"
#include "local/rules.h"
#include "local/store.h"

enum { NAME_MAX_LEN = 64 };

/* ---- CreateFunction ---- */

static int read_new_name(struct call *c, struct function_ref *ret)
{
    const char *name = NULL;
    struct checks k;

    if (body_string(c, "FunctionName", &name) < 0)
        return -1;
    checks_begin(&k, c);
    check_present(&k, name, "functionName");
    if (function_ref_parse(c, &k, name, RULE_FUNCTION_NEW, NULL, RULE_QUALIFIER, ret) < 0)
        return -1;
    checks_begin(&k, c);
    check_length(&k, ret->name, "functionName", 1, NAME_MAX_LEN);
    return checks_end_as(&k, FAIL_PARAMETER);
}

static int check_source(struct call *c)
{
    if (!c->code)
        return fail(c, FAIL_PARAMETER, "Please provide a source for function code.");
    if (c->code->image_uri)
        return 0;
    if (!json_is_string(json_object_get(c->body, "Runtime")) ||
        !json_is_string(json_object_get(c->body, "Handler")))
        return fail(c, FAIL_PARAMETER,
                    "Runtime and Handler are mandatory parameters for functions created with "
                    "deployment packages.");
    return 0;
}

int function_create(struct call *c)
{
    struct function_ref ref;
    struct function_row row;
    struct version latest = {.number = VERSION_LATEST, .state = "Pending", .updating = ""};
    char revision[UUID_SIZE];
    bool publish = false;
    json_t *tags = NULL;

    if (read_new_name(c, &ref) < 0 || config_check(c, true) < 0 ||
        body_bool(c, "Publish", &publish) < 0 || body_object(c, "Tags", &tags) < 0 ||
        tags_check(c, tags) < 0)
        return -1;
    if (store_function(c, ref.name, &row))
        return fail(c, FAIL_CONFLICT, "Function already exist: %s", ref.name);
    if (check_source(c) < 0)
        return -1;
    row = (struct function_row){.name = ref.name, .reserved = -1};
    row.tags = tags ? tags : call_own(c, json_object());
    store_function_put(c, &row);
    latest.function = ref.name;
    latest.config = config_new(c, ref.name);
    if (config_apply(c, latest.config) < 0)
        return -1;
    config_set_code(c, latest.config, c->code);
    if (config_check_size(c, latest.config) < 0)
        return -1;
    config_touch(c, latest.config);
    latest.zip = c->code->hex;
    latest.due_ms = due_at(c, c->local->options.create_ms);
    latest.reason = c->fail_reason;
    new_revision(revision);
    latest.revision = revision;
    store_version_put(c, &latest);
    if (publish)
        return publish_new(c, &row, &latest, NULL, true, &latest) < 0
                   ? -1
                   : answer(c, 201, config_answer(c, &latest, NULL, CONFIG_WHOLE));
    return answer(c, 201, config_answer(c, &latest, NULL, CONFIG_WHOLE));
}

/* ---- reading ---- */

/* The ARN ends in what was asked for: an alias's name stays one. */
static int read_version_asked(struct call *c, struct function_ref *ref, struct version *v)
{
    if (function_ref_read(c, true, ref) < 0)
        return -1;
    return store_resolve(c, ref, v, NULL);
}

int function_get_configuration(struct call *c)
{
    struct function_ref ref;
    struct version v;

    if (read_version_asked(c, &ref, &v) < 0)
        return -1;
    return answer(c, 200, config_answer(c, &v, ref.qualifier, CONFIG_WHOLE));
}

/* By its digest: without the tag, which stands behind the last colon after the last slash. */
static const char *resolved_image(struct call *c, const struct version *v, const char *image)
{
    const char *digest = strchr(image, '@'), *slash = strrchr(image, '/');
    const char *tag = strchr(slash ? slash : image, ':');
    const char *end = digest ? digest : tag ? tag : image + strlen(image);

    return arena_printf(&c->arena, "%.*s@sha256:%s", (int)(end - image), image,
                        json_string_value(json_object_get(v->config, "CodeSha256")));
}

static json_t *code_answer(struct call *c, const struct version *v)
{
    const char *image = json_string_value(json_object_get(v->config, "ImageUri"));
    const struct str host = http_header(c->request, "host");

    if (image)
        return json_pack("{ss ss ss}", "RepositoryType", "ECR", "ImageUri", image,
                         "ResolvedImageUri", resolved_image(c, v, image));
    return json_pack(
        "{ss ss}", "RepositoryType", "S3", "Location",
        arena_printf(&c->arena, "http://%.*s/_smokegate/code/%s.zip", STR_ARG(host), v->zip));
}

int function_get(struct call *c)
{
    struct function_ref ref;
    struct function_row row;
    struct version v;
    json_t *document;

    if (read_version_asked(c, &ref, &v) < 0)
        return -1;
    document =
        json_pack("{so so}", "Configuration", config_answer(c, &v, ref.qualifier, CONFIG_WHOLE),
                  "Code", code_answer(c, &v));
    if (store_function(c, ref.name, &row)) {
        if (json_object_size(row.tags))
            json_object_set(document, "Tags", row.tags);
        if (row.reserved >= 0)
            json_object_set_new(
                document, "Concurrency",
                json_pack("{sI}", "ReservedConcurrentExecutions", (json_int_t)row.reserved));
    }
    return answer(c, 200, document);
}

/* ---- DeleteFunction ---- */

static int aliases_of(struct call *c, const char *function, int64_t number, struct buf *names)
{
    struct alias *aliases;
    const size_t count = store_aliases(c, function, "", number, 100, &aliases);

    for (size_t i = 0; i < count; i++)
        buf_printf(names, "%s%s", i ? ", " : "", aliases[i].name);
    return (int)count;
}

static int delete_version(struct call *c, const struct function_ref *ref)
{
    const int64_t number = version_number(ref->qualifier);
    struct function_row row;
    struct buf names = {0};
    int r;

    if (number == VERSION_LATEST)
        return fail(c, FAIL_PARAMETER,
                    "$LATEST version cannot be deleted without deleting the function.");
    if (number < 0 && rule_matches(c, RULE_ALIAS_NAME, ref->qualifier))
        return fail(c, FAIL_PARAMETER, "Deletion of aliases is not currently supported.");
    if (!store_function(c, ref->name, &row))
        return fail_function(c, ref->name, NULL);
    if (aliases_of(c, ref->name, number, &names)) {
        r = fail(c, FAIL_CONFLICT,
                 "Unable to delete version because the following aliases reference it: [%s]",
                 buf_c(&names));
        buf_release(&names);
        return r;
    }
    store_version_delete(c, ref->name, number);
    resource_delete_qualified(c, ref->name, ref->qualifier);
    c->retire_function = ref->name;
    c->retire_version = ref->qualifier;
    return answer_nothing(c, 204); /* also when there was no such version */
}

int function_delete(struct call *c)
{
    struct function_ref ref;
    struct function_row row;

    if (function_ref_read(c, true, &ref) < 0)
        return -1;
    if (ref.qualifier)
        return delete_version(c, &ref);
    if (!store_function(c, ref.name, &row))
        return fail_function(c, ref.name, NULL);
    store_function_delete(c, ref.name);
    c->retire_function = ref.name;
    return answer_nothing(c, 204);
}

/* ---- ListFunctions ---- */

int function_list(struct call *c)
{
    static const char *const all[] = {"ALL"};
    const char *which = call_query(c, "FunctionVersion");
    struct checks k;
    struct page page;
    struct version *versions;
    json_t *list = json_array(), *document = json_pack("{so}", "Functions", list);
    size_t count;

    checks_begin(&k, c);
    check_enum(&k, which, "functionVersion", all, ARRAY_LEN(all));
    if (checks_end(&k) < 0 || page_read(c, PAGE_MAX, &page) < 0) {
        json_decref(document);
        return -1;
    }
    count = store_versions(c, NULL, page.text, page.number, !which, page.limit + 1, &versions);
    for (size_t i = 0; i < count && i < page.limit; i++)
        json_array_append_new(
            list, config_answer(c, &versions[i], which ? version_name(c, versions[i].number) : NULL,
                                CONFIG_ITEM));
    if (count > page.limit)
        page_next(document, versions[page.limit - 1].function, versions[page.limit - 1].number, "");
    return answer(c, 200, document);
}
