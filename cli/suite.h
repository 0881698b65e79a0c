/*
 * Cases as commands use them: the configuration from command line and project file, the files
 * found, loaded and checked, and the selection made.
 */
#ifndef CLI_SUITE_H
#define CLI_SUITE_H

#include "base/arena.h"
#include "cli/casefiles.h"
#include "cli/session.h"
#include "cli/sharding.h"
#include "runner/config.h"
#include "runner/select.h"
#include "runner/shard.h"
#include "runner/testcase.h"

struct cli_suite {
    struct arena arena;
    struct runner_config config;
    struct casefiles files;
    struct testset set;
    size_t *order; /* what was selected */
    size_t count;
    struct sharding sharding;
    struct shard_whole whole; /* what was selected before sharding; without it zero */
    char **operands;          /* the cases that were named */
    size_t operand_count;
    const char *named;       /* of commands that take names: a --filter, or NULL */
    const char *rerun;       /* the event stream of --rerun-failed, or NULL */
    const char *project_dir; /* NULL: there is no project */
    json_t *owned;           /* array of what config borrows */
};

/* The options of every command that takes cases; end a table with its own. */
#define SUITE_OPTS                                                                                 \
    {"function", 0, OPT_STRING, "NAME", "send every case to this function"},                       \
        {"alias", 0, OPT_STRING, "NAME",                                                           \
         "the alias to invoke (default: the project's, or Smoke)"},                                \
        {"tag", 0, OPT_STRINGS, "TAG", "only cases with this tag (or one of several)"},            \
        {"filter", 0, OPT_STRING, "REGEX", "only cases whose \"suite > name [row]\" matches"},     \
        {"rerun-failed", 0, OPT_OPTIONAL, "RUN.jsonl",                                             \
         "only cases that did not pass in the last run, or in this one"},                          \
        {"shard", 0, OPT_STRING, "I/N|auto", "only this part of the cases"},                       \
        {"timings", 0, OPT_STRING, "RUN.jsonl", "balance shards by what an earlier run took"},     \
        {"update-snapshots", 0, OPT_FLAG, NULL, "take over the responses as snapshots"},           \
        {"shuffle", 0, OPT_OPTIONAL, "SEED", "run in a random order; the seed is printed"},        \
    {                                                                                              \
        "seed", 0, OPT_STRING, "N", "of {{random.int()}} and {{uuid}}"                             \
    }

/*
 * Loads what the operands and the environment (may be NULL) say. On mistakes prints all of them and
 * returns the exit code; EXIT_OK otherwise. Release in every case.
 */
int cli_suite_load(struct cli_suite *suite, struct session *session,
                   const struct manifest_environment *environment);

/*
 * Only the configuration, for commands that name files of their own and do without selection: of
 * the options --function, --alias, --seed and those of GROUP_PROJECT. Release in every case.
 */
int cli_suite_configure(struct cli_suite *suite, struct session *session,
                        const struct manifest_environment *environment, struct err *err);
void cli_suite_release(struct cli_suite *suite);

#endif
