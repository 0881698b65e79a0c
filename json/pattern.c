#define PCRE2_CODE_UNIT_WIDTH 8
#include "json/pattern.h"

#include <stdlib.h>
#include <string.h>

#include <pcre2.h>

#include "base/mem.h"
#include "json/translate.h"

/* Compiling for the JIT costs as much as some hundred matches: only patterns that are used a lot
 * pay. */
enum { JIT_AFTER = 500, JIT_STACK_MIN = 32 << 10, JIT_STACK_MAX = 1 << 20 };

struct pattern {
    pcre2_code *code;
    pcre2_code *counted; /* the same with a callout in front of every item; made on first use */
    struct buf source;   /* as PCRE2 has it, to make that */
    uint32_t options;
    pcre2_match_data *data;
    pcre2_match_context *limits;
    pcre2_jit_stack *jit_stack;
    uint32_t group_count;
    unsigned uses; /* until the JIT is tried */
};

void pattern_free(struct pattern *p)
{
    if (!p)
        return;
    pcre2_match_data_free(p->data);
    pcre2_match_context_free(p->limits);
    pcre2_jit_stack_free(p->jit_stack);
    pcre2_code_free(p->code);
    pcre2_code_free(p->counted);
    buf_release(&p->source);
    free(p);
}

void pattern_freep(struct pattern **p)
{
    pattern_free(*p);
}

static void describe_fault(int code, char *out, size_t size)
{
    if (pcre2_get_error_message(code, (PCRE2_UCHAR *)out, size) < 0)
        memcpy(out, "wrong", 6);
}

static uint32_t options_of(enum pattern_dialect dialect, unsigned flags)
{
    uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;

    if (dialect != PATTERN_PCRE2)
        options |= PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALLOW_EMPTY_CLASS;
    if (flags & PATTERN_FULL)
        options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    return options;
}

/* On failure *ret_fault is PCRE2's code, 0 when the translator has refused it. */
static pcre2_code *compile(struct translation *t, struct str source, enum pattern_dialect dialect,
                           uint32_t options, int *ret_fault, size_t *ret_offset, struct err *err)
{
    pcre2_code *code;
    PCRE2_SIZE at = 0;

    *ret_fault = 0;
    if (translate(t, source, dialect, ret_offset, err) < 0)
        return NULL;
    code = pcre2_compile((PCRE2_SPTR)buf_c(&t->out), t->out.len, options, ret_fault, &at, NULL);
    if (!code) {
        char why[160];

        describe_fault(*ret_fault, why, sizeof(why));
        if (ret_offset)
            *ret_offset = translation_origin(t, at);
        err_set(err, ERR_INPUT, "%s", why);
    }
    return code;
}

int pattern_compile(struct pattern **ret, struct str source, enum pattern_dialect dialect,
                    unsigned flags, size_t *ret_offset, struct err *err)
{
    const uint32_t options = options_of(dialect, flags);
    struct translation t = {0};
    pcre2_code *code;
    struct pattern *p;
    int fault;

    if (ret_offset)
        *ret_offset = 0;
    if (source.len > PATTERN_SOURCE_MAX)
        return err_set(err, ERR_LIMIT, "the pattern is longer than %d bytes", PATTERN_SOURCE_MAX);
    code = compile(&t, source, dialect, options, &fault, ret_offset, err);
    if (code) {
        p = mem_zalloc(sizeof(*p));
        p->code = code;
        p->options = options;
        p->source = t.out;
        t.out = (struct buf){0};
        p->data = pcre2_match_data_create_from_pattern(code, NULL);
        p->limits = pcre2_match_context_create(NULL);
        pcre2_set_match_limit(p->limits, PATTERN_MATCH_LIMIT);
        pcre2_set_heap_limit(p->limits, PATTERN_HEAP_LIMIT_KIB);
        pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &p->group_count);
        p->group_count++;
        *ret = p;
    }
    translation_release(&t);
    return code ? 0 : -1;
}

bool pattern_is_ecma(struct str source)
{
    struct translation t = {0};
    int fault;
    pcre2_code *code;

    if (source.len > PATTERN_SOURCE_MAX)
        return false;
    code = compile(&t, source, PATTERN_ECMA, options_of(PATTERN_ECMA, 0), &fault, NULL, NULL);
    translation_release(&t);
    pcre2_code_free(code);
    return code || fault == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH;
}

/* What a match has done so far, counted by the callouts. */
struct work {
    size_t last; /* where the callout before was */
    int64_t left;
};

/* A step costs more than a byte that is skipped; going back is a step. */
static int count_work(pcre2_callout_block *block, void *data)
{
    struct work *w = data;

    w->left -= 16;
    if (block->current_position > w->last)
        w->left -= (int64_t)(block->current_position - w->last);
    w->last = block->current_position;
    return w->left < 0 ? PCRE2_ERROR_MATCHLIMIT : 0;
}

static int run_counted(struct pattern *p, struct str s, size_t from, int64_t *ret_left)
{
    struct work work = {.left = *ret_left};
    PCRE2_SIZE at;
    int fault, r;

    if (!p->counted)
        p->counted = pcre2_compile((PCRE2_SPTR)buf_c(&p->source), p->source.len,
                                   p->options | PCRE2_AUTO_CALLOUT, &fault, &at, NULL);
    if (!p->counted)
        return PCRE2_ERROR_MATCHLIMIT; /* too large with the callouts: nothing can be promised */
    pcre2_set_match_limit(p->limits, PATTERN_MATCH_LIMIT);
    pcre2_set_callout(p->limits, count_work, &work);
    r = pcre2_match(p->counted, (PCRE2_SPTR)s.data, s.len, from, PCRE2_NO_UTF_CHECK, p->data,
                    p->limits);
    pcre2_set_callout(p->limits, NULL, NULL);
    *ret_left = work.left;
    return r;
}

static void start_jit(struct pattern *p)
{
    if (pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) != 0)
        return; /* no JIT on this machine, or not for this pattern: the interpreter goes on */
    p->jit_stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
    pcre2_jit_stack_assign(p->limits, NULL, p->jit_stack);
}

/*
 * Most texts are short and most patterns need a few steps a byte: they go without the count. The
 * JIT's stack may be too small for what the interpreter's heap can hold: it then has the last word.
 */
static int run_short(struct pattern *p, struct str s, size_t from)
{
    const PCRE2_SPTR subject = (PCRE2_SPTR)s.data;
    int r;

    if (p->uses < JIT_AFTER && ++p->uses == JIT_AFTER)
        start_jit(p);
    pcre2_set_match_limit(p->limits, 8 * (uint32_t)s.len + 200);
    r = pcre2_match(p->code, subject, s.len, from, PCRE2_NO_UTF_CHECK, p->data, p->limits);
    if (r == PCRE2_ERROR_JIT_STACKLIMIT)
        r = pcre2_match(p->code, subject, s.len, from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, p->data,
                        p->limits);
    return r;
}

static int run(struct pattern *p, struct str s, size_t from, int64_t *work)
{
    int r;

    if (*work <= 0)
        return PCRE2_ERROR_MATCHLIMIT;
    if (!s.data)
        s.data = "";
    if (s.len > PATTERN_SHORT) {
        *work -= (int64_t)s.len / 64; /* looking for a character that must be there */
    } else {
        *work -= (int64_t)s.len / 4 + 4;
        r = run_short(p, s, from);
        if (r >= 0 || r == PCRE2_ERROR_NOMATCH)
            return r;
    }
    return run_counted(p, s, from, work);
}

static enum pattern_result result_of(int r)
{
    return r == PCRE2_ERROR_NOMATCH ? PATTERN_NO_MATCH : r < 0 ? PATTERN_GAVE_UP : PATTERN_MATCH;
}

enum pattern_result pattern_match_at(struct pattern *p, struct str subject, size_t from,
                                     struct pattern_span *groups, size_t *group_count)
{
    int64_t work = PATTERN_WORK_LIMIT;
    const enum pattern_result r = result_of(run(p, subject, from, &work));
    const PCRE2_SIZE *v;

    if (r != PATTERN_MATCH)
        return r;
    if (!group_count)
        return PATTERN_MATCH;
    v = pcre2_get_ovector_pointer(p->data);
    if (*group_count > p->group_count)
        *group_count = p->group_count;
    for (size_t i = 0; i < *group_count; i++)
        groups[i] = (struct pattern_span){v[2 * i], v[2 * i + 1], v[2 * i] != PCRE2_UNSET};
    return PATTERN_MATCH;
}

enum pattern_result pattern_match(struct pattern *p, struct str subject)
{
    return pattern_match_at(p, subject, 0, NULL, NULL);
}

enum pattern_result pattern_match_within(struct pattern *p, struct str subject, int64_t *work)
{
    return result_of(run(p, subject, 0, work));
}

size_t pattern_group_count(const struct pattern *p)
{
    return p->group_count;
}

const char *pattern_group_name(const struct pattern *p, size_t group)
{
    uint32_t count = 0, size = 0;
    PCRE2_SPTR table = NULL;

    pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, &table);
    for (uint32_t i = 0; i < count; i++, table += size)
        if ((size_t)(table[0] << 8 | table[1]) == group)
            return (const char *)table + 2;
    return NULL;
}

struct cached {
    struct cached *next;
    struct pattern *pattern;
    char *source;
    size_t len;
    enum pattern_dialect dialect;
    unsigned flags;
};

struct pattern_cache {
    struct cached *rows[256];
};

struct pattern_cache *pattern_cache_new(void)
{
    return mem_zalloc(sizeof(struct pattern_cache));
}

void pattern_cache_free(struct pattern_cache *cache)
{
    for (size_t i = 0; cache && i < ARRAY_LEN(cache->rows); i++)
        while (cache->rows[i]) {
            struct cached *c = cache->rows[i];

            cache->rows[i] = c->next;
            pattern_free(c->pattern);
            free(c->source);
            free(c);
        }
    free(cache);
}

static struct cached **row_of(struct pattern_cache *cache, struct str source)
{
    unsigned hash = 2166136261u;

    for (size_t i = 0; i < source.len; i++)
        hash = (hash ^ (unsigned char)source.data[i]) * 16777619u;
    return &cache->rows[(hash ^ hash >> 16) & 255];
}

struct pattern *pattern_cache_get(struct pattern_cache *cache, struct str source,
                                  enum pattern_dialect dialect, unsigned flags, size_t *ret_offset,
                                  struct err *err)
{
    struct cached **row = row_of(cache, source), *c;
    struct pattern *p;

    for (c = *row; c; c = c->next)
        if (c->dialect == dialect && c->flags == flags &&
            str_eq(source, (struct str){c->source, c->len}))
            return c->pattern;
    if (pattern_compile(&p, source, dialect, flags, ret_offset, err) < 0)
        return NULL;
    c = mem_zalloc(sizeof(*c));
    *c = (struct cached){*row, p, mem_dup_n(source.data, source.len), source.len, dialect, flags};
    *row = c;
    return p;
}
