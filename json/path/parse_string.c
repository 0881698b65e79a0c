#include "json/path/parse.h"

#include <string.h>

#include "json/scan.h"

/* The scanner of JSON strings resolves an escape; only the quotes differ (RFC 9535, 2.3.1.1). */
static bool parse_escape(struct parser *p, struct buf *out, char quote)
{
    const char c = parse_peek(p, 1);
    struct buf one = {0};
    struct scan_string s = {
        .at = p->text.data + p->at, .end = p->text.data + p->text.len, .out = &one};
    size_t used;

    if (c == '\'' || c == '"') {
        if (c != quote)
            return parse_fail(p, p->at, "only the string's own quote is escaped");
        buf_putc(out, c);
        p->at += 2;
        return true;
    }
    used = scan_escape(&s);
    buf_add_str(out, buf_str(&one));
    buf_release(&one);
    p->at += used;
    return used || parse_fail(p, p->at, "%s", s.fault);
}

bool parse_string(struct parser *p, struct str *ret)
{
    const char quote = parse_peek(p, 0);
    const size_t open = p->at++;
    struct buf out = {0};
    bool good = true;

    while (good && !parse_at_end(p) && parse_peek(p, 0) != quote) {
        const char c = parse_peek(p, 0);
        size_t n = 1;

        if (c == '\\') {
            good = parse_escape(p, &out, quote);
            continue;
        }
        if ((unsigned char)c < 0x20)
            good = parse_fail(p, p->at,
                              "found a control character in a string; write it as an escape");
        else if ((unsigned char)c >= 0x80)
            n = scan_utf8_length(p->text.data + p->at, p->text.data + p->text.len);
        if (n == 0)
            good = parse_fail(p, p->at, "found bytes that are not UTF-8");
        if (good)
            buf_add(&out, p->text.data + p->at, n);
        p->at += good ? n : 0;
    }
    if (good && parse_at_end(p))
        good = parse_fail(p, open, "the string does not end: %c is missing", quote);
    if (good) {
        p->at++;
        *ret = arena_str(&p->query->arena, buf_str(&out));
    }
    buf_release(&out);
    return good;
}
