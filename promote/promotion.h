/*
 * A promotion: one release through the environments in order, and back again when it must. All
 * state is in the aliases; killed at any point, the next run derives from them what to finish or to
 * take back. docs/promotion.md tells the protocol.
 */
#ifndef PROMOTE_PROMOTION_H
#define PROMOTE_PROMOTION_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/client.h"
#include "base/clock.h"
#include "base/err.h"
#include "promote/audit.h"
#include "promote/deploy.h"
#include "promote/gate.h"
#include "promote/manifest.h"
#include "promote/plan.h"

enum promotion_end {
    PROMOTION_DONE,     /* the artifact is on Live in every environment asked for */
    PROMOTION_NOTHING,  /* it already was */
    PROMOTION_FAILED,   /* cases failed; everything was restored */
    PROMOTION_HELD,     /* refused: it failed, or was restored from, before (--force) */
    PROMOTION_STOPPED,  /* an error, or inconclusive: its err says what; Live is old */
    PROMOTION_WAITING,  /* inconclusive, policy "hold": Smoke stays staged, Live was not touched */
    PROMOTION_NO_CASES, /* the gate ran nothing; restored */
    PROMOTION_BUSY,
    PROMOTION_SUPERSEDED,
    PROMOTION_DIRTY,    /* not everything could be restored */
    PROMOTION_AUDIT,    /* policy.audit "fail": something bypasses Live; nothing was begun here */
    PROMOTION_APPROVAL, /* stopped before an environment that wants approval */
    PROMOTION_INTERRUPTED,
};

enum promotion_tell {
    TELL_ENVIRONMENT, /* work in an environment begins */
    TELL_STEP,        /* a step begins */
    TELL_DONE,        /* and ends: `err` says why not, for a gate `gate` how it answered */
    TELL_UNREACHED,   /* a step that was planned and cannot be taken any more */
    TELL_UNDO,        /* taking back begins in an environment */
    TELL_FINDING,     /* of the audit before an environment is entered */
    TELL_NOTE,        /* something a person should know */
};

struct promotion_event {
    enum promotion_tell tell;
    const struct manifest_environment *environment; /* NULL: of all */
    const char *promotion;                          /* its id; "": it has none yet */
    const struct step *step;                        /* TELL_STEP, _DONE, _UNREACHED */
    const char *operation; /* of a step that is only planned: what it would call; or NULL */
    const struct err *err; /* TELL_DONE; NULL: it went well */
    const struct gate_result *gate;      /* TELL_DONE of a gate that answered, or NULL */
    const struct audit_finding *finding; /* TELL_FINDING */
    const char *text;                    /* one line; valid during the call */
};

/* A function in an environment, before and after. "": no such alias. */
struct promotion_place {
    const struct manifest_environment *environment;
    const struct manifest_function *function;
    struct promotion_versions {
        char smoke[LAMBDA_VERSION_SIZE], live[LAMBDA_VERSION_SIZE], backup[LAMBDA_VERSION_SIZE];
        bool weighted; /* Live sends a part of its traffic elsewhere */
    } before, after;
    /*
     * Where it could not be restored: what is true of it, as far as it could be found out, and the
     * command of the AWS CLI that puts it right or looks (promote/repair.h). NULL: all is well.
     */
    char *trouble, *repair;
};

/* What approval is asked for. Valid during the question. */
struct promotion_approval {
    const struct manifest_environment *environment;
    const struct environment_view *view; /* of it, as it is */
    const struct promotion_place *below; /* of the environments before it, in their order */
    size_t below_count;
};

enum promotion_answer {
    ANSWER_NO,
    ANSWER_YES,
    ANSWER_YES_LATER, /* after a time somebody took to think: everything is looked at again */
};

struct promotion_options {
    const struct manifest *manifest;
    size_t first, last; /* environments, by their place in the manifest */
    /* The client of an environment; owned by the caller. */
    int (*client)(void *ctx, const struct manifest_environment *environment,
                  struct aws_client **ret, struct err *err);
    /* May this environment (with "approval") be entered? NULL: never. */
    enum promotion_answer (*approved)(void *ctx, const struct promotion_approval *what);
    void (*tell)(void *ctx, const struct promotion_event *event);
    /* Taking back must be able to talk after a signal: true from its beginning to its end. */
    void (*shield)(void *ctx, bool on);
    void *ctx;
    struct gate gate;
    struct deployer deployer;
    const struct clock *clock;
    bool force;
    bool stage_only;     /* ends with Smoke staged and claimed (`deploy`) */
    bool skip_live_gate; /* policy.verify_live does not count: others ran the cases (`shift`) */
    bool resume_only;    /* ERR_REFUSED unless a promotion of these packages was interrupted */
};

struct promotion_result {
    enum promotion_end end;
    char id[ULID_SIZE];                             /* "": none was begun */
    const struct manifest_environment *environment; /* where it ended; NULL: at none */
    struct promotion_place *places;                 /* of every environment that was looked at */
    size_t place_count;
};

void promotion_result_release(struct promotion_result *r); /* a zeroed one is fine */

/*
 * Runs it. Always fills `ret` (zeroed before; release it). 0 for PROMOTION_DONE and _NOTHING; else
 * -1 and `err` says why.
 */
int promotion_run(const struct promotion_options *o, struct promotion_result *ret, struct err *err);

/*
 * What promotion_run would do now: reads only. Every step is told as TELL_STEP under its
 * TELL_ENVIRONMENT; what is in the way comes back as an error.
 */
int promotion_plan(const struct promotion_options *o, struct promotion_result *ret,
                   struct err *err);

/* Takes back the promotion that is under way or was interrupted; PROMOTION_NOTHING: none is. */
int promotion_abort(const struct promotion_options *o, struct promotion_result *ret,
                    struct err *err);

/* Live := Backup's version in the environment `first`, for every function where they differ. */
int promotion_restore(const struct promotion_options *o, struct promotion_result *ret,
                      struct err *err);

#endif
