/* Builders and readers against AWS's service model: a misspelt member cannot land. */
#include "tests/test.h"

#include <stdio.h>

#include "lambda/account.h"
#include "lambda/alias.h"
#include "lambda/function.h"
#include "lambda/invoke.h"
#include "lambda/layer.h"
#include "lambda/policy.h"
#include "lambda/qualified.h"
#include "lambda/source.h"
#include "lambda/version.h"
#include "tests/lambda/model.h"

static json_t *model;

static void check(struct aws_request *r)
{
    model_check_request(model, r);
    aws_request_release(r);
}

static void every_alias_request_is_as_the_model_has_it(void **state)
{
    const struct alias_change change = {.function = "orders",
                                        .alias = "Live",
                                        .version = "7",
                                        .description = "d",
                                        .weights = ALIAS_WEIGHTS_SET,
                                        .weight_version = "8",
                                        .weight = 0.25,
                                        .revision_id = "r"};
    struct aws_request r;

    (void)state;
    alias_get_request(&r, "orders", "Live");
    check(&r);
    alias_create_request(&r, &change);
    check(&r);
    alias_update_request(&r, &change);
    check(&r);
    alias_delete_request(&r, "orders", "Live");
    check(&r);
    alias_list_request(&r, "orders", "7", "marker");
    check(&r);
}

static void every_function_request_is_as_the_model_has_it(void **state)
{
    static const char *const layers[] = {"arn:layer:1"};
    json_t *environment = json_pack("{ss}", "KEY", "value");
    const struct code_update code = {.function = "orders",
                                     .zip = STR("zip"),
                                     .s3_bucket = "b",
                                     .s3_key = "k",
                                     .s3_version = "v",
                                     .image_uri = "i",
                                     .architecture = "arm64",
                                     .revision_id = "r",
                                     .dry_run = true};
    const struct config_update config = {.function = "orders",
                                         .revision_id = "r",
                                         .description = "d",
                                         .handler = "h",
                                         .runtime = "provided.al2023",
                                         .role = "role",
                                         .timeout_s = 3,
                                         .memory_mb = 128,
                                         .ephemeral_mb = 512,
                                         .tracing = "Active",
                                         .environment = environment,
                                         .set_layers = true,
                                         .layers = layers,
                                         .layer_count = 1,
                                         .snap_start_apply_on = "None"};
    struct function_create create = {.function = "orders",
                                     .runtime = "provided.al2023",
                                     .handler = "h",
                                     .role = "role",
                                     .description = "d",
                                     .zip = STR("zip"),
                                     .architecture = "arm64",
                                     .tracing = "PassThrough",
                                     .timeout_s = 3,
                                     .memory_mb = 128,
                                     .ephemeral_mb = 512,
                                     .environment = environment,
                                     .layers = layers,
                                     .layer_count = 1};
    struct aws_request r;

    (void)state;
    function_get_request(&r, "orders", "Live");
    check(&r);
    function_get_configuration_request(&r, "orders", "Live");
    check(&r);
    function_update_code_request(&r, &code);
    check(&r);
    function_update_config_request(&r, &config);
    check(&r);
    function_create_request(&r, &create);
    check(&r);
    create.image_uri = "i";
    function_create_request(&r, &create);
    check(&r);
    json_decref(environment);
}

static void every_version_request_and_invoke_are_as_the_model_has_them(void **state)
{
    const struct version_publish publish = {"orders", "sha", "r", "d"};
    static const enum invoke_type types[] = {INVOKE_REQUEST_RESPONSE, INVOKE_EVENT, INVOKE_DRY_RUN};
    struct invoke_request event = {.function = "orders",
                                   .qualifier = "Smoke",
                                   .payload = STR("{}"),
                                   .client_context = STR("{}")};
    struct aws_request r;

    (void)state;
    version_publish_request(&r, &publish);
    check(&r);
    version_list_request(&r, "orders", "marker");
    check(&r);
    version_delete_request(&r, "orders", "7");
    check(&r);
    for (size_t i = 0; i < ARRAY_LEN(types) * 2; i++) {
        event.type = types[i / 2];
        event.log_tail = i % 2;
        assert_int_equal(invoke_request(&r, &event, NULL), 0);
        check(&r);
    }
}

static void a_streamed_invoke_is_as_the_model_has_it(void **state)
{
    const struct invoke_request event = {.function = "orders",
                                         .qualifier = "Smoke",
                                         .stream = true,
                                         .payload = STR("{}"),
                                         .log_tail = true,
                                         .client_context = STR("{}")};
    struct aws_request r;

    (void)state;
    assert_int_equal(invoke_request(&r, &event, NULL), 0);
    assert_string_equal(r.operation, "InvokeWithResponseStream");
    check(&r);
}

static void every_request_about_callers_is_as_the_model_has_it(void **state)
{
    struct aws_request r;

    (void)state;
    policy_get_request(&r, "orders", "Live");
    check(&r);
    event_source_list_request(&r, "orders", "marker");
    check(&r);
    event_source_list_request(&r, NULL, NULL);
    check(&r);
    function_url_list_request(&r, "orders", "marker");
    check(&r);
    event_invoke_list_request(&r, "orders", "marker");
    check(&r);
    provisioned_list_request(&r, "orders", "marker");
    check(&r);
    account_settings_request(&r);
    check(&r);
}

static void every_layer_request_is_as_the_model_has_it(void **state)
{
    static const char *const runtimes[] = {"provided.al2023", "provided.al2"};
    const struct layer_publish publish = {.layer = "common",
                                          .zip = STR("zip"),
                                          .s3_bucket = "b",
                                          .s3_key = "k",
                                          .s3_version = "v",
                                          .description = "d",
                                          .runtimes = runtimes,
                                          .runtime_count = 2,
                                          .architecture = "arm64"};
    struct aws_request r;

    (void)state;
    layer_publish_request(&r, &publish);
    check(&r);
    layer_get_request(&r, "common", 7);
    assert_string_equal(buf_c(&r.path), "/2018-10-31/layers/common/versions/7");
    check(&r);
    layer_get_by_arn_request(&r, "arn:aws:lambda:eu-west-1:1:layer:common:7");
    check(&r);
    layer_version_list_request(&r, "common", "marker");
    check(&r);
}

static void a_function_reader_finds_every_member_it_looks_for(void **state)
{
    json_t *reply = model_reply(model, "GetFunction");
    char *text = json_dumps(reply, 0);
    struct function_info f;
    struct err err = {0};

    (void)state;
    if (function_get_read(str_c(text), &f, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(f.name, "FunctionName");
    assert_string_equal(f.arn, "FunctionArn");
    assert_string_equal(f.version, "Version");
    assert_string_equal(f.code_sha256, "CodeSha256");
    assert_string_equal(f.revision_id, "RevisionId");
    assert_string_equal(f.description, "Description");
    assert_int_equal(f.state, FUNCTION_PENDING); /* the first of the enumeration */
    assert_string_equal(f.state_reason, "StateReason");
    assert_string_not_equal(f.state_reason_code, "");
    assert_int_equal(f.last_update, FUNCTION_UPDATE_SUCCESSFUL);
    assert_string_equal(f.last_update_reason, "LastUpdateStatusReason");
    assert_string_not_equal(f.last_update_reason_code, "");
    assert_string_equal(f.package_type, "Zip");
    assert_string_equal(f.runtime, "nodejs");
    assert_string_equal(f.handler, "Handler");
    assert_string_not_equal(f.architecture, "");
    assert_string_equal(f.role, "Role");
    assert_string_equal(f.dead_letter_arn, "TargetArn");
    assert_string_equal(f.tracing, "Active");
    assert_string_equal(f.kms_key_arn, "KMSKeyArn");
    assert_string_equal(f.last_modified, "LastModified");
    assert_int_equal(f.code_size, 7);
    assert_int_equal(f.timeout_s, 7);
    assert_int_equal(f.memory_mb, 7);
    assert_int_equal(f.ephemeral_mb, 7);
    assert_int_equal(f.layer_count, 1);
    assert_string_equal(f.layers[0], "Arn");
    assert_true(f.snap_start);
    assert_true(f.snap_start_on);
    assert_true(f.has_environment);
    assert_string_equal(f.environment_error, "Message");
    assert_string_equal(f.image_uri, "ImageUri");
    assert_string_equal(f.resolved_image_uri, "ResolvedImageUri");
    assert_int_equal(f.reserved_concurrency, 7);
    free(text);
    json_decref(reply);
}

/* GetFunctionConfiguration's answer with one member set. */
static struct function_info function_with(const char *member, const char *value)
{
    json_t *reply = model_reply(model, "GetFunctionConfiguration");
    struct function_info f;
    struct err err = {0};
    char *text;

    json_object_set_new(reply, member, json_string(value));
    text = json_dumps(reply, 0);
    if (function_read(str_c(text), &f, &err) < 0)
        fail_msg("%s", err.text);
    free(text);
    json_decref(reply);
    return f;
}

static void every_state_there_is_is_known_for_what_it_is(void **state)
{
    static const struct {
        const char *name;
        enum function_state state;
    } known[] = {{"Pending", FUNCTION_PENDING},
                 {"Active", FUNCTION_ACTIVE},
                 {"Inactive", FUNCTION_INACTIVE},
                 {"Failed", FUNCTION_FAILED}};
    const json_t *states = model_enum(model, "State");
    size_t found = 0;

    (void)state;
    for (size_t i = 0; i < json_array_size(states); i++) {
        const char *name = json_string_value(json_array_get(states, i));
        const enum function_state got = function_with("State", name).state;
        enum function_state want = FUNCTION_OTHER_STATE;

        for (size_t k = 0; k < ARRAY_LEN(known); k++)
            if (strcmp(known[k].name, name) == 0) {
                want = known[k].state;
                found++;
            }
        if (got != want)
            fail_msg("%s is read as %d", name, (int)got);
    }
    assert_int_equal(found, ARRAY_LEN(known));
}

static void every_status_of_an_update_is_known_for_what_it_is(void **state)
{
    static const struct {
        const char *name;
        enum function_update update;
    } known[] = {{"Successful", FUNCTION_UPDATE_SUCCESSFUL},
                 {"Failed", FUNCTION_UPDATE_FAILED},
                 {"InProgress", FUNCTION_UPDATE_IN_PROGRESS}};
    const json_t *statuses = model_enum(model, "LastUpdateStatus");

    (void)state;
    assert_int_equal(json_array_size(statuses), ARRAY_LEN(known)); /* a new one wants a decision */
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        assert_string_equal(json_string_value(json_array_get(statuses, i)), known[i].name);
        assert_int_equal(function_with("LastUpdateStatus", known[i].name).last_update,
                         known[i].update);
    }
}

static void list_readers_find_items_and_marker(void **state)
{
    json_t *versions = model_reply(model, "ListVersionsByFunction");
    json_t *aliases = model_reply(model, "ListAliases");
    char *text = json_dumps(versions, 0);
    struct version_list version_list = {0};
    struct alias_list alias_list = {0};
    struct buf marker = {0};

    (void)state;
    assert_int_equal(version_list_read(str_c(text), &version_list, &marker, NULL), 0);
    assert_int_equal(version_list.count, 1);
    assert_string_equal(version_list.items[0].name, "FunctionName");
    assert_string_equal(buf_c(&marker), "NextMarker");
    free(text);
    text = json_dumps(aliases, 0);
    assert_int_equal(alias_list_read(str_c(text), &alias_list, &marker, NULL), 0);
    assert_int_equal(alias_list.count, 1);
    assert_string_equal(alias_list.items[0].name, "Name");
    assert_string_equal(alias_list.items[0].arn, "AliasArn");
    assert_string_equal(alias_list.items[0].version, "FunctionVersion");
    assert_string_equal(alias_list.items[0].description, "Description");
    assert_string_equal(alias_list.items[0].revision_id, "RevisionId");
    assert_int_equal(alias_list.items[0].weight_count, 1);
    assert_string_equal(alias_list.items[0].weights[0].version, "1");
    assert_string_equal(buf_c(&marker), "NextMarker");
    free(text);
    version_list_release(&version_list);
    alias_list_release(&alias_list);
    buf_release(&marker);
    json_decref(versions);
    json_decref(aliases);
}

/* A reply of the model as text; free it. */
static char *reply_text(const char *operation)
{
    json_t *reply = model_reply(model, operation);
    char *text = json_dumps(reply, 0);

    json_decref(reply);
    return text;
}

static void readers_of_callers_find_every_member(void **state)
{
    struct event_source_list sources = {0};
    struct function_url_list urls = {0};
    struct buf marker = {0};
    char *text = reply_text("ListEventSourceMappings");

    (void)state;
    assert_int_equal(event_source_list_read(str_c(text), &sources, &marker, NULL), 0);
    assert_int_equal(sources.count, 1);
    assert_string_equal(sources.items[0].id, "UUID");
    assert_string_equal(sources.items[0].function_arn, "FunctionArn");
    assert_string_equal(sources.items[0].source_arn, "EventSourceArn");
    assert_string_equal(sources.items[0].state, "State");
    assert_string_equal(buf_c(&marker), "NextMarker");
    free(text);
    text = reply_text("ListFunctionUrlConfigs");
    assert_int_equal(function_url_list_read(str_c(text), &urls, &marker, NULL), 0);
    assert_int_equal(urls.count, 1);
    assert_string_equal(urls.items[0].function_arn, "FunctionArn");
    assert_string_equal(urls.items[0].url, "FunctionUrl");
    assert_string_equal(urls.items[0].auth_type, "NONE");
    assert_string_equal(urls.items[0].invoke_mode, "BUFFERED");
    free(text);
    event_source_list_release(&sources);
    function_url_list_release(&urls);
    buf_release(&marker);
}

static void readers_of_what_belongs_to_a_qualifier_find_every_member(void **state)
{
    struct event_invoke_list invokes = {0};
    struct provisioned_list provisions = {0};
    struct buf marker = {0};
    char *text = reply_text("ListFunctionEventInvokeConfigs");

    (void)state;
    assert_int_equal(event_invoke_list_read(str_c(text), &invokes, &marker, NULL), 0);
    assert_int_equal(invokes.count, 1);
    assert_string_equal(invokes.items[0].function_arn, "FunctionArn");
    assert_int_equal(invokes.items[0].retries, 7);
    assert_int_equal(invokes.items[0].max_age_s, 7);
    assert_string_equal(invokes.items[0].on_success, "Destination");
    assert_string_equal(invokes.items[0].on_failure, "Destination");
    assert_string_equal(buf_c(&marker), "NextMarker");
    free(text);
    text = reply_text("ListProvisionedConcurrencyConfigs");
    assert_int_equal(provisioned_list_read(str_c(text), &provisions, &marker, NULL), 0);
    assert_int_equal(provisions.count, 1);
    assert_string_equal(provisions.items[0].function_arn, "FunctionArn");
    assert_int_equal(provisions.items[0].requested, 7);
    assert_int_equal(provisions.items[0].allocated, 7);
    assert_int_equal(provisions.items[0].available, 7);
    assert_string_equal(provisions.items[0].status, "IN_PROGRESS");
    assert_string_equal(provisions.items[0].status_reason, "StatusReason");
    free(text);
    event_invoke_list_release(&invokes);
    provisioned_list_release(&provisions);
    buf_release(&marker);
}

static void readers_of_layers_and_account_find_every_member(void **state)
{
    struct layer_version layer;
    struct layer_version_list layers = {0};
    struct account_settings account;
    struct buf marker = {0};
    char *text = reply_text("GetLayerVersion");

    (void)state;
    assert_int_equal(layer_read(str_c(text), &layer, NULL), 0);
    assert_string_equal(layer.arn, "LayerVersionArn");
    assert_int_equal(layer.version, 7);
    assert_string_equal(layer.description, "Description");
    assert_string_equal(layer.code_sha256, "CodeSha256");
    assert_int_equal(layer.code_size, 7);
    free(text);
    text = reply_text("ListLayerVersions");
    assert_int_equal(layer_version_list_read(str_c(text), &layers, &marker, NULL), 0);
    assert_int_equal(layers.count, 1);
    assert_string_equal(layers.items[0].arn, "LayerVersionArn");
    assert_string_equal(buf_c(&marker), "NextMarker");
    free(text);
    text = reply_text("GetAccountSettings");
    assert_int_equal(account_settings_read(str_c(text), &account, NULL), 0);
    assert_int_equal(account.code_size_limit, 7);
    assert_int_equal(account.code_size_used, 7);
    assert_int_equal(account.concurrency_limit, 7);
    assert_int_equal(account.concurrency_unreserved, 7);
    assert_int_equal(account.function_count, 7);
    free(text);
    layer_version_list_release(&layers);
    buf_release(&marker);
}

/* ---- what is no answer ---- */

/* "lambda GetAlias: the answer is no JSON object": of an operation there is. */
static void refused(int result, const struct err *err)
{
    const size_t end = strcspn(err->text, ":");
    char name[64];

    assert_int_equal(result, -1);
    assert_int_equal(err->kind, ERR_UNKNOWN);
    assert_memory_equal(err->text, "lambda ", 7);
    snprintf(name, sizeof(name), "%.*s", (int)end - 7, err->text + 7);
    if (!json_object_get(json_object_get(model, "operations"), name))
        fail_msg("%s is no operation: %s", name, err->text);
}

static void a_refusal_names_the_operation(void **state)
{
    static const struct str no = STR_INIT("[]");
    struct err err = {0};

    (void)state;
    refused(alias_list_read(no, &(struct alias_list){0}, &(struct buf){0}, &err), &err);
    refused(version_list_read(no, &(struct version_list){0}, &(struct buf){0}, &err), &err);
    refused(layer_version_list_read(no, &(struct layer_version_list){0}, &(struct buf){0}, &err),
            &err);
    refused(event_source_list_read(no, &(struct event_source_list){0}, &(struct buf){0}, &err),
            &err);
    refused(function_url_list_read(no, &(struct function_url_list){0}, &(struct buf){0}, &err),
            &err);
    refused(event_invoke_list_read(no, &(struct event_invoke_list){0}, &(struct buf){0}, &err),
            &err);
    refused(provisioned_list_read(no, &(struct provisioned_list){0}, &(struct buf){0}, &err), &err);
    refused(function_get_read(no, &(struct function_info){0}, &err), &err);
    refused(policy_read(no, &(struct policy){0}, &err), &err);
    refused(account_settings_read(no, &(struct account_settings){0}, &err), &err);
}

static void names_of_a_stream_are_those_of_the_model(void **state)
{
    const json_t *shapes = json_object_get(model, "shapes");
    const json_t *event = json_object_get(
        json_object_get(shapes, "InvokeWithResponseStreamResponseEvent"), "members");
    const json_t *end = json_object_get(
        json_object_get(shapes, "InvokeWithResponseStreamCompleteEvent"), "members");

    (void)state;
    assert_non_null(json_object_get(event, "PayloadChunk"));
    assert_non_null(json_object_get(event, "InvokeComplete"));
    assert_non_null(json_object_get(end, "ErrorCode"));
    assert_non_null(json_object_get(end, "ErrorDetails"));
    assert_non_null(json_object_get(end, "LogResult"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_alias_request_is_as_the_model_has_it),
        cmocka_unit_test(every_function_request_is_as_the_model_has_it),
        cmocka_unit_test(every_version_request_and_invoke_are_as_the_model_has_them),
        cmocka_unit_test(a_streamed_invoke_is_as_the_model_has_it),
        cmocka_unit_test(every_request_about_callers_is_as_the_model_has_it),
        cmocka_unit_test(every_layer_request_is_as_the_model_has_it),
        cmocka_unit_test(readers_of_callers_find_every_member),
        cmocka_unit_test(readers_of_what_belongs_to_a_qualifier_find_every_member),
        cmocka_unit_test(readers_of_layers_and_account_find_every_member),
        cmocka_unit_test(names_of_a_stream_are_those_of_the_model),
        cmocka_unit_test(a_function_reader_finds_every_member_it_looks_for),
        cmocka_unit_test(every_state_there_is_is_known_for_what_it_is),
        cmocka_unit_test(every_status_of_an_update_is_known_for_what_it_is),
        cmocka_unit_test(a_refusal_names_the_operation),
        cmocka_unit_test(list_readers_find_items_and_marker),
    };
    int result;

    model = model_load();
    if (!model) {
        printf("skipped: no Lambda service model under SMOKEGATE_SUITES\n");
        return 77;
    }
    result = cmocka_run_group_tests(tests, NULL, NULL);
    json_decref(model);
    return result;
}
