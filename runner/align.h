/*
 * Which elements of two sequences belong together: the longest common subsequence; of long ones
 * that differ far apart, what a look a few elements ahead finds, in a time that is linear.
 */
#ifndef RUNNER_ALIGN_H
#define RUNNER_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALIGN_NONE SIZE_MAX

/*
 * Beyond this product of lengths (after equal ends are taken off) the longest is not looked for:
 * where the two differ, they are followed on where they agree again within so many elements.
 */
enum { ALIGN_CELLS_MAX = 4 * 1000 * 1000, ALIGN_AHEAD = 64 };

/* Is element `i` of the first sequence element `k` of the second? */
typedef bool align_same(const void *ctx, size_t i, size_t k);

/* pair[i], for each of the first sequence's n: its partner among the second's m, or ALIGN_NONE. */
void align_sequences(size_t *pair, size_t n, size_t m, align_same *same, const void *ctx);

#endif
