#include "local/fault_rule.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "json/reader.h"
#include "json/strict.h"
#include "local/route.h"

enum key {
    KEY_OPERATION,
    KEY_FUNCTION,
    KEY_NTH,
    KEY_COUNT,
    KEY_PROBABILITY,
    KEY_THROTTLE,
    KEY_ERROR,
    KEY_DELAY,
    KEY_CUT,
    KEY_LATE,
    KEY_STALE,
    KEY_SLOW,
    KEY_FAIL,
    KEYS
};

static const struct strict_key rule_keys[KEYS] = {
    [KEY_OPERATION] = {"operation", STRICT_STRING | STRICT_ARRAY, false},
    [KEY_FUNCTION] = {"function", STRICT_STRING, false},
    [KEY_NTH] = {"nth", STRICT_INTEGER, false},
    [KEY_COUNT] = {"count", STRICT_INTEGER, false},
    [KEY_PROBABILITY] = {"probability", STRICT_NUMBER | STRICT_INTEGER, false},
    [KEY_THROTTLE] = {"throttle", STRICT_BOOLEAN | STRICT_STRING, false},
    [KEY_ERROR] = {"error", STRICT_OBJECT, false},
    [KEY_DELAY] = {"delay", STRICT_STRING, false},
    [KEY_CUT] = {"cut", STRICT_STRING, false},
    [KEY_LATE] = {"late", STRICT_STRING, false},
    [KEY_STALE] = {"stale", STRICT_STRING, false},
    [KEY_SLOW] = {"slow", STRICT_STRING, false},
    [KEY_FAIL] = {"fail", STRICT_STRING, false},
};

static void fault_here(struct faults *faults, struct json_ref ref, const char *text)
{
    json_fault(faults, ref.doc, json_ref_start(ref), "%s", text);
}

bool fault_name_matches(const char *pattern, const char *name)
{
    return fnmatch(pattern, name, FNM_NOESCAPE) == 0;
}

static bool is_operation(const char *name)
{
    for (size_t i = 0; route_at(i); i++)
        if (fault_name_matches(name, route_at(i)->name))
            return true;
    return false;
}

static void read_operation(struct fault_rule *r, struct json_ref ref, struct faults *faults)
{
    r->operation = ref.value;
    if (json_is_string(ref.value) && !is_operation(json_string_value(ref.value)))
        fault_here(faults, ref,
                   "there is no such operation; expected a name like UpdateAlias, \"*\" "
                   "standing for a part of one");
    for (size_t i = 0; json_is_array(ref.value) && i < json_array_size(ref.value); i++) {
        const struct json_ref item = json_ref_element(ref, i);

        if (!json_is_string(item.value) || !is_operation(json_string_value(item.value)))
            fault_here(faults, item,
                       "there is no such operation; expected a name like UpdateAlias");
    }
}

/* What can match no function must not look as if nothing went wrong. */
static void read_function(struct fault_rule *r, struct json_ref ref, struct faults *faults)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_*";

    r->function = json_string_value(ref.value);
    if (r->function && (!r->function[0] || r->function[strspn(r->function, letters)]))
        fault_here(faults, ref,
                   "expected a function's name without version or alias, \"*\" standing for a "
                   "part of it");
}

static void read_throttle(struct fault_effects *e, struct json_ref ref, struct faults *faults)
{
    if (json_is_false(ref.value))
        fault_here(faults, ref, "expected true, or the Reason of the 429 as a string");
    e->throttle = ref.value != NULL;
    e->reason = json_string_value(ref.value);
}

static void read_time(int64_t *ret, struct json_ref ref, struct faults *faults)
{
    if (!ref.value)
        return;
    if (!clock_parse_duration(str_c(json_string_value(ref.value)), ret) ||
        *ret > FAULT_DELAY_MAX_MS)
        fault_here(faults, ref, "expected a duration like \"500ms\" or \"3s\", at most 15m");
}

static void read_error(struct fault_effects *e, struct json_ref ref, struct faults *faults)
{
    static const struct strict_key keys[] = {{"status", STRICT_INTEGER, true},
                                             {"type", STRICT_STRING, true},
                                             {"message", STRICT_STRING, false}};
    struct json_ref values[ARRAY_LEN(keys)];

    if (!ref.value || !strict_object(ref, "error", keys, ARRAY_LEN(keys), values, faults))
        return;
    e->status = (int)json_integer_value(values[0].value);
    e->type = json_string_value(values[1].value);
    e->message = json_string_value(values[2].value);
    if (e->status < 400 || e->status > 599)
        fault_here(faults, values[0], "expected a status from 400 to 599");
}

static void read_cut(struct fault_effects *e, struct json_ref ref, struct faults *faults)
{
    const char *when = json_string_value(ref.value);

    if (!when)
        return;
    if (strcmp(when, "before") == 0)
        e->cut = FAULT_CUT_BEFORE;
    else if (strcmp(when, "after") == 0)
        e->cut = FAULT_CUT_AFTER;
    else
        fault_here(faults, ref,
                   "expected \"before\" (nothing is done) or \"after\" (the answer is "
                   "lost)");
}

static void read_how_often(struct fault_rule *r, const struct json_ref *v, struct faults *faults)
{
    r->nth = v[KEY_NTH].value ? json_integer_value(v[KEY_NTH].value) : 1;
    r->count = json_integer_value(v[KEY_COUNT].value);
    r->probability = v[KEY_PROBABILITY].value ? json_number_value(v[KEY_PROBABILITY].value) : 1;
    if (r->nth < 1)
        fault_here(faults, v[KEY_NTH], "expected a number from 1");
    if (r->count < 0)
        fault_here(faults, v[KEY_COUNT], "expected a number from 1, or 0 for no limit");
    if (r->probability < 0 || r->probability > 1)
        fault_here(faults, v[KEY_PROBABILITY], "expected a number from 0 to 1");
}

static void read_rule(struct fault_rule *r, struct json_ref ref, struct faults *faults)
{
    struct json_ref v[KEYS];
    bool effect = false;

    r->source = json_incref(ref.value);
    if (!strict_object(ref, "rule", rule_keys, KEYS, v, faults))
        return;
    if (v[KEY_OPERATION].value)
        read_operation(r, v[KEY_OPERATION], faults);
    read_function(r, v[KEY_FUNCTION], faults);
    read_how_often(r, v, faults);
    for (size_t i = KEY_THROTTLE; i < KEYS; i++)
        effect = effect || v[i].value;
    if (!effect)
        fault_here(faults, ref,
                   "a rule without an effect; expected one of throttle, error, delay, "
                   "cut, late, stale, slow, fail");
    read_throttle(&r->effects, v[KEY_THROTTLE], faults);
    r->effects.fail = json_string_value(v[KEY_FAIL].value);
    read_error(&r->effects, v[KEY_ERROR], faults);
    read_cut(&r->effects, v[KEY_CUT], faults);
    read_time(&r->effects.delay_ms, v[KEY_DELAY], faults);
    read_time(&r->effects.late_ms, v[KEY_LATE], faults);
    read_time(&r->effects.stale_ms, v[KEY_STALE], faults);
    read_time(&r->effects.slow_ms, v[KEY_SLOW], faults);
}

static void read_script(struct fault_rules *rules, struct json_ref root, struct faults *faults)
{
    static const struct strict_key keys[] = {{"seed", STRICT_INTEGER, false},
                                             {"rules", STRICT_ARRAY, true}};
    struct json_ref v[ARRAY_LEN(keys)];

    if (!strict_object(root, "fault script", keys, ARRAY_LEN(keys), v, faults))
        return;
    rules->seed = (uint64_t)json_integer_value(v[0].value);
    rules->items = mem_array(json_array_size(v[1].value) + 1, sizeof(*rules->items));
    rules->count = json_array_size(v[1].value);
    for (size_t i = 0; i < rules->count; i++)
        read_rule(&rules->items[i], json_ref_element(v[1], i), faults);
}

int fault_rules_read(struct fault_rules *ret, struct str text, const char *name, struct err *err)
{
    struct fault_rules rules = {0};
    struct faults faults = {0};
    struct json_doc *doc = NULL;
    int r = 0;

    if (text.len > FAULT_SCRIPT_MAX)
        return err_set(err, ERR_LIMIT, "%s: more than %d bytes", name, FAULT_SCRIPT_MAX);
    if (json_doc_parse(&doc, text, name, JSON_READ_DEFAULT, err) < 0)
        return -1;
    read_script(&rules, json_doc_root(doc), &faults);
    if (faults.count) {
        const struct fault *f = &faults.items[0];

        r = err_set(err, ERR_INPUT, "%s:%u:%u: %s%s%s", name, f->line, f->column, f->text,
                    f->hint ? "; " : "", f->hint ? f->hint : "");
        fault_rules_release(&rules);
    } else {
        *ret = rules;
    }
    faults_release(&faults);
    json_doc_free(doc);
    return r;
}

void fault_rules_release(struct fault_rules *r)
{
    for (size_t i = 0; i < r->count; i++)
        json_decref(r->items[i].source);
    free(r->items);
    *r = (struct fault_rules){0};
}
