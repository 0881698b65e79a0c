#include "reports/place.h"

#include <stdbool.h>

/* Goes from `out`, whose path begins at `start`, along `path`. False: it led out of the root. */
static bool follow(struct buf *out, size_t start, struct str path)
{
    struct str part;

    while (str_cut(&path, '/', &part)) {
        if (str_eq_c(part, "..")) {
            if (out->len == start)
                return false;
            while (out->len > start && out->data[out->len - 1] != '/')
                out->len--;
            if (out->len > start) /* the slash */
                out->len--;
        } else if (part.len && !str_eq_c(part, ".")) {
            if (out->len > start)
                buf_putc(out, '/');
            buf_add_str(out, part);
        }
        if (!path.data)
            break;
    }
    return true;
}

void place_in_repository(struct buf *out, const char *folder, const char *file)
{
    CLEANUP(buf_release) struct buf path = {0};

    if (*file == '/' || !follow(&path, 0, str_c(folder)) || !follow(&path, 0, str_c(file)))
        buf_add_c(out, file);
    else
        buf_add_str(out, buf_str(&path));
}
