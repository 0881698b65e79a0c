/* What to type next, from what the aliases say: the last lines of `status`. Pure but for the clock
 * it is given. */
#ifndef CLI_STATUS_NEXT_H
#define CLI_STATUS_NEXT_H

#include <jansson.h>

#include "base/buf.h"
#include "promote/view.h"

/* One environment. A zeroed one has seen nothing. */
struct status_next {
    const char *environment;
    struct mark open; /* of a promotion, a taking back or a restore that is not over; else NONE */
    char release[LAMBDA_DESCRIPTION_SIZE]; /* of its candidate: "": not known */
    bool held;                             /* taken back after a failure */
    bool put_back;                         /* by `restore`, and still there */
    bool moved; /* by someone else: Live is not what was promoted or restored last */
    char no_backup[LAMBDA_NAME_SIZE]; /* Backup's name: a promotion was here, and it is gone */
    bool unknown;                     /* something could not be looked at */
};

/* `restore` moved Live, and nobody since: what it served before is on hold (promote/survey.h). */
bool status_next_is_put_back(const struct function_view *f);

/* Live is as the last promotion left it, and Backup is not: `restore` would go elsewhere. */
bool status_next_backup_moved(const struct function_view *f);

/* `release`: of the version that Smoke points to; "" or NULL: none told. */
void status_next_see(struct status_next *n, const struct function_view *f, const char *release);

/*
 * Appends lines for people, the most urgent last: who, what, and the command. Nothing is under way:
 * says that, unless something could not be looked at. `ret_commands`: the same for scripts, an
 * array of objects with environment, why, command; new reference.
 */
void status_next_tell(const struct status_next *all, size_t count, int64_t now_s, struct buf *out,
                      json_t **ret_commands);

#endif
