/* What differs between $LATEST and the project file, by name and never by value. */
#include "tests/test.h"

#include <stdio.h>

#include "promote/config.h"

struct bench {
    struct manifest_function function;
    struct manifest_pair pairs[2];
    struct layer_view layers[2];
    struct function_view view;
};

static void init(struct bench *b)
{
    *b = (struct bench){.pairs = {{"LEVEL", "hush-hush"}, {"TABLE", "orders"}}};
    b->function.config = (struct function_config){.runtime = "provided.al2023",
                                                  .handler = "bootstrap",
                                                  .role = "arn:aws:iam::1:role/r",
                                                  .tracing = "PassThrough",
                                                  .architecture = "x86_64",
                                                  .memory_mb = 256,
                                                  .timeout_s = 3,
                                                  .ephemeral_mb = 1024,
                                                  .has_environment = true,
                                                  .environment = b->pairs,
                                                  .environment_count = 2};
    b->function.layers_written = true;
    b->function.layer_count = 2;
    snprintf(b->layers[0].arn, LAMBDA_ARN_SIZE, "arn:one:1");
    snprintf(b->layers[1].arn, LAMBDA_ARN_SIZE, "arn:two:7");
    b->view.function = &b->function;
    b->view.layers[0] = &b->layers[0];
    b->view.layers[1] = &b->layers[1];
    b->view.latest = (struct function_info){.runtime = "provided.al2023",
                                            .handler = "bootstrap",
                                            .role = "arn:aws:iam::1:role/r",
                                            .memory_mb = 256,
                                            .timeout_s = 3,
                                            .ephemeral_mb = 1024,
                                            .layers = {"arn:one:1", "arn:two:7"},
                                            .layer_count = 2};
}

static const char *compare(struct bench *b, const char *variables)
{
    json_t *v = json_loads(variables, 0, NULL);

    assert_non_null(v);
    config_compare(&b->view, v);
    json_decref(v);
    assert_int_equal(b->view.config_same, b->view.config_diff[0] == '\0');
    return b->view.config_diff;
}

static const char same[] = "{\"LEVEL\": \"hush-hush\", \"TABLE\": \"orders\", \"OTHER\": \"x\"}";

static void what_is_as_written_does_not_differ(void **state)
{
    struct bench b;

    (void)state;
    init(&b);
    assert_string_equal(compare(&b, same), "");
    assert_true(config_has_architecture(&b.view)); /* not told: x86_64 */
}

static void what_differs_is_named(void **state)
{
    struct bench b;

    (void)state;
    init(&b);
    b.view.latest.handler[0] = 'x';
    b.view.latest.timeout_s = 4;
    snprintf(b.view.latest.tracing, sizeof(b.view.latest.tracing), "Active");
    b.view.latest.ephemeral_mb = 512;
    assert_string_equal(compare(&b, "{\"LEVEL\": \"other\"}"),
                        "handler, tracing, timeout, ephemeral_storage, environment.LEVEL, "
                        "environment.TABLE");
    snprintf(b.view.latest.architecture, sizeof(b.view.latest.architecture), "arm64");
    assert_false(config_has_architecture(&b.view));
}

static void layers_count_in_their_order(void **state)
{
    struct bench b;

    (void)state;
    init(&b);
    snprintf(b.view.latest.layers[0], LAMBDA_ARN_SIZE, "arn:two:7");
    snprintf(b.view.latest.layers[1], LAMBDA_ARN_SIZE, "arn:one:1");
    assert_string_equal(compare(&b, same), "layers");
    init(&b);
    b.layers[1].arn[0] = '\0'; /* not published yet */
    b.view.latest.layers[1][0] = '\0';
    assert_string_equal(compare(&b, same), "layers");
    init(&b);
    b.function.layer_count = 0; /* "layers": [] */
    assert_string_equal(compare(&b, same), "layers");
    b.function.layers_written = false;
    assert_string_equal(compare(&b, same), "");
}

static void variables_are_merged_by_key(void **state)
{
    struct bench b;
    json_t *have, *merged;

    (void)state;
    init(&b);
    have = json_loads("{\"LEVEL\": \"old\", \"OTHER\": \"x\"}", 0, NULL);
    merged = config_merge_environment(&b.function.config, have);
    assert_int_equal(json_object_size(merged), 3);
    assert_string_equal(json_string_value(json_object_get(merged, "LEVEL")), "hush-hush");
    assert_string_equal(json_string_value(json_object_get(merged, "OTHER")), "x");
    assert_string_equal(json_string_value(json_object_get(have, "LEVEL")), "old");
    json_decref(merged);
    json_decref(have);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_as_written_does_not_differ),
        cmocka_unit_test(what_differs_is_named),
        cmocka_unit_test(layers_count_in_their_order),
        cmocka_unit_test(variables_are_merged_by_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
