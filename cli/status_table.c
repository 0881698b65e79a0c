#include "cli/status_table.h"

#include <string.h>

enum { COLUMNS = 5 };

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void put_alias(struct buf *out, const json_t *f, const char *key)
{
    const json_t *alias = json_object_get(f, key);
    const char *release = text_of(alias, "release"), *sha = text_of(alias, "code_sha256");

    if (json_is_object(alias))
        buf_printf(out, "%s%s %s %.8s", text_of(alias, "version"),
                   json_object_get(alias, "weights") ? "+" : "", *release ? release : "-", sha);
    else /* not known is not the same as not there */
        buf_putc(out, json_object_get(f, "error") ? '?' : '-');
}

static void put_cell(struct buf *out, const json_t *e, const json_t *f, size_t column)
{
    static const char *const keys[] = {"live", "smoke", "backup"};

    if (column == 0)
        buf_add_c(out, text_of(e, "name"));
    else if (column == 1)
        buf_add_c(out, text_of(f, "function"));
    else
        put_alias(out, f, keys[column - 2]);
}

static void put_padded(struct buf *out, struct buf *cell, size_t wide)
{
    buf_printf(out, "%-*s  ", (int)wide, buf_c(cell));
    buf_clear(cell);
}

static void widen(size_t wide[COLUMNS], const json_t *environments)
{
    CLEANUP(buf_release) struct buf cell = {0};
    const json_t *e, *f;
    size_t i, k;

    json_array_foreach(environments, i, e)
    {
        json_array_foreach(json_object_get(e, "functions"), k, f)
        {
            for (size_t c = 0; c < COLUMNS; c++) {
                put_cell(&cell, e, f, c);
                wide[c] = cell.len > wide[c] ? cell.len : wide[c];
                buf_clear(&cell);
            }
        }
    }
}

static void end_line(struct buf *out)
{
    while (out->len && out->data[out->len - 1] == ' ')
        out->len--;
    buf_putc(out, '\n');
}

void status_table(struct buf *out, const json_t *environments,
                  const struct manifest_aliases *aliases)
{
    const char *const heads[COLUMNS] = {"environment", "function", aliases->live, aliases->smoke,
                                        aliases->backup};
    CLEANUP(buf_release) struct buf cell = {0};
    size_t wide[COLUMNS], i, k;
    const json_t *e, *f;

    for (size_t c = 0; c < COLUMNS; c++)
        wide[c] = strlen(heads[c]);
    widen(wide, environments);
    for (size_t c = 0; c < COLUMNS; c++) {
        buf_add_c(&cell, heads[c]);
        put_padded(out, &cell, wide[c]);
    }
    end_line(out);
    json_array_foreach(environments, i, e)
    {
        json_array_foreach(json_object_get(e, "functions"), k, f)
        {
            for (size_t c = 0; c < COLUMNS; c++) {
                put_cell(&cell, e, f, c);
                put_padded(out, &cell, wide[c]);
            }
            buf_add_c(out, text_of(f, "note"));
            end_line(out);
        }
    }
}
