/* What Lambda limits: code with its layers, environment variables, numbers of layers. */
#include "tests/test.h"

#include <stdio.h>

#include "tests/local/api.h"

#define F      API_FUNCTIONS "/f"
#define LAYERS "/2018-10-31/layers/"
#define LAYER  "\"arn:aws:lambda:us-east-1:123456789012:layer:"

static struct api api;

static int setup(void **state)
{
    (void)state;
    api_open(&api);
    api_create(&api, "f", "one");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    api_close(&api);
    return 0;
}

/* The executor of these tests takes "PK 123" for a package of 123 bytes unzipped. */
static void publish(const char *layer, const char *bytes)
{
    struct buf target = {0}, body = {0};

    buf_printf(&target, LAYERS "%s/versions", layer);
    buf_printf(&body, "{\"Content\":{%s}}", api_zip_member(bytes));
    api_do(&api, 201, "POST", buf_c(&target), buf_c(&body));
    buf_release(&target);
    buf_release(&body);
}

static void sizes_are_not_shown(void **state)
{
    json_t *shown;

    (void)state;
    publish("a", " 1000");
    api_do(&api, 200, "PUT", F "/configuration", "{\"Layers\":[" LAYER "a:1\"]}");
    for (size_t i = 0; i < 3; i++) {
        static const char *const targets[] = {F "/configuration", LAYERS "a/versions/1",
                                              LAYERS "a/versions"};

        shown = api_call(&api, 200, "GET", targets[i], NULL);
        char *text = json_dumps(shown, 0);

        assert_null(strstr(text, "nzipped"));
        free(text);
        json_decref(shown);
    }
}

static void code_and_layers_together_have_a_limit(void **state)
{
    char body[512];

    (void)state;
    publish("a", " 200000000");
    publish("b", " 62144000");
    publish("c", " 62144001");
    api_update_code(&api, "f", " 62144000");
    api_do(&api, 200, "PUT", F "/configuration", "{\"Layers\":[" LAYER "a:1\"]}"); /* just fits */
    api_fails(&api, 400, "InvalidParameterValueException",
              "Function code combined with layers exceeds the maximum allowed size of 262144000 "
              "bytes. The actual size is 324288000 bytes.",
              "PUT", F "/configuration", "{\"Layers\":[" LAYER "a:1\"," LAYER "b:1\"]}");
    api_fails(&api, 400, "InvalidParameterValueException",
              "Layers consume more than the available size of 262144000 bytes", "PUT",
              F "/configuration", "{\"Layers\":[" LAYER "a:1\"," LAYER "c:1\"]}");
    snprintf(body, sizeof(body), "{%s}", api_zip_member(" 62144001"));
    api_fails(&api, 400, "InvalidParameterValueException",
              "Function code combined with layers exceeds the maximum allowed size of 262144000 "
              "bytes. The actual size is 262144001 bytes.",
              "PUT", F "/code", body);
    snprintf(body, sizeof(body),
             "{\"FunctionName\":\"g\",\"Runtime\":\"provided.al2023\",\"Handler\":\"bootstrap\","
             "\"Role\":\"" API_ROLE "\",\"Code\":{%s},\"Layers\":[" LAYER "a:1\"]}",
             api_zip_member(" 62144001"));
    api_fails(&api, 400, "InvalidParameterValueException",
              "Function code combined with layers exceeds the maximum allowed size of 262144000 "
              "bytes. The actual size is 262144001 bytes.",
              "POST", API_FUNCTIONS, body);
    api_do(&api, 404, "GET", API_FUNCTIONS "/g", NULL); /* nothing of it was kept */
    api_do(&api, 200, "PUT", F "/configuration", "{\"Layers\":[]}");
    api_update_code(&api, "f", " 62144001");
}

static void five_layers_are_the_most(void **state)
{
    struct buf body = {0};

    (void)state;
    for (char name[2] = "a"; name[0] <= 'f'; name[0]++)
        publish(name, " 10");
    buf_add_c(&body, "{\"Layers\":[");
    for (char name = 'a'; name <= 'e'; name++)
        buf_printf(&body, "%s" LAYER "%c:1\"", name == 'a' ? "" : ",", name);
    buf_add_c(&body, "]}");
    api_do(&api, 200, "PUT", F "/configuration", buf_c(&body));
    body.len -= 2;
    buf_add_c(&body, "," LAYER "f:1\"]}");
    api_fails(&api, 400, "InvalidParameterValueException", "Cannot reference more than 5 layers.",
              "PUT", F "/configuration", buf_c(&body));
    buf_release(&body);
}

/* As Lambda measures: the variables as compact JSON, 4096 bytes. */
static void environment_variables_have_four_kilobytes(void **state)
{
    const int fixed = (int)strlen("{\"VV\":\"\"}");
    struct buf body = {0};

    (void)state;
    for (int over = 0; over < 2; over++) {
        buf_clear(&body);
        buf_add_c(&body, "{\"Environment\":{\"Variables\":{\"VV\":\"");
        for (int i = 0; i < 4096 - fixed + over; i++)
            buf_putc(&body, 'x');
        buf_add_c(&body, "\"}}}");
        api_do(&api, over ? 400 : 200, "PUT", F "/configuration", buf_c(&body));
    }
    buf_release(&body);
}

static void environment_variables_have_names_that_lambda_takes(void **state)
{
    static const char *const bad[] = {"A", "1A", "A-B", "A=B", "", "_HANDLER", "\xc3\xbc\xc3\xbc"};
    char body[256];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        snprintf(body, sizeof(body),
                 "{\"Environment\":{\"Variables\":{\"GOOD_1\":\"\",\"%s\":\"x\"}}}", bad[i]);
        api_fails(&api, 400, "ValidationException",
                  "1 validation error detected: Value at 'environment.variables' failed to satisfy "
                  "constraint: Map keys must satisfy constraint: [Member must satisfy regular "
                  "expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
                  "PUT", F "/configuration", body);
    }
    api_fails(&api, 400, "InvalidParameterValueException",
              "Lambda was unable to configure your environment variables because the environment "
              "variables you have provided contains reserved keys that are currently not supported "
              "for modification. Reserved keys used in this request: AWS_REGION, "
              "LAMBDA_TASK_ROOT",
              "PUT", F "/configuration",
              "{\"Environment\":{\"Variables\":{\"AWS_REGION\":\"x\",\"OK\":\"1\","
              "\"LAMBDA_TASK_ROOT\":\"\"}}}");
    api_do(&api, 200, "PUT", F "/configuration",
           "{\"Environment\":{\"Variables\":{\"AWS_LAMBDA_EXEC_WRAPPER\":\"/opt/x\","
           "\"PATH\":\"\",\"TZ\":\"\"}}}");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(sizes_are_not_shown),
        CASE(code_and_layers_together_have_a_limit),
        CASE(five_layers_are_the_most),
        CASE(environment_variables_have_four_kilobytes),
        CASE(environment_variables_have_names_that_lambda_takes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
