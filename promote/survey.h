/*
 * Where a promotion stands over all environments, from what their aliases say: pure. Whether there
 * is something to finish first, somebody else at work, a hold, and under which id to go on.
 */
#ifndef PROMOTE_SURVEY_H
#define PROMOTE_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "promote/view.h"

struct survey_input {
    const struct environment_view *views; /* from the project's first environment to the last one */
    size_t first, last;                   /* the environments asked for */
    int64_t now_s;
    bool force; /* promote in spite of a hold, or of what the environment below says */
};

enum survey_next {
    SURVEY_DONE,    /* the artifact is Live everywhere */
    SURVEY_FORWARD, /* go on in `environment` under `promotion` ("": a new id) */
    SURVEY_SETTLE,  /* first take back what `promotion` left in `environment` */
    SURVEY_BUSY,    /* somebody else is at work; see the error */
    SURVEY_HELD, /* this artifact was taken back after a failure, or restored from; see the error */
    SURVEY_BELOW, /* the environment below does not have it on Live; see the error */
};

struct survey {
    enum survey_next next;
    size_t environment;
    char promotion[ULID_SIZE];
    enum mark_state undo_as; /* SETTLE: how what goes back is marked */
};

/* `err` is set when `next` is one of the last three. */
struct survey survey_promotion(const struct survey_input *in, struct err *err);

/* Every function has this environment's artifact on Live, by the marks. */
bool survey_is_settled(const struct environment_view *v);
/* The same, and $LATEST is as the project file wants it. */
bool survey_is_complete(const struct environment_view *v);

/* This promotion claimed something here and has not let go of it. */
bool survey_is_begun(const struct environment_view *v, const char *promotion);

/* And it moved Live of one at least: half way is no place to stop at. */
bool survey_is_moving(const struct environment_view *v, const char *promotion);

/* These packages failed here, or were restored from, and nobody promoted others since: see `err`.
 */
bool survey_is_held(const struct environment_view *v, struct err *err);

/*
 * The promotion that is under way (or was interrupted) in the highest environment, for `resume`,
 * `abort` and `status`. False: none is.
 */
bool survey_open(const struct environment_view *views, size_t count, struct survey *ret);

#endif
