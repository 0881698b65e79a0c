#include "base/neutral.h"

#include <ctype.h>

#include "base/utf8.h"

/* Is "##", maybe letters, and "[" there? */
static bool is_marked(struct str text, size_t at)
{
    size_t i = at + 2;

    if (i >= text.len || text.data[at] != '#' || text.data[at + 1] != '#')
        return false;
    while (i < text.len && isalpha((unsigned char)text.data[i]))
        i++;
    return i < text.len && text.data[i] == '[';
}

/* The length of the blank at the front, 0: none. Runners trim whatever Unicode calls a space. */
static size_t blank_at(struct str text)
{
    unsigned c;
    const size_t len = utf8_decode(text, &c);
    const bool blank = c == ' ' || c == '\t' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
                       (c >= 0x2000 && c <= 0x200d) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
                       c == 0x205f || c == 0x2060 || c == 0x3000 || c == 0xfeff;

    return blank ? len : 0;
}

void neutral_text(struct buf *out, struct str bytes)
{
    CLEANUP(buf_release) struct buf visible = {0};
    bool at_start = true; /* of a line, or only blanks before */
    struct str text;

    utf8_visible(&visible, bytes);
    text = buf_str(&visible);
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        const size_t blank = at_start ? blank_at(str_slice(text, i, text.len)) : 0;

        if (blank) {
            buf_add(out, text.data + i, blank);
            i += blank - 1;
            continue;
        }
        if (at_start && c == ':' && i + 1 < text.len && text.data[i + 1] == ':')
            buf_add_c(out, "\\u{3a}");
        else if (c == '#' && is_marked(text, i))
            buf_add_c(out, "\\u{23}");
        else
            buf_putc(out, c);
        at_start = c == '\n';
    }
}
