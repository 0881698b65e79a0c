#define _DEFAULT_SOURCE /* explicit_bzero */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void *mem_must(void *p)
{
    if (!p) {
        fputs("smokegate: out of memory\n", stderr);
        abort();
    }
    return p;
}

void *mem_alloc(size_t size)
{
    return mem_must(malloc(size ? size : 1));
}

void *mem_zalloc(size_t size)
{
    return mem_must(calloc(1, size ? size : 1));
}

void *mem_array(size_t count, size_t size)
{
    return mem_must(calloc(count ? count : 1, size ? size : 1));
}

void *mem_grow(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        mem_must(NULL);
    return mem_must(realloc(old, count && size ? count * size : 1));
}

char *mem_dup(const char *text)
{
    return text ? mem_dup_n(text, strlen(text)) : NULL;
}

char *mem_dup_n(const void *data, size_t len)
{
    char *copy = mem_alloc(len + 1);

    if (len)
        memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 33) /* before, it counted in ints */
#define HAVE_MALLINFO2
#endif
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
size_t __sanitizer_get_current_allocated_bytes(void); /* sanitizer/allocator_interface.h */

size_t mem_in_use(void)
{
    return __sanitizer_get_current_allocated_bytes();
}
#elif defined(HAVE_MALLINFO2)
size_t mem_in_use(void)
{
    const struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}
#else
size_t mem_in_use(void)
{
    return 0;
}
#endif

void mem_freep(void *ptr_to_ptr)
{
    void *p;

    memcpy(&p, ptr_to_ptr, sizeof(p));
    free(p);
}

void mem_wipe(void *data, size_t len)
{
    if (data)
        explicit_bzero(data, len);
}

void mem_wipe_free(void *p)
{
    if (p)
        explicit_bzero(p, malloc_usable_size(p));
    free(p);
}

bool mem_same_secret(const void *a, const void *b, size_t len)
{
    const volatile unsigned char *x = a, *y = b;
    unsigned char difference = 0;

    for (size_t i = 0; i < len; i++)
        difference |= x[i] ^ y[i];
    return difference == 0;
}
