/*
 * What a run knows that no case file says: where it runs, which functions there are, the variables
 * from outside. Plain data, filled by cli/ from the command line and the project file; everything
 * is borrowed and must outlive the test set and the engine.
 */
#ifndef RUNNER_CONFIG_H
#define RUNNER_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "aws/env.h"

struct runner_function {
    const char *key;              /* as case files call it */
    const char *name;             /* as Lambda calls it in this environment */
    const char *expected_version; /* what the alias must resolve to; NULL: whatever it does */
    /* Of that version, when the caller knows them: then nothing is read before the first case. */
    const char *code_sha256; /* NULL: not known */
    int timeout_s;           /* 0: not known */
};

/* A schema known under a URI; a URI that ends in '/' stands for a folder of schemas. */
struct runner_schema {
    const char *uri;
    const char *path;
};

/* What becomes of a snapshot file. */
enum runner_snapshots {
    SNAPSHOTS_COMPARE, /* a missing one fails */
    SNAPSHOTS_CREATE,  /* a missing one is written */
    SNAPSHOTS_UPDATE,  /* all are written */
    SNAPSHOTS_RAW,     /* also those with secrets, for the owner alone: `record` takes these out */
};

struct runner_config {
    const char *environment; /* NULL: none */
    const char *alias;       /* also a version number or $LATEST */
    const char *live_alias;  /* what latency.ratio is to; NULL: "Live" */

    /* Variables, as objects; NULL: none. Later wins: project, environment, ..., set. */
    json_t *project_variables;
    json_t *environment_variables;
    json_t *set_variables; /* --set */
    json_t *secrets;       /* name -> string, of --secrets FILE */
    struct aws_env env;    /* {{env.X}}, {{secret.X}} */

    /* With none listed, case files name functions as Lambda does. */
    const struct runner_function *functions;
    size_t function_count;
    const char *function; /* --function: every case goes there; NULL: as the files say */

    const struct runner_schema *schemas;
    size_t schema_count;

    enum runner_snapshots snapshots;

    uint64_t seed;  /* of {{random...}}, {{uuid}} and --shuffle */
    int64_t now_ms; /* wall time the run started */
};

#endif
