/*
 * What the code asks of the compiler beyond C11: checked printf arguments and scope-bound cleanup.
 * gcc and clang both have all of it.
 */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#define PRINTF_LIKE(fmt_index, first_arg) __attribute__((format(printf, fmt_index, first_arg)))

/* Calls `fn(&variable)` when the variable leaves its scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

#define UNUSED __attribute__((unused))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Hands a pointer over: yields its value and leaves NULL behind, so that its CLEANUP does nothing.
 */
#define STEAL(ptr)                                                                                 \
    __extension__({                                                                                \
        __typeof__(ptr) steal_value_ = (ptr);                                                      \
        (ptr) = NULL;                                                                              \
        steal_value_;                                                                              \
    })

#endif
