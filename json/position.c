#include "json/doc.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/scan.h"

/*
 * The block of the last document that was freed, for the next one: answers are read one after the
 * other, and a large malloc() sweeps up the small blocks that the values of the next tree would
 * have taken from its caches (a third of the time it takes to read one).
 */
enum { SPARE_MAX = 256 << 10 };

struct spare {
    void *block;
    size_t size;
    bool is_known; /* to the end of the thread */
};

static _Thread_local struct spare spare;
static pthread_key_t at_thread_end;
static pthread_once_t at_thread_end_once = PTHREAD_ONCE_INIT;

static void release_spare(void *ctx)
{
    free(((struct spare *)ctx)->block);
}

static void make_key(void)
{
    pthread_key_create(&at_thread_end, release_spare);
}

static void keep_spare(void *block, size_t size)
{
    free(spare.block);
    spare.block = block;
    spare.size = size;
    if (spare.is_known)
        return;
    pthread_once(&at_thread_end_once, make_key);
    spare.is_known = pthread_setspecific(at_thread_end, &spare) == 0;
}

void json_doc_hold(struct json_doc *doc, struct str text, uint32_t spans)
{
    const size_t align = _Alignof(struct json_span);
    const size_t head = (text.len + JSON_TEXT_PADDING + align - 1) / align * align;
    const size_t size = head + (size_t)spans * sizeof(struct json_span);

    if (spare.block && spare.size >= size) {
        doc->block = spare.block;
        doc->block_size = spare.size;
        spare.block = NULL;
    } else {
        doc->block = mem_alloc(size);
        doc->block_size = size;
    }
    doc->text = doc->block;
    doc->len = text.len;
    memset(doc->text + text.len, 0, JSON_TEXT_PADDING);
    if (text.len)
        memcpy(doc->text, text.data, text.len);
    doc->spans = (struct json_span *)(void *)(doc->text + head);
    doc->span_cap = spans;
}

static bool spans_are_in_block(const struct json_doc *doc)
{
    const char *at = (const char *)doc->spans, *block = doc->block;

    return at >= block && at < block + doc->block_size;
}

void json_doc_add_span_room(struct json_doc *doc)
{
    const uint32_t cap = doc->span_cap * 2;
    struct json_span *bigger;

    if (spans_are_in_block(doc)) {
        bigger = mem_grow(NULL, cap, sizeof(*bigger));
        memcpy(bigger, doc->spans, doc->span_count * sizeof(*bigger));
        doc->spans = bigger;
    } else {
        doc->spans = mem_grow(doc->spans, cap, sizeof(*bigger));
    }
    doc->span_cap = cap;
}

static void release_block(struct json_doc *doc)
{
    if (!spans_are_in_block(doc))
        free(doc->spans);
    if (doc->block_size > SPARE_MAX || (spare.block && spare.size >= doc->block_size)) {
        free(doc->block);
        return;
    }
    keep_spare(doc->block, doc->block_size);
}

static size_t lexeme_slot(const struct json_doc *doc, const json_t *number)
{
    size_t slot = ((uintptr_t)number >> 4) * 0x9e3779b97f4a7c15u >> 20;

    for (slot &= doc->lexeme_cap - 1; doc->lexemes[slot].number;
         slot = (slot + 1) & (doc->lexeme_cap - 1))
        if (doc->lexemes[slot].number == number)
            break;
    return slot;
}

void json_doc_add_lexeme(struct json_doc *doc, const json_t *number, size_t start, size_t len)
{
    if (doc->lexeme_count * 2 >= doc->lexeme_cap) {
        struct json_lexeme *old = doc->lexemes;
        const size_t old_cap = doc->lexeme_cap;

        doc->lexeme_cap = old_cap ? old_cap * 2 : 8;
        doc->lexemes = mem_array(doc->lexeme_cap, sizeof(*old));
        for (size_t i = 0; i < old_cap; i++)
            if (old[i].number)
                doc->lexemes[lexeme_slot(doc, old[i].number)] = old[i];
        free(old);
    }
    doc->lexemes[lexeme_slot(doc, number)] =
        (struct json_lexeme){number, (uint32_t)start, (uint32_t)len};
    doc->lexeme_count++;
}

struct str json_doc_lexeme(const struct json_doc *doc, const json_t *number)
{
    const struct json_lexeme *l;

    if (!doc || !doc->lexeme_count)
        return (struct str){0};
    l = &doc->lexemes[lexeme_slot(doc, number)];
    return l->number ? (struct str){doc->text + l->start, l->len} : (struct str){0};
}

bool json_doc_drop_elements(struct json_doc *doc, struct json_ref array)
{
    if (doc->lexeme_count || doc->replaced)
        return false;
    for (uint32_t i = array.index + 1; i < doc->spans[array.index].next; i++)
        doc->spans[i].value = NULL; /* ends every walk over the children */
    json_array_clear(array.value);
    return true;
}

void json_doc_free(struct json_doc *doc)
{
    if (!doc)
        return;
    json_decref(doc->root);
    json_decref(doc->replaced);
    arena_release(&doc->names);
    free(doc->duplicates);
    free(doc->lexemes);
    free(doc->line_starts);
    free(doc->code_points);
    release_block(doc);
    free(doc->name);
    free(doc);
}

void json_doc_freep(struct json_doc **doc)
{
    json_doc_free(*doc);
}

const char *json_doc_name(const struct json_doc *doc)
{
    return doc->name;
}

struct str json_doc_text(const struct json_doc *doc)
{
    return (struct str){doc->text, doc->len};
}

struct json_ref json_doc_root(const struct json_doc *doc)
{
    return (struct json_ref){doc, doc->root, 0};
}

size_t json_doc_duplicate_count(const struct json_doc *doc)
{
    return doc->duplicate_count;
}

struct json_pos json_doc_duplicate(const struct json_doc *doc, size_t i, struct str *ret_key)
{
    if (ret_key)
        *ret_key = doc->duplicates[i].name;
    return json_doc_pos(doc, doc->duplicates[i].key);
}

static bool starts_code_point(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

static void find_lines(struct json_doc *doc)
{
    uint32_t cap = 64;

    doc->line_starts = mem_array(cap, sizeof(*doc->line_starts));
    doc->line_count = 1;
    for (size_t i = 0; i < doc->len; i++) {
        if (doc->text[i] != '\n')
            continue;
        if (doc->line_count == cap) {
            cap *= 2;
            doc->line_starts = mem_grow(doc->line_starts, cap, sizeof(*doc->line_starts));
        }
        doc->line_starts[doc->line_count++] = (uint32_t)i + 1;
    }
}

/* A file of one long line must not be counted through from its start for every position in it. */
static void count_code_points(struct json_doc *doc)
{
    uint32_t count = 0;

    doc->code_points = mem_array(doc->len / JSON_POS_STRIDE + 1, sizeof(*doc->code_points));
    for (size_t i = 0; i <= doc->len; i++) { /* the NUL at the end may begin a stride */
        if (i % JSON_POS_STRIDE == 0)
            doc->code_points[i / JSON_POS_STRIDE] = count;
        count += starts_code_point(doc->text[i]);
    }
}

/* Positions are asked for when something is wrong: their tables are made then, once. */
static void make_tables(struct json_doc *doc)
{
    find_lines(doc);
    count_code_points(doc);
}

static uint32_t code_points_before(const struct json_doc *doc, size_t offset)
{
    const size_t at = offset < doc->len ? offset / JSON_POS_STRIDE : doc->len / JSON_POS_STRIDE;
    uint32_t count = doc->code_points[at];

    for (size_t i = at * JSON_POS_STRIDE; i < offset && i < doc->len; i++)
        count += starts_code_point(doc->text[i]);
    return count;
}

static uint32_t line_of(const struct json_doc *doc, size_t at)
{
    uint32_t low = 0, high = doc->line_count;

    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;

        if (doc->line_starts[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

struct json_pos json_doc_pos(const struct json_doc *doc, size_t offset)
{
    struct json_pos pos = {.offset = offset};
    uint32_t line;

    if (!doc->line_starts) {
        struct json_doc *own;

        memcpy(&own, &doc, sizeof(own)); /* a cache: the document itself does not change */
        make_tables(own);
    }
    line = line_of(doc, offset);
    pos.line = line + 1;
    pos.column =
        1 + code_points_before(doc, offset) - code_points_before(doc, doc->line_starts[line]);
    return pos;
}

struct fault *json_fault(struct faults *faults, const struct json_doc *doc, struct json_pos pos,
                         const char *fmt, ...)
{
    struct buf text = {0};
    struct fault *fault;
    const char *start, *end;
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    fault = faults_add(faults, doc->name, pos.line, pos.column, "%s", buf_c(&text));
    buf_release(&text);
    json_doc_pos(doc, pos.offset); /* makes the table */
    start = doc->text + doc->line_starts[pos.line - 1];
    end = memchr(start, '\n', (size_t)(doc->text + doc->len - start));
    end = end ? end : doc->text + doc->len;
    fault_source(fault,
                 (struct str){start, (size_t)(end - start) - (end > start && end[-1] == '\r')});
    return fault;
}

struct json_pos json_ref_start(struct json_ref ref)
{
    return json_doc_pos(ref.doc, ref.doc->spans[ref.index].start);
}

struct json_pos json_ref_end(struct json_ref ref)
{
    return json_doc_pos(ref.doc, ref.doc->spans[ref.index].end);
}

struct json_pos json_ref_key(struct json_ref member)
{
    const struct json_span *s = &member.doc->spans[member.index];

    return json_doc_pos(member.doc, s->key ? s->key : s->start);
}

/* The byte `at` of the content of the string whose opening quote stands at `open`. */
static struct json_pos inside(const struct json_doc *d, uint32_t open, size_t at)
{
    const char *p = d->text + open + 1, *end = d->text + d->len;
    size_t content = 0;

    while (*p != '"' && content < at) {
        size_t gives = 1, takes = 1;

        if (*p == '\\')
            takes = scan_escape_length(p, end, &gives);
        if (content + gives > at)
            break;
        content += gives;
        p += takes;
    }
    return json_doc_pos(d, (size_t)(p - d->text));
}

struct json_pos json_ref_inside(struct json_ref string, size_t at)
{
    return inside(string.doc, string.doc->spans[string.index].start, at);
}

struct json_pos json_ref_key_inside(struct json_ref member, size_t at)
{
    return inside(member.doc, member.doc->spans[member.index].key, at);
}
