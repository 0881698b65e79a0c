#include "json/schema/eval.h"

#include "json/equal.h"

static bool check_count(struct eval *e, const struct rule *r, const struct json_span *v, bool least)
{
    const uint64_t n = eval_children(v);

    if (least ? n >= r->u.number : n <= r->u.number)
        return true;
    return explain_fault(e, r, v, "%s %llu item%s, found %llu", least ? "at least" : "at most",
                         (unsigned long long)r->u.number, r->u.number == 1 ? "" : "s",
                         (unsigned long long)n);
}

static bool check_prefix(struct eval *e, const struct rule *r, const struct json_span *v,
                         struct marks *m)
{
    const struct json_span *s = e->spans;
    const uint32_t self = (uint32_t)(v - s);
    size_t n = 0;
    bool good = true;

    for (uint32_t i = self + 1; i < v->next && n < r->u.many.count; i = s[i].next, n++) {
        if (m)
            marks_set(m, n);
        good = eval_child(e, r, r->u.many.nodes[n], &s[i]) && good;
        if (e->error || (!good && !e->report))
            return false;
    }
    return good;
}

static bool check_items(struct eval *e, const struct rule *r, const struct json_span *v,
                        struct marks *m)
{
    const struct json_span *s = e->spans;
    uint64_t skip = r->u.items.number;
    bool good = true;

    if (m)
        m->all = true;
    for (uint32_t i = (uint32_t)(v - s) + 1; i < v->next; i = s[i].next) {
        if (skip) {
            skip--;
            continue;
        }
        good = eval_child(e, r, r->u.items.node, &s[i]) && good;
        if (e->error || (!good && !e->report))
            return false;
    }
    return good;
}

/* In 2019-09 `contains` evaluates nothing for unevaluatedItems, from 2020-12 what matches. */
static bool check_contains(struct eval *e, const struct rule *r, const struct json_span *v,
                           struct marks *m)
{
    const struct json_span *s = e->spans;
    const bool marks = m && r->owner->resource->dialect->draft >= SCHEMA_DRAFT_2020_12;
    const uint64_t least = r->u.items.number, most = r->u.items.most;
    struct schema_report *const report = e->report;
    uint64_t found = 0;
    size_t n = 0;

    e->report = NULL;
    for (uint32_t i = (uint32_t)(v - s) + 1; i < v->next && !e->error; i = s[i].next, n++) {
        if (!eval_child(e, r, r->u.items.node, &s[i]))
            continue;
        found++;
        if (marks)
            marks_set(m, n);
        else if (found >= least && most == UINT64_MAX && !e->notes)
            break;
    }
    e->report = report;
    if (e->error || (found >= least && found <= most))
        return !e->error;
    return explain_fault(
        e, r, v, "%s %llu item%s that match%s \"contains\", found %llu",
        found < least ? "at least" : "at most", (unsigned long long)(found < least ? least : most),
        (found < least ? least : most) == 1 ? "" : "s",
        (found < least ? least : most) == 1 ? "es" : "", (unsigned long long)found);
}

static bool is_equal(const struct eval *e, const struct json_span *a, const struct json_span *b,
                     uint64_t *work)
{
    struct str x, y;

    if (a->type != JSON_STRING || b->type != JSON_STRING)
        return json_equal_counted(e->doc, a->value, e->doc, b->value, work);
    x = json_span_text(e->doc, a);
    y = json_span_text(e->doc, b);
    return x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
}

static bool explain_equal(struct eval *e, const struct rule *r, const struct json_span *v,
                          uint32_t a, uint32_t b)
{
    size_t first = 0, second = 0, n = 0;

    for (uint32_t i = (uint32_t)(v - e->spans) + 1; i < v->next; i = e->spans[i].next, n++) {
        first = i == a ? n : first;
        second = i == b ? n : second;
    }
    return explain_fault(e, r, v, "unique items, but %zu and %zu are equal", first, second);
}

struct hashed {
    uint64_t hash;
    uint32_t index; /* 0: free */
};

static bool check_unique_many(struct eval *e, const struct rule *r, const struct json_span *v)
{
    const bool exactly = json_hash_is_exact(e->doc);
    struct hashed *table;
    size_t cap = 64, at;
    uint64_t work = v->next - (uint32_t)(v - e->spans);
    uint32_t same = 0, i = (uint32_t)(v - e->spans) + 1;

    while (cap < eval_children(v) * 2)
        cap *= 2;
    table = mem_array(cap, sizeof(*table));
    for (; i < v->next && !same; i = e->spans[i].next) {
        const uint64_t h = json_hash(e->doc, e->spans[i].value, exactly);

        for (at = (h ^ h >> 32) & (cap - 1); table[at].index && !same; at = (at + 1) & (cap - 1))
            if (table[at].hash == h && is_equal(e, &e->spans[table[at].index], &e->spans[i], &work))
                same = table[at].index;
        if (same)
            break;
        table[at] = (struct hashed){h, i};
    }
    free(table);
    return eval_spend(e, r, v, work) && (!same || explain_equal(e, r, v, same, i));
}

enum { UNIQUE_FEW = 16 };

bool eval_unique(struct eval *e, const struct rule *r, const struct json_span *v)
{
    const uint32_t first = (uint32_t)(v - e->spans) + 1;
    uint64_t work = 0;

    if (json_array_size(v->value) > UNIQUE_FEW)
        return check_unique_many(e, r, v);
    for (uint32_t i = first; i < v->next; i = e->spans[i].next)
        for (uint32_t k = first; k < i; k = e->spans[k].next)
            if (is_equal(e, &e->spans[i], &e->spans[k], &work))
                return explain_equal(e, r, v, k, i);
    return eval_spend(e, r, v, work / 4);
}

bool eval_array(struct eval *e, const struct rule *r, const struct json_span *v, struct marks *m)
{
    const size_t n = json_array_size(v->value);

    if (n > 4 && !eval_spend(e, r, v, n / 4)) /* a loop over the elements */
        return false;
    switch (r->kind) {
    case RULE_MIN_ITEMS:
        return check_count(e, r, v, true);
    case RULE_MAX_ITEMS:
        return check_count(e, r, v, false);
    case RULE_PREFIX_ITEMS:
        return check_prefix(e, r, v, m);
    case RULE_ITEMS:
        return check_items(e, r, v, m);
    case RULE_CONTAINS:
        return check_contains(e, r, v, m);
    default:
        return eval_unique(e, r, v);
    }
}
