#include "runner/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "json/strict.h"
#include "runner/csv.h"

enum {
    TABLE_FILE_MAX = CSV_MAX_BYTES,
    PACK_FROM = 1000, /* rows; fewer are not worth the time */
};

struct table {
    struct csv *csv; /* NULL: rows of JSON */
    json_t *rows;    /* owned; NULL: packed */
    struct buf text; /* of the rows, one behind the other */
    uint32_t *ends;  /* in `text` */
    size_t count;
};

void table_free(struct table *t)
{
    if (!t)
        return;
    csv_free(t->csv);
    json_decref(t->rows);
    buf_release(&t->text);
    free(t->ends);
    free(t);
}

size_t table_count(const struct table *t)
{
    return t->count;
}

json_t *table_row(const struct table *t, size_t i)
{
    struct json_doc *doc = NULL;
    json_t *row = NULL;
    uint32_t start;

    if (i >= t->count)
        return NULL;
    if (t->csv)
        return csv_row(t->csv, i);
    if (t->rows)
        return json_incref(json_array_get(t->rows, i));
    start = i ? t->ends[i - 1] : 0;
    if (json_doc_parse(&doc, (struct str){t->text.data + start, t->ends[i] - start}, "row",
                       JSON_READ_DEFAULT, NULL) == 0)
        row = json_incref(json_doc_root(doc).value);
    json_doc_free(doc);
    return row;
}

/* Takes `rows`. */
static struct table *table_of(json_t *rows)
{
    struct table *t = mem_zalloc(sizeof(*t));

    t->rows = rows;
    t->count = json_array_size(rows);
    return t;
}

static void pack(struct table *t, struct json_ref array)
{
    const char *text = json_doc_text(array.doc).data;
    size_t i = 0;

    t->ends = mem_array(t->count, sizeof(*t->ends));
    for (struct json_child k = json_child_first(array); k.ref.value; k = json_child_next(k)) {
        const size_t start = json_ref_start(k.ref).offset, end = json_ref_end(k.ref).offset;

        buf_add(&t->text, text + start, end - start);
        t->ends[i++] = (uint32_t)t->text.len; /* a part of a text that fits 32 bits */
    }
}

static void unpack(struct table *t)
{
    buf_release(&t->text);
    free(t->ends);
    t->ends = NULL;
}

static bool rows_are_objects(struct json_ref at, struct faults *faults)
{
    bool whole = json_array_size(at.value) > 0;

    if (!whole)
        json_fault(faults, at.doc, json_ref_start(at), "a table wants at least one row");
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k)) {
        if (json_is_object(k.ref.value))
            continue;
        json_fault(faults, at.doc, json_ref_start(k.ref), "a row of a table is an object, found %s",
                   strict_type_name(k.ref.value));
        whole = false;
    }
    return whole;
}

struct table *table_read(struct json_doc *doc, struct json_ref at, struct faults *faults)
{
    struct table *t;

    if (!rows_are_objects(at, faults))
        return NULL;
    t = table_of(json_incref(at.value));
    if (t->count < PACK_FROM)
        return t;
    pack(t, at);
    if (json_doc_drop_elements(doc, at)) {
        json_decref(t->rows);
        t->rows = NULL;
    } else {
        unpack(t);
    }
    return t;
}

static struct table *load_json(const char *path, struct faults *faults)
{
    CLEANUP(json_doc_freep)
    struct json_doc *doc = json_doc_load_faults(path, TABLE_FILE_MAX, faults);
    struct json_ref root;

    if (!doc)
        return NULL;
    root = json_doc_root(doc);
    if (!json_is_array(root.value)) {
        json_fault(faults, doc, json_ref_start(root),
                   "a table file holds an array of rows, found %s", strict_type_name(root.value));
        return NULL;
    }
    return table_read(doc, root, faults);
}

static struct table *load_csv(struct json_ref at, const char *path, struct faults *faults)
{
    CLEANUP(buf_release) struct buf text = {0};
    struct err err = {0};
    struct table *t;
    struct csv *csv;

    if (file_read(&text, path, TABLE_FILE_MAX, &err) < 0) {
        json_fault(faults, at.doc, json_ref_start(at), "%s", err.text);
        return NULL;
    }
    csv = csv_read(&text, path, faults);
    if (!csv)
        return NULL;
    t = mem_zalloc(sizeof(*t));
    t->csv = csv;
    t->count = csv_count(csv);
    return t;
}

struct table *table_load(struct json_ref at, const char *dir, struct faults *faults)
{
    struct str name = {json_string_value(at.value), json_string_length(at.value)};
    CLEANUP(mem_freep) char *path = path_join(dir, json_string_value(at.value));

    if (!file_exists(path)) {
        json_fault(faults, at.doc, json_ref_start(at), "there is no file %s", path);
        return NULL;
    }
    if (str_ends(name, STR(".json")))
        return load_json(path, faults);
    if (str_ends(name, STR(".csv")))
        return load_csv(at, path, faults);
    json_fault(faults, at.doc, json_ref_start(at), "a table file ends in .csv or .json");
    return NULL;
}
