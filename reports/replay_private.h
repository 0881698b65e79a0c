/* Private to replaying and merging: lines of a recorded event stream as the values they were. */
#ifndef REPORTS_REPLAY_PRIVATE_H
#define REPORTS_REPLAY_PRIVATE_H

#include <jansson.h>

#include "base/arena.h"
#include "runner/event.h"

/* One line as an event of this version, owned; its kind is borrowed from it. NULL: it is none. */
json_t *replay_read_line(const char *line, size_t len, const char **ret_kind);

/* Texts live in `arena`. False: the event is none this program wrote. */
bool replay_read_run(struct run_info *ret, json_t *event, struct arena *arena);
bool replay_read_end(struct run_summary *ret, json_t *event, struct arena *arena);

/* Returns owned, or NULL as above. */
struct case_result *replay_read_case(json_t *event);

/* Tells `bus` what only promotions tell; `ret_known` is false for other kinds. False: as above. */
bool replay_account(struct event_bus *bus, const char *kind, json_t *event, bool *ret_known);

/* Members of an event: NULL, "" or 0 when it has none of that type; texts live in `arena`. */
const char *replay_text(struct arena *arena, json_t *object, const char *key);
const char *replay_text_or_empty(struct arena *arena, json_t *object, const char *key);
int64_t replay_integer(json_t *object, const char *key);

#endif
