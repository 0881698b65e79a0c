/*
 * A function under test: what its alias pointed to before the first invocation, and how much it can
 * take. Read once per run; what every answer is held against.
 */
#ifndef RUNNER_TARGET_H
#define RUNNER_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/client.h"
#include "lambda/alias.h"
#include "lambda/function.h"
#include "runner/config.h"
#include "runner/event.h"

struct target {
    char key[LAMBDA_NAME_SIZE], name[LAMBDA_ARN_SIZE];
    char version[LAMBDA_VERSION_SIZE];  /* "" not known */
    char weighted[LAMBDA_VERSION_SIZE]; /* the alias sends a part of its traffic there; "" none */
    char code_sha256[LAMBDA_SHA256_SIZE];
    char executed[LAMBDA_VERSION_SIZE]; /* of the answers so far; "several" when they differ */
    char reason[ERR_TEXT_MAX];          /* why it cannot be tested; "" it can */
    const char *alias;                  /* borrowed from the wish */
    bool reading;                       /* it is being read: nobody goes there yet */
    bool missing;                       /* the reason: there is no such function or alias */
    int64_t timeout_ms;                 /* its own Timeout and a margin */
    unsigned active, limit;             /* invocations in flight, and how many there may be */
    unsigned good_in_row;               /* answers since the last throttle */
    struct verdict_counts counts;
};

enum { TARGET_MARGIN_MS = 5000, TARGET_TIMEOUT_UNKNOWN_MS = 905000, TARGET_COLD_MS = 10000 };

struct target_wish {
    const char *key, *name, *alias;
    const char *expected_version; /* NULL: any */
    const char *code_sha256; /* with timeout_s: what the caller knows of that version already */
    int timeout_s;           /* 0: it is read, and so is the alias */
    bool weighted_ok;        /* either version of a weighted alias may answer */
    unsigned jobs;
};

/*
 * Reading it part by part, as answers come. Not being allowed to read the configuration costs the
 * automatic timeout and the hash, not the run.
 */
enum target_wants { TARGET_WHOLE, TARGET_WANTS_ALIAS, TARGET_WANTS_CONFIGURATION };

enum target_wants target_begin(struct target *ret, const struct target_wish *wish);
/* 0: the configuration of its version is next. 1: not (yet) as expected, `err` says so. -1. */
int target_take_alias(struct target *t, const struct target_wish *wish, const struct alias *a,
                      struct err *err);
void target_take_function(struct target *t, const struct function_info *info);
void target_fail(struct target *t, const struct err *why);

/* The whole of it. Blocks. What went wrong is told in `reason`; -1 only for ERR_INTERRUPTED. */
int target_read(struct target *ret, struct aws_client *client, const struct target_wish *wish,
                struct err *err);

/* May this version have answered? Remembers it. */
bool target_saw(struct target *t, const char *executed_version);

/* The service throttled, or did not: how many may be in flight from now on. */
void target_throttled(struct target *t);
void target_served(struct target *t, unsigned jobs);

struct run_function target_info(const struct target *t);

#endif
