#include "cli/text_fault.h"

#include <string.h>

#include "base/fault.h"
#include "cli/term.h"

int text_fault(const char *name, struct str text, size_t offset, const struct err *err)
{
    struct faults faults = {0};
    unsigned line = 1, column = 1;
    size_t start = 0, end;

    for (size_t i = 0; i < offset && i < text.len; i++) {
        column += ((unsigned char)text.data[i] & 0xc0) != 0x80;
        if (text.data[i] == '\n') {
            line++;
            column = 1;
            start = i + 1;
        }
    }
    end = str_find(text, STR("\n"), start);
    fault_source(faults_add(&faults, name, line, column, "%s", err->text),
                 str_slice(text, start, end == (size_t)-1 ? text.len : end));
    term_faults(&faults);
    faults_release(&faults);
    return EXIT_WRONG_INPUT;
}
