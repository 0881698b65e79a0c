/* What `status` shows to people, from what it tells scripts. */
#ifndef CLI_STATUS_TABLE_H
#define CLI_STATUS_TABLE_H

#include <jansson.h>

#include "base/buf.h"
#include "promote/manifest.h"

/*
 * `environments`: the array that --json prints. Columns are as wide as what stands in them; texts
 * are not made harmless yet.
 */
void status_table(struct buf *out, const json_t *environments,
                  const struct manifest_aliases *aliases);

#endif
