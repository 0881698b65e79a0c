/*
 * Counts allocations: ours by --wrap, which a test that includes this is linked with, and jansson's
 * by its hook.
 */
#ifndef TESTS_JSON_ALLOCATIONS_H
#define TESTS_JSON_ALLOCATIONS_H

#include <stdlib.h>

#include <jansson.h>

static size_t allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    allocations++;
    return __real_realloc(old, size);
}

static void count_those_of_jansson(void)
{
    json_set_alloc_funcs(malloc, free);
}

#endif
