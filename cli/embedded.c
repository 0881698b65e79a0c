#include "cli/embedded.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct str embedded_text(const char *name)
{
    for (size_t i = 0; i < embedded_file_count; i++)
        if (strcmp(embedded_files[i].name, name) == 0)
            return embedded_files[i].text;
    assert(!"a file that is carried");
    abort();
}
