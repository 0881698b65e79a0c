#include "promote/manifest_private.h"

#include "base/clock.h"
#include "json/strict.h"

/* ---- steps ---- */

static void read_step(struct manifest_reader *r, struct json_ref at, struct manifest_environment *e)
{
    static const struct strict_key step_keys[] = {{"weight", STRICT_NUMBER, true},
                                                  {"hold", STRICT_STRING, false}};
    struct json_ref got[ARRAY_LEN(step_keys)];
    struct shift_step *step = &e->steps[e->step_count];
    const double before = e->step_count ? step[-1].weight : 0;
    const struct json_ref *weight = &got[0], *hold = &got[1];

    if (!strict_object(at, "a step", step_keys, ARRAY_LEN(step_keys), got, r->faults))
        return;
    step->weight = json_number_value(weight->value);
    if (!(step->weight > 0 && step->weight < 1)) {
        json_fault(r->faults, at.doc, json_ref_start(*weight),
                   "\"weight\" is the new version's share, between 0 and 1 and neither of them");
        return;
    }
    if (step->weight <= before)
        json_fault(r->faults, at.doc, json_ref_start(*weight),
                   "weights rise from step to step: %g comes after %g", step->weight, before);
    if (hold->value && !clock_parse_duration(str_c(json_string_value(hold->value)), &step->hold_ms))
        json_fault(r->faults, at.doc, json_ref_start(*hold),
                   "\"hold\" wants a duration such as \"5m\", found \"%s\"",
                   json_string_value(hold->value));
    e->step_count++;
}

static void read_steps(struct manifest_reader *r, struct json_ref steps,
                       struct manifest_environment *e)
{
    if (json_array_size(steps.value) > MANIFEST_STEPS_MAX) {
        json_fault(r->faults, steps.doc, json_ref_start(steps), "at most %d steps, found %zu",
                   MANIFEST_STEPS_MAX, json_array_size(steps.value));
        return;
    }
    e->steps = arena_array(r->arena, json_array_size(steps.value) + 1, sizeof(*e->steps));
    for (struct json_child c = json_child_first(steps); c.ref.value; c = json_child_next(c))
        read_step(r, c.ref, e);
}

/* ---- alarms ---- */

static void read_names(struct manifest_reader *r, struct json_ref at,
                       const struct manifest_environment *e, struct manifest_alarms *ret)
{
    struct expander x = {.arena = r->arena,
                         .options = r->options,
                         .faults = r->faults,
                         .environment = e->name,
                         .own = e->variables,
                         .project = r->m->variables};
    const size_t count = json_array_size(at.value);
    const char **names = arena_array(r->arena, count + 1, sizeof(*names));

    if (count == 0 || count > MANIFEST_ALARMS_MAX) {
        json_fault(r->faults, at.doc, json_ref_start(at),
                   "\"names\" wants 1 to %d alarms, found %zu", MANIFEST_ALARMS_MAX, count);
        return;
    }
    for (struct json_child c = json_child_first(at); c.ref.value; c = json_child_next(c))
        names[c.at] = expand_text(&x, c.ref);
    ret->names = names;
    ret->count = count;
}

static void read_alarms(struct manifest_reader *r, struct json_ref at,
                        const struct manifest_environment *e, struct manifest_alarms *ret)
{
    enum { NAMES, FIRING, NO_DATA };
    static const struct strict_key alarm_keys[] = {{"names", STRICT_ARRAY, true},
                                                   {"firing", STRICT_STRING, false},
                                                   {"no_data", STRICT_STRING, false}};
    static const char *const firings[] = {"refuse", "ignore"};
    static const char *const no_datas[] = {"pass", "fail"};
    struct json_ref got[ARRAY_LEN(alarm_keys)];
    size_t i;

    if (!at.value ||
        !strict_object(at, "\"alarms\"", alarm_keys, ARRAY_LEN(alarm_keys), got, r->faults))
        return;
    if (manifest_strings_only(r, got[NAMES], "\"names\""))
        read_names(r, got[NAMES], e, ret);
    if (got[FIRING].value && manifest_choice(r, got[FIRING], "firing", firings, 2, &i))
        ret->firing = (enum firing_policy)i;
    if (got[NO_DATA].value && manifest_choice(r, got[NO_DATA], "no_data", no_datas, 2, &i))
        ret->no_data = (enum no_data_policy)i;
}

/* ---- both ---- */

void manifest_read_shift(struct manifest_reader *r, struct json_ref at,
                         struct manifest_environment *e)
{
    enum { STEPS, ALARMS };
    static const struct strict_key shift_keys[] = {{"steps", STRICT_ARRAY, true},
                                                   {"alarms", STRICT_OBJECT, false}};
    struct json_ref got[ARRAY_LEN(shift_keys)];

    if (!at.value ||
        !strict_object(at, "\"shift\"", shift_keys, ARRAY_LEN(shift_keys), got, r->faults))
        return;
    read_steps(r, got[STEPS], e);
    read_alarms(r, got[ALARMS], e, &e->alarms);
}
