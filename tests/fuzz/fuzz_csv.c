/* A table in CSV: what it is taken for is the same whenever a row is asked for. */
#include "runner/csv.h"

#include <assert.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct faults faults = {0};
    struct buf text = {0};
    struct csv *csv;
    json_t *first;

    buf_add(&text, data, size);
    csv = csv_read(&text, "t.csv", &faults);
    assert(!csv == (faults.count > 0));
    first = csv ? csv_row(csv, 0) : NULL;
    for (size_t i = 0; csv && i < csv_count(csv); i++) {
        json_t *row = csv_row(csv, i);

        assert(json_object_size(row) == json_object_size(first));
        json_decref(row);
    }
    json_decref(first);
    csv_free(csv);
    faults_release(&faults);
    return 0;
}
