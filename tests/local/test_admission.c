#include "local/admission.h"

#include "tests/local/api.h"
#include "tests/test.h"

static void places_are_counted_for_each_function(void **state)
{
    struct admission *a = admission_new();

    (void)state;
    assert_true(admission_enter(a, "f", 2));
    assert_true(admission_enter(a, "f", 2));
    assert_false(admission_enter(a, "f", 2));
    assert_true(admission_enter(a, "g", 1));
    admission_leave(a, "f");
    assert_true(admission_enter(a, "f", 2));
    assert_false(admission_enter(a, "none", 0));
    admission_leave(a, "f");
    admission_leave(a, "f");
    admission_leave(a, "g");
    assert_false(admission_enter(a, "g", 0));
    admission_free(a);
}

static void a_function_without_places_is_throttled_and_others_are_not(void **state)
{
    struct api api;

    (void)state;
    api_open(&api);
    api_create(&api, "f", "one");
    api_create(&api, "g", "one");
    api_do(&api, 200, "PUT", "/2017-10-31/functions/f/concurrency",
           "{\"ReservedConcurrentExecutions\":0}");
    api_fails(&api, 429, "TooManyRequestsException", "Rate Exceeded.", "POST",
              API_FUNCTIONS "/f/invocations", "{}");
    assert_string_equal(api_text(&api, 429, "POST", API_FUNCTIONS "/f/invocations", "{}", "Reason"),
                        "ReservedFunctionConcurrentInvocationLimitExceeded");
    api_do(&api, 200, "POST", API_FUNCTIONS "/g/invocations", "{}");
    api_do(&api, 200, "PUT", "/2017-10-31/functions/f/concurrency",
           "{\"ReservedConcurrentExecutions\":1}");
    for (int i = 0; i < 3; i++) /* a place that was given back can be taken again */
        api_do(&api, 200, "POST", API_FUNCTIONS "/f/invocations", "{}");
    api_close(&api);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_counted_for_each_function),
        cmocka_unit_test(a_function_without_places_is_throttled_and_others_are_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
