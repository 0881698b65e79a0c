#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "promote/hint.h"
#include "promote/observe.h"
#include "promote/promotion_private.h"

/* ---- telling ---- */

static void tell(const struct promotion *p, size_t at, struct promotion_event *e, const char *text)
{
    CLEANUP(buf_release) struct buf line = {0};

    if (e->step)
        step_describe(e->step, &p->places[at].view, &p->o->manifest->aliases, &line);
    else
        buf_add_c(&line, text ? text : "");
    e->environment = at < p->count ? p->places[at].environment : NULL;
    e->promotion = p->id;
    e->text = buf_c(&line);
    p->o->tell(p->o->ctx, e);
}

void promotion_tell(const struct promotion *p, enum promotion_tell kind, size_t at,
                    const struct step *step, const char *text)
{
    tell(p, at, &(struct promotion_event){.tell = kind, .step = step}, text);
}

void promotion_tell_planned(const struct promotion *p, size_t at, const struct plan *plan,
                            size_t step)
{
    tell(p, at,
         &(struct promotion_event){.tell = TELL_STEP,
                                   .step = &plan->items[step],
                                   .operation = plan_operation(plan, step, &p->places[at].view)},
         NULL);
}

int promotion_step(const struct promotion *p, size_t at, struct act *act, const struct step *step,
                   struct err *err)
{
    struct promotion_event e = {.tell = TELL_DONE, .step = step};
    struct err why = {0};
    int result;

    promotion_tell(p, TELL_STEP, at, step, NULL);
    act->gate_result = (struct gate_result){0};
    result = act_step(act, &p->places[at].view, step, &why);
    e.err = result < 0 ? &why : NULL;
    e.gate = act->gate_result.summary[0] ? &act->gate_result : NULL;
    tell(p, at, &e, NULL);
    return result < 0 ? err_set(err, why.kind, "%s", why.text) : 0;
}

void promotion_finding(const struct promotion *p, size_t at, const struct audit_finding *finding)
{
    tell(p, at, &(struct promotion_event){.tell = TELL_FINDING, .finding = finding}, finding->text);
}

void promotion_note(const struct promotion *p, size_t at, const char *fmt, ...)
{
    char text[ERR_TEXT_MAX + 200];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    promotion_tell(p, TELL_NOTE, at, NULL, text);
    journal_write(p->journal,
                  &(struct journal_line){.event = "note",
                                         .environment =
                                             at < p->count ? p->places[at].environment->name : NULL,
                                         .detail = text,
                                         .duration_ms = -1});
}

/* ---- opening ---- */

static int identify(struct promotion *p, size_t at, struct err *err)
{
    return artifacts_identify(&p->places[at].artifacts, p->places[at].environment,
                              at ? &p->places[0].artifacts : NULL, err);
}

/* Where the code in S3 is the same, only Lambda can tell: it is asked first (`asked`). */
static int check_same(const struct place *place, const struct place *first, bool asked,
                      struct err *err)
{
    const struct manifest_environment *e = place->environment;

    for (size_t i = 0; i < e->function_count; i++)
        if ((asked || e->functions[i].package.kind != PACKAGE_S3) &&
            strcmp(place->artifacts.functions[i].hash, first->artifacts.functions[i].hash) != 0)
            return err_set(err, ERR_INPUT,
                           "%s: its package or its layers in %s are others than in %s: what was "
                           "tested there would not be what is promoted here",
                           e->functions[i].key, e->name, first->environment->name);
    return 0;
}

/* Below the first environment asked for only the marks matter, and no package is uploaded. */
static bool wants_latest(const struct promotion *p, size_t at)
{
    return p->places[at].artifacts.functions && at >= p->o->first;
}

static void called(void *ctx, const struct aws_called *call)
{
    const struct place *place = ctx;

    journal_call(place->journal, place->environment->name, call);
}

int promotion_meet(struct promotion *p, struct place *place, struct err *err)
{
    if (place->client)
        return 0;
    if (p->o->client(p->o->ctx, place->environment, &place->client, err) < 0)
        return -1;
    place->journal = p->journal;
    aws_client_listen(place->client, called, place);
    aws_client_urgent(place->client, p->urgent);
    return 0;
}

static int observe(const struct promotion *p, size_t at, struct environment_view *ret,
                   struct err *err)
{
    struct place *place = &p->places[at];
    const struct manifest *m = p->o->manifest;

    if (p->hinted)
        return hint_observe(ret, place->client, place->environment, &m->aliases, m->dir, err);
    return observe_environment(ret, place->client, place->environment, &m->aliases,
                               wants_latest(p, at) ? &place->artifacts : NULL, err);
}

int promotion_observe(struct promotion *p, size_t at, struct err *err)
{
    struct place *place = &p->places[at];
    struct environment_view fresh = {0};

    if (promotion_meet(p, place, err) < 0 || observe(p, at, &fresh, err) < 0)
        return -1;
    for (size_t i = 0; place->artifacts.functions && !wants_latest(p, at) && i < fresh.count; i++) {
        fresh.functions[i].artifact = &place->artifacts.functions[i];
        fresh.functions[i].code_same = fresh.functions[i].config_same = true;
    }
    environment_view_release(&place->view);
    place->view = fresh;
    return 0;
}

static int observe_first(struct promotion *p, size_t at, struct err *err)
{
    struct place *place = &p->places[at];

    if (promotion_observe(p, at, err) < 0)
        return -1;
    place->before = mem_array(place->view.count, sizeof(*place->before));
    for (size_t i = 0; i < place->view.count; i++)
        promotion_versions_of(&place->view.functions[i], &place->before[i]);
    return 0;
}

static int learn(struct promotion *p, struct err *err)
{
    for (size_t at = 0; at < p->count; at++) {
        artifacts_learn(&p->places[at].artifacts, p->places[at].environment,
                        &p->places[p->o->first].artifacts);
        if (check_same(&p->places[at], &p->places[0], true, err) < 0)
            return -1;
    }
    return 0;
}

/* The code that a command deployed below: what Live serves there, if that is this release. */
static int ask_below(struct promotion *p, size_t below, size_t i, struct err *err)
{
    struct place *place = &p->places[below];
    struct artifact *a = &place->artifacts.functions[i];
    struct function_info info;

    if (a->package->kind != PACKAGE_COMMAND || a->code_sha256[0] ||
        !view_is_settled_on(&place->view.functions[i], a->hash))
        return 0;
    if (function_get_configuration(place->client, place->environment->functions[i].name,
                                   p->o->manifest->aliases.live, &info, err) < 0)
        return -1;
    snprintf(a->code_sha256, sizeof(a->code_sha256), "%.*s", (int)sizeof(a->code_sha256) - 1,
             info.code_sha256);
    return 0;
}

static int carry(const struct artifact *from, struct artifact *to, const char *key, struct err *err)
{
    if (!from->code_sha256[0])
        return 0;
    if (!to->code_sha256[0])
        memcpy(to->code_sha256, from->code_sha256, sizeof(to->code_sha256));
    if (strcmp(to->code_sha256, from->code_sha256) == 0)
        return 0;
    return err_set(err, ERR_REFUSED,
                   "%s: CodeSha256 %s here, %s in the environment below: what was tested there "
                   "would not be what is promoted here",
                   key, to->code_sha256, from->code_sha256);
}

int promotion_carry(struct promotion *p, size_t at, struct err *err)
{
    const struct manifest_environment *e = p->places[at].environment;
    struct artifacts *below, *here = &p->places[at].artifacts;

    if (at == 0)
        return 0;
    below = &p->places[at - 1].artifacts;
    for (size_t i = 0; i < e->function_count; i++)
        if (ask_below(p, at - 1, i, err) < 0 ||
            carry(&below->functions[i], &here->functions[i], e->functions[i].key, err) < 0)
            return -1;
    for (size_t i = 0; i < e->layer_count; i++)
        if (here->layers[i].package && below->layers[i].package &&
            carry(&below->layers[i], &here->layers[i], e->layers[i].key, err) < 0)
            return -1;
    return 0;
}

int promotion_open(struct promotion *p, const struct promotion_options *o, size_t from,
                   enum promotion_sight sight, struct err *err)
{
    const bool aliases_only = sight != SIGHT_WHOLE;

    *p = (struct promotion){
        .o = o, .count = o->last + 1, .urgent = aliases_only, .hinted = sight == SIGHT_HINTED};
    p->journal = journal_new(o->manifest->dir, o->clock);
    p->places = mem_array(p->count, sizeof(*p->places));
    snprintf(p->writer, sizeof(p->writer), "%08lx", (unsigned long)(rand_u64() & 0xffffffff));
    for (size_t at = 0; at < p->count; at++) {
        p->places[at].environment = &o->manifest->environments[at];
        if (!aliases_only &&
            (identify(p, at, err) < 0 || check_same(&p->places[at], &p->places[0], false, err) < 0))
            return -1;
    }
    if (!aliases_only && promotion_no_twins(p, err) < 0)
        return -1;
    for (size_t at = from; at < p->count; at++)
        if (observe_first(p, at, err) < 0)
            return -1;
    return aliases_only ? 0 : learn(p, err);
}

void promotion_close(struct promotion *p)
{
    for (size_t at = 0; at < p->count; at++) {
        if (p->places[at].client) {
            aws_client_listen(p->places[at].client, NULL, NULL);
            aws_client_urgent(p->places[at].client, false);
        }
        environment_view_release(&p->places[at].view);
        artifacts_release(&p->places[at].artifacts);
        free(p->places[at].before);
    }
    free(p->places);
    journal_free(p->journal);
    *p = (struct promotion){0};
}

/* ---- what acts ---- */

void promotion_name(struct promotion *p, const char *id)
{
    if (id[0])
        snprintf(p->id, sizeof(p->id), "%s", id);
    else
        rand_ulid(p->id, clock_wall(p->o->clock));
    journal_name(p->journal, p->id);
    if (journal_err(p->journal)->kind != ERR_NONE)
        promotion_note(p, p->count, "no journal is kept: %s", journal_err(p->journal)->text);
}

void promotion_act(const struct promotion *p, size_t at, struct act *ret)
{
    *ret = (struct act){.client = p->places[at].client,
                        .environment = p->places[at].environment,
                        .aliases = &p->o->manifest->aliases,
                        .promotion = p->id,
                        .writer = p->writer,
                        .predecessor = p->predecessor,
                        .release = p->o->manifest->release,
                        .lease_ms = p->o->manifest->policy.lease_ms,
                        .undo_as = MARK_UNDO,
                        .journal = p->journal,
                        .gate = &p->o->gate,
                        .watch = &p->places[at].watch,
                        .deployer = &p->o->deployer};
}

struct plan_intent promotion_intent(const struct promotion *p, size_t at)
{
    (void)at;
    return (struct plan_intent){.promotion = p->id,
                                .writer = p->writer,
                                .now_s = clock_wall(p->o->clock) / 1000,
                                .verify_live =
                                    p->o->manifest->policy.verify_live && !p->o->skip_live_gate};
}
