/*
 * A growing byte buffer with a cap. What comes from outside is collected in one of these, and the
 * cap is set before the first byte: crossing it is an ordinary failure and leaves the buffer as it
 * was. `data` is always NUL-terminated (the NUL is not counted) and valid until the next call.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/str.h"

struct buf {
    char *data;
    size_t len;
    size_t cap; /* allocated */
    size_t max; /* never longer than this; 0 means no cap */
};

void buf_init(struct buf *b, size_t max_bytes); /* allocates nothing yet; 0: no cap */
void buf_release(struct buf *b);                /* frees and zeroes; a zeroed buf is fine */
void buf_wipe(struct buf *b);                   /* as buf_release, overwriting the bytes first */
void buf_clear(struct buf *b);                  /* length 0, keeps the memory */

/* All return 0, or -1 when the cap would be crossed (nothing is added then). */
int buf_add(struct buf *b, const void *data, size_t len);
int buf_add_str(struct buf *b, struct str s);
int buf_add_c(struct buf *b, const char *text);
int buf_putc(struct buf *b, char c);
int buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
int buf_vprintf(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

/* Makes room for `extra` more bytes and returns where they go; set `len` yourself. NULL: cap. */
char *buf_reserve(struct buf *b, size_t extra);

struct str buf_str(const struct buf *b); /* valid until the next change */
const char *buf_c(const struct buf *b);  /* never NULL */
char *buf_steal(struct buf *b);          /* returns owned, NUL-terminated; the buf is empty after */

#endif
