/*
 * A body that is written by one thread and read by another: at most STREAM_PENDING_MAX bytes wait
 * between them, a writer that is ahead blocks. Each side gives up its half once.
 */
#ifndef LOCAL_STREAM_H
#define LOCAL_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { STREAM_PENDING_MAX = 1 << 20 };

struct http_stream;

struct http_stream *http_stream_new(void);

/* Writer: -1 when the reader has gone. */
int http_stream_write(struct http_stream *s, struct str bytes);
void http_stream_end(struct http_stream *s); /* the writer's half: nothing more comes */

/* Reader: blocks for at least one byte; 0 at the end. */
size_t http_stream_read(struct http_stream *s, char *out, size_t max);
void http_stream_free(struct http_stream *s); /* the reader's half; NULL is fine */

#endif
