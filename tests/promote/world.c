#include "tests/promote/world.h"

#include <stdio.h>
#include <string.h>

static const char *const keys[WORLD_FUNCTIONS_MAX] = {"a", "b", "c", "d"};

static void point(struct world *w, struct seen_alias *a, const char *version)
{
    a->exists = true;
    snprintf(a->alias.version, sizeof(a->alias.version), "%s", version);
    snprintf(a->alias.revision_id, sizeof(a->alias.revision_id), "r%u", ++w->revision);
    a->alias.weight_count = 0;
}

void world_init(struct world *w, const char *name, size_t count, bool live)
{
    *w = (struct world){.next_version = 2};
    w->environment.name = name;
    w->environment.functions = w->manifest;
    w->environment.function_count = count;
    w->package.shown = "p.zip";
    w->view = (struct environment_view){
        .environment = &w->environment, .functions = w->functions, .count = count};
    for (size_t i = 0; i < count; i++) {
        w->manifest[i].key = w->manifest[i].name = keys[i];
        w->artifacts[i].package = &w->package;
        w->functions[i].function = &w->manifest[i];
        w->functions[i].artifact = &w->artifacts[i];
        w->functions[i].config_same = true;
        seen_none(&w->functions[i].smoke, "Smoke");
        seen_none(&w->functions[i].live, "Live");
        seen_none(&w->functions[i].backup, "Backup");
        if (live)
            point(w, &w->functions[i].live, "1");
    }
    world_package(w, 'a');
}

void world_package(struct world *w, char letter)
{
    for (size_t i = 0; i < w->view.count; i++) {
        snprintf(w->artifacts[i].hash, sizeof(w->artifacts[i].hash), "0000%u%c",
                 (unsigned)i & 0xffff, letter);
        w->functions[i].code_same = false;
    }
}

void world_forget(struct world *w)
{
    w->view.gate_passed = w->view.live_gate_passed = false;
    w->view.steps_passed = 0;
    w->view.held = false;
    for (size_t i = 0; i < w->view.count; i++) {
        w->functions[i].candidate[0] = '\0';
        w->functions[i].deployed = false;
        w->functions[i].verified = w->functions[i].fenced = false;
    }
}

static void write_mark(struct seen_alias *a, const struct mark *from, enum mark_state state,
                       int64_t expires, const char *writer)
{
    struct mark m = *from;

    m.state = state;
    m.expires_s = expires;
    snprintf(m.writer, sizeof(m.writer), "%s", writer);
    a->mark = m;
}

static void claim(struct world *w, struct function_view *f, const char *promotion)
{
    struct mark m = {.state = MARK_CLAIMED};

    if (view_is_mine(f, promotion) && mark_is_open(&f->smoke.mark))
        return;
    snprintf(m.promotion, sizeof(m.promotion), "%s", promotion);
    snprintf(m.hash, sizeof(m.hash), "%s", f->artifact->hash);
    snprintf(m.old_version, sizeof(m.old_version), "%s", f->live.alias.version);
    snprintf(m.before, sizeof(m.before), "%s", f->smoke.alias.version);
    if (!f->smoke.exists)
        point(w, &f->smoke, f->live.exists ? f->live.alias.version : "$LATEST");
    f->smoke.mark = m;
}

static void back_up(struct world *w, struct function_view *f, const char *writer)
{
    struct mark m = f->smoke.mark;

    m.new_version[0] = '\0';
    snprintf(m.before, sizeof(m.before), "%s",
             strcmp(f->backup.mark.promotion, m.promotion) == 0 ? f->backup.mark.before
                                                                : f->backup.alias.version);
    point(w, &f->backup, m.old_version);
    write_mark(&f->backup, &m, MARK_CLAIMED, 0, writer);
}

void world_apply(struct world *w, const struct step *s, const char *promotion, const char *writer,
                 enum mark_state undo_as)
{
    struct function_view *f = s->function == STEP_SET ? NULL : &w->functions[s->function];

    switch (s->kind) {
    case STEP_CLAIM:
        claim(w, f, promotion);
        write_mark(&f->smoke, &f->smoke.mark, f->smoke.mark.state, 1000, writer);
        break;
    case STEP_BACKUP:
        back_up(w, f, writer);
        break;
    case STEP_DEPLOY:
        for (size_t i = 0; i < w->view.count; i++)
            if (package_same_command(w->functions[i].artifact->package, f->artifact->package))
                w->functions[i].deployed = true;
        break;
    case STEP_LAYER:
        snprintf(w->layers[s->layer].arn, LAMBDA_ARN_SIZE, "arn:layer:%zu", s->layer);
        break;
    case STEP_CONFIGURE:
        f->config_same = true;
        break;
    case STEP_UPLOAD:
        f->code_same = true;
        break;
    case STEP_PUBLISH:
        snprintf(f->candidate, sizeof(f->candidate), "%u", w->next_version);
        break;
    case STEP_STAGE:
        claim(w, f, promotion);
        point(w, &f->smoke, f->candidate);
        snprintf(f->smoke.mark.new_version, sizeof(f->smoke.mark.new_version), "%s", f->candidate);
        write_mark(&f->smoke, &f->smoke.mark, MARK_STAGED, 1000, writer);
        f->candidate[0] = '\0';
        break;
    case STEP_GATE:
        w->view.gate_passed = true;
        break;
    case STEP_PASS:
        write_mark(&f->smoke, &f->smoke.mark, MARK_PASSED, 1000, writer);
        view_set_digest(&w->view, f->smoke.mark.set);
        break;
    case STEP_WEIGH:
        point(w, &f->live, f->smoke.mark.old_version);
        f->live.alias.weight_count = 1;
        f->live.alias.weights[0].weight = s->weight;
        snprintf(f->live.alias.weights[0].version, LAMBDA_VERSION_SIZE, "%s",
                 f->smoke.mark.new_version);
        write_mark(&f->live, &f->smoke.mark, MARK_CANARY, 0, writer);
        break;
    case STEP_HOLD:
        w->view.held = true;
        break;
    case STEP_GATE_SHIFT:
        w->view.steps_passed = view_steps_reached(&w->view, promotion) + 1;
        w->view.held = false;
        break;
    case STEP_SHIFT:
        point(w, &f->live, f->smoke.mark.new_version);
        write_mark(&f->live, &f->smoke.mark, MARK_LIVE, 0, writer);
        break;
    case STEP_VERIFY:
        f->verified = true;
        break;
    case STEP_GATE_LIVE:
        w->view.live_gate_passed = true;
        break;
    case STEP_RELEASE:
        write_mark(&f->smoke, &f->smoke.mark, MARK_LIVE, 0, writer);
        break;
    case STEP_TURN:
        write_mark(&f->smoke, &f->smoke.mark, undo_as, 1000, writer);
        break;
    case STEP_FENCE:
        f->fenced = true;
        break;
    case STEP_TAKE_BACK:
        point(w, &f->live, f->smoke.mark.old_version);
        write_mark(&f->live, &f->smoke.mark, undo_as, 0, writer);
        f->fenced = true;
        break;
    case STEP_TAKE_BACKUP:
        point(w, &f->backup, s->to);
        write_mark(&f->backup, &f->backup.mark, undo_as, 0, writer);
        break;
    case STEP_TAKE_SMOKE:
        point(w, &f->smoke, s->to);
        write_mark(&f->smoke, &f->smoke.mark, undo_as, 0, writer);
        break;
    }
}

void world_layer(struct world *w)
{
    w->manifest_layer = (struct manifest_layer){.key = "l", .name = "l", .package = w->package};
    w->layers[0] = (struct layer_view){.layer = &w->manifest_layer, .artifact = &w->layer_artifact};
    w->view.layers = w->layers;
    w->view.layer_count = 1;
    for (size_t i = 0; i < w->view.count; i++)
        w->functions[i].config_same = false;
}

bool world_live_is(const struct world *w, const char *version)
{
    for (size_t i = 0; i < w->view.count; i++)
        if (strcmp(w->functions[i].live.alias.version, version) != 0)
            return false;
    return true;
}
