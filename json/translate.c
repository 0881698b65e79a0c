#include "json/translate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/translator.h"

void translation_release(struct translation *t)
{
    buf_release(&t->out);
    free(t->origin);
    *t = (struct translation){0};
}

size_t translation_origin(const struct translation *t, size_t at)
{
    if (t->out.len == 0)
        return 0;
    return at < t->out.len ? t->origin[at] : t->origin[t->out.len - 1] + 1;
}

static void emit(struct translator *r, const char *text, size_t len)
{
    struct translation *t = r->t;

    if (t->out.len + len > t->origin_cap) {
        t->origin_cap = (t->out.len + len) * 2 + 64;
        t->origin = mem_grow(t->origin, t->origin_cap, sizeof(*t->origin));
    }
    for (size_t i = 0; i < len; i++)
        t->origin[t->out.len + i] = (uint32_t)r->at;
    buf_add(&t->out, text, len);
}

void translate_emit(struct translator *r, const char *text)
{
    emit(r, text, strlen(text));
}

int translate_refuse(struct translator *r, size_t at, const char *fmt, ...)
{
    char text[200];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (r->ret_offset)
        *r->ret_offset = at;
    return err_set(r->err, ERR_INPUT, "%s", text);
}

char translate_peek(const struct translator *r, size_t ahead)
{
    return r->at + ahead < r->in.len ? r->in.data[r->at + ahead] : '\0';
}

const char *translate_dialect_name(const struct translator *r)
{
    return r->iregexp ? "I-Regexp" : "ECMA-262";
}

int translate_take(struct translator *r, size_t bytes)
{
    r->at += bytes;
    return 0;
}

int translate_copy(struct translator *r, size_t bytes)
{
    emit(r, r->in.data + r->at, bytes);
    return translate_take(r, bytes);
}

static int group(struct translator *r)
{
    static const char *const known[] = {"(?:", "(?=", "(?!", "(?<=", "(?<!"};
    const struct str here = str_slice(r->in, r->at, r->in.len);

    if (translate_peek(r, 1) == '*')
        return translate_refuse(r, r->at, "%s has no verbs (*...)", translate_dialect_name(r));
    if (translate_peek(r, 1) != '?')
        return translate_copy(r, 1);
    if (r->iregexp)
        return translate_refuse(r, r->at, "I-Regexp has no (?...)");
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_starts(here, str_c(known[i])))
            return translate_copy(r, strlen(known[i]));
    if (str_starts(here, STR("(?<")) && str_find(here, STR(">"), 3) != (size_t)-1)
        return translate_copy(r, str_find(here, STR(">"), 3) + 1);
    return translate_refuse(r, r->at, "ECMA-262 has no group (?%c",
                            translate_peek(r, 2) ? translate_peek(r, 2) : ' ');
}

/* The length of {n}, {n,} or {n,m} here, 0 when it is none. */
static size_t braces(const struct translator *r)
{
    size_t n = 1;

    if (translate_peek(r, 0) != '{')
        return 0;
    while (translate_peek(r, n) >= '0' && translate_peek(r, n) <= '9')
        n++;
    if (n == 1)
        return 0;
    if (translate_peek(r, n) == ',')
        for (n++; translate_peek(r, n) >= '0' && translate_peek(r, n) <= '9';)
            n++;
    return translate_peek(r, n) == '}' ? n + 1 : 0;
}

static int quantifier(struct translator *r, size_t length)
{
    translate_copy(r, length);
    if (translate_peek(r, 0) == '+')
        return translate_refuse(r, r->at, "%s has no possessive quantifiers",
                                translate_dialect_name(r));
    if (translate_peek(r, 0) == '?' && r->iregexp)
        return translate_refuse(r, r->at, "I-Regexp has no lazy quantifiers");
    if (translate_peek(r, 0) == '?')
        translate_copy(r, 1);
    if ((translate_peek(r, 0) && strchr("*+?", translate_peek(r, 0))) || braces(r))
        return translate_refuse(r, r->at, "a quantifier cannot follow a quantifier");
    return 0;
}

static int one(struct translator *r)
{
    switch (translate_peek(r, 0)) {
    case '\\':
        return translate_escape(r, false);
    case '[':
        return translate_class(r);
    case '(':
        return group(r);
    case '*':
    case '+':
    case '?':
        return quantifier(r, 1);
    case '{':
        if (braces(r))
            return quantifier(r, braces(r));
        if (r->iregexp)
            return translate_refuse(r, r->at, "{ must be written \\{");
        translate_emit(r, "\\{"); /* newer PCRE2 would read {,n} as a quantifier */
        return translate_take(r, 1);
    case '.':
        translate_emit(r, r->iregexp ? "[^\\n\\r]" : "[^\\n\\r\\x{2028}\\x{2029}]");
        return translate_take(r, 1);
    case ']':
    case '}':
        if (r->iregexp)
            return translate_refuse(r, r->at, "%c must be written \\%c", translate_peek(r, 0),
                                    translate_peek(r, 0));
        translate_emit(r, translate_peek(r, 0) == ']' ? "\\]" : "\\}");
        return translate_take(r, 1);
    default:
        return translate_copy(r, 1);
    }
}

int translate(struct translation *t, struct str source, enum pattern_dialect dialect,
              size_t *ret_offset, struct err *err)
{
    struct translator r = {t, source, 0, dialect == PATTERN_IREGEXP, ret_offset, err};

    if (dialect == PATTERN_PCRE2) {
        for (; r.at < source.len; r.at++)
            emit(&r, source.data + r.at, 1);
        return 0;
    }
    while (r.at < source.len)
        if (one(&r) < 0)
            return -1;
    return 0;
}
