/*
 * The line that smokegate keeps in the description of an alias: who promotes what, and how far it
 * came. Together, the lines of a function's Smoke, Live and Backup are the whole state of a
 * promotion; there is no other. Pure.
 *
 *     lsp1 p=01J9... s=staged o=11 n=12 h=0f3c... x=1767225600 k=11 w=9a3f02 | the user's own text
 *
 * What stands behind " | " is the user's and kept. A description that does not begin with "lsp1 "
 * is the user's altogether. Keys nobody here knows are ignored, so that a newer smokegate may add
 * some.
 */
#ifndef PROMOTE_MARK_H
#define PROMOTE_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/rand.h"
#include "base/str.h"
#include "lambda/alias.h"

enum mark_state {
    MARK_NONE = 0, /* no line of ours */
    MARK_CLAIMED,  /* Smoke: taken. Backup: holds Live's old version under this promotion */
    MARK_STAGED,   /* Smoke points to the candidate */
    MARK_PASSED,   /* on the set's first function: all cases passed on what the set has staged */
    MARK_CANARY,   /* Live sends a part of its traffic to the candidate */
    MARK_LIVE,     /* Live points to the candidate; on Smoke, with x=0: all done */
    MARK_RB,       /* taken back after a failure: the artifact is on hold. With x: under way */
    MARK_UNDO,     /* taken back without a verdict: no hold */
    MARK_RESTORE,  /* `restore` was asked to put Backup's version on Live */
};

enum {
    MARK_HASH_SIZE = 17,
    MARK_WRITER_SIZE = 9,
    MARK_LENGTH_MAX = 200,      /* of the line, as messages show it */
    MARK_DESCRIPTION_MAX = 256, /* characters Lambda takes */
};

/* Texts that are absent ("-" in the line) are "". */
struct mark {
    enum mark_state state;
    char promotion[ULID_SIZE]; /* p: its id */
    char
        old_version[LAMBDA_VERSION_SIZE]; /* o: Live's when it was claimed; "": there was no Live */
    char new_version[LAMBDA_VERSION_SIZE]; /* n: the candidate; "": not published yet */
    char before[LAMBDA_VERSION_SIZE];      /* k: this alias's version before the promotion */
    char hash[MARK_HASH_SIZE];             /* h: of the artifact */
    char writer[MARK_WRITER_SIZE];         /* w: the process that wrote it */
    char set[MARK_HASH_SIZE];              /* t: digest of the set that passed; only where it did */
    /*
     * r: on Smoke, done: the revision id at which Live of another function of the set was left, and
     * that one's h and o, for promote/hint.h. A hint, left out where the description has no room.
     */
    char neighbour[LAMBDA_REVISION_SIZE], neighbour_hash[MARK_HASH_SIZE];
    char neighbour_old[LAMBDA_VERSION_SIZE];
    int64_t expires_s; /* x: the lease, Unix time; 0: nobody holds it */
};

/*
 * Reads a description. MARK_NONE in `ret` when there is no line of ours. ERR_REFUSED when it begins
 * as ours and cannot be read: then nobody may guess. `ret_text` (may be NULL) gets the user's part.
 */
int mark_parse(struct str description, struct mark *ret, struct str *ret_text, struct err *err);

/*
 * The description of this mark and the user's text, without its hint where that is too much.
 * ERR_REFUSED when it is too long all the same.
 */
int mark_format(const struct mark *m, struct str text, char out[LAMBDA_DESCRIPTION_SIZE],
                struct err *err);

const char *mark_state_name(enum mark_state state); /* "staged"; "-" for none */

/* Somebody is at work (or died at work) on the alias. */
bool mark_is_open(const struct mark *m);
/* What is at work is a taking back. */
bool mark_is_undoing(const struct mark *m);

#endif
