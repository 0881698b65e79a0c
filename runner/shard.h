/*
 * A part of the cases for each of several machines. All of them load the same files and decide the
 * same: every case is in exactly one shard. What belongs together stays together: cases that need
 * each other, and whole files that have setup, teardown or captures.
 */
#ifndef RUNNER_SHARD_H
#define RUNNER_SHARD_H

#include <jansson.h>

#include "runner/testcase.h"

/*
 * Keeps in order[0..*count) what belongs to shard `shard` (from 1) of `shards`. `times` maps
 * "suite > name" to microseconds of an earlier run (NULL: none); a case it does not know counts as
 * their median. Groups go, longest first, to the shard that has least.
 */
void shard_select(const struct testset *set, size_t *order, size_t *count, unsigned shard,
                  unsigned shards, json_t *times);

#endif
