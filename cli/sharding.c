#include "cli/sharding.h"

#include <string.h>

#include "base/compiler.h"
#include "base/str.h"

enum { SHARDS_MAX = 10000 };

/* Who counts from what is documented by each; Kubernetes and AWS Batch do not tell how many. */
static const struct ci {
    const char *index, *total;
    unsigned first;
} systems[] = {
    {"CI_NODE_INDEX", "CI_NODE_TOTAL", 1},         /* GitLab */
    {"CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0}, /* CircleCI */
    {"BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0},
    {"SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", 1}, /* Azure Pipelines */
    {"JOB_COMPLETION_INDEX", "SMOKEGATE_SHARDS", 0},             /* Kubernetes Indexed Job */
    {"AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", 0},
};

static int from_system(struct sharding *ret, const struct ci *ci, const char *(*env)(const char *),
                       struct err *err)
{
    unsigned long long index, total;
    const char *count = env(ci->total);

    if (!count || !*count)
        return err_set(err, ERR_USAGE,
                       "--shard auto: %s is set, %s is not: set it to the number of shards",
                       ci->index, ci->total);
    if (!str_to_u64(str_c(env(ci->index)), SHARDS_MAX, &index) ||
        !str_to_u64(str_c(count), SHARDS_MAX, &total) || index < ci->first ||
        index - ci->first >= total)
        return err_set(err, ERR_USAGE, "--shard auto: %s is %s and %s is %s", ci->index,
                       env(ci->index), ci->total, count);
    *ret = (struct sharding){(unsigned)(index - ci->first) + 1, (unsigned)total, ci->index};
    return 0;
}

int sharding_read(struct sharding *ret, const char *wish, const char *(*env)(const char *),
                  struct err *err)
{
    struct str rest = str_c(wish), part;
    unsigned long long shard, shards;

    if (strcmp(wish, "auto") == 0) {
        for (size_t i = 0; i < ARRAY_LEN(systems); i++)
            if (env(systems[i].index) && *env(systems[i].index))
                return from_system(ret, &systems[i], env, err);
        return err_set(err, ERR_USAGE,
                       "--shard auto: no variable of a known CI system tells which part this is; "
                       "write --shard 2/5");
    }
    if (!str_cut(&rest, '/', &part) || !str_to_u64(part, SHARDS_MAX, &shard) ||
        !str_to_u64(rest, SHARDS_MAX, &shards) || shard < 1 || shard > shards)
        return err_set(err, ERR_USAGE, "--shard %s: expected I/N, the first being 1/N, or auto",
                       wish);
    *ret = (struct sharding){(unsigned)shard, (unsigned)shards, NULL};
    return 0;
}
