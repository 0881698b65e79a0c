/* Private to promote/: what promotion.c, undo.c and their like share. */
#ifndef PROMOTE_PROMOTION_PRIVATE_H
#define PROMOTE_PROMOTION_PRIVATE_H

#include "promote/act.h"
#include "promote/promotion.h"
#include "promote/survey.h"

/* An environment in this run. */
struct place {
    const struct manifest_environment *environment;
    struct aws_client *client;
    struct journal *journal;    /* the promotion's, for the client's calls */
    struct artifacts artifacts; /* none: aliases alone matter */
    struct environment_view view;
    struct alarm_watch watch;
    struct promotion_versions *before; /* by function */
    bool unsure; /* a request of unknown outcome, or of a dead process, may be on its way */
};

struct promotion {
    const struct promotion_options *o;
    struct place *places; /* the manifest's environments up to o->last */
    size_t count;
    char id[ULID_SIZE];
    char writer[MARK_WRITER_SIZE];
    char predecessor[MARK_WRITER_SIZE]; /* the process whose promotion goes on here; "": none */
    struct journal *journal;
    bool urgent; /* taking back is all it is for: nothing of it waits behind polling */
    bool hinted; /* what is there is looked at with the help of promote/hint.h */
};

enum promotion_sight {
    SIGHT_WHOLE,   /* aliases, $LATEST, and the artifacts for it */
    SIGHT_ALIASES, /* aliases alone */
    SIGHT_HINTED,  /* aliases, where this folder does not know better (promote/hint.h) */
};

/* Clients, artifacts and views of all places from `from` on. */
int promotion_open(struct promotion *p, const struct promotion_options *o, size_t from,
                   enum promotion_sight sight, struct err *err);
/* What was learnt of the code and layers below holds here as well. ERR_REFUSED: it does not. */
int promotion_carry(struct promotion *p, size_t at, struct err *err);
void promotion_close(struct promotion *p);
/* Where everything is, and what is wrong with it. account.c */
void promotion_account(const struct promotion *p, struct promotion_result *ret);
void promotion_versions_of(const struct function_view *f, struct promotion_versions *ret);

/* The client of a place, made when there is none yet. */
int promotion_meet(struct promotion *p, struct place *place, struct err *err);
int promotion_observe(struct promotion *p, size_t at, struct err *err);
/* Takes `id`, or a new one with "", and opens the journal. */
void promotion_name(struct promotion *p, const char *id);
void promotion_act(const struct promotion *p, size_t at, struct act *ret);
struct plan_intent promotion_intent(const struct promotion *p, size_t at);

void promotion_tell(const struct promotion *p, enum promotion_tell tell, size_t at,
                    const struct step *step, const char *text);
/* A step that would be taken. */
void promotion_tell_planned(const struct promotion *p, size_t at, const struct plan *plan,
                            size_t step);
/* Takes a step of the view of `at` and tells its beginning and end. */
int promotion_step(const struct promotion *p, size_t at, struct act *act, const struct step *step,
                   struct err *err);
void promotion_finding(const struct promotion *p, size_t at, const struct audit_finding *finding);
void promotion_note(const struct promotion *p, size_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* ---- before anything is changed ---- */

/*
 * Do two environments name the same function of the same account and Region (profiles
 * of the same account, or one --profile for all)? What is tested in one would move Live in the
 * other. ERR_INPUT names both. The manifest has told already what the project file alone shows.
 */
int promotion_no_twins(struct promotion *p, struct err *err);

/* ---- and before an environment is: enter.c ---- */

/* Where the views say that it stands. */
struct survey promotion_survey(const struct promotion *p, struct err *err);
void promotion_views(const struct promotion *p, struct environment_view *views); /* of all places */

/* May everything be done that is planned from `from` on? Half a promotion helps nobody. */
int promotion_may(struct promotion *p, size_t from, struct promotion_result *ret, struct err *err);

/*
 * policy.audit before an environment is entered: tells what was found. ERR_REFUSED with
 * PROMOTION_AUDIT where it stops the promotion.
 */
int promotion_audit(struct promotion *p, size_t at, struct promotion_result *ret, struct err *err);

/*
 * Approval, audit and alarms before an environment's first step; `fresh`: its view is of now. 1:
 * its packages are on Live already. -1: `ret` and `err` say why it may not be entered.
 */
int promotion_enter(struct promotion *p, size_t at, bool fresh, struct promotion_result *ret,
                    struct err *err);

/* Tells that an environment is entered, or (`there`) that its packages are on Live already. */
void promotion_tell_entry(const struct promotion *p, size_t at, bool there, const char *text);

/* That somebody else deploys here, too, is worth to know before it is overwritten. */
void promotion_note_hands(struct promotion *p, size_t at);
/*
 * Where there is nothing to do: notes of which functions $LATEST has other settings than what Live
 * serves, although it has all that the project file wants. What cannot be looked at is not told.
 */
void promotion_note_drift(struct promotion *p);

/* How a taking back went. */
struct undo_result {
    bool dirty, superseded;
    unsigned without_backup; /* functions whose Live had nothing to go back to */
};

/*
 * Takes back `promotion` in the environments from `top` down: there, and with `below` in every
 * lower one that it moved. `current`: the view of `top` is what this process itself has just
 * written, so that Live moves back without another look. The direction is marked everywhere before
 * anything moves, so that whoever goes on after a crash goes on with all of it. Errors are told as
 * notes and counted.
 */
struct undo_wish {
    size_t top;
    bool below, current;
    const char *promotion;
    enum mark_state undo_as;
};
void undo_promotion(struct promotion *p, const struct undo_wish *wish, struct undo_result *ret);

#endif
