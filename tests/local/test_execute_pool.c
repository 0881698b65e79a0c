/* Many at once: places, warm environments, identities, idle ends, and the end of it all. */
#include "local/execute.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/rand.h"
#include "tests/local/support.h"
#include "tests/test.h"

static char *dir;
static struct package puppet;
static struct execute_version v;

static int set_up(void **state)
{
    (void)state;
    dir = support_dir();
    support_puppet(&puppet, dir);
    v = support_version(&puppet);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    support_expect_processes(0, 0);
    support_remove(dir);
    return 0;
}

/* Which process answered, and its how-manieth answer it was. */
static long count_call(struct executor *x, const struct execute_version *version, int *ret_count)
{
    struct execute_result r;
    json_t *answer;
    long pid;

    support_invoke(x, version, "{\"do\":\"count\"}", &r);
    answer = json_loads(buf_c(&r.payload), 0, NULL);
    assert_non_null(answer);
    *ret_count = (int)json_integer_value(json_object_get(answer, "count"));
    pid = (long)json_integer_value(json_object_get(answer, "pid"));
    json_decref(answer);
    execute_result_release(&r);
    return pid;
}

struct caller {
    struct executor *x;
    const char *payload;
    int rounds;
    unsigned cold;
    int refused;                 /* an err_kind */
    pthread_barrier_t *together; /* all call at once */
    pthread_t thread;
};

static void *call(void *ctx)
{
    struct caller *c = ctx;

    pthread_barrier_wait(c->together);
    for (int i = 0; i < c->rounds; i++) {
        char id[UUID_SIZE];
        const struct execute_event event = {.request_id = id,
                                            .invoked_arn = "arn:aws:lambda:r:1:function:puppet",
                                            .payload = str_c(c->payload)};
        struct execute_result r = {0};
        struct err err = {0};

        rand_uuid(id, NULL);
        if (executor_invoke(c->x, &v, &event, &r, &err) < 0) {
            c->refused = (int)err.kind;
            continue;
        }
        if (strcmp(r.function_error, "") != 0)
            c->refused = -1;
        c->cold += r.cold;
        execute_result_release(&r);
    }
    return NULL;
}

static void call_all(struct caller *callers, size_t count)
{
    pthread_barrier_t together;

    pthread_barrier_init(&together, NULL, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        callers[i].together = &together;
        assert_int_equal(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
    }
    for (size_t i = 0; i < count; i++)
        pthread_join(callers[i].thread, NULL);
    pthread_barrier_destroy(&together);
}

static void calls_at_once_get_environments_of_their_own(void **state)
{
    struct executor *x = support_executor(dir, NULL);
    struct caller callers[8];
    unsigned cold = 0;

    (void)state;
    for (size_t i = 0; i < 8; i++)
        callers[i] =
            (struct caller){.x = x, .payload = "{\"do\":\"sleep\",\"n\":500}", .rounds = 1};
    call_all(callers, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(callers[i].refused, 0);
        cold += callers[i].cold;
        callers[i] = (struct caller){.x = x, .payload = "{\"do\":\"count\"}", .rounds = 100};
    }
    assert_int_equal(cold, 8);
    call_all(callers, 8); /* 800 calls, every one in a warm environment */
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(callers[i].refused, 0);
        assert_int_equal(callers[i].cold, 0);
    }
    assert_int_equal(executor_busy(x, NULL), 0);
    executor_free(x);
}

static void more_than_there_are_places_is_throttled(void **state)
{
    struct executor *x = support_executor(dir, NULL);
    struct caller callers[12];
    unsigned throttled = 0;

    (void)state;
    for (size_t i = 0; i < 12; i++)
        callers[i] =
            (struct caller){.x = x, .payload = "{\"do\":\"sleep\",\"n\":500}", .rounds = 1};
    call_all(callers, 12);
    for (size_t i = 0; i < 12; i++)
        throttled += callers[i].refused == ERR_THROTTLED;
    assert_int_equal(throttled, 4);
    executor_free(x);
}

static void the_environment_used_last_is_used_again(void **state)
{
    struct executor *x = support_executor(dir, NULL);
    struct caller callers[4];
    int count;

    (void)state;
    for (size_t i = 0; i < 4; i++)
        callers[i] =
            (struct caller){.x = x, .payload = "{\"do\":\"sleep\",\"n\":500}", .rounds = 1};
    call_all(callers, 4);
    count_call(x, &v, &count);
    assert_int_equal(count, 2);
    count_call(x, &v, &count);
    assert_int_equal(count, 3);
    executor_free(x);
}

static void another_identity_starts_anew_and_the_old_one_ends(void **state)
{
    struct executor *x = support_executor(dir, NULL);
    struct execute_version changed = v, other = v;
    int count;

    (void)state;
    changed.identity = "b";
    other.version = "8";
    count_call(x, &v, &count);
    count_call(x, &other, &count);
    count_call(x, &changed, &count);
    assert_int_equal(count, 1);
    support_expect_processes(2, 2); /* version 8 and the changed 7 */
    count_call(x, &other, &count);
    assert_int_equal(count, 2);
    executor_retire(x, v.function, "8");
    support_expect_processes(1, 1);
    executor_retire(x, v.function, NULL);
    support_expect_processes(0, 0);
    executor_free(x);
}

static void an_unused_environment_ends(void **state)
{
    const struct executor_options soon = {.idle_ms = 100};
    struct executor *x = support_executor(dir, &soon);
    int count;

    (void)state;
    count_call(x, &v, &count);
    support_expect_processes(0, 0);
    count_call(x, &v, &count);
    assert_int_equal(count, 1);
    executor_free(x);
}

/* Between two invocations, when nobody looks. */
static void an_environment_that_died_idle_is_replaced(void **state)
{
    const struct executor_options plain = {.no_sandbox = true}; /* its ids are the machine's */
    struct executor *x = support_executor(dir, &plain);
    int count;
    long first, second;

    (void)state;
    first = count_call(x, &v, &count);
    assert_int_equal(kill((pid_t)first, SIGKILL), 0);
    support_expect_processes(0, 0);
    second = count_call(x, &v, &count);
    assert_int_equal(count, 1);
    assert_int_not_equal(first, second);
    executor_free(x);
}

static void the_end_waits_for_nobody_who_sleeps(void **state)
{
    struct executor *x = support_executor(dir, NULL);
    int count;
    int64_t start;

    (void)state;
    for (int i = 0; i < 3; i++) {
        char version[2] = {(char)('1' + i), '\0'};

        v.version = version;
        count_call(x, &v, &count);
    }
    start = clock_mono(&clock_system);
    executor_free(x);
    assert_true(clock_mono(&clock_system) - start < 3000);
    executor_free(NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(calls_at_once_get_environments_of_their_own),
        TEST(more_than_there_are_places_is_throttled),
        TEST(the_environment_used_last_is_used_again),
        TEST(another_identity_starts_anew_and_the_old_one_ends),
        TEST(an_unused_environment_ends),
        TEST(an_environment_that_died_idle_is_replaced),
        TEST(the_end_waits_for_nobody_who_sleeps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
