/*
 * Deployment packages: reading them without trusting them, and unpacking them into a folder.
 *
 * Accepted are regular files, folders and symbolic links that stay inside; the package's name for
 * a thing may not be absolute or climb with "..". Bytes are counted as they come out, whatever the
 * headers claim.
 */
#ifndef LOCAL_EXECUTE_ZIP_H
#define LOCAL_EXECUTE_ZIP_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { ZIP_ENTRIES_MAX = 200000 }; /* files, folders and links of one package */

/*
 * Unpacks the package at `zip_path` into the folder that is open as `dir`, over what is there: of
 * two files of one name the later wins. Nothing is ever written through a symbolic link. Modes keep
 * their rwx bits, and the owner can always read and remove everything. `budget` is how many bytes
 * may still come out; it goes down by what did. ERR_INPUT: the package is wrong; ERR_LIMIT: larger
 * than the budget; ERR_IO.
 */
int zip_unpack(int dir, const char *zip_path, uint64_t *budget, struct err *err);

#endif
