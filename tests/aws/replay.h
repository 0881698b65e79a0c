/*
 * Recorded HTTP traffic of AWS's test data, played by a real server on loopback: whatever host a
 * request was for, it goes there, and what was asked is compared with the recording afterwards.
 */
#ifndef TESTS_AWS_REPLAY_H
#define TESTS_AWS_REPLAY_H

#include "aws/creds/chain.h"
#include "base/buf.h"

struct replay;

/* Plays a http-traffic.json. NULL when there is none. */
struct replay *replay_new(const char *path);
void replay_free(struct replay *r);

/* For struct creds_options; ctx is the replay. Without a recording nobody answers. */
creds_send replay_send;

/* False, and what differs in `why`, unless the requests were those of the recording. */
bool replay_check(struct replay *r, struct buf *why);

#endif
