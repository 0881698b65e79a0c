/* The command line of smokegate-local. */
#ifndef LOCAL_OPTIONS_H
#define LOCAL_OPTIONS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "local/local.h"

enum { KEYS_MAX = 16 };

struct command_line {
    struct local_options local; /* `clock` is set by the caller */
    struct local_key keys[KEYS_MAX];
    unsigned port;
    int64_t idle_ms;         /* 0: never ends by itself */
    int64_t silence_ms;      /* of a connection, see server_start(); 0: for ever */
    const char *faults_path; /* the caller reads it into local.faults; NULL: none */
    bool help, version;
};

/* Release nothing: everything points into argv or is static. ERR_USAGE with a suggestion. The
 * part of a --key before its colon is cut off in place. */
int command_line_read(struct command_line *ret, int argc, char **argv, struct err *err);

void command_line_help(struct buf *out);

#endif
