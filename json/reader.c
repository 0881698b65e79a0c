#include "json/reader.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "json/doc.h"
#include "json/scan.h"

struct reader {
    struct json_doc *doc;
    const char *at, *end;
    unsigned flags;
    unsigned depth;
    struct buf scratch; /* a string with its escapes resolved */
    size_t fault_at;    /* where, when `fault` was written */
    char fault[256];
    bool too_deep;
};

enum { SMALL_TEXT = 8 << 10 };

static json_t *read_value(struct reader *r, uint32_t key, struct str name);

static size_t offset(const struct reader *r, const char *at)
{
    return (size_t)(at - r->doc->text);
}

static void *fail(struct reader *r, const char *at, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void *fail(struct reader *r, const char *at, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(r->fault, sizeof(r->fault), fmt, ap);
    va_end(ap);
    r->fault_at = offset(r, at);
    return NULL;
}

/* "found X, Y was expected" at the reader's place. */
static void *unexpected(struct reader *r, const char *expected)
{
    char found[48];

    scan_describe(found, sizeof(found), r->at, r->end);
    return fail(r, r->at, "found %s, expected %s", found, expected);
}

/* The text ends in NUL: where another byte is looked for, its end need not be. */
static bool next_is(const struct reader *r, char c)
{
    return *r->at == c;
}

static void skip_blanks(struct reader *r)
{
    while (next_is(r, ' ') || next_is(r, '\n') || next_is(r, '\r') || next_is(r, '\t'))
        r->at++;
}

static uint32_t open_span(struct reader *r, uint32_t key, struct str name)
{
    struct json_doc *d = r->doc;

    if (d->span_count == d->span_cap)
        json_doc_add_span_room(d);
    d->spans[d->span_count] = (struct json_span){.start = (uint32_t)offset(r, r->at),
                                                 .key = key,
                                                 .name = name.data,
                                                 .name_len = (uint32_t)name.len};
    return d->span_count++;
}

static void close_span(struct reader *r, uint32_t index, json_t *value)
{
    struct json_span *s = &r->doc->spans[index];

    s->end = (uint32_t)offset(r, r->at);
    s->next = r->doc->span_count;
    s->value = value;
    s->type = (uint8_t)json_typeof(value);
}

/*
 * The string whose opening quote stands at r->at. Points into the text when it has no escapes, else
 * into the scratch buffer: valid until the next string.
 */
static bool read_string(struct reader *r, struct str *ret)
{
    const char *start = ++r->at;
    struct scan_string s = {.at = scan_plain(start), .end = r->end, .out = &r->scratch};

    if (*s.at == '"') { /* as nearly all do */
        r->at = s.at + 1;
        *ret = (struct str){start, (size_t)(s.at - start)};
        return true;
    }
    s.at = start;
    if (!scan_string(&s)) {
        fail(r, s.at, "%s", s.fault);
        return false;
    }
    r->at = s.at + 1;
    *ret = s.escaped ? buf_str(&r->scratch) : (struct str){start, (size_t)(s.at - start)};
    return true;
}

/* Too large or too fine for int64 and double: the nearest finite double, and the spelling beside
 * it. */
static json_t *exact_number(struct reader *r, const char *start, double value)
{
    json_t *number;

    if (isinf(value))
        value = value < 0 ? -DBL_MAX : DBL_MAX;
    number = json_real(value);
    json_doc_add_lexeme(r->doc, number, offset(r, start), (size_t)(r->at - start));
    return number;
}

static json_t *read_number(struct reader *r)
{
    const char *start = r->at;
    struct scan_number n = {.at = start};

    if (!scan_number(&n)) {
        r->at = n.at;
        return unexpected(r, n.fault);
    }
    r->at = n.at;
    if (n.is_integer && n.fits)
        return json_integer(n.integer);
    if (n.is_real_exact)
        return json_real(n.real);
    n.real = strtod(start, NULL); /* stops at what follows the number, as the text ends in NUL */
    if (n.is_integer || n.digits > 15 || isinf(n.real) || (n.real == 0 && n.digits > 0))
        return exact_number(r, start, n.real);
    return json_real(n.real);
}

static json_t *read_word(struct reader *r)
{
    json_t *value = memcmp(r->at, "true", 4) == 0    ? json_true()
                    : memcmp(r->at, "false", 5) == 0 ? json_false()
                    : memcmp(r->at, "null", 4) == 0  ? json_null()
                                                     : NULL;

    if (!value)
        return unexpected(r, "a value");
    r->at += json_is_false(value) ? 5 : 4;
    return value;
}

static json_t *read_array(struct reader *r)
{
    json_t *array = json_array();

    r->at++;
    skip_blanks(r);
    if (next_is(r, ']')) {
        r->at++;
        return array;
    }
    for (;;) {
        json_t *value = read_value(r, 0, (struct str){0});

        if (!value || json_array_append_new(array, value) < 0)
            break;
        skip_blanks(r);
        if (next_is(r, ',')) {
            r->at++;
            skip_blanks(r);
            if (next_is(r, ']')) {
                unexpected(r, "a value: a comma may not stand before ]");
                break;
            }
            continue;
        }
        if (next_is(r, ']')) {
            r->at++;
            return array;
        }
        unexpected(r, "\",\" or \"]\"");
        break;
    }
    json_decref(array);
    return NULL;
}

/* The member of that name which came before, among the children from `first`. */
static uint32_t earlier_member(const struct json_doc *d, uint32_t first, uint32_t self)
{
    const struct json_span *s = &d->spans[self];

    for (uint32_t i = first; i < self; i = d->spans[i].next)
        if (str_eq((struct str){s->name, s->name_len},
                   (struct str){d->spans[i].name, d->spans[i].name_len}))
            return i;
    return self;
}

static bool duplicate_key(struct reader *r, uint32_t first, uint32_t self)
{
    struct json_doc *d = r->doc;
    const struct json_span *s = &d->spans[self];
    struct json_pos pos;

    if (!(r->flags & JSON_READ_DUPLICATES)) {
        pos = json_doc_pos(d, d->spans[earlier_member(d, first, self)].key);
        fail(r, d->text + s->key, "the key \"%.*s\" is there twice, first at %u:%u",
             s->name_len > 60 ? 60 : (int)s->name_len, s->name, pos.line, pos.column);
        return false;
    }
    if (d->duplicate_count == d->duplicate_cap) {
        d->duplicate_cap = d->duplicate_cap ? d->duplicate_cap * 2 : 16;
        d->duplicates = mem_grow(d->duplicates, d->duplicate_cap, sizeof(*d->duplicates));
    }
    d->duplicates[d->duplicate_count++] = (struct json_duplicate){s->key, {s->name, s->name_len}};
    return true;
}

/* The object that is being read. */
struct members {
    json_t *object;
    uint32_t first;  /* the first child */
    uint64_t filter; /* a bit for each key so far: most keys are seen to be new by it */
};

static bool may_be_there(struct members *m, struct str name)
{
    const uint64_t hash = (json_head(name) ^ name.len << 7) * 0x9e3779b97f4a7c15u;
    const uint64_t bit = (uint64_t)1 << (hash >> 58);

    if (m->filter & bit)
        return true;
    m->filter |= bit;
    return false;
}

/* Adds a member; takes the value. A value that is replaced stays alive, so that no later one has
 * its address. */
static bool add_member(struct reader *r, struct members *m, uint32_t self, struct str name,
                       json_t *value)
{
    json_t *old = may_be_there(m, name) ? json_object_getn(m->object, name.data, name.len) : NULL;

    if (old) {
        if (!r->doc->replaced)
            r->doc->replaced = json_array();
        json_array_append(r->doc->replaced, old);
    }
    if (json_object_setn_new_nocheck(m->object, name.data, name.len, value) < 0)
        return fail(r, r->at, "the key cannot be stored") != NULL;
    return !old || duplicate_key(r, m->first, self);
}

static struct str keep_name(struct json_doc *doc, struct str name)
{
    char *copy = arena_alloc(&doc->names, name.len + JSON_TEXT_PADDING);

    memcpy(copy, name.data, name.len);
    return (struct str){copy, name.len};
}

static bool read_member(struct reader *r, struct members *m)
{
    const uint32_t key = (uint32_t)offset(r, r->at);
    struct str name;
    uint32_t self;
    json_t *value;

    if (!next_is(r, '"'))
        return unexpected(r, "a key in double quotes") != NULL;
    if (!read_string(r, &name))
        return false;
    if (r->scratch.data == name.data && name.data) /* the value's strings will use the scratch */
        name = keep_name(r->doc, name);
    skip_blanks(r);
    if (!next_is(r, ':'))
        return unexpected(r, "\":\" after the key") != NULL;
    r->at++;
    skip_blanks(r);
    self = r->doc->span_count;
    value = read_value(r, key, name);
    return value && add_member(r, m, self, name, value);
}

/* Marks the members of an object, and in it those that later ones of the same name replace. */
static void mark_replaced(struct json_doc *d, uint32_t object)
{
    const uint32_t first = object + 1;
    const size_t count = d->span_count - first;
    size_t cap = 16, at;
    uint32_t *slots;

    d->spans[object].flags |= JSON_SPAN_DUPLICATES;
    while (cap < count * 2)
        cap *= 2;
    slots = mem_array(cap, sizeof(*slots));
    for (uint32_t i = first; i < d->span_count; i = d->spans[i].next) {
        const struct str name = keep_name(d, (struct str){d->spans[i].name, d->spans[i].name_len});

        d->spans[i].name = name.data;
        for (at = str_hash(name) & (cap - 1); slots[at]; at = (at + 1) & (cap - 1)) {
            struct json_span *other = &d->spans[slots[at]];

            if (!str_eq(name, (struct str){other->name, other->name_len}))
                continue;
            other->flags |= JSON_SPAN_REPLACED;
            break;
        }
        slots[at] = i;
    }
    free(slots);
}

static json_t *read_object(struct reader *r)
{
    json_t *object = json_object();
    struct members m = {.object = object, .first = r->doc->span_count};
    const size_t duplicates = r->doc->duplicate_count;

    r->at++;
    skip_blanks(r);
    if (next_is(r, '}')) {
        r->at++;
        return object;
    }
    while (read_member(r, &m)) {
        skip_blanks(r);
        if (next_is(r, ',')) {
            r->at++;
            skip_blanks(r);
            continue;
        }
        if (next_is(r, '}')) {
            r->at++;
            if (r->doc->duplicate_count > duplicates)
                mark_replaced(r->doc, m.first - 1);
            return object;
        }
        unexpected(r, "\",\" or \"}\"");
        break;
    }
    json_decref(object);
    return NULL;
}

static json_t *read_container(struct reader *r)
{
    json_t *value;

    if (++r->depth > JSON_DEPTH_MAX) {
        r->too_deep = true;
        return fail(r, r->at, "arrays and objects are nested deeper than %d", JSON_DEPTH_MAX);
    }
    value = *r->at == '{' ? read_object(r) : read_array(r);
    r->depth--;
    return value;
}

static json_t *read_string_value(struct reader *r, uint32_t index)
{
    struct str text;

    if (!read_string(r, &text))
        return NULL;
    if (text.data == r->scratch.data && text.data)
        r->doc->spans[index].flags |= JSON_SPAN_ESCAPED;
    return json_stringn_nocheck(text.data, text.len);
}

static json_t *read_value(struct reader *r, uint32_t key, struct str name)
{
    const uint32_t index = open_span(r, key, name);
    json_t *value;

    switch (*r->at) {
    case '{':
    case '[':
        value = read_container(r);
        break;
    case '"':
        value = read_string_value(r, index);
        break;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        value = read_number(r);
        break;
    default:
        value = read_word(r);
        break;
    }
    if (value)
        close_span(r, index, value);
    return value;
}

static bool read_document(struct reader *r)
{
    if (r->end - r->at >= 3 && memcmp(r->at, "\xef\xbb\xbf", 3) == 0) {
        fail(r, r->at,
             "found a byte order mark, expected a value; save the file as UTF-8 without BOM");
        return false;
    }
    skip_blanks(r);
    r->doc->root = read_value(r, 0, (struct str){0});
    if (!r->doc->root)
        return false;
    skip_blanks(r);
    return r->at == r->end || unexpected(r, "the end of the document") != NULL;
}

/*
 * Room for the values. In a small text one for eight bytes, without looking. In others a comma or a
 * bracket comes with every value, so that their number is nearly that of the values. Growing later
 * costs copies, and large allocations cost malloc's caches.
 */
static uint32_t guess_spans(struct str text)
{
    size_t marks = 1, most = text.len / 8 + 16;

    if (text.len <= SMALL_TEXT)
        return (uint32_t)most;
    for (size_t i = 0; i < text.len; i++)
        marks += (text.data[i] == ',') + (text.data[i] == '[') + (text.data[i] == '{');
    return (uint32_t)(marks < most ? marks : most);
}

/* Parses into a new document. On failure the reader holds the fault and `doc` is for its position.
 */
static bool parse(struct reader *r, struct str text, const char *name, unsigned flags)
{
    bool good;

    *r = (struct reader){.doc = mem_zalloc(sizeof(struct json_doc)), .flags = flags};
    r->doc->name = mem_dup(name);
    if (text.len > JSON_TEXT_MAX) {
        r->doc->text = mem_dup("");
        r->at = r->doc->text;
        fail(r, r->at, "larger than %u bytes", JSON_TEXT_MAX);
        r->too_deep = true;
        return false;
    }
    json_doc_hold(r->doc, text, guess_spans(text));
    r->at = r->doc->text;
    r->end = r->at + text.len;
    good = read_document(r);
    buf_release(&r->scratch);
    return good;
}

int json_doc_parse(struct json_doc **ret_doc, struct str text, const char *name, unsigned flags,
                   struct err *err)
{
    struct reader r;

    if (!parse(&r, text, name, flags)) {
        const struct json_pos pos = json_doc_pos(r.doc, r.fault_at);

        json_doc_free(r.doc);
        return err_set(err, r.too_deep ? ERR_LIMIT : ERR_INPUT, "%s:%u:%u: %s", name, pos.line,
                       pos.column, r.fault);
    }
    *ret_doc = r.doc;
    return 0;
}

int json_doc_load(struct json_doc **ret_doc, const char *path, size_t max_bytes, unsigned flags,
                  struct err *err)
{
    struct buf text = {0};
    int r = file_read(&text, path, max_bytes, err);

    if (r == 0)
        r = json_doc_parse(ret_doc, buf_str(&text), strcmp(path, "-") == 0 ? "<stdin>" : path,
                           flags, err);
    buf_release(&text);
    return r;
}

struct json_doc *json_doc_load_faults(const char *path, size_t max_bytes, struct faults *faults)
{
    struct buf text = {0};
    struct err err = {0};
    struct json_doc *doc = NULL;
    struct reader r;

    if (file_read(&text, path, max_bytes, &err) < 0)
        faults_add(faults, NULL, 0, 0, "%s", err.text);
    else if (parse(&r, buf_str(&text), strcmp(path, "-") == 0 ? "<stdin>" : path, 0))
        doc = r.doc;
    else {
        json_fault(faults, r.doc, json_doc_pos(r.doc, r.fault_at), "%s", r.fault);
        json_doc_free(r.doc);
    }
    buf_release(&text);
    return doc;
}
