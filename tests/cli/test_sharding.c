#include "cli/sharding.h"

#include "tests/test.h"

static const char *names[4], *values[4];

static const char *look_up(const char *name)
{
    for (int i = 0; i < 4 && names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return values[i];
    return NULL;
}

static void every_system_counts_in_its_own_way(void **state)
{
    static const struct {
        const char *wish, *index, *index_value, *total, *total_value;
        unsigned shard, shards; /* 0: refused */
    } rows[] = {
        {"1/1", NULL, NULL, NULL, NULL, 1, 1},
        {"2/5", NULL, NULL, NULL, NULL, 2, 5},
        {"0/5", NULL, NULL, NULL, NULL, 0, 0},
        {"6/5", NULL, NULL, NULL, NULL, 0, 0},
        {"1", NULL, NULL, NULL, NULL, 0, 0},
        {"1/", NULL, NULL, NULL, NULL, 0, 0},
        {"-1/2", NULL, NULL, NULL, NULL, 0, 0},
        {"auto", NULL, NULL, NULL, NULL, 0, 0},
        {"auto", "CI_NODE_INDEX", "1", "CI_NODE_TOTAL", "3", 1, 3},
        {"auto", "CI_NODE_INDEX", "0", "CI_NODE_TOTAL", "3", 0, 0},
        {"auto", "CIRCLE_NODE_INDEX", "0", "CIRCLE_NODE_TOTAL", "3", 1, 3},
        {"auto", "CIRCLE_NODE_INDEX", "3", "CIRCLE_NODE_TOTAL", "3", 0, 0},
        {"auto", "BUILDKITE_PARALLEL_JOB", "2", "BUILDKITE_PARALLEL_JOB_COUNT", "3", 3, 3},
        {"auto", "SYSTEM_JOBPOSITIONINPHASE", "3", "SYSTEM_TOTALJOBSINPHASE", "3", 3, 3},
        {"auto", "JOB_COMPLETION_INDEX", "0", "SMOKEGATE_SHARDS", "2", 1, 2},
        {"auto", "JOB_COMPLETION_INDEX", "0", NULL, NULL, 0, 0},
        {"auto", "AWS_BATCH_JOB_ARRAY_INDEX", "1", "AWS_BATCH_JOB_ARRAY_SIZE", "2", 2, 2},
        {"auto", "CI_NODE_INDEX", "x", "CI_NODE_TOTAL", "3", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct sharding got = {0};
        struct err err = {0};
        int result;

        names[0] = rows[i].index;
        values[0] = rows[i].index_value;
        names[1] = rows[i].index ? rows[i].total : NULL;
        values[1] = rows[i].total_value;
        result = sharding_read(&got, rows[i].wish, look_up, &err);
        if (result != (rows[i].shards ? 0 : -1) || got.shard != rows[i].shard ||
            got.shards != rows[i].shards)
            fail_msg("row %zu: %u of %u, %s", i, got.shard, got.shards, err.text);
        if (result < 0)
            assert_int_equal(err.kind, ERR_USAGE);
        else if (rows[i].index)
            assert_string_equal(got.variable, rows[i].index);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_system_counts_in_its_own_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
