/*
 * Events that wait to be run, as rows: an event is on disk before it is acknowledged and stays
 * there until it has been run to its end, so that none is lost when the server is killed. One that
 * was running then is run again: at least once, as on Lambda. All within a call's transaction.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 */
#ifndef LOCAL_EVENT_ROW_H
#define LOCAL_EVENT_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "local/call.h"

struct event_row {
    int64_t id; /* order of arrival */
    const char *function;
    int64_t version; /* chosen when the event arrived */
    const char *invoked_arn, *request_id;
    struct str payload;
    int retries_left;   /* after function errors */
    int64_t expires_ms; /* wall time; then it is dropped */
};

int64_t event_row_add(struct call *c, const struct event_row *e);      /* its id */
bool event_row_get(struct call *c, int64_t id, struct event_row *ret); /* in the call's arena */
void event_row_set_retries(struct call *c, int64_t id, int retries_left);
void event_row_delete(struct call *c, int64_t id);

/*
 * The first id after `id` and whose event it is, in `arena`; 0 when there is none. The caller holds
 * the lock of `db`.
 */
int64_t event_row_after(struct db *db, int64_t id, struct arena *arena, const char **ret_function);

#endif
