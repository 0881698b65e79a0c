/*
 * Shared libraries that are opened when they are first needed, because loading them takes longer
 * than most commands, which never need them (docs/decisions/0004-libcurl-on-demand.md).
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdint.h>

/*
 * Opens a library by its soname, which is its ABI. Without it the program ends with a message, as
 * it does without memory; so does library_symbol.
 */
void *library_open(const char *soname);

/* Stores the address of a function in the function pointer that `ret_function` points to. */
void library_symbol(void *library, const char *name, void *ret_function);

/*
 * Tells tools of packagers (dh-dlopenlibdeps, dlopen-notes of rpm, systemd) what the linker no
 * longer does: https://systemd.io/ELF_DLOPEN_METADATA/. One a library, in the file that opens it.
 */
#define LIBRARY_NOTE(variable, soname, feature, priority)                                          \
    LIBRARY_NOTE_(variable, "[{\"soname\":[\"" soname "\"],\"feature\":\"" feature                 \
                            "\",\"priority\":\"" priority "\"}]")
#define LIBRARY_NOTE_(variable, json)                                                              \
    static const struct {                                                                          \
        uint32_t name_size, json_size, type;                                                       \
        char owner[4];                                                                             \
        _Alignas(uint32_t) char text[sizeof(json)];                                                \
    } variable __attribute__((used, section(".note.dlopen"), aligned(4))) = {                      \
        4, sizeof(json), 0x407c0c0a, "FDO", json}

#endif
