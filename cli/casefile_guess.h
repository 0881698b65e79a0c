/*
 * Is this JSON text meant as a case file? Globs and folders catch payloads, schemas, snapshots and
 * reports that lie beside cases; those are passed over. It decides by the keys of the outermost
 * object alone and reads no further than it must; what is wrong with a case file is the strict
 * reader's to tell.
 */
#ifndef CLI_CASEFILE_GUESS_H
#define CLI_CASEFILE_GUESS_H

#include <stdbool.h>

#include "base/str.h"

/*
 * True for a text with one of the keys "cases", "suite", "setup", "teardown", with a "$schema" of
 * case files, or with an array of named objects under a key close to "cases": a misspelt file is to
 * be refused, not passed over. An array or a string counts when it mentions "cases" at all, and so
 * does an object that is not JSON.
 */
bool casefile_guess(struct str text);

#endif
