/*
 * Carrying out one step of a plan. Short, ordered, and may be killed anywhere: every alias write is
 * conditional on the revision that the decision was made on, and one whose outcome is not known is
 * read back (facts in docs/promotion.md). The view is kept up to date with the service's answers.
 */
#ifndef PROMOTE_ACT_H
#define PROMOTE_ACT_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/client.h"
#include "promote/ahead.h"
#include "promote/alarm_watch.h"
#include "promote/deploy.h"
#include "promote/gate.h"
#include "promote/journal.h"
#include "promote/plan.h"
#include "promote/view.h"

enum {
    ACT_READY_MS = 300000,      /* a function or version becoming Active, without SnapStart */
    ACT_SNAPSTART_MS = 1560000, /* as AWS's own waiter */
};

struct act {
    struct aws_client *client;
    const struct manifest_environment *environment;
    const struct manifest_aliases *aliases;
    const char *promotion;   /* id */
    const char *writer;      /* this process, as marks call it */
    const char *predecessor; /* the dead process whose work goes on here; "": none */
    const char *release;     /* label for published versions; NULL: none */
    int64_t lease_ms;
    enum mark_state undo_as; /* MARK_RB, MARK_UNDO: what taking back is marked as */
    bool restore;            /* claims are of a `restore`, not of a promotion */
    struct journal *journal;
    const struct gate *gate;
    const struct deployer *deployer;
    const struct alarm_watch *watch;
    struct gate_result gate_result; /* of the last gate */
    bool unsure;                    /* a change of unknown outcome was made: set, never cleared */
};

/*
 * -1: ERR_SUPERSEDED when someone else moved what the step was about (the view shows where it is
 * now), ERR_REFUSED when the gate did not pass (see gate_result), else what the service said.
 */
int act_step(struct act *a, struct environment_view *v, const struct step *s, struct err *err);

/*
 * What the first request of each of these steps, of one kind, will be, side by side: of Lives that
 * go back, of all others nothing. Then act_step() for each of them; aws_client_ahead_end() at last.
 */
void act_ahead(struct act *a, struct environment_view *v, const struct step *steps, size_t count);

/* ---- pieces, by file ---- */

/* An alias to be written as decided; on any end `seen` is what it is now, as far as known. */
struct swap {
    const char *function, *alias;
    struct seen_alias *seen;
    const char *version; /* NULL: keep */
    enum alias_weights weights;
    const char *weight_version;
    double weight;
    const struct mark *mark; /* NULL: a fence, nothing but the revision changes */
    bool *sent;              /* see swap_ahead(); NULL: it is not used */
};

/*
 * Creates the alias when it was seen not to exist, else updates it on condition of its revision.
 * ERR_PRECONDITION: it is not as it was seen (any more); ERR_UNKNOWN: it could not be found out.
 */
int swap_alias(struct act *a, const struct swap *s, struct err *err);

/*
 * Adds the request that swap_alias() will make for the same alias, not yet written, and tells the
 * journal that it goes out now: *sent. The next swap_alias() does not tell that again.
 */
int swap_ahead(struct act *a, const struct swap *s, struct ahead *requests, struct err *err);

/* Reads an alias into `seen`; that there is none is no error. */
int swap_read(struct act *a, const char *function, const char *alias, struct seen_alias *seen,
              struct err *err);

int stage_deploy(struct act *a, struct environment_view *v, struct function_view *f,
                 struct err *err);
int stage_layer(struct act *a, struct layer_view *l, struct err *err);
int stage_configure(struct act *a, struct function_view *f, struct err *err);
int stage_upload(struct act *a, struct function_view *f, struct err *err);
int stage_publish(struct act *a, struct function_view *f, struct err *err);

/* Live. A write that somebody came before is sent again only where the claims are still ours. */
int act_shift(struct act *a, struct environment_view *v, struct function_view *f, struct err *err);
int act_weigh(struct act *a, struct environment_view *v, struct function_view *f, double weight,
              struct err *err);
/* Live serves the candidate; in all but large sets, Backup is still what was written. */
int act_verify(struct act *a, const struct environment_view *v, struct function_view *f,
               struct err *err);

/* Runs the cases and holds the answer against the versions expected. */
int act_gate(struct act *a, struct environment_view *v, enum step_kind kind, struct err *err);

/*
 * Waits; the alarms are looked at meanwhile and at the end. ERR_REFUSED with GATE_FAIL in
 * gate_result when one rings.
 */
int act_hold(struct act *a, struct environment_view *v, int64_t hold_ms, struct err *err);

/*
 * Held for longer than their lease, claims would be anybody's: those that would end before
 * `hold_ms` from now are renewed.
 */
int act_renew(struct act *a, struct environment_view *v, int64_t hold_ms, struct err *err);

/* Smoke's mark, by us, in this state. */
int act_mark_smoke(struct act *a, struct function_view *f, enum mark_state state, int64_t expires_s,
                   struct err *err);

/*
 * Writes Smoke. A refusal means that somebody else is at work here: the claim is lost
 * (ERR_SUPERSEDED). The user's own edit of the description is no such thing. `version` may be NULL:
 * as it is.
 */
int act_write_smoke(struct act *a, struct function_view *f, const char *version,
                    const struct mark *mark, struct err *err);

/* ---- back: act_back.c ---- */

/* Live gets a new revision. 412 means that a late request has landed: the view shows it. */
int act_fence(struct act *a, struct function_view *f, struct err *err);
/* Live := the version before, or (a->restore) Backup's. */
int act_take_back(struct act *a, struct function_view *f, struct err *err);
/* Backup := `to`. One that is gone, or somebody else's by now, is left so: that is no error. */
int act_take_backup(struct act *a, struct function_view *f, const char *to, struct err *err);
/* Smoke := `to`, and nobody's. */
int act_take_smoke(struct act *a, struct function_view *f, const char *to, struct err *err);
/* The mark of a `restore`: from Live back to Backup's version, whoever moved it. */
void act_restore_mark(const struct act *a, const struct function_view *f, struct mark *m);

/* The mark as it is, written by us, with the state given. */
struct mark act_renewed(const struct act *a, const struct mark *m, enum mark_state state,
                        int64_t expires_s);

/* ERR_SUPERSEDED: the alias is not what it was; says what it is now. */
int act_superseded(const struct function_view *f, const char *alias, const struct seen_alias *now,
                   struct err *err);

/*
 * A line of the journal about a change: its environment, and when it was made ("done", "failed")
 * request id and time are filled in.
 */
void act_tell(const struct act *a, struct journal_line line);

int64_t act_lease_end(const struct act *a); /* Unix time of a lease taken now */

#endif
