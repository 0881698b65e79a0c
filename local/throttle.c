#include "local/throttle.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"

static const double shares[THROTTLES] = {
    [THROTTLE_CONTROL] = 1,
    [THROTTLE_GET_FUNCTION] = 100 / THROTTLE_AWS_RATE,
    [THROTTLE_GET_POLICY] = 1,
};

struct throttle {
    pthread_mutex_t lock;
    double rate;
    struct {
        double tokens;
        int64_t at_ms;
    } buckets[THROTTLES];
};

struct throttle *throttle_new(double rate)
{
    struct throttle *t = mem_zalloc(sizeof(*t));

    t->rate = rate;
    pthread_mutex_init(&t->lock, NULL);
    for (size_t i = 0; i < THROTTLES; i++) {
        t->buckets[i].tokens = rate * shares[i] < 1 ? 1 : rate * shares[i];
        t->buckets[i].at_ms = -1;
    }
    return t;
}

void throttle_free(struct throttle *t)
{
    if (!t)
        return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

bool throttle_take(struct throttle *t, enum throttle_bucket bucket, int64_t mono_ms)
{
    const double rate = t->rate * shares[bucket], most = rate < 1 ? 1 : rate;
    double tokens;
    bool ok;

    if (t->rate <= 0)
        return true;
    pthread_mutex_lock(&t->lock);
    tokens = t->buckets[bucket].tokens;
    if (t->buckets[bucket].at_ms >= 0)
        tokens += (double)(mono_ms - t->buckets[bucket].at_ms) * rate / 1000;
    tokens = tokens > most ? most : tokens;
    ok = tokens >= 1;
    t->buckets[bucket].tokens = ok ? tokens - 1 : tokens;
    t->buckets[bucket].at_ms = mono_ms;
    pthread_mutex_unlock(&t->lock);
    return ok;
}
