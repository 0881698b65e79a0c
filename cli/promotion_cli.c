#include "cli/promotion_cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "cli/approval.h"
#include "cli/deploy_command.h"
#include "cli/interrupt.h"
#include "cli/promotion_range.h"
#include "cli/promotion_steps.h"
#include "cli/term.h"

/* ---- what promotions ask of us ---- */

static int client(void *ctx, const struct manifest_environment *environment,
                  struct aws_client **ret, struct err *err)
{
    struct promotion_cli *p = ctx;

    return session_client(p->session, environment, ret, err);
}

static enum promotion_answer approved(void *ctx, const struct promotion_approval *what)
{
    const struct promotion_cli *p = ctx;

    for (size_t i = 0; i < p->approved_count; i++)
        if (strcmp(p->approved[i], what->environment->name) == 0)
            return ANSWER_YES;
    return approval_ask(p->session, what) ? ANSWER_YES_LATER : ANSWER_NO;
}

static void shield(void *ctx, bool on)
{
    (void)ctx;
    interrupt_shield(on);
}

/* Safe text, whole lines. */
static void lines(const struct promotion_cli *p, const struct buf *text)
{
    CLEANUP(buf_release) struct buf out = {0};

    term_safe(&out, buf_str(text));
    if (p->session->cli->json)
        term_err_str(buf_str(&out));
    else
        term_out_str(buf_str(&out));
    fflush(stdout); /* a promotion takes minutes: whoever watches a log wants to see it */
}

static void put(json_t *object, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(object, key, json_string(text));
}

/* What would be called, for scripts. */
static void keep_step(struct promotion_cli *p, const struct promotion_event *e)
{
    const struct step *s = e->step;
    const struct manifest_function *f =
        s->function == STEP_SET ? NULL : &e->environment->functions[s->function];
    json_t *o = json_object();

    put(o, "environment", e->environment->name);
    put(o, "step", step_kind_name(s->kind));
    put(o, "function", f ? f->key : NULL);
    put(o, "name", f ? f->name : NULL);
    put(o, "layer", s->kind == STEP_LAYER ? e->environment->layers[s->layer].name : NULL);
    put(o, "alias", step_alias(s, &p->session->manifest->aliases));
    put(o, "operation", e->operation);
    put(o, "from", s->from);
    put(o, "to", s->to);
    if (s->kind == STEP_WEIGH)
        json_object_set_new(o, "weight", json_real(s->weight));
    if (s->kind == STEP_HOLD)
        json_object_set_new(o, "hold_ms", json_integer(s->hold_ms));
    put(o, "reason", s->reason);
    if (!p->steps)
        p->steps = json_array();
    json_array_append_new(p->steps, o);
}

static void tell_step(struct promotion_cli *p, const struct promotion_event *e, struct buf *out)
{
    struct promotion_steps *s = &p->told;

    s->aliases = &p->session->manifest->aliases;
    s->planned = p->dry_run;
    s->whole = p->session->cli->verbose;
    if (e->step->kind != STEP_TURN) {
        promotion_steps_add(s, e->environment, e->step, e->text, out);
        return;
    }
    promotion_steps_end(s, out); /* all environments are turned before the first goes back */
    buf_printf(out, "   %s: %s\n", e->environment->name, e->text);
}

static void tell(void *ctx, const struct promotion_event *e)
{
    struct promotion_cli *p = ctx;
    CLEANUP(buf_release) struct buf out = {0};
    const char *name = e->environment ? e->environment->name : "all environments";
    const bool quiet = p->session->cli->quiet;

    if (!p->dry_run)
        promotion_report_tell(&p->report, e);
    else if (e->tell == TELL_STEP)
        keep_step(p, e);
    if (e->tell == TELL_DONE || e->tell == TELL_UNREACHED || e->tell == TELL_FINDING)
        return;
    if (e->tell == TELL_STEP && !quiet)
        tell_step(p, e, &out);
    if (e->tell != TELL_STEP)
        promotion_steps_end(&p->told, &out);
    if (e->tell == TELL_NOTE)
        buf_printf(&out, " ! %s: %s\n", name, e->text);
    else if (e->tell == TELL_ENVIRONMENT && !quiet)
        buf_printf(&out, "== %s%s%s%s\n", name, *e->text ? " (" : "", e->text, *e->text ? ")" : "");
    else if (e->tell == TELL_UNDO && !quiet && p->undo_words)
        buf_printf(&out, "== %s: %s\n", name, p->undo_words);
    else if (e->tell == TELL_UNDO && !quiet)
        buf_printf(&out, "== %s: taking back promotion %s\n", name, e->text);
    if (out.len)
        lines(p, &out);
}

int promotion_cli_options(struct promotion_cli *p, struct promotion_options *ret, bool ranged,
                          struct err *err)
{
    for (size_t i = 0; i < p->approved_count; i++)
        if (!manifest_environment(p->session->manifest, p->approved[i], err))
            return err_ctx(err, "--approve");
    p->report.gate = &p->gate;
    *ret = (struct promotion_options){.manifest = p->session->manifest,
                                      .client = client,
                                      .approved = approved,
                                      .tell = tell,
                                      .shield = shield,
                                      .ctx = p,
                                      .gate = gate_cases_gate(&p->gate),
                                      .deployer = deploy_command(p->session),
                                      .clock = &clock_system};
    return promotion_range(p->session, ret, ranged, err);
}

/* ---- the end ---- */

static const char *const end_names[] = {
    [PROMOTION_DONE] = "done",
    [PROMOTION_NOTHING] = "nothing to do",
    [PROMOTION_FAILED] = "failed",
    [PROMOTION_HELD] = "held",
    [PROMOTION_STOPPED] = "stopped",
    [PROMOTION_WAITING] = "inconclusive",
    [PROMOTION_NO_CASES] = "no cases",
    [PROMOTION_BUSY] = "busy",
    [PROMOTION_SUPERSEDED] = "superseded",
    [PROMOTION_DIRTY] = "dirty",
    [PROMOTION_AUDIT] = "audit failed",
    [PROMOTION_APPROVAL] = "waiting for approval",
    [PROMOTION_INTERRUPTED] = "interrupted",
};

const char *promotion_end_name(enum promotion_end end)
{
    return end_names[end];
}

int promotion_exit(const struct promotion_result *result, const struct err *err)
{
    switch (result->end) {
    case PROMOTION_DONE:
    case PROMOTION_NOTHING:
        return err->kind == ERR_NONE ? EXIT_OK : exit_code_of(err->kind);
    case PROMOTION_FAILED:
    case PROMOTION_HELD:
        return EXIT_FAILED;
    case PROMOTION_WAITING:
        return EXIT_INCONCLUSIVE;
    case PROMOTION_NO_CASES:
        return EXIT_NO_CASES;
    case PROMOTION_BUSY:
        return EXIT_BUSY;
    case PROMOTION_SUPERSEDED:
        return EXIT_SUPERSEDED;
    case PROMOTION_DIRTY:
        return EXIT_DIRTY;
    case PROMOTION_AUDIT:
        return EXIT_AUDIT;
    case PROMOTION_APPROVAL:
        return EXIT_APPROVAL;
    case PROMOTION_INTERRUPTED:
        return interrupt_signal() ? 128 + interrupt_signal() : EXIT_SIGINT;
    case PROMOTION_STOPPED:
        break;
    }
    return interrupt_signal() ? 128 + interrupt_signal() : exit_code_of(err->kind);
}

static const char *or_dash(const char *version)
{
    return *version ? version : "-";
}

static void cell(struct buf *out, const char *before, const char *after, bool weighted)
{
    struct buf text = {0};

    if (strcmp(before, after) == 0)
        buf_printf(&text, "%s%s", or_dash(after), weighted ? "+" : "");
    else
        buf_printf(&text, "%s -> %s%s", or_dash(before), or_dash(after), weighted ? "+" : "");
    buf_printf(out, "  %-12s", buf_c(&text));
    buf_release(&text);
}

static void table(const struct promotion_cli *p, const struct promotion_result *r)
{
    const struct manifest_aliases *a = &p->session->manifest->aliases;
    CLEANUP(buf_release) struct buf out = {0};
    int wide[2] = {11, 8};

    for (size_t i = 0; i < r->place_count; i++) {
        const int e = (int)strlen(r->places[i].environment->name);
        const int f = (int)strlen(r->places[i].function->key);

        wide[0] = e > wide[0] ? e : wide[0];
        wide[1] = f > wide[1] ? f : wide[1];
    }
    buf_printf(&out, "%-*s  %-*s  %-12s  %-12s  %s\n", wide[0], "environment", wide[1], "function",
               a->live, a->smoke, a->backup);
    for (size_t i = 0; i < r->place_count; i++) {
        const struct promotion_place *place = &r->places[i];

        buf_printf(&out, "%-*s  %-*s", wide[0], place->environment->name, wide[1],
                   place->function->key);
        cell(&out, place->before.live, place->after.live, place->after.weighted);
        cell(&out, place->before.smoke, place->after.smoke, false);
        cell(&out, place->before.backup, place->after.backup, false);
        while (out.len && out.data[out.len - 1] == ' ')
            out.len--;
        buf_putc(&out, '\n');
    }
    term_out_str(buf_str(&out));
}

static json_t *versions(const struct promotion_versions *v)
{
    return json_pack("{s:s*, s:s*, s:s*}", "live", *v->live ? v->live : NULL, "smoke",
                     *v->smoke ? v->smoke : NULL, "backup", *v->backup ? v->backup : NULL);
}

static void print_json(const struct promotion_cli *p, const struct promotion_result *r,
                       const struct err *err)
{
    json_t *root = json_object(), *places = json_array();
    char *text;

    json_object_set_new(root, "end", json_string(promotion_end_name(r->end)));
    if (r->id[0])
        json_object_set_new(root, "promotion", json_string(r->id));
    if (r->environment)
        json_object_set_new(root, "environment", json_string(r->environment->name));
    if (err->kind != ERR_NONE)
        json_object_set_new(root, "message", json_string(err->text));
    for (size_t i = 0; i < r->place_count; i++)
        json_array_append_new(
            places,
            json_pack("{s:s, s:s, s:s, s:o, s:o, s:s*, s:s*}", "environment",
                      r->places[i].environment->name, "function", r->places[i].function->key,
                      "name", r->places[i].function->name, "before", versions(&r->places[i].before),
                      "after", versions(&r->places[i].after), "trouble", r->places[i].trouble,
                      "repair", r->places[i].repair));
    json_object_set_new(root, "functions", places);
    if (p->dry_run)
        json_object_set_new(root, "steps", p->steps ? json_incref(p->steps) : json_array());
    text = json_dumps(root, JSON_INDENT(2));
    term_out("%s\n", text ? text : "{}");
    free(text);
    json_decref(root);
}

/* For whoever is paged: what is true of each function, and what to type where abort does not do. */
static void print_trouble(const struct promotion_result *r)
{
    CLEANUP(buf_release) struct buf out = {0}, safe = {0};

    for (size_t i = 0; i < r->place_count; i++) {
        const struct promotion_place *p = &r->places[i];

        if (!p->trouble)
            continue;
        buf_printf(&out, "%s%s: %s\n", out.len ? "" : "not restored:\n", p->environment->name,
                   p->trouble);
        if (p->repair)
            buf_printf(&out, "   by hand: %s\n", p->repair);
    }
    term_safe(&safe, buf_str(&out));
    term_err_str(buf_str(&safe));
}

int promotion_cli_end(struct promotion_cli *p, const struct promotion_result *result,
                      const struct err *err)
{
    CLEANUP(buf_release) struct buf owed = {0};

    promotion_steps_end(&p->told, &owed);
    promotion_steps_release(&p->told);
    lines(p, &owed);
    if (p->session->cli->json)
        print_json(p, result, err);
    else if (result->place_count && (!p->session->cli->quiet || result->end == PROMOTION_DIRTY))
        table(p, result);
    print_trouble(result);
    if (result->end == PROMOTION_NOTHING && err->kind == ERR_NONE && !p->report.words.nothing &&
        !p->session->cli->quiet)
        term_err("nothing to do: these packages are on %s already\n",
                 p->session->manifest->aliases.live);
    if (err->kind != ERR_NONE)
        command_fail(err);
    return promotion_exit(result, err);
}

/* ---- with reports ---- */

void promotion_cli_drop(struct promotion_cli *p)
{
    gate_cases_finish(&p->gate, NULL);
}

int promotion_cli_open(struct promotion_cli *p, struct session *session,
                       struct promotion_options *ret, bool ranged, struct err *err)
{
    if (gate_cases_open(&p->gate, session, err) == 0 &&
        promotion_cli_options(p, ret, ranged, err) == 0) {
        p->gate.first = ret->first;
        p->gate.last = ret->last;
        return 0;
    }
    promotion_cli_drop(p);
    return -1;
}

int promotion_cli_close(struct promotion_cli *p, const struct promotion_options *o,
                        struct promotion_result *result, const struct err *err)
{
    struct err late = {0};
    int code;

    if (!p->dry_run)
        promotion_report_end(&p->report, o, result, promotion_end_name(result->end), err);
    if (gate_cases_finish(&p->gate, &late) < 0)
        command_fail(&late); /* what was done is done: the exit code tells about that */
    code = promotion_cli_end(p, result, err);
    promotion_result_release(result);
    json_decref(p->steps);
    p->steps = NULL;
    return code;
}
