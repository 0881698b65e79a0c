#include "json/schema/eval.h"

bool eval_has_member(const struct json_span *v, struct str name)
{
    return v->type == JSON_OBJECT &&
           json_object_getn(v->value, name.len ? name.data : "", name.len) != NULL;
}

/* A member's name as a value: a string that stands where the key does. */
static bool check_name(struct eval *e, const struct rule *r, const struct node *node,
                       const struct json_span *member)
{
    struct json_span name = {
        .start = member->key, .end = member->key + member->name_len + 2, .type = JSON_STRING};
    struct schema_report *const report = e->report;
    struct notes *const notes = e->notes;
    bool good;

    /* with escapes, a value of its own has to stand for it */
    if (member->name != e->doc->text + member->key + 1) {
        name.value = json_stringn_nocheck(member->name, member->name_len);
        name.flags = JSON_SPAN_ESCAPED;
    }
    e->report = NULL;
    e->notes = NULL;
    good = eval_child(e, r, node, &name);
    e->report = report;
    e->notes = notes;
    json_decref(name.value);
    return good || (!e->error && explain_name(e, r, member));
}

/* What no key and no pattern is for. */
static bool check_additional(struct eval *e, const struct rule *r, const struct object_rule *o,
                             const struct json_span *member)
{
    if (o->additional->types == 0)
        return explain_unexpected(e, r, o->additional_at,
                                  o->additional_is_unevaluated ? KEYWORD_UNEVALUATED_PROPERTIES
                                                               : KEYWORD_ADDITIONAL_PROPERTIES,
                                  member);
    return eval_child(e, r, o->additional, member);
}

static bool check_patterns(struct eval *e, const struct rule *r, const struct object_rule *o,
                           const struct json_span *member, bool *ret_known)
{
    bool good = true;

    for (size_t i = 0; i < o->pattern_count; i++) {
        if (!eval_pattern(e, r, o->patterns[i].at, &o->patterns[i].regex, member,
                          (struct str){member->name, member->name_len})) {
            if (e->error)
                return false;
            continue;
        }
        *ret_known = true;
        good = eval_child(e, r, o->patterns[i].node, member) && good;
        if (e->error || (!good && !e->report))
            return false;
    }
    return good;
}

/* Where one pass over the members stands. */
struct cursor {
    uint64_t seen; /* the required names: a bit each, up to 64 */
    size_t next;   /* the key that is likely next: members often come as the schema lists them */
};

static const struct lookup_key *find_key(const struct lookup *l, const struct json_span *member,
                                         struct cursor *c)
{
    const struct str name = {member->name, member->name_len};
    const struct lookup_key *key = &l->keys[c->next];

    if (c->next >= l->count || !lookup_is(key, json_head(name), name))
        key = lookup_find(l, name);
    if (key)
        c->next = (size_t)(key - l->keys) + 1;
    return key;
}

static bool check_member(struct eval *e, const struct rule *r, const struct object_rule *o,
                         const struct json_span *member, struct cursor *c, bool *ret_known)
{
    const struct lookup_key *key = find_key(&o->keys, member, c);
    bool good = true;

    if (key) {
        if (key->required >= 0 && key->required < 64)
            c->seen |= (uint64_t)1 << key->required;
        if (key->node) {
            *ret_known = true;
            good = eval_child(e, r, key->node, member);
        }
    }
    if (o->pattern_count && (good || e->report))
        good = check_patterns(e, r, o, member, ret_known) && good;
    if (!*ret_known && o->additional && (good || e->report)) {
        *ret_known = true;
        good = check_additional(e, r, o, member) && good;
    }
    if (o->names && (good || e->report))
        good = check_name(e, r, o->names, member) && good;
    return good;
}

/* The required names beyond the 64 that bits were kept for. */
static bool has_required(const struct object_rule *o, const struct json_span *v, uint64_t seen)
{
    for (size_t i = 0; i < o->keys.count; i++) {
        const struct lookup_key *k = &o->keys.keys[i];

        if (k->required >= 0 &&
            !(k->required < 64 ? seen >> k->required & 1 : eval_has_member(v, k->name)))
            return false;
    }
    return true;
}

/* In a report they come first: a missing member explains more than one that is too much. */
static bool explain_required(struct eval *e, const struct rule *r, const struct object_rule *o,
                             const struct json_span *v)
{
    bool good = true;

    for (size_t i = 0; i < o->keys.count; i++)
        if (o->keys.keys[i].required >= 0 && !eval_has_member(v, o->keys.keys[i].name))
            good = explain_missing(e, r, o->required_at, KEYWORD_REQUIRED, v, o->keys.keys[i].name);
    return good;
}

/* Over the instance's members, not the schema's: each is looked at once for all keywords. */
static bool check_members(struct eval *e, const struct rule *r, const struct json_span *v,
                          struct marks *m)
{
    const struct object_rule *o = r->u.object;
    const struct json_span *s = e->spans;
    const size_t wanted = o->required_count < 64 ? o->required_count : 64;
    const uint64_t all = wanted == 64 ? UINT64_MAX : ((uint64_t)1 << wanted) - 1;
    struct cursor c = {0};
    size_t n = 0;
    bool good = !e->report || explain_required(e, r, o, v);

    for (uint32_t i = (uint32_t)(v - s) + 1; i < v->next; i = s[i].next) {
        bool known = false;

        if (s[i].flags & JSON_SPAN_REPLACED)
            continue;
        good = check_member(e, r, o, &s[i], &c, &known) && good;
        if (e->error || (!good && !e->report))
            return false;
        if (m && known)
            marks_set(m, n);
        n++;
    }
    if (e->report || (c.seen == all && o->required_count <= 64))
        return good;
    return has_required(o, v, c.seen);
}

static bool check_dependent_required(struct eval *e, const struct rule *r,
                                     const struct json_span *v)
{
    const struct json_doc *doc = r->owner->document->doc;
    bool good = true;

    if (!eval_has_member(v, r->u.dependent.key))
        return true;
    for (uint32_t i = r->at + 1; i < doc->spans[r->at].next; i = doc->spans[i].next) {
        const struct str name = json_span_text(doc, &doc->spans[i]);

        if (eval_has_member(v, name))
            continue;
        good = explain_missing(e, r, r->at, (enum keyword)r->keyword, v, name);
        if (!e->report)
            return false;
    }
    return good;
}

bool eval_object(struct eval *e, const struct rule *r, const struct json_span *v, struct marks *m)
{
    const uint64_t n = json_object_size(v->value);
    const bool least = r->kind == RULE_MIN_PROPERTIES;

    if (n > 4 && !eval_spend(e, r, v, n / 4)) /* a loop over the members */
        return false;
    if (r->kind == RULE_OBJECT)
        return check_members(e, r, v, m);
    if (r->kind == RULE_DEPENDENT_REQUIRED)
        return check_dependent_required(e, r, v);
    if (least ? n >= r->u.number : n <= r->u.number)
        return true;
    return explain_fault(e, r, v, "%s %llu member%s, found %llu", least ? "at least" : "at most",
                         (unsigned long long)r->u.number, r->u.number == 1 ? "" : "s",
                         (unsigned long long)n);
}

/* ---- unevaluated* ---- */

static bool check_rest(struct eval *e, const struct rule *r, const struct json_span *child,
                       size_t n)
{
    if (r->u.items.node->types)
        return eval_child(e, r, r->u.items.node, child);
    if (e->report && e->touched && marks_has(e->touched, n)) { /* its fault has been told */
        e->report->folded++;
        return false;
    }
    return child->name ? explain_unexpected(e, r, r->at, (enum keyword)r->keyword, child)
                       : explain_fault(e, r, child, "no item %zu", n);
}

bool eval_unevaluated(struct eval *e, const struct rule *r, const struct json_span *v,
                      struct marks *m)
{
    const json_type type = r->kind == RULE_UNEVALUATED_ITEMS ? JSON_ARRAY : JSON_OBJECT;
    const struct json_span *s = e->spans;
    size_t n = 0;
    bool good = true;

    if (v->type != type || !m)
        return true;
    for (uint32_t i = (uint32_t)(v - s) + 1; i < v->next; i = s[i].next) {
        if (s[i].flags & JSON_SPAN_REPLACED)
            continue;
        if (!marks_has(m, n))
            good = check_rest(e, r, &s[i], n) && good;
        if (e->error || (!good && !e->report))
            return false;
        n++;
    }
    m->all = true;
    return good;
}
