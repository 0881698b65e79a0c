/* Randomness: a seeded generator for decisions that must be repeatable, the kernel's for ids. */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stdint.h>

/* xoshiro256**; not for secrets. */
struct rng {
    uint64_t s[4];
};

void rng_seed(struct rng *r, uint64_t seed); /* any seed, 0 too */
uint64_t rng_next(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n); /* 0..n-1, unbiased; n > 0 */
double rng_unit(struct rng *r);                /* [0, 1) */

uint64_t rand_u64(void); /* from the kernel; ends the program when there is none */

enum { ULID_SIZE = 27, UUID_SIZE = 37 };

/* A ULID (github.com/ulid/spec): 26 characters that sort by time. */
void rand_ulid(char out[ULID_SIZE], int64_t wall_ms);

/* A version 4 UUID (RFC 9562, section 5.4), from the generator or, with NULL, from the kernel. */
void rand_uuid(char out[UUID_SIZE], struct rng *r);

#endif
