/* Files that the program carries: schemas, and what `smokegate init` writes. Made by embed.py. */
#ifndef CLI_EMBEDDED_H
#define CLI_EMBEDDED_H

#include <stddef.h>

#include "base/str.h"

struct embedded {
    const char *name;
    struct str text;
};

extern const struct embedded embedded_files[];
extern const size_t embedded_file_count;

/* The file of that name; asking for one that is not carried ends the program. */
struct str embedded_text(const char *name);

#endif
