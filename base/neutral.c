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

void neutral_text(struct buf *out, struct str bytes)
{
    CLEANUP(buf_release) struct buf visible = {0};
    bool at_start = true; /* of a line, or only blanks before */
    struct str text;

    utf8_visible(&visible, bytes);
    text = buf_str(&visible);
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];

        if (at_start && c == ':' && i + 1 < text.len && text.data[i + 1] == ':')
            buf_add_c(out, "\\u{3a}");
        else if (c == '#' && is_marked(text, i))
            buf_add_c(out, "\\u{23}");
        else
            buf_putc(out, c);
        at_start = c == '\n' || (at_start && (c == ' ' || c == '\t'));
    }
}
