#include "cli/command.h"

/* One row a command, in the order help lists them. */
extern const struct command cmd_init;
extern const struct command cmd_check;
extern const struct command cmd_list;
extern const struct command cmd_run;
extern const struct command cmd_explain;
extern const struct command cmd_plan;
extern const struct command cmd_promote;
extern const struct command cmd_deploy;
extern const struct command cmd_shift;
extern const struct command cmd_resume;
extern const struct command cmd_abort;
extern const struct command cmd_restore;
extern const struct command cmd_status;
extern const struct command cmd_audit;
extern const struct command cmd_gc;
extern const struct command cmd_record;
extern const struct command cmd_merge;
extern const struct command cmd_report;
extern const struct command cmd_query;
extern const struct command cmd_validate;
extern const struct command cmd_match;
extern const struct command cmd_local;
extern const struct command cmd_schema;
extern const struct command cmd_completion;
extern const struct command cmd_version;
extern const struct command cmd_help;

/* clang-format off */
const struct command *const commands[] = {
    &cmd_init,
    &cmd_check,
    &cmd_list,
    &cmd_run,
    &cmd_explain,
    &cmd_plan,
    &cmd_promote,
    &cmd_deploy,
    &cmd_shift,
    &cmd_resume,
    &cmd_abort,
    &cmd_restore,
    &cmd_status,
    &cmd_audit,
    &cmd_gc,
    &cmd_record,
    &cmd_merge,
    &cmd_report,
    &cmd_query,
    &cmd_validate,
    &cmd_match,
    &cmd_local,
    &cmd_schema,
    &cmd_completion,
    &cmd_version,
    &cmd_help,
    NULL,
};
