/* Writing JSON: small helpers that put commas right and escape whatever bytes come. */
#ifndef REPORTS_JSONW_H
#define REPORTS_JSONW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Each adds a member; names are literals. A comma is put unless the last byte opens something. */
void jsonw_key(struct buf *out, const char *name);
void jsonw_str(struct buf *out, const char *name, struct str value);
void jsonw_text(struct buf *out, const char *name, const char *value); /* NULL: left out */
void jsonw_int(struct buf *out, const char *name, int64_t value);
void jsonw_bool(struct buf *out, const char *name, bool value);

/* A string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void jsonw_quoted(struct buf *out, struct str value);

#endif
