#include "json/schema/explain.h"

/*
 * How near a branch came. A wrong type or constant of the value itself rules it out; of a member,
 * speaks against it (it tells the variants apart); else what went far into the instance is near,
 * and of equals what has fewer faults.
 */
static size_t nearness(const struct schema_fault *faults, size_t count, size_t base_length,
                       unsigned level)
{
    size_t deepest = 0, own = 0, tells_apart = 0;

    for (size_t i = 0; i < count; i++) {
        const size_t length = strlen(faults[i].pointer);
        const bool is_kind = strcmp(faults[i].keyword, "type") == 0 ||
                             strcmp(faults[i].keyword, "const") == 0 ||
                             strcmp(faults[i].keyword, "enum") == 0;

        if (faults[i].depth != level)
            continue;
        own++;
        if (length == base_length && is_kind)
            return faults[i].hint ? 1 : 0; /* almost one of an enum's words */
        tells_apart += is_kind && strcmp(faults[i].keyword, "type") != 0;
        if (length - base_length + 1 > deepest)
            deepest = length - base_length + 1;
    }
    if (deepest > 500)
        deepest = 500;
    if (own > 900)
        own = 900;
    return (tells_apart ? 0 : 1000000) + deepest * 1000 + (1000 - own);
}

struct branch {
    struct schema_fault *faults;
    size_t count;
};

static struct branch take_branch(struct eval *e, const struct rule *rule, size_t i,
                                 const struct json_span *v)
{
    struct schema_report *r = e->report;
    const size_t head = r->count;
    struct branch b;
    struct marks own;

    marks_init(&own, eval_children(v));
    eval_in_place(e, rule, rule->u.many.nodes[i], v, &own);
    if (e->touched)
        marks_merge(e->touched, &own);
    marks_release(&own);
    b.count = r->count - head;
    b.faults = arena_array(&r->arena, b.count + 1, sizeof(*b.faults));
    if (b.count)
        memcpy(b.faults, r->faults + head, b.count * sizeof(*b.faults));
    r->count = head;
    return b;
}

/* A branch that is not told in full: its first fault. */
static void add_other(struct buf *out, const struct rule *rule, size_t i, const struct branch *b,
                      const char *base)
{
    const struct schema_fault *f = &b->faults[0];
    const char *where = f->pointer + strlen(base);
    size_t more = 0;

    for (size_t k = 1; k < b->count; k++)
        more += b->faults[k].depth == f->depth;
    buf_printf(out, "%s%s/%zu: %s%sexpected %s", out->len ? "\n" : "",
               keyword_table[rule->keyword].name, i, where, *where ? " " : "", f->expected);
    if (*where) /* else it is what the whole fault shows */
        buf_printf(out, ", actual %s", f->actual);
    if (f->hint)
        buf_printf(out, " (%s)", f->hint);
    if (more)
        buf_printf(out, "; and %zu more", more);
}

/* The branches but the one that is told in full, SIZE_MAX: none is. */
static const char *tell_others(struct arena *arena, const struct rule *rule,
                               const struct branch *branches, size_t best, const char *base)
{
    CLEANUP(buf_release) struct buf out = {0};
    size_t told = 0, more = 0;

    for (size_t i = 0; i < rule->u.many.count; i++) {
        if (i == best || !branches[i].count)
            continue;
        if (told == SCHEMA_OTHERS_MAX) {
            more++;
            continue;
        }
        add_other(&out, rule, i, &branches[i], base);
        told++;
    }
    if (more)
        buf_printf(&out, "\nand %zu more that did not match", more);
    return out.len ? arena_dup_str(arena, buf_str(&out)) : NULL;
}

/* Puts the branch's faults behind those of the report. */
static void put_back(struct schema_report *r, const struct branch *b)
{
    for (size_t k = 0; k < b->count && r->count < r->cap; k++)
        r->faults[r->count++] = b->faults[k];
}

/* Takes all branches; the one that came nearest, or SIZE_MAX: the kind of value is wrong in all. */
static size_t take_branches(struct eval *e, const struct rule *rule, const struct json_span *v,
                            struct branch *branches, size_t base)
{
    size_t best = SIZE_MAX, best_nearness = 0;

    e->level++;
    for (size_t i = 0; i < rule->u.many.count && !e->error && !explain_is_full(e->report); i++) {
        size_t near;

        branches[i] = take_branch(e, rule, i, v);
        near = nearness(branches[i].faults, branches[i].count, base, e->level);
        if (near > best_nearness && branches[i].count) {
            best = i;
            best_nearness = near;
        }
    }
    e->level--;
    return rule->u.many.count == 1 ? 0 : best;
}

/* The best branch in full, the others in a line each. */
bool explain_branches(struct eval *e, const struct rule *rule, const struct json_span *v)
{
    struct schema_report *r = e->report;
    const size_t head = r ? r->count : 0;
    struct schema_fault *fault;
    struct branch *branches;
    size_t best;

    if (!r)
        return false;
    explain_fault(e, rule, v, "%s of %zu schemas to match, none did",
                  rule->kind == RULE_ANY_OF ? "one" : "exactly one", rule->u.many.count);
    if (r->count == head) /* nothing more is told */
        return false;
    branches = arena_array(&r->arena, rule->u.many.count, sizeof(*branches));
    best = take_branches(e, rule, v, branches, strlen(r->faults[head].pointer));
    fault = &r->faults[head];
    if (e->all_branches) {
        for (size_t i = 0; i < rule->u.many.count; i++)
            put_back(r, &branches[i]);
        return false;
    }
    if (best != SIZE_MAX && rule->u.many.count > 1)
        fault->expected = arena_printf(&r->arena, "%s; %s/%zu came nearest", fault->expected,
                                       keyword_table[rule->keyword].name, best);
    fault->others = tell_others(&r->arena, rule, branches, best, fault->pointer);
    if (best != SIZE_MAX)
        put_back(r, &branches[best]);
    return false;
}
