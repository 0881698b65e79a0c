#include "json/schema/simple.h"

#include <string.h>

enum { ATOMS_MAX = 32, UNLIMITED = 0xffff };

/* A set of ASCII characters, from `min` to `max` times. */
struct atom {
    uint64_t set[2];
    uint16_t min, max;
    bool beyond;   /* characters beyond ASCII may be in the set as well */
    uint8_t skips; /* of the first atom of an optional group: the atoms of the group */
};

struct simple {
    uint32_t takes[256]; /* of each byte: a bit for every atom that takes it */
    size_t count;
    bool to_end;
    struct atom atoms[ATOMS_MAX];
};

struct parser {
    struct str rest;
    struct simple s;
};

static void add_range(struct atom *a, unsigned first, unsigned last)
{
    for (unsigned c = first; c <= last; c++)
        a->set[c >> 6] |= (uint64_t)1 << (c & 63);
}

static bool next_is(const struct parser *p, char c)
{
    return p->rest.len && p->rest.data[0] == c;
}

static char take(struct parser *p)
{
    const char c = p->rest.data[0];

    p->rest = str_slice(p->rest, 1, p->rest.len);
    return c;
}

/* \d, \w, \s (in ASCII) or an escaped punctuation; *ret_single is the latter, else 0. */
static bool take_escape(struct parser *p, struct atom *a, unsigned char *ret_single)
{
    char c;

    *ret_single = 0;
    if (!p->rest.len)
        return false;
    c = take(p);
    if (c == 'd') {
        add_range(a, '0', '9');
    } else if (c == 'w') {
        add_range(a, '0', '9');
        add_range(a, 'A', 'Z');
        add_range(a, 'a', 'z');
        add_range(a, '_', '_');
    } else if (c == 's') {
        add_range(a, '\t', '\r');
        add_range(a, ' ', ' ');
        a->beyond = true;
    } else if (c > ' ' && c < 0x7f && strchr("^$\\.*+?()[]{}|/-", c)) {
        *ret_single = (unsigned char)c;
        add_range(a, *ret_single, *ret_single);
    } else {
        return false;
    }
    return true;
}

static bool take_class_member(struct parser *p, struct atom *a)
{
    unsigned char first = (unsigned char)take(p), last;

    if (first == '\\') {
        if (!take_escape(p, a, &first))
            return false;
    } else if (first >= 0x80 || first == '[') {
        return false;
    } else {
        add_range(a, first, first);
    }
    if (!next_is(p, '-') || p->rest.len < 2 || p->rest.data[1] == ']')
        return true;
    take(p);
    last = (unsigned char)take(p);
    if (!first || last == '\\' || last == '[' || last >= 0x80 || last < first)
        return false;
    add_range(a, first, last);
    return true;
}

static bool take_class(struct parser *p, struct atom *a)
{
    const bool negated = next_is(p, '^');

    if (negated)
        take(p);
    while (p->rest.len && !next_is(p, ']'))
        if (!take_class_member(p, a))
            return false;
    if (!p->rest.len)
        return false;
    take(p);
    if (negated) {
        a->set[0] = ~a->set[0];
        a->set[1] = ~a->set[1];
        a->beyond = true;
    }
    return true;
}

static bool take_number(struct parser *p, uint16_t *ret)
{
    unsigned v = 0;
    bool any = false;

    while (p->rest.len && p->rest.data[0] >= '0' && p->rest.data[0] <= '9' && v < 5000) {
        v = v * 10 + (unsigned)(take(p) - '0');
        any = true;
    }
    *ret = (uint16_t)v;
    return any && v < 5000;
}

static bool take_count(struct parser *p, struct atom *a)
{
    a->min = a->max = 1;
    if (next_is(p, '*') || next_is(p, '+') || next_is(p, '?')) {
        const char c = take(p);

        a->min = c == '+';
        a->max = c == '?' ? 1 : UNLIMITED;
    } else if (next_is(p, '{')) {
        take(p);
        if (!take_number(p, &a->min))
            return false;
        a->max = a->min;
        if (next_is(p, ',')) {
            take(p);
            if (next_is(p, '}'))
                a->max = UNLIMITED;
            else if (!take_number(p, &a->max) || a->max < a->min)
                return false;
        }
        if (!next_is(p, '}'))
            return false;
        take(p);
    }
    return !next_is(p, '?') && !next_is(p, '+') && !next_is(p, '*') && !next_is(p, '{');
}

static bool take_atom(struct parser *p)
{
    struct atom *a = &p->s.atoms[p->s.count];
    unsigned char c, single;

    if (p->s.count == ATOMS_MAX)
        return false;
    c = (unsigned char)take(p);
    if (c == '[' ? !take_class(p, a) : c == '\\' ? !take_escape(p, a, &single) : false)
        return false;
    if (c != '[' && c != '\\') {
        if (c >= 0x80 || strchr("^$.*+?()|{}]", c))
            return false;
        add_range(a, c, c);
    }
    p->s.count++;
    return take_count(p, a);
}

/* "(?:" a row of atoms ")?" */
static bool take_group(struct parser *p)
{
    const size_t first = p->s.count;

    p->rest = str_slice(p->rest, 3, p->rest.len);
    while (p->rest.len && !next_is(p, ')'))
        if (next_is(p, '(') || !take_atom(p))
            return false;
    if (!str_starts(p->rest, STR(")?")) || p->s.count == first)
        return false;
    p->rest = str_slice(p->rest, 2, p->rest.len);
    p->s.atoms[first].skips = (uint8_t)(p->s.count - first);
    return !next_is(p, '?') && !next_is(p, '+');
}

static bool overlap(const struct atom *a, const struct atom *b)
{
    return (a->set[0] & b->set[0]) || (a->set[1] & b->set[1]) || (a->beyond && b->beyond);
}

/*
 * May anything that can come next begin with what `a` takes? Looks on while what comes next need
 * not be there.
 */
static bool is_in_doubt(const struct simple *s, const struct atom *a, size_t next)
{
    while (next < s->count) {
        const struct atom *b = &s->atoms[next];

        if (overlap(a, b))
            return true;
        if (b->min > 0 && !b->skips)
            return false;
        if (b->skips && b->min > 0)
            next += b->skips;
        else
            next++;
    }
    return false;
}

/* Where each atom ends must follow from the next character alone. */
static bool is_certain(const struct simple *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct atom *a = &s->atoms[i];

        /* without an end, leaving a group out would do as well */
        if (a->skips && (!s->to_end || a->min == 0 || is_in_doubt(s, a, i + a->skips)))
            return false;
        if (a->min != a->max && is_in_doubt(s, a, i + 1))
            return false;
    }
    return true;
}

static void set_takes(struct simple *s)
{
    for (size_t i = 0; i < s->count; i++)
        for (unsigned c = 0; c < 128; c++)
            if (s->atoms[i].set[c >> 6] >> (c & 63) & 1)
                s->takes[c] |= 1u << i;
}

const struct simple *simple_compile(struct arena *arena, struct str source)
{
    struct parser p = {.rest = source};
    struct simple *kept;

    if (!next_is(&p, '^'))
        return NULL;
    take(&p);
    while (p.rest.len && !str_eq_c(p.rest, "$"))
        if (str_starts(p.rest, STR("(?:")) ? !take_group(&p) : !take_atom(&p))
            return NULL;
    p.s.to_end = p.rest.len > 0;
    if (!is_certain(&p.s))
        return NULL;
    kept = arena_alloc(arena, sizeof(*kept));
    *kept = p.s;
    set_takes(kept);
    return kept;
}

/* Does the atom take all of the `n` bytes? */
static inline bool takes_all(const struct simple *s, size_t atom, const unsigned char *at, size_t n)
{
    uint32_t taken = (uint32_t)1 << atom;

    for (size_t i = 0; i < n && taken; i++)
        taken &= s->takes[at[i]];
    return taken;
}

static inline size_t count_taken(const struct simple *s, size_t atom, const unsigned char *at,
                                 size_t most)
{
    size_t n = 0;

    while (n < most && s->takes[at[n]] >> atom & 1)
        n++;
    return n;
}

enum simple_result simple_match(const struct simple *s, struct str subject)
{
    const unsigned char *at = (const unsigned char *)subject.data, *end = at + subject.len;

    for (size_t i = 0; i < s->count; i++) {
        const struct atom *a = &s->atoms[i];
        const size_t left = (size_t)(end - at), most = left < a->max ? left : a->max;
        size_t n;

        if (a->min == a->max && left >= a->min && takes_all(s, i, at, a->min)) {
            at += a->min;
            continue;
        }
        n = count_taken(s, i, at, most);
        if (n < most && at[n] >= 0x80 && a->beyond)
            return SIMPLE_ASK;
        if (n == 0 && a->skips) {
            i += a->skips - 1u;
            continue;
        }
        if (n < a->min)
            return SIMPLE_NO_MATCH;
        at += n;
    }
    return s->to_end && at < end ? SIMPLE_NO_MATCH : SIMPLE_MATCH;
}
