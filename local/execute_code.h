/*
 * Unpacked code, by digest, under "code/" of the state folder. A folder there is complete or not
 * there: packages are unpacked beside it and renamed into place. Any number of threads and
 * processes may ask for the same one; what a killed one left behind is removed when a store is
 * opened.
 */
#ifndef LOCAL_EXECUTE_CODE_H
#define LOCAL_EXECUTE_CODE_H

#include <stddef.h>

#include "base/err.h"

enum { CODE_KEPT_DAYS = 7 };

struct code_store;

int code_store_open(struct code_store **ret, const char *state_dir, struct err *err);
void code_store_close(struct code_store *s); /* NULL is fine; what was unpacked stays */

/*
 * The folder in which these packages are unpacked over each other, in order. Digests are lower-case
 * hex. Returns an absolute path, owned. Errors as zip_unpack, with the package's path in front.
 */
int code_store_get(struct code_store *s, const char *const *zip_paths, const char *const *sha256,
                   size_t count, char **ret_dir, struct err *err);

#endif
