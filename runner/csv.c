#include "runner/csv.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "runner/testcase.h"

enum { COLUMNS_MAX = 1000 };

struct csv {
    struct buf text;
    json_t *header;   /* an array of strings */
    uint32_t *starts; /* of the records below it, in the text */
    size_t count, cap;
};

struct reader {
    struct str text;
    size_t at;
    unsigned line;
    const char *name;
    struct faults *faults;
};

/* Adds a fault. Returns false. */
static bool tell(struct reader *r, unsigned line, const char *fmt, ...) PRINTF_LIKE(3, 4);

static bool tell(struct reader *r, unsigned line, const char *fmt, ...)
{
    CLEANUP(buf_release) struct buf text = {0};
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    faults_add(r->faults, r->name, line, 0, "%s", buf_c(&text));
    return false;
}

/* One cell into `out`. Returns false after adding a fault. */
static bool read_cell(struct reader *r, struct buf *out)
{
    const char *p = r->text.data;
    const unsigned line = r->line;

    buf_clear(out);
    if (r->at >= r->text.len || p[r->at] != '"') {
        while (r->at < r->text.len && p[r->at] != ',' && p[r->at] != '\n' && p[r->at] != '\r')
            buf_putc(out, p[r->at++]);
        return true;
    }
    for (r->at++; r->at < r->text.len; r->at++) {
        if (p[r->at] == '\n')
            r->line++;
        if (p[r->at] != '"') {
            buf_putc(out, p[r->at]);
        } else if (r->at + 1 < r->text.len && p[r->at + 1] == '"') {
            buf_putc(out, '"');
            r->at++;
        } else {
            r->at++;
            return true;
        }
    }
    return tell(r, line, "a quoted cell without its closing quote");
}

/* One record as an array of strings, owned; NULL after a fault. */
static json_t *read_record(struct reader *r)
{
    CLEANUP(buf_release) struct buf cell = {0};
    json_t *record = json_array();
    const char *p = r->text.data;

    for (;;) {
        json_t *text;

        if (!read_cell(r, &cell))
            break;
        text = json_stringn(buf_c(&cell), cell.len);
        if (!text || json_array_size(record) >= COLUMNS_MAX) {
            tell(r, r->line, text ? "more than 1000 columns" : "a cell that is not UTF-8");
            json_decref(text);
            break;
        }
        json_array_append_new(record, text);
        if (r->at < r->text.len && p[r->at] == ',') {
            r->at++;
            continue;
        }
        if (r->at < r->text.len && p[r->at] == '\r')
            r->at++;
        if (r->at >= r->text.len || p[r->at] == '\n') {
            r->at++;
            r->line++;
            return record;
        }
        tell(r, r->line,
             p[r->at - 1] == '\r' ? "a carriage return that ends no line: quote the cell"
                                  : "text behind a quoted cell");
        break;
    }
    json_decref(record);
    return NULL;
}

static void add_row(struct csv *csv, size_t start)
{
    if (csv->count == csv->cap) {
        csv->cap = csv->cap ? csv->cap * 2 : 16;
        csv->starts = mem_grow(csv->starts, csv->cap, sizeof(*csv->starts));
    }
    csv->starts[csv->count++] = (uint32_t)start;
}

/* Reads every record once, so that none is wrong when its turn comes. */
static bool find_rows(struct csv *csv, struct reader *r)
{
    const size_t columns = json_array_size(csv->header);

    while (r->at < r->text.len) {
        const unsigned line = r->line;
        const size_t start = r->at;
        json_t *record = read_record(r);
        const size_t cells = json_array_size(record);

        if (!record)
            return false;
        json_decref(record);
        if (cells != columns)
            return tell(r, line, "a row of %zu cell%s under a header of %zu", cells,
                        cells == 1 ? "" : "s", columns);
        if (csv->count == TABLE_ROWS_MAX)
            return tell(r, line, "more rows than a table may have");
        add_row(csv, start);
    }
    if (!csv->count)
        return tell(r, 1, "a table wants at least one row below its header");
    csv->starts = mem_grow(csv->starts, csv->count, sizeof(*csv->starts));
    return true;
}

static bool header_ok(const json_t *header, struct reader *r)
{
    for (size_t i = 0; i < json_array_size(header); i++) {
        const char *name = json_string_value(json_array_get(header, i));

        for (size_t k = 0; k < i; k++)
            if (strcmp(name, json_string_value(json_array_get(header, k))) == 0)
                return tell(r, 1, "two columns are called \"%s\"", name);
        if (!*name)
            return tell(r, 1, "column %zu has no name", i + 1);
    }
    return true;
}

struct csv *csv_read(struct buf *text, const char *name, struct faults *faults)
{
    CLEANUP(csv_freep) struct csv *csv = mem_zalloc(sizeof(*csv));
    struct reader r = {.line = 1, .name = name, .faults = faults};

    csv->text = *text;
    *text = (struct buf){0};
    r.text = buf_str(&csv->text);
    r.at = str_starts(r.text, STR("\xEF\xBB\xBF")) ? 3 : 0;
    csv->header = read_record(&r);
    if (!csv->header || !header_ok(csv->header, &r) || !find_rows(csv, &r))
        return NULL;
    return STEAL(csv);
}

void csv_freep(struct csv **csv)
{
    csv_free(*csv);
}

void csv_free(struct csv *csv)
{
    if (!csv)
        return;
    buf_release(&csv->text);
    json_decref(csv->header);
    free(csv->starts);
    free(csv);
}

size_t csv_count(const struct csv *csv)
{
    return csv->count;
}

json_t *csv_row(const struct csv *csv, size_t i)
{
    struct reader r = {.text = buf_str(&csv->text)};
    json_t *record, *row;

    if (i >= csv->count)
        return NULL;
    r.at = csv->starts[i];
    record = read_record(&r);
    row = json_object();
    for (size_t k = 0; k < json_array_size(csv->header); k++)
        json_object_set(row, json_string_value(json_array_get(csv->header, k)),
                        json_array_get(record, k));
    json_decref(record);
    return row;
}
