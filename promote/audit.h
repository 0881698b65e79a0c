/*
 * Does anything call Smoke, $LATEST or a bare function instead of Live? What Lambda itself can
 * tell: event source mappings, resource policies, function URLs, asynchronous settings, provisioned
 * concurrency, weights. Collecting only reads; judging is pure. docs/audit.md tells each check.
 */
#ifndef PROMOTE_AUDIT_H
#define PROMOTE_AUDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/client.h"
#include "base/arena.h"
#include "lambda/policy.h"
#include "lambda/qualified.h"
#include "lambda/function.h"
#include "lambda/source.h"
#include "promote/repair.h"
#include "promote/view.h"

enum audit_level { AUDIT_IS_WARNING, AUDIT_IS_FAILURE };

/* Everything is in the report's arena. */
struct audit_finding {
    enum audit_level level;
    const char *check;       /* "event-source", "policy", "url"...: stable, for scripts */
    const char *environment; /* its name */
    const char *function;    /* as Lambda calls it */
    const char *resource;    /* what is wrong: a mapping's UUID, a statement's Sid, a URL */
    const char *source_arn;  /* what calls it; "": not told */
    const char *text;        /* what is wrong with it */
    const char *repair;      /* the command that puts it right: see promote/repair.h */
};

struct audit_report {
    struct arena arena;
    struct audit_finding *items;
    size_t count, cap;
    size_t failures;
};

void audit_report_release(struct audit_report *r); /* a zeroed one is fine */

/* The policy of a numbered version. */
struct audit_version_policy {
    char version[LAMBDA_VERSION_SIZE];
    struct policy policy;
};

/* What was read about one function. Release it; policies not there have no statements. */
struct audit_evidence {
    const struct manifest_function *function;
    struct seen_alias live, smoke, backup;
    struct policy bare, on_smoke, on_live; /* by qualifier; on_live: only with one of the others */
    struct audit_version_policy *on_versions;
    size_t version_count;
    struct function_info smoke_version, live_version; /* version "": not asked for */
    struct function_url_list urls;
    struct event_invoke_list asynchronous;
    struct provisioned_list provisioned;
};

void audit_evidence_release(struct audit_evidence *e);

enum audit_depth {
    AUDIT_WHOLE,
    AUDIT_BRIEF, /* mappings, and policies but those of versions, with aliases already read: before
                    a promotion that goes on whatever is found */
};

/*
 * Reads and judges a whole environment; adds to `report`. `view` (may be NULL) is what is known of
 * its aliases. ERR_DENIED names the permission that is missing.
 */
int audit_environment(struct audit_report *report, struct aws_client *client,
                      const struct manifest_environment *environment,
                      const struct manifest_aliases *aliases, enum audit_depth depth,
                      const struct environment_view *view, struct err *err);

/* ---- pure ---- */

/* Whose functions they are. */
struct audit_scope {
    const char *environment;
    const struct manifest_aliases *aliases;
    struct repair_at at;
};

/* Findings stand in the order in which their commands are best run. */
void audit_judge(struct audit_report *report, const struct audit_scope *scope,
                 const struct audit_evidence *e);
/* Mappings of the whole Region: those of this function are found by their ARN. */
void audit_judge_sources(struct audit_report *report, const struct audit_scope *scope,
                         const struct manifest_function *function,
                         const struct event_source_list *sources);

#endif
