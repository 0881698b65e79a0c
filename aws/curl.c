#include "aws/curl.h"

#include "base/library.h"

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
