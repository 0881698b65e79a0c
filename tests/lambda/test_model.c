/* Builders and readers against AWS's service model: a misspelt member cannot land. */
#include "tests/test.h"

#include <stdio.h>

#include "lambda/alias.h"
#include "lambda/function.h"
#include "lambda/invoke.h"
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
                                     .timeout_s = 3,
                                     .memory_mb = 128,
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
    const struct invoke_request event = {.function = "orders",
                                         .qualifier = "Smoke",
                                         .payload = STR("{}"),
                                         .log_tail = true,
                                         .client_context = STR("{}")};
    struct aws_request r;

    (void)state;
    version_publish_request(&r, &publish);
    check(&r);
    version_list_request(&r, "orders", "marker");
    check(&r);
    version_delete_request(&r, "orders", "7");
    check(&r);
    assert_int_equal(invoke_request(&r, &event, NULL), 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_alias_request_is_as_the_model_has_it),
        cmocka_unit_test(every_function_request_is_as_the_model_has_it),
        cmocka_unit_test(every_version_request_and_invoke_are_as_the_model_has_them),
        cmocka_unit_test(a_function_reader_finds_every_member_it_looks_for),
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
