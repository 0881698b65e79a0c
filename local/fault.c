#include "local/fault.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "local/fault_rule.h"

struct fault_script {
    pthread_mutex_t lock;
    struct fault_rules rules;
    struct rng rng;
};

struct fault_script *fault_script_new(void)
{
    struct fault_script *s = mem_zalloc(sizeof(*s));

    pthread_mutex_init(&s->lock, NULL);
    return s;
}

void fault_script_free(struct fault_script *s)
{
    if (!s)
        return;
    fault_rules_release(&s->rules);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static void replace(struct fault_script *s, struct fault_rules *rules)
{
    pthread_mutex_lock(&s->lock);
    fault_rules_release(&s->rules);
    s->rules = *rules;
    rng_seed(&s->rng, rules->seed);
    pthread_mutex_unlock(&s->lock);
}

int fault_script_set(struct fault_script *s, struct str text, const char *name, struct err *err)
{
    struct fault_rules rules = {0};

    if (fault_rules_read(&rules, text, name, err) < 0)
        return -1;
    replace(s, &rules);
    return 0;
}

void fault_script_clear(struct fault_script *s)
{
    struct fault_rules none = {0};

    replace(s, &none);
}

json_t *fault_script_show(struct fault_script *s)
{
    json_t *list = json_array();

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->rules.count; i++) {
        const struct fault_rule *r = &s->rules.items[i];

        json_array_append_new(list,
                              json_pack("{sO sI sI}", "rule", r->source, "matched",
                                        (json_int_t)r->matched, "fired", (json_int_t)r->fired));
    }
    pthread_mutex_unlock(&s->lock);
    return json_pack("{so}", "rules", list);
}

/* ---- taking ---- */

static bool operation_matches(const struct fault_rule *r, const char *operation)
{
    const json_t *wanted = r->operation;

    if (!wanted)
        return true;
    if (json_is_string(wanted))
        return fault_name_matches(json_string_value(wanted), operation);
    for (size_t i = 0; i < json_array_size(wanted); i++)
        if (fault_name_matches(json_string_value(json_array_get(wanted, i)), operation))
            return true;
    return false;
}

static bool fires(struct fault_rule *r, struct rng *rng)
{
    r->matched++;
    if (r->matched < r->nth || (r->count > 0 && r->fired >= r->count))
        return false;
    if (r->probability < 1 && rng_unit(rng) >= r->probability)
        return false;
    r->fired++;
    return true;
}

static const char *other(struct arena *arena, const char *text, const char *otherwise)
{
    return text ? arena_dup(arena, text) : otherwise;
}

static void add(struct fault_effects *all, const struct fault_effects *one, struct arena *arena)
{
    all->delay_ms += one->delay_ms;
    if (one->throttle) {
        all->throttle = true;
        all->reason = other(arena, one->reason, "CallerRateLimitExceeded");
    }
    if (one->status) {
        all->status = one->status;
        all->type = other(arena, one->type, "ServiceException");
        all->message = other(arena, one->message, "a fault script asked for this");
    }
    if (one->cut)
        all->cut = one->cut;
    if (one->late_ms)
        all->late_ms = one->late_ms;
    if (one->stale_ms)
        all->stale_ms = one->stale_ms;
    if (one->slow_ms)
        all->slow_ms = one->slow_ms;
    if (one->fail)
        all->fail = arena_dup(arena, one->fail);
}

struct fault_effects fault_take(struct fault_script *s, const char *operation, const char *function,
                                struct arena *arena)
{
    struct fault_effects all = {0};

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->rules.count; i++) {
        struct fault_rule *r = &s->rules.items[i];

        if (operation_matches(r, operation) &&
            (!r->function || (function && fault_name_matches(r->function, function))) &&
            fires(r, &s->rng))
            add(&all, &r->effects, arena);
    }
    pthread_mutex_unlock(&s->lock);
    return all;
}
