/* "did you mean": the nearest known word to a misspelt one. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

#include "base/str.h"

/*
 * The candidate nearest to `word` (swaps, drops, additions, changes; case counts little), or NULL
 * when none is near enough to be worth saying: at most a third of the word, and at most 3.
 */
const char *suggest_nearest(struct str word, const char *const *candidates, size_t count);

#endif
