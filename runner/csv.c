#include "runner/csv.h"

#include <string.h>

#include "base/buf.h"
#include "runner/testcase.h"

enum { COLUMNS_MAX = 1000 };

struct csv {
    struct str text;
    size_t at;
    unsigned line;
    const char *name;
    struct faults *faults;
};

/* One cell into `out`. Returns false after adding a fault. */
static bool csv_cell(struct csv *csv, struct buf *out)
{
    const char *p = csv->text.data;

    buf_clear(out);
    if (csv->at >= csv->text.len || p[csv->at] != '"') {
        while (csv->at < csv->text.len && p[csv->at] != ',' && p[csv->at] != '\n' &&
               p[csv->at] != '\r')
            buf_putc(out, p[csv->at++]);
        return true;
    }
    for (csv->at++; csv->at < csv->text.len; csv->at++) {
        if (p[csv->at] == '\n')
            csv->line++;
        if (p[csv->at] != '"') {
            buf_putc(out, p[csv->at]);
        } else if (csv->at + 1 < csv->text.len && p[csv->at + 1] == '"') {
            buf_putc(out, '"');
            csv->at++;
        } else {
            csv->at++;
            return true;
        }
    }
    faults_add(csv->faults, csv->name, csv->line, 0, "a quoted cell without its closing quote");
    return false;
}

/* One record as an array of strings; NULL after a fault. */
static json_t *csv_record(struct csv *csv)
{
    CLEANUP(buf_release) struct buf cell = {0};
    json_t *record = json_array();
    const char *p = csv->text.data;

    for (;;) {
        json_t *text;

        if (!csv_cell(csv, &cell))
            break;
        text = json_stringn(buf_c(&cell), cell.len);
        if (!text || json_array_size(record) >= COLUMNS_MAX) {
            json_decref(text);
            faults_add(csv->faults, csv->name, csv->line, 0, "%s",
                       text ? "more than 1000 columns" : "a cell that is not UTF-8");
            break;
        }
        json_array_append_new(record, text);
        if (csv->at < csv->text.len && p[csv->at] == ',') {
            csv->at++;
            continue;
        }
        if (csv->at < csv->text.len && p[csv->at] == '\r')
            csv->at++;
        if (csv->at >= csv->text.len || p[csv->at] == '\n') {
            csv->at++;
            csv->line++;
            return record;
        }
        faults_add(csv->faults, csv->name, csv->line, 0, "text behind a quoted cell");
        break;
    }
    json_decref(record);
    return NULL;
}

static json_t *row_of(const json_t *header, const json_t *record)
{
    json_t *row = json_object();

    for (size_t i = 0; i < json_array_size(header); i++)
        json_object_set(row, json_string_value(json_array_get(header, i)),
                        json_array_get(record, i));
    return row;
}

static json_t *rows_below(struct csv *csv, const json_t *header)
{
    json_t *rows = json_array();

    while (csv->at < csv->text.len) {
        unsigned line = csv->line;
        json_t *record = csv_record(csv);
        bool fits = record && json_array_size(record) == json_array_size(header);

        if (fits && json_array_size(rows) < TABLE_ROWS_MAX) {
            json_array_append_new(rows, row_of(header, record));
        } else if (record) {
            faults_add(csv->faults, csv->name, line, 0,
                       fits ? "more rows than a table may have"
                            : "a row of %zu cells under a header of %zu",
                       json_array_size(record), json_array_size(header));
            fits = false;
        }
        json_decref(record);
        if (!fits) {
            json_decref(rows);
            return NULL;
        }
    }
    return rows;
}

static bool header_ok(const json_t *header, struct csv *csv)
{
    for (size_t i = 0; i < json_array_size(header); i++) {
        const char *name = json_string_value(json_array_get(header, i));

        for (size_t k = 0; k < i; k++) {
            if (strcmp(name, json_string_value(json_array_get(header, k))) == 0) {
                faults_add(csv->faults, csv->name, 1, 0, "two columns are called \"%s\"", name);
                return false;
            }
        }
        if (!*name) {
            faults_add(csv->faults, csv->name, 1, 0, "column %zu has no name", i + 1);
            return false;
        }
    }
    return true;
}

json_t *csv_rows_parse(struct str text, const char *name, struct faults *faults)
{
    struct csv csv = {.text = text, .line = 1, .name = name, .faults = faults};
    json_t *header, *rows = NULL;

    if (str_starts(text, STR("\xEF\xBB\xBF")))
        csv.at = 3;
    header = csv_record(&csv);
    if (header && header_ok(header, &csv))
        rows = rows_below(&csv, header);
    json_decref(header);
    if (rows && json_array_size(rows) == 0) {
        faults_add(faults, name, 1, 0, "a table wants at least one row below its header");
        json_decref(rows);
        rows = NULL;
    }
    return rows;
}
