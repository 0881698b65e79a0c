#include "json/translator.h"

/*
 * ECMA-262: what PCRE2 would read into a class (POSIX names) is escaped. A hyphen beside a set, as
 * in
 * [\w-.], is itself, as browsers have it (Annex B); PCRE2 refuses it, and would make a range of
 * what \s becomes here.
 */
static int ecma_class(struct translator *r, size_t open)
{
    bool after_set = false;

    while (r->at < r->in.len && translate_peek(r, 0) != ']') {
        const char c = translate_peek(r, 0);
        const bool is_set = translate_is_set(r, 0);
        int failed;

        if (c == '\\')
            failed = translate_escape(r, true);
        else if (c == '[' || (c == '-' && (after_set || translate_is_set(r, 1)))) {
            translate_emit(r, c == '[' ? "\\[" : "\\-");
            failed = translate_take(r, 1);
        } else
            failed = translate_copy(r, 1);
        if (failed)
            return -1;
        after_set = is_set;
    }
    return r->at < r->in.len ? translate_copy(r, 1)
                             : translate_refuse(r, open, "the class does not end: ] is missing");
}

/* CCchar of RFC 9485: a character that is not - [ \ ], or the escape of one. */
static int iregexp_char(struct translator *r)
{
    const char c = translate_peek(r, 0);

    if (r->at == r->in.len || translate_is_set(r, 0))
        return translate_refuse(r, r->at, "a range in a class ends in a character");
    if (c == '\\')
        return translate_escape(r, true);
    if (c == '[' || c == '-' || c == ']')
        return translate_refuse(r, r->at, "%c in a class must be written \\%c", c, c);
    do /* the whole of a UTF-8 sequence */
        translate_copy(r, 1);
    while (((unsigned char)translate_peek(r, 0) & 0xc0) == 0x80);
    return 0;
}

/* charClassExpr = "[" [ "^" ] ( "-" / CCE1 ) *CCE1 [ "-" ] "]" */
static int iregexp_class(struct translator *r, size_t open)
{
    if (translate_peek(r, 0) == ']')
        return translate_refuse(r, open, "I-Regexp has no empty class");
    if (translate_peek(r, 0) == '-')
        translate_copy(r, 1);
    while (r->at < r->in.len && translate_peek(r, 0) != ']') {
        if (translate_peek(r, 0) == '-' && translate_peek(r, 1) == ']')
            translate_copy(r, 1);
        else if (translate_is_set(r, 0)) {
            if (translate_escape(r, true) < 0)
                return -1;
        } else if (iregexp_char(r) < 0)
            return -1;
        else if (translate_peek(r, 0) == '-' && translate_peek(r, 1) != ']' &&
                 (translate_copy(r, 1) < 0 || iregexp_char(r) < 0))
            return -1;
    }
    return r->at < r->in.len ? translate_copy(r, 1)
                             : translate_refuse(r, open, "the class does not end: ] is missing");
}

int translate_class(struct translator *r)
{
    const size_t open = r->at;

    translate_copy(r, 1);
    if (translate_peek(r, 0) == '^')
        translate_copy(r, 1);
    return r->iregexp ? iregexp_class(r, open) : ecma_class(r, open);
}
