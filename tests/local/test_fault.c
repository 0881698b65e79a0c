#include "local/fault.h"

#include <stdio.h>

#include "tests/local/api.h"
#include "tests/test.h"

static struct api api;

#define F    API_FUNCTIONS "/f"
#define LIVE F "/aliases/Live"

static int setup(void **state)
{
    (void)state;
    api_open(&api);
    api_create(&api, "f", "one");
    api_do(&api, 201, "POST", F "/versions", "{}");
    api_do(&api, 201, "POST", F "/aliases", "{\"Name\":\"Live\",\"FunctionVersion\":\"$LATEST\"}");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    api_close(&api);
    return 0;
}

static void script(const char *text)
{
    api_do(&api, 200, "PUT", "/_smokegate/faults", text);
}

/* What the connection saw: a status, or 0 when it was closed. */
static int outcome(const char *method, const char *target, const char *body)
{
    struct http_request request = {
        .method = str_c(method), .target = str_c(target), .body = str_c(body)};
    struct http_reply reply = {0};
    int status;

    http_split_target(&request);
    local_handle(api.local, &request, &reply);
    status = reply.cut == HTTP_CUT_CLOSE ? 0 : reply.status;
    http_reply_release(&reply);
    return status;
}

static const char *live(void)
{
    return api_text(&api, 200, "GET", LIVE, NULL, "FunctionVersion");
}

static void a_rule_fires_for_its_calls_from_nth_and_count_times(void **state)
{
    static const int expected[] = {200, 429, 429, 200, 200};

    (void)state;
    script("{\"rules\":[{\"operation\":\"UpdateAlias\",\"function\":\"f\",\"nth\":2,\"count\":2,"
           "\"throttle\":true}]}");
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        assert_int_equal(outcome("PUT", LIVE, "{}"), expected[i]);
        assert_int_equal(outcome("GET", LIVE, NULL), 200);
    }
    script("{\"rules\":[{\"operation\":[\"GetAlias\",\"List*\"],\"function\":\"g*\","
           "\"throttle\":true}]}");
    assert_int_equal(outcome("GET", LIVE, NULL), 200);
    script("{\"rules\":[{\"operation\":[\"GetAlias\",\"List*\"],\"error\":{\"status\":503,"
           "\"type\":\"ServiceException\",\"message\":\"m\"}}]}");
    api_fails(&api, 503, "ServiceException", "m", "GET", LIVE, NULL);
    assert_int_equal(outcome("GET", F "/aliases", NULL), 503);
    api_do(&api, 200, "DELETE", "/_smokegate/faults", NULL);
    assert_int_equal(outcome("GET", LIVE, NULL), 200);
}

static void a_star_stands_for_any_part_of_a_name(void **state)
{
    static const struct {
        const char *operation, *function;
        int status;
    } rows[] = {
        {"*", "*", 429},         {"Get*", "f*", 429}, {"*Alias", "*f", 429}, {"*e*A*", "*", 429},
        {"GetAlias", "*g", 200}, {"*", "f*f", 200},   {"Update*", "f", 200},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[200];

        snprintf(text, sizeof(text),
                 "{\"rules\":[{\"operation\":\"%s\",\"function\":\"%s\",\"throttle\":true}]}",
                 rows[i].operation, rows[i].function);
        script(text);
        assert_int_equal(outcome("GET", LIVE, NULL), rows[i].status);
    }
}

/* curl --data sends POST unless it is told otherwise. */
static void a_script_may_be_posted(void **state)
{
    (void)state;
    api_do(&api, 200, "POST", "/_smokegate/faults", "{\"rules\":[{\"throttle\":true}]}");
    assert_int_equal(outcome("GET", LIVE, NULL), 429);
    api_do(&api, 404, "PATCH", "/_smokegate/faults", "{\"rules\":[]}");
    assert_int_equal(outcome("GET", LIVE, NULL), 429);
}

static unsigned throttled_of_hundred(const char *text)
{
    unsigned count = 0;

    script(text);
    for (int i = 0; i < 100; i++)
        count += outcome("GET", LIVE, NULL) == 429;
    return count;
}

static void chance_is_seeded(void **state)
{
    static const char text[] = "{\"seed\":3,\"rules\":[{\"probability\":0.3,\"throttle\":true}]}";
    const unsigned first = throttled_of_hundred(text);

    (void)state;
    assert_in_range(first, 15, 45);
    assert_int_equal(throttled_of_hundred(text), first);
}

static void a_cut_loses_the_call_or_its_answer(void **state)
{
    (void)state;
    script("{\"rules\":[{\"operation\":\"UpdateAlias\",\"count\":1,\"cut\":\"before\"}]}");
    assert_int_equal(outcome("PUT", LIVE, "{\"FunctionVersion\":\"1\"}"), 0);
    assert_string_equal(live(), "$LATEST");
    script("{\"rules\":[{\"operation\":\"UpdateAlias\",\"count\":1,\"cut\":\"after\"}]}");
    assert_int_equal(outcome("PUT", LIVE, "{\"FunctionVersion\":\"1\"}"), 0);
    assert_string_equal(live(), "1");
}

static void a_late_call_is_carried_out_after_its_connection_has_gone(void **state)
{
    const char *said = "";

    (void)state;
    script("{\"rules\":[{\"operation\":\"UpdateAlias\",\"count\":1,\"late\":\"50ms\"}]}");
    assert_int_equal(outcome("PUT", LIVE, "{\"FunctionVersion\":\"1\"}"), 0);
    assert_string_equal(live(), "$LATEST");
    for (int i = 0; i < 1000 && strcmp(said, "1") != 0; i++) {
        clock_sleep(&clock_system, 10); /* the call waits in real time */
        said = live();
    }
    assert_string_equal(said, "1");
}

static void stale_reads_tell_what_was(void **state)
{
    (void)state;
    api.wall_ms += 10000;
    api_do(&api, 200, "PUT", LIVE, "{\"FunctionVersion\":\"1\"}");
    script(
        "{\"rules\":[{\"operation\":[\"GetAlias\",\"Invoke\",\"ListAliases\"],\"stale\":\"3s\"}]}");
    assert_string_equal(live(), "$LATEST");
    assert_string_equal(
        api_text(&api, 200, "POST", F "/invocations?Qualifier=Live", "{}", "version"), "$LATEST");
    /* writing is never stale */
    assert_string_equal(api_text(&api, 200, "PUT", LIVE, "{}", "FunctionVersion"), "1");
    api.wall_ms += 3000;
    assert_string_equal(live(), "1");
    assert_string_equal(
        api_text(&api, 200, "POST", F "/invocations?Qualifier=Live", "{}", "version"), "1");
    api_do(&api, 201, "POST", F "/aliases", "{\"Name\":\"New\",\"FunctionVersion\":\"1\"}");
    assert_int_equal(outcome("GET", F "/aliases/New", NULL), 404);
    api_do(&api, 204, "DELETE", LIVE, NULL);
    assert_string_equal(live(), "1"); /* it still was, three seconds ago */
    api.wall_ms += 3000;
    assert_int_equal(outcome("GET", LIVE, NULL), 404);
}

static void states_can_take_their_time_and_end_badly(void **state)
{
    (void)state;
    script("{\"rules\":[{\"operation\":\"UpdateFunctionCode\",\"slow\":\"2s\"},"
           "{\"operation\":\"PublishVersion\",\"slow\":\"1s\",\"fail\":\"no snapshot\"}]}");
    api_update_code(&api, "f", "two");
    assert_int_equal(outcome("POST", F "/versions", "{}"), 409);
    api.wall_ms += 2000;
    assert_string_equal(api_text(&api, 201, "POST", F "/versions", "{}", "State"), "Pending");
    assert_int_equal(outcome("PUT", LIVE, "{\"FunctionVersion\":\"2\"}"), 409);
    api.wall_ms += 1000;
    assert_string_equal(
        api_text(&api, 200, "GET", F "/configuration?Qualifier=2", NULL, "StateReason"),
        "no snapshot");
    assert_int_equal(outcome("PUT", LIVE, "{\"FunctionVersion\":\"2\"}"), 409);
}

static void a_wrong_script_says_where(void **state)
{
    static const char *const rows[][2] = {
        {"{\"rules\":[{\"operation\":\"UpdateAlia\",\"throttle\":true}]}",
         "fault script:1:24: there is no such operation"},
        {"{\"rules\":[{\"operation\":\"UpdateAlias\"}]}",
         "fault script:1:11: a rule without an effect"},
        {"{\"rules\":[\n {\"dely\":\"1s\"}]}", "fault script:2:3: "},
        {"{\"rules\":[{\"delay\":\"1\"}]}", "fault script:1:20: expected a duration"},
        {"{\"rules\":[{\"cut\":\"now\"}]}", "fault script:1:18: expected \"before\""},
        {"{\"rules\":[{\"error\":{\"status\":200,\"type\":\"T\"}}]}", "from 400 to 599"},
        {"{\"rules\":[{\"throttle\":true,\"probability\":2}]}", "from 0 to 1"},
        {"{\"rules\":[{\"throttle\":true,\"nth\":0}]}", "from 1"},
        {"{\"rules\":[{\"throttle\":false}]}", "fault script:1:23: expected true, or the Reason"},
        {"{\"rules\":[{\"function\":\"\",\"throttle\":true}]}",
         "fault script:1:23: expected a function's name"},
        {"{\"rules\":[{\"function\":\"f:Live\",\"throttle\":true}]}", "without version or alias"},
        {"{\"rules\":", "fault script:1:10: "},
    };
    struct fault_script *s = fault_script_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = {0};

        assert_int_equal(fault_script_set(s, str_c(rows[i][0]), "fault script", &err), -1);
        assert_contains(err.text, rows[i][1]);
    }
    fault_script_free(s);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_rule_fires_for_its_calls_from_nth_and_count_times),
        CASE(a_star_stands_for_any_part_of_a_name),
        CASE(a_script_may_be_posted),
        CASE(chance_is_seeded),
        CASE(a_cut_loses_the_call_or_its_answer),
        CASE(a_late_call_is_carried_out_after_its_connection_has_gone),
        CASE(stale_reads_tell_what_was),
        CASE(states_can_take_their_time_and_end_badly),
        cmocka_unit_test(a_wrong_script_says_where),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
