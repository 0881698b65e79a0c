#include "aws/curl.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct curl_api curl_api;

static void load(void *library, const char *name, void *ret_function)
{
    void *symbol = library ? dlsym(library, name) : NULL;

    if (!symbol) {
        fprintf(stderr, "smokegate: cannot load libcurl: %s\n", dlerror());
        abort();
    }
    memcpy(ret_function, &symbol, sizeof(symbol));
}

void curl_load(void)
{
    void *library;

    if (curl_api.version_)
        return;
    library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL); /* the ABI of curl/curl.h since 2006 */
#define CURL_LOAD(name) load(library, "curl_" #name, &curl_api.name##_);
    CURL_FUNCTIONS(CURL_LOAD)
#undef CURL_LOAD
}
