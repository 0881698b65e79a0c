/*
 * What the last `run` of a project left not passed, for a bare --rerun-failed: a small file under
 * .smokegate/ beside the project file, replaced by every run. It is a convenience: that it cannot
 * be written is no failure.
 */
#ifndef CLI_LAST_RUN_H
#define CLI_LAST_RUN_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "runner/event.h"

#define LAST_RUN_FILE ".smokegate/last-run.json"

/* .smokegate/.gitignore: what is of this machine only. */
#define LAST_RUN_IGNORED "local/\nlast-run.json\n"

struct last_run {
    struct buf titles; /* JSON texts with ',' between */
};

/* A listener that fills `l` (zeroed; release it). */
struct listener last_run_listener(struct last_run *l);
void last_run_save(const struct last_run *l, const char *project_dir);
void last_run_release(struct last_run *l);

/* An object whose keys are "suite > name" of what did not pass, owned. ERR_INPUT: there is none. */
int last_run_load(json_t **ret, const char *project_dir, struct err *err);

#endif
