#include "local/stream.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

struct http_stream {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct buf pending;
    bool ended, abandoned;
};

struct http_stream *http_stream_new(void)
{
    struct http_stream *s = mem_zalloc(sizeof(*s));

    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    return s;
}

static void destroy(struct http_stream *s)
{
    buf_release(&s->pending);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int http_stream_write(struct http_stream *s, struct str bytes)
{
    int r = 0;

    pthread_mutex_lock(&s->lock);
    while (!s->abandoned && s->pending.len >= STREAM_PENDING_MAX)
        pthread_cond_wait(&s->changed, &s->lock);
    if (s->abandoned)
        r = -1;
    else
        buf_add_str(&s->pending, bytes);
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return r;
}

void http_stream_end(struct http_stream *s)
{
    bool last;

    pthread_mutex_lock(&s->lock);
    s->ended = true;
    last = s->abandoned;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    if (last)
        destroy(s);
}

size_t http_stream_read(struct http_stream *s, char *out, size_t max)
{
    size_t n;

    pthread_mutex_lock(&s->lock);
    while (!s->ended && s->pending.len == 0)
        pthread_cond_wait(&s->changed, &s->lock);
    n = s->pending.len < max ? s->pending.len : max;
    if (n) {
        memcpy(out, s->pending.data, n);
        memmove(s->pending.data, s->pending.data + n, s->pending.len - n);
        s->pending.len -= n;
    }
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return n;
}

void http_stream_free(struct http_stream *s)
{
    bool last;

    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->abandoned = true;
    last = s->ended;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    if (last)
        destroy(s);
}
