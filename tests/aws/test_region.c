/* The Region of the EC2 instance, where none is configured: asked for, believed, bounded. */
#include "tests/test.h"

#include <stdio.h>

#include "aws/client.h"
#include "tests/aws/script_server.h"

struct fixture {
    struct script_server *server;
    struct aws_client *client;
    struct err err;
};

static void end(struct fixture *f)
{
    aws_client_free(f->client);
    script_server_stop(f->server);
}

static const char *on_ec2(void *ctx, const char *name)
{
    return strcmp(name, "AWS_EC2_METADATA_SERVICE_ENDPOINT") == 0 ? ctx : NULL;
}

static const char *not_on_ec2(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "AWS_EC2_METADATA_DISABLED") == 0 ? "true" : NULL;
}

static char *url_of(const struct fixture *f)
{
    static char url[64];

    snprintf(url, sizeof(url), "%s", script_server_url(f->server));
    return url;
}

static void the_region_of_the_instance_is_taken_where_none_is_configured(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .body = "token-of-imds"},
                                               {"200 OK", .body = "eu-south-2\n"}};
    struct fixture f = {.server = script_server_start(steps, 2)};
    const struct aws_client_options o = {.env = {on_ec2, url_of(&f)}};

    (void)state;
    if (aws_client_new(&f.client, &o, &f.err) < 0)
        fail_msg("%s", f.err.text);
    assert_string_equal(aws_client_region(f.client), "eu-south-2");
    assert_string_equal(aws_client_endpoint(f.client), "https://lambda.eu-south-2.amazonaws.com");
    assert_contains(script_server_request(f.server, 0), "PUT /latest/api/token HTTP/1.1\r\n");
    assert_contains(script_server_request(f.server, 1),
                    "GET /latest/meta-data/placement/region HTTP/1.1\r\n");
    assert_contains(script_server_request(f.server, 1),
                    "x-aws-ec2-metadata-token: token-of-imds\r\n");
    end(&f);
}

static void a_region_that_is_configured_is_not_asked_for(void **state)
{
    static const struct script_step steps[] = {{"200 OK"}};
    struct fixture f = {.server = script_server_start(steps, 1)};
    const struct aws_client_options o = {.env = {on_ec2, url_of(&f)}, .region = "eu-west-1"};

    (void)state;
    assert_int_equal(aws_client_new(&f.client, &o, &f.err), 0);
    assert_int_equal(script_server_requests(f.server), 0);
    end(&f);
}

static void no_region_anywhere_says_where_it_was_looked_for(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .body = "t"},
                                               {"200 OK", .body = "not a Region"}};
    static char dead[64];
    struct fixture f = {.server = script_server_start(steps, 2)};
    struct aws_client_options o = {.env = {not_on_ec2, NULL}};
    const int64_t start = clock_mono(&clock_system);

    (void)state;
    assert_int_equal(aws_client_new(&f.client, &o, &f.err), -1);
    assert_int_equal(f.err.kind, ERR_INPUT);
    assert_string_equal(f.err.text,
                        "no Region: give --region, AWS_REGION or `region` in profile default (EC2 "
                        "metadata: AWS_EC2_METADATA_DISABLED is true)");
    snprintf(dead, sizeof(dead), "http://127.0.0.1:%d", script_server_free_port());
    o.env = (struct aws_env){on_ec2, dead};
    assert_int_equal(aws_client_new(&f.client, &o, &f.err), -1);
    assert_contains(f.err.text, "in profile default (EC2 metadata: http://127.0.0.1:");
    o.env = (struct aws_env){on_ec2, url_of(&f)};
    assert_int_equal(aws_client_new(&f.client, &o, &f.err), -1);
    assert_contains(f.err.text, "\"not a Region\" is not a Region");
    assert_true(clock_mono(&clock_system) - start < 10000);
    end(&f);
}

static void metadata_that_does_not_answer_costs_a_second(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .delay_ms = 60000}};
    struct fixture f = {.server = script_server_start(steps, 1)};
    const struct aws_client_options o = {.env = {on_ec2, url_of(&f)}};
    const int64_t start = clock_mono(&clock_system);

    (void)state;
    assert_int_equal(aws_client_new(&f.client, &o, &f.err), -1);
    assert_true(clock_mono(&clock_system) - start < 10000);
    assert_int_equal(script_server_requests(f.server), 1);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_region_of_the_instance_is_taken_where_none_is_configured),
        cmocka_unit_test(a_region_that_is_configured_is_not_asked_for),
        cmocka_unit_test(no_region_anywhere_says_where_it_was_looked_for),
        cmocka_unit_test(metadata_that_does_not_answer_costs_a_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
