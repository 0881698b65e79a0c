/*
 * A part of the cases for each of several machines. All of them load the same files and decide the
 * same: every case is in exactly one shard. What belongs together stays together: cases that need
 * each other, and whole files that have setup, teardown or captures.
 */
#ifndef RUNNER_SHARD_H
#define RUNNER_SHARD_H

#include <jansson.h>

#include "base/digest.h"
#include "runner/testcase.h"

/* The selection that is divided: by it the parts can prove that they make up one run. */
struct shard_whole {
    size_t cases;
    char sha256[SHA256_HEX_SIZE]; /* of its case files, and where each case and row stands */
    size_t *places;               /* owned; by item: its place in the order of reports */
};

/* Of order[0..count), in whichever order. Release it. */
void shard_describe(struct shard_whole *ret, const struct testset *set, const size_t *order,
                    size_t count);
void shard_whole_release(struct shard_whole *whole); /* a zeroed one is fine */

/*
 * Keeps in order[0..*count) what belongs to shard `shard` (from 1) of `shards`. `times` maps
 * "suite > name" to microseconds of an earlier run (NULL: none); a case it does not know counts as
 * their median. Groups go, longest first, to the shard that has least.
 */
void shard_select(const struct testset *set, size_t *order, size_t *count, unsigned shard,
                  unsigned shards, json_t *times);

#endif
