#include "json/translator.h"

#include <stdio.h>
#include <string.h>

/* ECMA-262's WhiteSpace and LineTerminator, and everything else, as insides of a class. */
#define ECMA_SPACE "\\t-\\r \\x{a0}\\x{feff}\\p{Zs}\\x{2028}\\x{2029}"
#define ECMA_NOT_SPACE                                                                             \
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}"  \
    "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-"       \
    "\\x{10ffff}"

static void emit_code_point(struct translator *r, unsigned cp)
{
    char text[16];

    snprintf(text, sizeof(text), "\\x{%x}", cp);
    translate_emit(r, text);
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

    if (translate_peek(r, 2) == '{') {
        while (translate_peek(r, 3 + n) && translate_peek(r, 3 + n) != '}')
            n++;
        return n && n < 9 && hex_digits(r, r->at + 3, n, ret) && *ret <= 0x10ffff ? n + 4 : 0;
    }
    if (!hex_digits(r, r->at + 2, 4, ret))
        return 0;
    if (*ret < 0xd800 || *ret > 0xdbff)
        return *ret >= 0xdc00 && *ret <= 0xdfff ? 0 : 6;
    if (translate_peek(r, 6) != '\\' || translate_peek(r, 7) != 'u' ||
        !hex_digits(r, r->at + 8, 4, &low) || low < 0xdc00 || low > 0xdfff)
        return 0;
    *ret = 0x10000 + ((*ret & 0x3ff) << 10 | (low & 0x3ff));
    return 12;
}

static bool is_half(const struct translator *r)
{
    unsigned cp = 0;

    return hex_digits(r, r->at + 2, 4, &cp) && cp >= 0xd800 && cp <= 0xdfff;
}

static int property(struct translator *r)
{
    const size_t open = r->at + 2;
    const size_t close = str_find(r->in, STR("}"), open);
    char name[80], text[100];
    bool negate;

    if (translate_peek(r, 2) != '{' || close == (size_t)-1)
        return translate_refuse(r, r->at, "\\%c needs a property in braces, such as \\p{L}",
                                translate_peek(r, 1));
    if (!translate_property(name, sizeof(name), str_slice(r->in, open + 1, close),
                            r->iregexp ? PATTERN_IREGEXP : PATTERN_ECMA, &negate))
        return translate_refuse(r, open + 1, "\"%.*s\" is no Unicode property of %s",
                                (int)(close - open - 1), r->in.data + open + 1,
                                translate_dialect_name(r));
    snprintf(text, sizeof(text), "\\%c{%s}", negate ^ (translate_peek(r, 1) == 'P') ? 'P' : 'p',
             name);
    translate_emit(r, text);
    r->at = close + 1;
    return 0;
}

static int literal(struct translator *r, unsigned cp, size_t bytes)
{
    emit_code_point(r, cp);
    return translate_take(r, bytes);
}

/* RFC 9485, section 3: SingleCharEsc and charClass escapes; nothing else. */
static int iregexp_escape(struct translator *r)
{
    const char c = translate_peek(r, 1);

    if (c == 'p' || c == 'P')
        return property(r);
    if (c && strchr("()*+-.?[\\]^{|}nrt$", c))
        return translate_copy(r, 2);
    return translate_refuse(r, r->at, "I-Regexp has no escape \\%c", c ? c : ' ');
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
        return translate_copy(r, 2);
    case 's':
        translate_emit(r, in_class ? ECMA_SPACE : "[" ECMA_SPACE "]");
        return translate_take(r, 2);
    case 'S':
        translate_emit(r, in_class ? ECMA_NOT_SPACE : "[" ECMA_NOT_SPACE "]");
        return translate_take(r, 2);
    case 'b':
        return in_class ? literal(r, 8, 2) : translate_copy(r, 2);
    case 'B':
        return in_class ? translate_refuse(r, r->at, "\\B cannot stand in a class")
                        : translate_copy(r, 2);
    case 'c':
        if (!((translate_peek(r, 2) | 0x20) >= 'a' && (translate_peek(r, 2) | 0x20) <= 'z'))
            return translate_refuse(r, r->at, "\\c needs a letter");
        return literal(r, (unsigned)translate_peek(r, 2) & 31, 3);
    case 'x':
        if (!hex_digits(r, r->at + 2, 2, &cp))
            return translate_refuse(r, r->at, "\\x needs two hex digits");
        return literal(r, cp, 4);
    case 'u':
        n = unicode_escape(r, &cp);
        return n ? literal(r, cp, n)
                 : translate_refuse(r, r->at,
                                    is_half(r) ? "half of a surrogate pair is no character here"
                                               : "\\u needs four hex digits or {X...}");
    case 'p':
    case 'P':
        return property(r);
    case 'k':
        if (in_class || translate_peek(r, 2) != '<')
            return translate_refuse(r, r->at, "\\k needs the name of a group: \\k<name>");
        return translate_copy(r, 2);
    default:
        return translate_refuse(r, r->at, "ECMA-262 has no escape \\%c", c);
    }
}

static int ecma_escape(struct translator *r, bool in_class)
{
    const char c = translate_peek(r, 1);
    size_t n = 1;

    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return ecma_letter_escape(r, c, in_class);
    if (c == '0' && !(translate_peek(r, 2) >= '0' && translate_peek(r, 2) <= '9'))
        return literal(r, 0, 2);
    if (c >= '0' && c <= '9') {
        char text[32];

        while (translate_peek(r, n) >= '0' && translate_peek(r, n) <= '9')
            n++;
        if (in_class || c == '0' || n > 5)
            return translate_refuse(r, r->at, "a digit escape is a reference to a group");
        snprintf(text, sizeof(text), "\\g{%.*s}", (int)n - 1, r->in.data + r->at + 1);
        translate_emit(r, text);
        return translate_take(r, n);
    }
    if (r->at + 1 >= r->in.len)
        return translate_refuse(r, r->at, "a backslash at the end");
    if ((unsigned char)c >= 0x80 || c == '\0') { /* an identity escape of any other character */
        translate_take(r, 1);
        return 0;
    }
    return translate_copy(r, 2); /* PCRE2 takes every escaped punctuation as itself */
}

int translate_escape(struct translator *r, bool in_class)
{
    return r->iregexp ? iregexp_escape(r) : ecma_escape(r, in_class);
}

bool translate_is_set(const struct translator *r, size_t ahead)
{
    const char c = translate_peek(r, ahead) == '\\' ? translate_peek(r, ahead + 1) : '\0';

    return c && strchr(r->iregexp ? "pP" : "dDwWsSpP", c);
}
