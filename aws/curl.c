#include "aws/curl.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "base/mem.h"

#define SONAME "libcurl.so.4" /* the ABI of curl/curl.h since 2006 */

LIBRARY_NOTE(note, SONAME, "requests", "required");

struct curl_api curl_api;

void curl_load(void)
{
    void *library;

    if (curl_api.version_)
        return;
    library = library_open(SONAME);
#define CURL_LOAD(name) library_symbol(library, "curl_" #name, &curl_api.name##_);
    CURL_FUNCTIONS(CURL_LOAD)
#undef CURL_LOAD
}

/* Not realloc(): where it moves, the old place keeps what it held. */
static void *wiping_realloc(void *p, size_t size)
{
    const size_t had = p ? malloc_usable_size(p) : 0;
    void *grown = malloc(size);

    if (!grown)
        return NULL;
    if (had)
        memcpy(grown, p, had < size ? had : size);
    mem_wipe_free(p);
    return grown;
}

void curl_begin(void)
{
    curl_load();
    curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, mem_wipe_free, wiping_realloc, strdup,
                         calloc);
}
