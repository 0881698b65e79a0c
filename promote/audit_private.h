/* Private to audit*.c: judging one function. */
#ifndef PROMOTE_AUDIT_PRIVATE_H
#define PROMOTE_AUDIT_PRIVATE_H

#include "promote/audit.h"

struct audit_judge {
    struct audit_report *report;
    const struct audit_scope *scope;
    const struct manifest_function *function;
};

enum audit_bound { BOUND_LIVE, BOUND_SMOKE, BOUND_BARE, BOUND_LATEST, BOUND_VERSION, BOUND_OTHER };

enum audit_bound audit_bound_to(const struct audit_judge *j, struct str qualifier);
bool audit_bypasses(enum audit_bound bound);
const char *audit_bound_name(const struct audit_judge *j, enum audit_bound bound);
/* The qualifier of an ARN of this very function; false when it is another's. */
bool audit_qualifier_of(const struct audit_judge *j, const char *arn, struct str *ret);

/* A finding without source; valid until the next. Takes what `repair` holds. */
struct audit_finding *audit_add(const struct audit_judge *j, enum audit_level level,
                                const char *check, const char *resource, struct buf *repair);

/* "Q" as an option of the command line: NULL for the bare function. */
const char *audit_qualifier(const struct audit_judge *j, struct str qualifier);

#define AUDIT_SAY(judge, ...) arena_printf(&(judge)->report->arena, __VA_ARGS__)

/* What belongs to qualifiers: URLs, settings, weights, roles. audit_settings.c */
void audit_judge_settings(const struct audit_judge *j, const struct audit_evidence *e);

#endif
