/*
 * Lambda extensions of one environment: who they are, what they wait for, how they failed. External
 * ones are the programs in /opt/extensions, started before the runtime; internal ones live in the
 * runtime's process and make themselves known. https://docs.aws.amazon.com/lambda/latest/dg/
 * runtimes-extensions-api.html; where that page is silent, as AWS's Runtime Interface Emulator.
 *
 * Pure: no clock, no process, no lock. The environment calls it with its own lock held.
 */
#ifndef LOCAL_EXECUTE_EXTENSION_H
#define LOCAL_EXECUTE_EXTENSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/rand.h"

enum { EXTENSIONS_MAX = 10, EXTENSION_NAME_MAX = 128 };

enum extension_state {
    EXTENSION_STARTED, /* external, and has not registered */
    EXTENSION_REGISTERED,
    EXTENSION_READY,   /* asks for its next event */
    EXTENSION_RUNNING, /* has got one */
    EXTENSION_LAUNCH_ERROR,
    EXTENSION_INIT_ERROR,
    EXTENSION_EXIT_ERROR,
};

struct extension {
    char name[EXTENSION_NAME_MAX + 1];
    char id[UUID_SIZE]; /* once it has registered */
    bool external;
    bool invoke, shutdown; /* the events it wants */
    enum extension_state state;
    bool ended;    /* its process did */
    unsigned turn; /* of those who asked in its name, the last one is answered */
    bool invoke_waits, shutdown_waits; /* an event for it that it has not got */
    char error_type[128];              /* with an error state */
};

struct extensions {
    struct extension list[EXTENSIONS_MAX];
    size_t count;
    bool closed;            /* the runtime is up: nobody registers any more */
    bool failed;            /* the environment is of no use: why, in Lambda's words */
    const char *error_type; /* "Extension.Crash"... */
    struct buf reason;      /* "exit status 1" */
};

void extensions_release(struct extensions *x);

/* An external one, about to be started. False: there are too many, which is a failure. */
bool extensions_add(struct extensions *x, const char *name);

/* By the name it registers with, or by its id; NULL: there is none. */
struct extension *extensions_named(struct extensions *x, const char *name);
struct extension *extensions_known(struct extensions *x, const char *id);

/* A new internal one; NULL when there are too many. */
struct extension *extensions_add_internal(struct extensions *x, const char *name);

/* The number of external ones that have a process, and whether there is any extension. */
size_t extensions_external(const struct extensions *x);

bool extensions_are_registered(
    const struct extensions *x);                       /* all external ones: start the runtime */
bool extensions_are_ready(const struct extensions *x); /* all: the init phase may end */
bool extensions_are_idle(
    const struct extensions *x); /* have done what they wanted to be invoked for */
bool extensions_are_gone(const struct extensions *x); /* all that want SHUTDOWN have ended */

void extensions_offer_invoke(struct extensions *x);
void extensions_offer_shutdown(struct extensions *x);

/* The process of external number `index` ended (a wait status), or could not be started (errno). */
void extensions_ended(struct extensions *x, size_t index, int wait_status);
void extensions_not_started(struct extensions *x, size_t index, const char *path, int errnum);

/* It says itself that it cannot go on. `init`: it could not even begin. */
void extensions_gave_up(struct extensions *x, struct extension *e, bool init, const char *type);

/* Appends one line for each, as Lambda's log has it at the end of the init phase. */
void extensions_report(const struct extensions *x, struct buf *out);

#endif
