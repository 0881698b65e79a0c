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
            return 0;
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

/* The best branch in full, the others in a line each. */
bool explain_branches(struct eval *e, const struct rule *rule, const struct json_span *v)
{
    struct schema_report *r = e->report;
    struct branch *branches;
    size_t best = 0, best_nearness = 0, base;

    if (!r)
        return false;
    explain_fault(e, rule, v, "%s of %zu schemas to match, none did",
                  rule->kind == RULE_ANY_OF ? "one" : "exactly one", rule->u.many.count);
    base = r->count ? strlen(r->faults[r->count - 1].pointer) : 0;
    branches = arena_array(&r->arena, rule->u.many.count, sizeof(*branches));
    e->level++;
    for (size_t i = 0; i < rule->u.many.count && !e->error; i++) {
        size_t near;

        branches[i] = take_branch(e, rule, i, v);
        near = nearness(branches[i].faults, branches[i].count, base, e->level);
        if (near > best_nearness) {
            best = i;
            best_nearness = near;
        }
    }
    e->level--;
    for (size_t i = 0; i < rule->u.many.count; i++) {
        const size_t n = i == best || e->all_branches ? branches[i].count : branches[i].count > 0;

        for (size_t k = 0; k < n && r->count < r->cap; k++)
            r->faults[r->count++] = branches[i].faults[k];
    }
    return false;
}
