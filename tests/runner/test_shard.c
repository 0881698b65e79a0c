#include "runner/shard.h"

#include "base/mem.h"
#include "tests/runner/support.h"
#include "tests/test.h"

/* Which shard each item is in, as digits in the order of items; fails when one is in none or two.
 */
static char *deal(const char *text, unsigned shards, const char *times_text)
{
    json_t *times = times_text ? json_loads(times_text, 0, NULL) : NULL;
    struct support_case c;
    char *in;

    support_case_open(&c, text);
    in = mem_zalloc(c.set.item_count + 1);
    for (unsigned shard = 1; shard <= shards; shard++) {
        CLEANUP(mem_freep) size_t *order = mem_array(c.set.item_count, sizeof(*order));
        size_t count = c.set.item_count;

        for (size_t i = 0; i < count; i++)
            order[i] = i;
        shard_select(&c.set, order, &count, shard, shards, times);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(in[order[i]], 0);
            in[order[i]] = (char)('0' + shard);
        }
    }
    assert_int_equal(strlen(in), c.set.item_count);
    support_case_close(&c);
    json_decref(times);
    return in;
}

static void every_case_is_in_exactly_one_shard(void **state)
{
    static const char plain[] = "{\"cases\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"},"
                                "{\"name\":\"d\"},{\"name\":\"e\"}]}";
    static const char needs[] =
        "{\"cases\":[{\"name\":\"a\"},{\"name\":\"b\"},"
        "{\"name\":\"c\",\"needs\":[\"a\"]},{\"name\":\"d\",\"needs\":[\"c\"]}]}";
    static const char rows[] = "{\"cases\":[{\"name\":\"a\",\"table\":[{},{},{},{}]}]}";
    static const char setup[] =
        "{\"setup\":[{\"name\":\"u\"}],\"cases\":[{\"name\":\"a\"},{\"name\":\"b\"}]}";
    static const struct {
        const char *text;
        unsigned shards;
        const char *times, *want;
    } rows_of[] = {
        {plain, 1, NULL, "11111"},
        {plain, 2, NULL, "12121"},
        {plain, 9, NULL, "12345"},
        {plain, 2, "{\"cases > a\":90,\"cases > b\":30,\"cases > c\":30,\"cases > d\":30}",
         "12221"},
        {needs, 2, NULL, "1211"},
        {rows, 2, NULL, "1212"},
        {setup, 3, NULL, "111"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows_of); i++) {
        CLEANUP(mem_freep) char *got = deal(rows_of[i].text, rows_of[i].shards, rows_of[i].times);

        if (strcmp(got, rows_of[i].want) != 0)
            fail_msg("row %zu: %s", i, got);
    }
}

static void the_whole_is_known_by_its_files_and_cases(void **state)
{
    static const char text[] = "{\"cases\":[{\"name\":\"a\",\"table\":[{},{}]},{\"name\":\"b\"}]}";
    static const size_t all[] = {0, 1, 2}, shuffled[] = {2, 0, 1}, some[] = {0, 2},
                        others[] = {1, 2}; /* another row of the same case */
    struct shard_whole a, b, c, d;
    struct support_case loaded;

    (void)state;
    support_case_open(&loaded, text);
    shard_describe(&a, &loaded.set, all, 3);
    shard_describe(&b, &loaded.set, shuffled, 3);
    shard_describe(&c, &loaded.set, some, 2);
    shard_describe(&d, &loaded.set, others, 2);
    support_case_close(&loaded);
    assert_int_equal(a.cases, 3);
    assert_string_equal(a.sha256, b.sha256);
    assert_string_not_equal(a.sha256, c.sha256);
    assert_string_not_equal(c.sha256, d.sha256);
    assert_int_equal(a.places[2], 2);
    assert_int_equal(b.places[2], 2);
    assert_int_equal(c.places[2], 1);
    shard_whole_release(&a);
    shard_whole_release(&b);
    shard_whole_release(&c);
    shard_whole_release(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_is_in_exactly_one_shard),
        cmocka_unit_test(the_whole_is_known_by_its_files_and_cases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
