#include "json/path/path.h"

#include <string.h>

/* RFC 9535, 2.7: single quotes; ' \ and controls are escaped, nothing else. */
void path_add_name(struct buf *out, struct str name)
{
    static const char controls[] = "\b\t\n\f\r", letters[] = "btnfr";

    buf_add_c(out, "['");
    for (size_t i = 0; i < name.len; i++) {
        const unsigned char c = (unsigned char)name.data[i];
        const char *at = c ? strchr(controls, c) : NULL;

        if (at)
            buf_printf(out, "\\%c", letters[at - controls]);
        else if (c < 0x20)
            buf_printf(out, "\\u%04x", c);
        else if (c == '\'' || c == '\\')
            buf_printf(out, "\\%c", c);
        else
            buf_putc(out, (char)c);
    }
    buf_add_c(out, "']");
}

static void add_link(const struct path_nodes *nodes, uint32_t link, struct buf *out)
{
    const struct path_link *l;

    if (link == PATH_ROOT) {
        buf_putc(out, '$');
        return;
    }
    l = &nodes->links[link];
    add_link(nodes, l->up, out);
    if (l->key.data)
        path_add_name(out, l->key);
    else
        buf_printf(out, "[%u]", l->index);
}

void path_node_path(const struct path_nodes *nodes, size_t i, struct buf *out)
{
    add_link(nodes, nodes->items[i].link, out);
}
