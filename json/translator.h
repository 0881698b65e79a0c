/* The translator's parts: private to json/translate*.c. */
#ifndef JSON_TRANSLATOR_H
#define JSON_TRANSLATOR_H

#include <stdbool.h>

#include "base/compiler.h"
#include "json/translate.h"

struct translator {
    struct translation *t;
    struct str in;
    size_t at; /* the byte of the source that is next */
    bool iregexp;
    size_t *ret_offset;
    struct err *err;
};

/* The byte `ahead` of the current one, 0 behind the end. */
char translate_peek(const struct translator *r, size_t ahead);

/* All return 0, or -1 with the error and its place set. */
int translate_refuse(struct translator *r, size_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);
int translate_take(struct translator *r, size_t bytes); /* leaves them out */
int translate_copy(struct translator *r, size_t bytes);
int translate_escape(struct translator *r, bool in_class); /* from its backslash */
int translate_class(struct translator *r);                 /* from [ to ] */

void translate_emit(struct translator *r, const char *text);

/* Is an escape here that stands for many characters: \d \w \s \p{..} and their opposites? */
bool translate_is_set(const struct translator *r, size_t ahead);

const char *translate_dialect_name(const struct translator *r);

#endif
