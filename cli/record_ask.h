/* Runs the one case of a draft, for what its function answers. */
#ifndef CLI_RECORD_ASK_H
#define CLI_RECORD_ASK_H

#include "cli/suite.h"
#include "runner/verdict.h"

/* What the response itself does not say. Texts live in the caller's arena. */
struct record_answer {
    const char *function; /* "orders-dev:Smoke" */
    const char *version, *request_id;
    const char *request; /* as it was sent, the beginning of it */
    bool function_error;
    const char *error_type;
    /* Private: why there is none. */
    struct arena *arena_;
    enum verdict verdict_;
    const char *what_;
};

/*
 * `suite` is configured, and has loaded nothing; the draft's snapshot is written as a run with
 * --update-snapshots does. Returns an exit code; when it is not EXIT_OK, it has been said why.
 */
int record_ask(struct record_answer *ret, struct arena *arena, const char *draft,
               struct cli_suite *suite, struct session *session,
               const struct manifest_environment *environment);

#endif
