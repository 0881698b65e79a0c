/* Endpoints against AWS's own tables: Region to URL, and which configured URL wins. */
#include "tests/test.h"

#include <stdio.h>

#include "aws/endpoint.h"
#include "aws/settings.h"
#include "base/mem.h"
#include "tests/aws/suites.h"

static bool is_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static void region_case(struct tally *t, const json_t *test)
{
    const json_t *params = json_object_get(test, "params"),
                 *expect = json_object_get(test, "expect");
    const char *url = suites_text(json_object_get(expect, "endpoint"), "url");
    const struct aws_endpoint_params p = {
        .service = "lambda",
        .region = json_string_value(json_object_get(params, "Region")),
        .custom = json_string_value(json_object_get(params, "Endpoint")),
        .fips = is_true(params, "UseFIPS"),
        .dual_stack = is_true(params, "UseDualStack")};
    struct buf got = {0};
    struct err err = {0};
    const int result = aws_endpoint(&got, &p, &err);

    if ((result == 0) != (*url != '\0') || (result == 0 && strcmp(buf_c(&got), url) != 0))
        tally_fail(t, suites_text(test, "documentation"), "%s%s instead of %s", buf_c(&got),
                   err.text, url);
    else
        tally_pass(t);
    buf_release(&got);
}

static void every_lambda_endpoint_is_as_aws_has_it(void **state)
{
    json_t *file = suites_load("aws-endpoints/lambda-endpoint-tests-1.json"), *test;
    struct tally t = {.name = "lambda-endpoint-tests-1"};
    size_t i;

    (void)state;
    json_array_foreach(json_object_get(file, "testCases"), i, test) region_case(&t, test);
    json_decref(file);
    tally_end(&t);
}

static void sts_case(struct tally *t, const char *region, const json_t *outputs, bool fips,
                     bool dual_stack)
{
    const struct aws_endpoint_params p = {
        .service = "sts", .region = region, .fips = fips, .dual_stack = dual_stack};
    const char *suffix = suites_text(outputs, dual_stack ? "dualStackDnsSuffix" : "dnsSuffix");
    /* The rule set of STS has one exception. */
    const bool gov = strcmp(suites_text(outputs, "name"), "aws-us-gov") == 0 && !dual_stack;
    struct buf got = {0}, want = {0};
    struct err err = {0};

    buf_printf(&want, "https://sts%s.%s.%s", fips && !gov ? "-fips" : "", region, suffix);
    if (aws_endpoint(&got, &p, &err) < 0 || strcmp(buf_c(&got), buf_c(&want)) != 0)
        tally_fail(t, region, "%s%s instead of %s", buf_c(&got), err.text, buf_c(&want));
    else if (strcmp(aws_partition_of(region)->id, suites_text(outputs, "name")) != 0)
        tally_fail(t, region, "partition %s", aws_partition_of(region)->id);
    else
        tally_pass(t);
    buf_release(&got);
    buf_release(&want);
}

static void every_region_of_every_partition_has_its_sts(void **state)
{
    json_t *file = suites_load("aws-endpoints/partitions.json"), *partition, *unused;
    struct tally t = {.name = "partitions (sts)"};
    const char *region;
    size_t i;

    (void)state;
    json_array_foreach(json_object_get(file, "partitions"), i, partition)
    {
        const json_t *outputs = json_object_get(partition, "outputs");

        json_object_foreach(json_object_get(partition, "regions"), region, unused)
        {
            if (strstr(region, "-global"))
                continue; /* the pseudo Regions of global services */
            for (int how = 0; how < 4; how++)
                sts_case(&t, region, outputs, how & 1, how & 2);
        }
    }
    json_decref(file);
    tally_end(&t);
}

/* ---- configured URLs ---- */

static const char *from_object(void *ctx, const char *name)
{
    return json_string_value(json_object_get(ctx, name));
}

/* The cases are about S3 and DynamoDB; the rules are about any service. */
static void with_our_services(struct buf *out, const char *text)
{
    static const struct {
        const char *theirs, *ours;
    } names[] = {{"s3", "lambda"}, {"S3", "LAMBDA"}, {"dynamodb", "sts"}, {"DYNAMODB", "STS"}};

    while (*text) {
        size_t i = 0;

        while (i < ARRAY_LEN(names) && strncmp(text, names[i].theirs, strlen(names[i].theirs)) != 0)
            i++;
        if (i < ARRAY_LEN(names)) {
            buf_add_c(out, names[i].ours);
            text += strlen(names[i].theirs);
        } else {
            buf_putc(out, *text++);
        }
    }
}

static void write_profiles(struct buf *out, json_t *profiles, json_t *services)
{
    const char *name, *key, *service;
    json_t *properties, *value, *settings;

    json_object_foreach(profiles, name, properties)
    {
        buf_printf(out, "[profile %s]\n", name);
        json_object_foreach(properties, key, value)
            buf_printf(out, "%s = %s\n", key, json_string_value(value));
    }
    json_object_foreach(services, name, settings)
    {
        buf_printf(out, "[services %s]\n", name);
        json_object_foreach(settings, service, properties)
        {
            buf_printf(out, "%s =\n", service);
            json_object_foreach(properties, key, value)
                buf_printf(out, "  %s = %s\n", key, json_string_value(value));
        }
    }
}

static void configured_case(struct tally *t, json_t *suite, const json_t *test,
                            const struct aws_profiles *profiles)
{
    json_t *env =
        json_object_get(json_object_get(suite, "environments"), suites_text(test, "environment"));
    const json_t *config = json_object_get(json_object_get(suite, "client_configs"),
                                           suites_text(test, "client_config"));
    const char *given = json_string_value(json_object_get(config, "endpoint_url"));
    const char *want = suites_text(json_object_get(test, "output"), "endpointUrl");
    const enum aws_service service = aws_service_of(suites_text(test, "service"));
    const struct aws_client_options o = {
        .env = {from_object, env}, .profile = suites_text(test, "profile"), .endpoint = given};
    struct aws_settings s = {0};
    struct err err = {0};

    if (is_true(config, "ignore_configured_endpoint_urls") && !given) {
        tally_leave_out(t, suites_text(test, "name"),
                        "an option of the SDK's client; smokegate has only the environment and "
                        "the profile");
        return;
    }
    if (aws_settings_resolve(&s, &o, profiles, &err) < 0)
        tally_fail(t, suites_text(test, "name"), "%s", err.text);
    else if (strcmp(s.endpoints[service], want) != 0)
        tally_fail(t, suites_text(test, "name"), "%s instead of %s", s.endpoints[service], want);
    else
        tally_pass(t);
    aws_settings_release(&s);
}

static void the_right_configured_url_wins(void **state)
{
    CLEANUP(mem_freep) char *path = suites_path("aws-endpoints/configured-endpoint-url-tests.json");
    json_t *theirs = json_load_file(path, 0, NULL), *ours, *suite, *test;
    char *text = json_dumps(theirs, 0);
    struct tally t = {.name = "configured-endpoint-url-tests"};
    struct buf renamed = {0};
    size_t i, k;

    (void)state;
    with_our_services(&renamed, text);
    ours = json_loads(buf_c(&renamed), 0, NULL);
    json_array_foreach(json_object_get(ours, "testSuites"), i, suite)
    {
        struct aws_profiles profiles = {0};
        struct buf config = {0};

        write_profiles(&config, json_object_get(suite, "profiles"),
                       json_object_get(suite, "services"));
        assert_int_equal(
            aws_profiles_parse(&profiles, buf_str(&config), PROFILE_CONFIG, "config", NULL), 0);
        json_array_foreach(json_object_get(suite, "endpointUrlTests"), k, test)
            configured_case(&t, suite, test, &profiles);
        aws_profiles_release(&profiles);
        buf_release(&config);
    }
    free(text);
    buf_release(&renamed);
    json_decref(theirs);
    json_decref(ours);
    tally_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_lambda_endpoint_is_as_aws_has_it),
        cmocka_unit_test(every_region_of_every_partition_has_its_sts),
        cmocka_unit_test(the_right_configured_url_wins),
    };
    json_t *there = suites_load("aws-endpoints/partitions.json");

    if (!there) {
        printf("skipped: no aws-endpoints under SMOKEGATE_SUITES\n");
        return 77;
    }
    json_decref(there);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
