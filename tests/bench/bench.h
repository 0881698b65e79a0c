/*
 * Measuring warm code in process: the median of many rounds, as the peers' script does it. Programs
 * print one line a figure, "who<TAB>what<TAB>nanoseconds"; table.py sets them side by side.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef void bench_round(void *ctx);

static inline double bench_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static inline int bench_by_time(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/*
 * Nanoseconds of one call of `round`: the median of many rounds of about `repeats` calls. A round
 * should take a fraction of a millisecond: on a busy machine most are then not interrupted, and the
 * median is of those.
 */
static inline double bench_median(bench_round *round, void *ctx, int repeats)
{
    enum { ROUNDS = 401, WARM = 50 };
    static double times[ROUNDS];

    for (int i = 0; i < WARM * repeats; i++)
        round(ctx);
    for (int r = 0; r < ROUNDS; r++) {
        const double start = bench_now_ns();

        for (int i = 0; i < repeats; i++)
            round(ctx);
        times[r] = (bench_now_ns() - start) / repeats;
    }
    qsort(times, ROUNDS, sizeof(*times), bench_by_time);
    return times[ROUNDS / 2];
}

static inline void bench_say(const char *who, const char *what, double ns)
{
    printf("%s\t%s\t%.0f\n", who, what, ns);
}

#endif
