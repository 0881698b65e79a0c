/*
 * Time. Code that decides takes times as arguments; code that acts takes a `struct clock`, so that
 * a test can run an hour of back-off in no time. Wall time is for humans and signatures, monotonic
 * time for deadlines. All in milliseconds; wall time since 1970-01-01T00:00:00Z.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct clock {
    int64_t (*mono_ms)(void *ctx);
    int64_t (*wall_ms)(void *ctx);
    /* Sleeps at most ms; returns early when a signal arrives. */
    void (*sleep_ms)(void *ctx, int64_t ms);
    void *ctx;
};

extern const struct clock clock_system;

static inline int64_t clock_mono(const struct clock *c)
{
    return c->mono_ms(c->ctx);
}

static inline int64_t clock_wall(const struct clock *c)
{
    return c->wall_ms(c->ctx);
}

static inline void clock_sleep(const struct clock *c, int64_t ms)
{
    if (ms > 0)
        c->sleep_ms(c->ctx, ms);
}

/* The system's monotonic clock in microseconds, for measuring short durations. */
int64_t clock_mono_us(void);

/* "2026-01-31T12:00:00Z", with ".123" when `with_ms`. Returns the length. size >= 32. */
size_t clock_format_rfc3339(char *out, size_t size, int64_t wall_ms, bool with_ms);

/* "20260131T120000Z", as SigV4 dates are written. size >= 17. */
size_t clock_format_basic(char *out, size_t size, int64_t wall_ms);

/* An RFC 3339 date-time with any offset, fraction and leap second. */
bool clock_parse_rfc3339(struct str text, int64_t *ret_wall_ms);

/*
 * "800ms", "2s", "1.5m", "3h", "2d" -> milliseconds, rounded down. No blanks, no bare number, not
 * negative, at most 365 days.
 */
bool clock_parse_duration(struct str text, int64_t *ret_ms);

#endif
