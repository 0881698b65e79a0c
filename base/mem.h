/*
 * Allocation that does not fail: out of memory ends the program with a line on stderr. The alias
 * protocol, not error paths, keeps a promotion safe; sizes that come from outside are capped first.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

void *mem_alloc(size_t size);               /* uninitialised; size 0 gives 1 byte */
void *mem_zalloc(size_t size);              /* zeroed */
void *mem_array(size_t count, size_t size); /* zeroed; overflow ends the program */
void *mem_grow(void *old, size_t count,
               size_t size);                   /* realloc to count * size; overflow-checked */
char *mem_dup(const char *text);               /* NULL gives NULL */
char *mem_dup_n(const void *data, size_t len); /* copies len bytes and adds a NUL */

/*
 * Bytes that are allocated now, in the whole process, libraries included: what the process's size
 * (resident or virtual) cannot tell, as allocators keep what was freed. 0: it is not known here.
 */
size_t mem_in_use(void);

/* Returns `p`, what a library allocated for us. NULL, out of memory, ends the program. */
void *mem_must(void *p);

/* For CLEANUP on a plain allocation: `CLEANUP(mem_freep) char *text = ...`. */
void mem_freep(void *ptr_to_ptr);

/* Overwrites memory that held a secret; the compiler cannot drop it. */
void mem_wipe(void *data, size_t len);

/* Wipes all of an allocation, however long it is, and frees it. NULL is fine. */
void mem_wipe_free(void *p);

/* Are they the same? Takes a time that depends on `len` only, for signatures and tokens. */
bool mem_same_secret(const void *a, const void *b, size_t len);

#endif
