#include "base/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(void)
{
    fprintf(stderr, "smokegate: a library is missing: %s\n", dlerror());
    abort();
}

void *library_open(const char *soname)
{
    void *library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);

    if (!library)
        give_up();
    return library;
}

void library_symbol(void *library, const char *name, void *ret_function)
{
    void *symbol = dlsym(library, name);

    if (!symbol)
        give_up();
    memcpy(ret_function, &symbol, sizeof(symbol));
}
