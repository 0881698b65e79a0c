#include "base/fault.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

enum { SOURCE_MAX = 400 };

static void fault_release(struct fault *fault)
{
    free(fault->file);
    free(fault->source_line);
    free(fault->text);
    free(fault->hint);
}

void faults_release(struct faults *f)
{
    for (size_t i = 0; i < f->count; i++)
        fault_release(&f->items[i]);
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

static bool comes_before(const struct fault *a, const struct fault *b, const char *file)
{
    bool mine = a->file && strcmp(a->file, file) == 0;
    bool other = b->file && strcmp(b->file, file) == 0;

    if (!mine || !other)
        return mine && !other;
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

static bool says_the_same(const struct fault *a, const struct fault *b)
{
    return a->file && b->file && strcmp(a->file, b->file) == 0 && a->line == b->line &&
           a->column == b->column && strcmp(a->text, b->text) == 0;
}

static void drop_repeated(struct faults *f, size_t first)
{
    size_t kept = first;

    for (size_t i = first; i < f->count; i++) {
        bool said = false;

        for (size_t k = kept; k-- > first && !said;)
            said = says_the_same(&f->items[k], &f->items[i]);
        if (said)
            fault_release(&f->items[i]);
        else
            f->items[kept++] = f->items[i];
    }
    f->count = kept;
}

/* What every case says again must not push out what only one does. */
static bool make_room(struct faults *f)
{
    if (!f->full)
        drop_repeated(f, 0);
    f->full =
        f->full || f->count > FAULTS_MAX - FAULTS_MAX / 10; /* not for a few, again and again */
    return f->count < FAULTS_MAX;
}

struct fault *faults_add(struct faults *f, const char *file, unsigned line, unsigned column,
                         const char *fmt, ...)
{
    struct fault *fault;
    va_list ap;

    if (f->count == FAULTS_MAX && !make_room(f)) {
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

/* By insertion, as they are few and equal ones keep their order. */
void faults_tidy(struct faults *f, size_t first, const char *file)
{
    for (size_t i = first + 1; i < f->count; i++) {
        struct fault moved = f->items[i];
        size_t at = i;

        for (; at > first && comes_before(&moved, &f->items[at - 1], file); at--)
            f->items[at] = f->items[at - 1];
        f->items[at] = moved;
    }
    if (first < f->count)
        drop_repeated(f, first);
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
