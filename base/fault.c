#include "base/fault.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

enum { SOURCE_MAX = 400 };

void faults_release(struct faults *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->items[i].file);
        free(f->items[i].source_line);
        free(f->items[i].text);
        free(f->items[i].hint);
    }
    free(f->items);
    *f = (struct faults){0};
}

static char *format(const char *fmt, va_list ap) PRINTF_LIKE(1, 0);
static char *format(const char *fmt, va_list ap)
{
    struct buf b = {0};

    buf_vprintf(&b, fmt, ap);
    return buf_steal(&b);
}

struct fault *faults_add(struct faults *f, const char *file, unsigned line, unsigned column,
                         const char *fmt, ...)
{
    struct fault *fault;
    va_list ap;

    if (f->count == FAULTS_MAX) {
        f->dropped++;
        return NULL;
    }
    if (f->count == f->cap) {
        f->cap = f->cap ? f->cap * 2 : 8;
        f->items = mem_grow(f->items, f->cap, sizeof(*f->items));
    }
    fault = &f->items[f->count++];
    *fault = (struct fault){.file = mem_dup(file), .line = line, .column = column};
    va_start(ap, fmt);
    fault->text = format(fmt, ap);
    va_end(ap);
    return fault;
}

void fault_hint(struct fault *fault, const char *fmt, ...)
{
    va_list ap;

    if (!fault)
        return;
    free(fault->hint);
    va_start(ap, fmt);
    fault->hint = format(fmt, ap);
    va_end(ap);
}

void fault_source(struct fault *fault, struct str line)
{
    if (!fault || line.len > SOURCE_MAX) /* a minified file: the caret would be off the screen */
        return;
    free(fault->source_line);
    fault->source_line = mem_dup_n(line.data, line.len);
}
