#include "json/translate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct translator {
    struct translation *t;
    struct str in;
    size_t at;
    bool iregexp;
    size_t *ret_offset;
    struct err *err;
};

/* ECMA-262's WhiteSpace and LineTerminator, and everything else, as insides of a class. */
#define ECMA_SPACE "\\t-\\r \\x{a0}\\x{feff}\\p{Zs}\\x{2028}\\x{2029}"
#define ECMA_NOT_SPACE                                                                             \
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}"  \
    "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-"       \
    "\\x{10ffff}"

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

static void emit_c(struct translator *r, const char *text)
{
    emit(r, text, strlen(text));
}

static void emit_code_point(struct translator *r, unsigned cp)
{
    char text[16];

    snprintf(text, sizeof(text), "\\x{%x}", cp);
    emit_c(r, text);
}

static int refuse(struct translator *r, size_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);
static int refuse(struct translator *r, size_t at, const char *fmt, ...)
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

/* The byte `ahead` of the current one, 0 behind the end. */
static char peek(const struct translator *r, size_t ahead)
{
    return r->at + ahead < r->in.len ? r->in.data[r->at + ahead] : '\0';
}

static const char *dialect_name(const struct translator *r)
{
    return r->iregexp ? "I-Regexp" : "ECMA-262";
}

static bool hex_digits(const struct translator *r, size_t at, size_t n, unsigned *ret)
{
    unsigned v = 0;

    for (size_t i = 0; i < n; i++) {
        const char c = at + i < r->in.len ? r->in.data[at + i] : 'x';

        if (c >= '0' && c <= '9')
            v = v << 4 | (unsigned)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            v = v << 4 | (unsigned)((c | 0x20) - 'a' + 10);
        else
            return false;
    }
    *ret = v;
    return true;
}

/* \uXXXX (a pair of them beyond the BMP) and \u{X...}. Returns the bytes used, 0: a fault. */
static size_t unicode_escape(const struct translator *r, unsigned *ret)
{
    unsigned low;
    size_t n = 0;

    if (peek(r, 2) == '{') {
        while (peek(r, 3 + n) && peek(r, 3 + n) != '}')
            n++;
        return n && n < 9 && hex_digits(r, r->at + 3, n, ret) && *ret <= 0x10ffff ? n + 4 : 0;
    }
    if (!hex_digits(r, r->at + 2, 4, ret))
        return 0;
    if (*ret < 0xd800 || *ret > 0xdbff)
        return *ret >= 0xdc00 && *ret <= 0xdfff ? 0 : 6;
    if (peek(r, 6) != '\\' || peek(r, 7) != 'u' || !hex_digits(r, r->at + 8, 4, &low) ||
        low < 0xdc00 || low > 0xdfff)
        return 0;
    *ret = 0x10000 + ((*ret & 0x3ff) << 10 | (low & 0x3ff));
    return 12;
}

static int property(struct translator *r)
{
    const size_t open = r->at + 2;
    const size_t close = str_find(r->in, STR("}"), open);
    char name[80], text[100];
    bool negate;

    if (peek(r, 2) != '{' || close == (size_t)-1)
        return refuse(r, r->at, "\\%c needs a property in braces, such as \\p{L}", peek(r, 1));
    if (!translate_property(name, sizeof(name), str_slice(r->in, open + 1, close),
                            r->iregexp ? PATTERN_IREGEXP : PATTERN_ECMA, &negate))
        return refuse(r, open + 1, "\"%.*s\" is no Unicode property of %s", (int)(close - open - 1),
                      r->in.data + open + 1, dialect_name(r));
    snprintf(text, sizeof(text), "\\%c{%s}", negate ^ (peek(r, 1) == 'P') ? 'P' : 'p', name);
    emit_c(r, text);
    r->at = close + 1;
    return 0;
}

static int take(struct translator *r, size_t bytes)
{
    r->at += bytes;
    return 0;
}

static int copy(struct translator *r, size_t bytes)
{
    emit(r, r->in.data + r->at, bytes);
    return take(r, bytes);
}

static int literal(struct translator *r, unsigned cp, size_t bytes)
{
    emit_code_point(r, cp);
    return take(r, bytes);
}

/* RFC 9485, section 3: SingleCharEsc and charClass escapes; nothing else. */
static int iregexp_escape(struct translator *r)
{
    const char c = peek(r, 1);

    if (c == 'p' || c == 'P')
        return property(r);
    if (c && strchr("()*+-.?[\\]^{|}nrt$", c))
        return copy(r, 2);
    return refuse(r, r->at, "I-Regexp has no escape \\%c", c ? c : ' ');
}

static int ecma_letter_escape(struct translator *r, char c, bool in_class)
{
    unsigned cp;
    size_t n;

    switch (c) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
    case 't':
    case 'n':
    case 'v':
    case 'f':
    case 'r':
        if (c == 'v')
            return literal(r, 0x0b, 2); /* PCRE2's \v is a class */
        return copy(r, 2);
    case 's':
        emit_c(r, in_class ? ECMA_SPACE : "[" ECMA_SPACE "]");
        return take(r, 2);
    case 'S':
        emit_c(r, in_class ? ECMA_NOT_SPACE : "[" ECMA_NOT_SPACE "]");
        return take(r, 2);
    case 'b':
        return in_class ? literal(r, 8, 2) : copy(r, 2);
    case 'B':
        return in_class ? refuse(r, r->at, "\\B cannot stand in a class") : copy(r, 2);
    case 'c':
        if (!((peek(r, 2) | 0x20) >= 'a' && (peek(r, 2) | 0x20) <= 'z'))
            return refuse(r, r->at, "\\c needs a letter");
        return literal(r, (unsigned)peek(r, 2) & 31, 3);
    case 'x':
        if (!hex_digits(r, r->at + 2, 2, &cp))
            return refuse(r, r->at, "\\x needs two hex digits");
        return literal(r, cp, 4);
    case 'u':
        n = unicode_escape(r, &cp);
        return n ? literal(r, cp, n) : refuse(r, r->at, "\\u needs four hex digits or {X...}");
    case 'p':
    case 'P':
        return property(r);
    case 'k':
        if (in_class || peek(r, 2) != '<')
            return refuse(r, r->at, "\\k needs the name of a group: \\k<name>");
        return copy(r, 2);
    default:
        return refuse(r, r->at, "ECMA-262 has no escape \\%c", c);
    }
}

static int ecma_escape(struct translator *r, bool in_class)
{
    const char c = peek(r, 1);
    size_t n = 1;

    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return ecma_letter_escape(r, c, in_class);
    if (c == '0' && !(peek(r, 2) >= '0' && peek(r, 2) <= '9'))
        return literal(r, 0, 2);
    if (c >= '0' && c <= '9') {
        char text[32];

        while (peek(r, n) >= '0' && peek(r, n) <= '9')
            n++;
        if (in_class || c == '0' || n > 5)
            return refuse(r, r->at, "a digit escape is a reference to a group");
        snprintf(text, sizeof(text), "\\g{%.*s}", (int)n - 1, r->in.data + r->at + 1);
        emit_c(r, text);
        return take(r, n);
    }
    if (r->at + 1 >= r->in.len)
        return refuse(r, r->at, "a backslash at the end");
    if ((unsigned char)c >= 0x80 || c == '\0') { /* an identity escape of any other character */
        take(r, 1);
        return 0;
    }
    return copy(r, 2); /* PCRE2 takes every escaped punctuation as itself */
}

static int escape(struct translator *r, bool in_class)
{
    return r->iregexp ? iregexp_escape(r) : ecma_escape(r, in_class);
}

/* A class, from [ to ]. What PCRE2 would read into it (POSIX names) is escaped. */
static int class(struct translator *r)
{
    const size_t open = r->at;

    copy(r, 1);
    if (peek(r, 0) == '^')
        copy(r, 1);
    if (r->iregexp && peek(r, 0) == ']')
        return refuse(r, open, "I-Regexp has no empty class");
    while (r->at < r->in.len && peek(r, 0) != ']') {
        if (peek(r, 0) == '\\') {
            if (escape(r, true) < 0)
                return -1;
        } else if (peek(r, 0) == '[') {
            if (r->iregexp)
                return refuse(r, r->at, "[ in a class must be written \\[");
            emit_c(r, "\\[");
            r->at++;
        } else
            copy(r, 1);
    }
    if (r->at >= r->in.len)
        return refuse(r, open, "the class does not end: ] is missing");
    return copy(r, 1);
}

static int group(struct translator *r)
{
    static const char *const known[] = {"(?:", "(?=", "(?!", "(?<=", "(?<!"};
    const struct str here = str_slice(r->in, r->at, r->in.len);

    if (peek(r, 1) == '*')
        return refuse(r, r->at, "%s has no verbs (*...)", dialect_name(r));
    if (peek(r, 1) != '?')
        return copy(r, 1);
    if (r->iregexp)
        return refuse(r, r->at, "I-Regexp has no (?...)");
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_starts(here, str_c(known[i])))
            return copy(r, strlen(known[i]));
    if (str_starts(here, STR("(?<")) && str_find(here, STR(">"), 3) != (size_t)-1)
        return copy(r, str_find(here, STR(">"), 3) + 1);
    return refuse(r, r->at, "ECMA-262 has no group (?%c", peek(r, 2) ? peek(r, 2) : ' ');
}

/* The length of {n}, {n,} or {n,m} here, 0 when it is none. */
static size_t braces(const struct translator *r)
{
    size_t n = 1;

    while (peek(r, n) >= '0' && peek(r, n) <= '9')
        n++;
    if (n == 1)
        return 0;
    if (peek(r, n) == ',')
        for (n++; peek(r, n) >= '0' && peek(r, n) <= '9';)
            n++;
    return peek(r, n) == '}' ? n + 1 : 0;
}

static int quantifier(struct translator *r, size_t length)
{
    copy(r, length);
    if (peek(r, 0) == '+')
        return refuse(r, r->at, "%s has no possessive quantifiers", dialect_name(r));
    if (peek(r, 0) == '?' && r->iregexp)
        return refuse(r, r->at, "I-Regexp has no lazy quantifiers");
    return peek(r, 0) == '?' ? copy(r, 1) : 0;
}

static int one(struct translator *r)
{
    switch (peek(r, 0)) {
    case '\\':
        return escape(r, false);
    case '[':
        return class(r);
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
            return refuse(r, r->at, "{ must be written \\{");
        emit_c(r, "\\{"); /* newer PCRE2 would read {,n} as a quantifier */
        return take(r, 1);
    case '.':
        emit_c(r, r->iregexp ? "[^\\n\\r]" : "[^\\n\\r\\x{2028}\\x{2029}]");
        return take(r, 1);
    case ']':
    case '}':
        if (r->iregexp)
            return refuse(r, r->at, "%c must be written \\%c", peek(r, 0), peek(r, 0));
        emit_c(r, peek(r, 0) == ']' ? "\\]" : "\\}");
        return take(r, 1);
    default:
        return copy(r, 1);
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
