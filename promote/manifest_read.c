#include "promote/manifest_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "json/strict.h"

/* The service's own limit is 15 a second; more is for accounts that had it raised. */
#define RATE_DEFAULT 10.0
#define RATE_MAX     1000.0

enum { LEASE_DEFAULT_MS = 15 * 60 * 1000, LEASE_MIN_MS = 30 * 1000, LEASE_MAX_MS = 86400 * 1000 };

static const char *const testcases_default[] = {"testcases/**/*.json"};

/* ---- helpers ---- */

const char *manifest_plain_text(struct manifest_reader *r, struct json_ref at, const char *what)
{
    const char *text = json_string_value(at.value);
    const size_t len = json_string_length(at.value);

    if (!at.value)
        return NULL;
    if (len > 0 && strlen(text) == len)
        return text;
    json_fault(r->faults, at.doc, json_ref_start(at), "%s wants a text, found %s", what,
               len ? "one with a NUL" : "an empty one");
    return NULL;
}

bool manifest_strings_only(struct manifest_reader *r, struct json_ref array, const char *what)
{
    bool whole = true;

    for (struct json_child c = json_child_first(array); c.ref.value; c = json_child_next(c)) {
        if (!json_is_string(c.ref.value)) {
            json_fault(r->faults, array.doc, json_ref_start(c.ref),
                       "%s: expected a string, found %s", what, strict_type_name(c.ref.value));
            whole = false;
        } else if (!manifest_plain_text(r, c.ref, what)) {
            whole = false;
        }
    }
    return whole;
}

bool manifest_choice(struct manifest_reader *r, struct json_ref at, const char *what,
                     const char *const *words, size_t count, size_t *ret_index)
{
    const struct str text = str_c(json_string_value(at.value));
    CLEANUP(buf_release) struct buf all = {0};
    struct fault *fault;
    const char *near;

    for (size_t i = 0; i < count; i++) {
        if (str_eq_c(text, words[i])) {
            *ret_index = i;
            return true;
        }
        buf_printf(&all, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", words[i]);
    }
    fault = json_fault(r->faults, at.doc, json_ref_start(at), "\"%s\" is %s, found \"%.*s\"", what,
                       buf_c(&all), STR_ARG(text));
    near = suggest_nearest(text, words, count);
    if (near)
        fault_hint(fault, "did you mean \"%s\"?", near);
    return false;
}

/* ---- sections ---- */

static const char *read_alias(struct manifest_reader *r, struct json_ref at, const char *otherwise)
{
    const char *name = json_string_value(at.value);

    if (!at.value)
        return otherwise;
    if (manifest_alias_name_ok((struct str){name, json_string_length(at.value)}))
        return name;
    fault_hint(json_fault(r->faults, at.doc, json_ref_start(at),
                          "Lambda takes no alias called \"%s\"", name),
               "letters, digits, '-' and '_', at most 128, and not only digits");
    return otherwise;
}

static void read_aliases(struct manifest_reader *r, struct json_ref at)
{
    static const struct strict_key keys[] = {{"smoke", STRICT_STRING, false},
                                             {"live", STRICT_STRING, false},
                                             {"backup", STRICT_STRING, false}};
    struct manifest_aliases *a = &r->m->aliases;
    struct json_ref got[ARRAY_LEN(keys)] = {{0}};

    if (at.value)
        strict_object(at, "\"aliases\"", keys, ARRAY_LEN(keys), got, r->faults);
    a->smoke = read_alias(r, got[0], "Smoke");
    a->live = read_alias(r, got[1], "Live");
    a->backup = read_alias(r, got[2], "Backup");
    if (at.value && (strcmp(a->smoke, a->live) == 0 || strcmp(a->smoke, a->backup) == 0 ||
                     strcmp(a->live, a->backup) == 0))
        json_fault(r->faults, at.doc, json_ref_start(at),
                   "the three aliases are to be different, found %s, %s, %s", a->smoke, a->live,
                   a->backup);
}

static void read_testcases(struct manifest_reader *r, struct json_ref at)
{
    const char **globs;

    r->m->testcases = testcases_default;
    r->m->testcase_count = ARRAY_LEN(testcases_default);
    if (!at.value || !manifest_strings_only(r, at, "\"testcases\""))
        return;
    globs = arena_array(r->arena, json_array_size(at.value) + 1, sizeof(*globs));
    r->m->testcases = globs;
    r->m->testcase_count = json_array_size(at.value);
    for (size_t i = 0; i < r->m->testcase_count; i++)
        globs[i] = json_string_value(json_array_get(at.value, i));
}

static bool is_absolute_uri(struct str uri)
{
    const size_t colon = str_find(uri, STR(":"), 0);

    if (colon == (size_t)-1 || colon == 0)
        return false;
    for (size_t i = 0; i < colon; i++) {
        const char c = uri.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (i && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))))
            return false;
    }
    return !memchr(uri.data, '\0', uri.len);
}

static void read_schema(struct manifest_reader *r, const struct json_child *c)
{
    struct manifest_schema *s = &r->m->schemas[r->m->schema_count];
    CLEANUP(mem_freep) char *path = NULL;
    const char *text;

    if (!is_absolute_uri(c->key)) {
        fault_hint(json_fault(r->faults, c->ref.doc, json_ref_key(c->ref),
                              "\"%.*s\" is no absolute URI", STR_ARG(c->key)),
                   "a schema is known under a URI such as \"https://example.com/order.json\", a "
                   "folder under one that ends in '/'");
        return;
    }
    if (!json_is_string(c->ref.value)) {
        json_fault(r->faults, c->ref.doc, json_ref_start(c->ref),
                   "a schema's file or folder is a string, found %s",
                   strict_type_name(c->ref.value));
        return;
    }
    text = manifest_plain_text(r, c->ref, "a schema's file or folder");
    if (!text)
        return;
    path = path_join(r->m->dir, text);
    s->uri = arena_dup_str(r->arena, c->key);
    s->path = arena_dup(r->arena, path);
    s->at = c->ref;
    r->m->schema_count++;
}

static void read_schemas(struct manifest_reader *r, struct json_ref at)
{
    r->m->schemas = arena_array(r->arena, json_object_size(at.value) + 1, sizeof(*r->m->schemas));
    for (struct json_child c = json_child_first(at); c.ref.value; c = json_child_next(c))
        read_schema(r, &c);
}

static void read_rate(struct manifest_reader *r, struct json_ref at)
{
    const double rate = json_number_value(at.value);

    if (!at.value)
        return;
    if (rate > 0 && rate <= RATE_MAX)
        r->m->policy.rate = rate;
    else
        json_fault(r->faults, at.doc, json_ref_start(at),
                   "\"rate\" is requests a second, more than 0 and at most %.0f", RATE_MAX);
}

static void read_lease(struct manifest_reader *r, struct json_ref at)
{
    int64_t ms;

    if (!at.value)
        return;
    if (clock_parse_duration(str_c(json_string_value(at.value)), &ms) && ms >= LEASE_MIN_MS &&
        ms <= LEASE_MAX_MS)
        r->m->policy.lease_ms = ms;
    else
        json_fault(r->faults, at.doc, json_ref_start(at),
                   "\"lease\" wants a duration from \"30s\" to \"1d\", found \"%s\"",
                   json_string_value(at.value));
}

static void read_policy(struct manifest_reader *r, struct json_ref at)
{
    enum { ROLLBACK, INCONCLUSIVE, AUDIT, VERIFY_LIVE, RATE, LEASE };
    static const struct strict_key keys[] = {
        {"rollback", STRICT_STRING, false}, {"inconclusive", STRICT_STRING, false},
        {"audit", STRICT_STRING, false},    {"verify_live", STRICT_BOOLEAN, false},
        {"rate", STRICT_NUMBER, false},     {"lease", STRICT_STRING, false},
    };
    static const char *const rollbacks[] = {"all", "current"};
    static const char *const inconclusives[] = {"hold", "restore"};
    static const char *const audits[] = {"warn", "off", "fail"};
    struct manifest_policy *p = &r->m->policy;
    struct json_ref got[ARRAY_LEN(keys)];
    size_t i;

    *p = (struct manifest_policy){
        .verify_live = true, .rate = RATE_DEFAULT, .lease_ms = LEASE_DEFAULT_MS};
    if (!at.value)
        return;
    strict_object(at, "\"policy\"", keys, ARRAY_LEN(keys), got, r->faults);
    if (got[ROLLBACK].value && manifest_choice(r, got[ROLLBACK], "rollback", rollbacks, 2, &i))
        p->rollback = (enum rollback_policy)i;
    if (got[INCONCLUSIVE].value &&
        manifest_choice(r, got[INCONCLUSIVE], "inconclusive", inconclusives, 2, &i))
        p->inconclusive = (enum inconclusive_policy)i;
    if (got[AUDIT].value && manifest_choice(r, got[AUDIT], "audit", audits, 3, &i))
        p->audit = (enum audit_policy)i;
    if (got[VERIFY_LIVE].value)
        p->verify_live = json_is_true(got[VERIFY_LIVE].value);
    read_rate(r, got[RATE]);
    read_lease(r, got[LEASE]);
}

static void read_root(struct manifest_reader *r, struct json_ref root)
{
    enum { FUNCTIONS, LAYERS, ENVIRONMENTS, ALIASES, TESTCASES, SCHEMAS, POLICY, VARIABLES };
    static const struct strict_key keys[] = {
        {"functions", STRICT_OBJECT, true},   {"layers", STRICT_OBJECT, false},
        {"environments", STRICT_ARRAY, true}, {"aliases", STRICT_OBJECT, false},
        {"testcases", STRICT_ARRAY, false},   {"schemas", STRICT_OBJECT, false},
        {"policy", STRICT_OBJECT, false},     {"variables", STRICT_OBJECT, false},
    };
    struct json_ref got[ARRAY_LEN(keys)];

    strict_object(root, "the project file", keys, ARRAY_LEN(keys), got, r->faults);
    r->m->variables = got[VARIABLES];
    read_aliases(r, got[ALIASES]);
    read_testcases(r, got[TESTCASES]);
    read_schemas(r, got[SCHEMAS]);
    read_policy(r, got[POLICY]);
    manifest_read_layers(r, got[LAYERS]); /* functions name them */
    manifest_read_functions(r, got[FUNCTIONS]);
    manifest_read_environments(r, got[ENVIRONMENTS]);
}

/* Shapes are checked before values: put in the order of the file, what is told reads better. */
static int by_position(const void *a, const void *b)
{
    const struct fault *x = a, *y = b;

    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return strcmp(x->text, y->text);
}

struct manifest *manifest_read(struct json_doc *doc, const char *dir,
                               const struct manifest_options *options, struct faults *faults)
{
    CLEANUP(manifest_freep) struct manifest *m = mem_zalloc(sizeof(*m));
    const size_t before = faults->count;
    struct manifest_reader r;

    m->private_ = mem_zalloc(sizeof(*m->private_));
    m->doc = doc;
    m->file = json_doc_name(doc);
    m->dir = arena_dup(&m->private_->arena, dir);
    m->release = arena_dup(&m->private_->arena, options->release);
    r = (struct manifest_reader){
        .m = m, .arena = &m->private_->arena, .options = options, .faults = faults};
    read_root(&r, json_doc_root(doc));
    if (faults->count == before && !faults->dropped)
        return STEAL(m);
    qsort(faults->items + before, faults->count - before, sizeof(*faults->items), by_position);
    return NULL;
}
