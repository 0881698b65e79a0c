/* Plans: what they hold, that they are carried out as they were made, and that any prefix is safe.
 */
#include "tests/test.h"

#include <stdio.h>

#include "tests/promote/world.h"

static const struct plan_intent first = {.promotion = "P1", .writer = "w1", .now_s = 100};
static const struct plan_intent again = {.promotion = "P1", .writer = "w2", .now_s = 200};

/* "claim:a backup:a ... gate ..." */
static void words(const struct plan *p, const struct world *w, struct buf *out)
{
    for (size_t i = 0; i < p->count; i++) {
        buf_printf(out, "%s%s", i ? " " : "", step_kind_name(p->items[i].kind));
        if (p->items[i].function != STEP_SET)
            buf_printf(out, ":%s", w->functions[p->items[i].function].function->key);
    }
}

static void assert_plan(const struct plan *p, const struct world *w, const char *want)
{
    CLEANUP(buf_release) struct buf got = {0};

    words(p, w, &got);
    assert_string_equal(buf_c(&got), want);
}

static int forward(struct plan *p, const struct world *w, const struct plan_intent *intent)
{
    struct err err = {0};

    if (plan_forward(p, &w->view, intent, &err) < 0)
        fail_msg("%s", err.text);
    return 0;
}

/* Invariants I1 and I2 after every single step, of one function of the set that `first` leads. */
static void check_invariants(const struct function_view *f, const struct function_view *leader)
{
    const struct mark *live = &f->live.mark;
    const enum mark_state verdict = leader->smoke.mark.state;

    if (live->state != MARK_LIVE || strcmp(live->promotion, f->smoke.mark.promotion) != 0 ||
        strcmp(live->promotion, leader->smoke.mark.promotion) != 0)
        return; /* of an earlier one */
    assert_string_equal(f->live.alias.version, live->new_version);
    assert_true(verdict == MARK_PASSED || verdict == MARK_LIVE ||
                mark_is_undoing(&leader->smoke.mark));
    if (live->old_version[0] && mark_is_open(&f->smoke.mark) && !mark_is_undoing(&f->smoke.mark)) {
        assert_true(f->backup.exists);
        assert_string_equal(f->backup.alias.version, live->old_version);
        assert_string_equal(f->backup.mark.promotion, live->promotion);
    }
}

static void apply(struct world *w, const struct step *s, const struct plan_intent *intent,
                  enum mark_state undo_as)
{
    world_apply(w, s, intent->promotion, intent->writer, undo_as);
    for (size_t i = 0; i < w->view.count; i++)
        check_invariants(&w->functions[i], &w->functions[0]);
}

/* Carries out at most `most` steps, planning anew after each phase. Returns how many. */
static size_t go(struct world *w, const struct plan_intent *intent, size_t most)
{
    size_t done = 0;

    for (unsigned phase = 0; phase < 100 && done < most; phase++) {
        struct plan p = {0};
        size_t n;

        forward(&p, w, intent);
        n = plan_phase(&p);
        for (size_t i = 0; i < n && done < most; i++, done++)
            apply(w, &p.items[i], intent, MARK_UNDO);
        plan_release(&p);
        if (n == 0)
            break;
    }
    return done;
}

static size_t go_back(struct world *w, const struct plan_intent *intent, size_t most)
{
    size_t done = 0;

    for (unsigned phase = 0; phase < 100 && done < most; phase++) {
        struct plan p = {0};
        size_t n;

        plan_undo(&p, &w->view, intent);
        n = plan_phase(&p);
        for (size_t i = 0; i < n && done < most; i++, done++)
            apply(w, &p.items[i], intent, MARK_UNDO);
        plan_release(&p);
        if (n == 0)
            break;
    }
    return done;
}

static void a_promotion_of_two_functions_in_full(void **state)
{
    struct world w;
    struct plan p = {0};

    (void)state;
    world_init(&w, "dev", 2, true);
    forward(&p, &w, &first);
    assert_plan(
        &p, &w,
        "claim:a upload:a upload:b publish:a publish:b stage:b stage:a backup:a backup:b gate "
        "pass:a shift:a shift:b verify:a verify:b release:a release:b");
    plan_release(&p);
}

static void the_first_promotion_has_nothing_to_back_up(void **state)
{
    struct world w;
    struct plan p = {0};

    (void)state;
    world_init(&w, "dev", 1, false);
    w.functions[0].code_same = true;
    forward(&p, &w, &first);
    assert_plan(&p, &w, "claim:a publish:a stage:a gate pass:a shift:a verify:a release:a");
    plan_release(&p);
}

static void what_differs_is_configured_and_live_is_tested_too(void **state)
{
    struct plan_intent intent = first;
    struct world w;
    struct plan p = {0};

    (void)state;
    intent.verify_live = true;
    world_init(&w, "dev", 1, true);
    w.functions[0].config_same = false;
    forward(&p, &w, &intent);
    assert_plan(&p, &w,
                "claim:a configure:a upload:a publish:a stage:a backup:a gate pass:a shift:a "
                "verify:a gate-live release:a");
    plan_release(&p);
}

static void layers_are_published_before_the_configuration_that_names_them(void **state)
{
    CLEANUP(buf_release) struct buf text = {0};
    static const struct manifest_aliases aliases = {"Smoke", "Live", "Backup"};
    struct world w;
    struct plan p = {0};

    (void)state;
    world_init(&w, "dev", 2, true);
    world_layer(&w);
    forward(&p, &w, &first);
    assert_plan(
        &p, &w,
        "claim:a layer configure:a configure:b upload:a upload:b publish:a publish:b stage:b "
        "stage:a backup:a backup:b gate pass:a shift:a shift:b verify:a verify:b release:a "
        "release:b");
    step_describe(&p.items[1], &w.view, &aliases, &text);
    assert_string_equal(buf_c(&text),
                        "l: publish a version of the layer (no version of it here holds p.zip)");
    plan_release(&p);
    assert_int_equal(go(&w, &first, 3), 3); /* with the layer, and one function that names it */
    world_forget(&w);
    forward(&p, &w, &again);
    assert_plan(
        &p, &w,
        "claim:a configure:b upload:a upload:b publish:a publish:b stage:b stage:a backup:a "
        "backup:b gate pass:a shift:a shift:b verify:a verify:b release:a release:b");
    plan_release(&p);
}

static void a_command_is_run_once_for_those_who_share_it(void **state)
{
    static const char *const same[] = {"./deploy", "dev", NULL};
    static const char *const other[] = {"./deploy", NULL};
    const struct package packages[] = {
        {.kind = PACKAGE_COMMAND, .shown = "./deploy", .argv = same},
        {.kind = PACKAGE_COMMAND, .shown = "./deploy", .argv = other},
        {.kind = PACKAGE_COMMAND, .shown = "./deploy", .argv = same},
    };
    struct world w;
    struct plan p = {0};

    (void)state;
    world_init(&w, "dev", 3, true);
    for (size_t i = 0; i < 3; i++) {
        w.artifacts[i].package = &packages[i];
        w.functions[i].code_same = true;
    }
    forward(&p, &w, &first);
    assert_plan(&p, &w,
                "claim:a deploy:a deploy:b publish:a publish:b publish:c stage:b stage:c stage:a "
                "backup:a backup:b backup:c gate pass:a shift:a shift:b shift:c verify:a verify:b "
                "verify:c release:a release:b release:c");
    plan_release(&p);
    assert_int_equal(go(&w, &first, 4), 4); /* whoever goes on cannot know that it ran */
    world_forget(&w);
    forward(&p, &w, &again);
    assert_int_equal(p.items[1].kind, STEP_DEPLOY);
    plan_release(&p);
    assert_int_equal(go(&w, &again, SIZE_MAX), 23);
    world_forget(&w);
    forward(&p, &w, &again);
    assert_int_equal(p.count, 0);
    plan_release(&p);
}

static void weighted_steps_are_gated_one_by_one(void **state)
{
    struct shift_step steps[] = {{0.1, 1000}, {0.5, 2000}};
    struct world w;
    struct plan p = {0};

    (void)state;
    world_init(&w, "dev", 1, true);
    w.environment.steps = steps;
    w.environment.step_count = 2;
    forward(&p, &w, &first);
    assert_plan(&p, &w,
                "claim:a upload:a publish:a stage:a backup:a gate pass:a weigh:a hold gate-shift "
                "weigh:a hold gate-shift shift:a verify:a release:a");
    assert_true(p.items[7].weight > 0.09 && p.items[7].weight < 0.11);
    assert_int_equal(p.items[11].hold_ms, 2000);
    plan_release(&p);
}

static void a_weight_that_was_reached_is_not_taken_back_by_whoever_goes_on(void **state)
{
    struct shift_step steps[] = {{0.1, 1000}, {0.5, 2000}};

    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        struct world w;
        struct plan p = {0};

        world_init(&w, "dev", 2, true);
        w.environment.steps = steps;
        w.environment.step_count = 2;
        /* Cut after a's second weight, or after a is wholly on the new version. */
        go(&w, &first, whole ? 20 : 16);
        world_forget(&w);
        forward(&p, &w, &again);
        assert_plan(&p, &w,
                    whole ? "claim:a claim:b shift:b verify:a verify:b release:a release:b"
                          : "claim:a claim:b weigh:b hold gate-shift shift:a shift:b verify:a "
                            "verify:b release:a release:b");
        plan_release(&p);
    }
}

static void what_is_carried_out_is_what_was_planned(void **state)
{
    struct shift_step steps[] = {{0.1, 1000}};

    (void)state;
    for (unsigned variant = 0; variant < 4; variant++) {
        struct plan_intent intent = first;
        struct world w;
        struct plan whole = {0};
        size_t at = 0;

        world_init(&w, "dev", 3, variant & 1);
        intent.verify_live = variant & 2;
        if (variant == 3) {
            w.environment.steps = steps;
            w.environment.step_count = 1;
        }
        forward(&whole, &w, &intent);
        for (;;) {
            struct plan p = {0};
            size_t n;

            forward(&p, &w, &intent);
            n = plan_phase(&p);
            for (size_t i = 0; i < n; i++, at++) {
                assert_true(at < whole.count);
                assert_int_equal(p.items[i].kind, whole.items[at].kind);
                assert_int_equal(p.items[i].function, whole.items[at].function);
                apply(&w, &p.items[i], &intent, MARK_UNDO);
            }
            plan_release(&p);
            if (n == 0)
                break;
        }
        assert_int_equal(at, whole.count);
        plan_release(&whole);
        assert_true(world_live_is(&w, "2"));
    }
}

static void killed_anywhere_another_process_finishes(void **state)
{
    (void)state;
    for (unsigned variant = 0; variant < 2; variant++)
        for (size_t cut = 0; cut < 30; cut++) {
            struct world w;

            world_init(&w, "dev", 3, variant);
            go(&w, &first, cut);
            world_forget(&w);
            go(&w, &again, 1000);
            assert_true(world_live_is(&w, "2"));
            for (size_t i = 0; i < 3; i++)
                assert_true(view_is_complete(&w.functions[i]));
        }
}

static void killed_anywhere_and_taken_back_it_is_as_before(void **state)
{
    struct plan_intent undo = again;

    (void)state;
    undo.unsure = true;
    for (size_t cut = 0; cut < 30; cut++)
        for (size_t second = 0; second < 20; second++) {
            struct world w;

            world_init(&w, "dev", 3, true);
            go(&w, &first, cut);
            world_forget(&w);
            go_back(&w, &undo, second); /* the one that takes it back is killed, too */
            world_forget(&w);
            go_back(&w, &undo, 1000);
            assert_true(world_live_is(&w, "1"));
            for (size_t i = 0; i < 3; i++)
                assert_false(mark_is_open(&w.functions[i].smoke.mark));
        }
}

static void a_whole_release_is_taken_back_with_its_backup(void **state)
{
    struct plan_intent second = {.promotion = "P2", .writer = "w1", .now_s = 100};
    struct world w;

    (void)state;
    world_init(&w, "dev", 2, true);
    go(&w, &first, 1000);
    world_package(&w, 'b');
    w.next_version = 3;
    world_forget(&w);
    go(&w, &second, 1000);
    assert_true(world_live_is(&w, "3"));
    assert_string_equal(w.functions[0].backup.alias.version, "2");
    go_back(&w, &second, 1000);
    assert_true(world_live_is(&w, "2"));
    assert_string_equal(w.functions[0].backup.alias.version, "1");
    assert_string_equal(w.functions[0].smoke.alias.version, "2");
}

static void someone_elses_claim_is_busy(void **state)
{
    struct plan_intent other = {.promotion = "P2", .writer = "w9", .now_s = 400};
    struct world w;
    struct plan p = {0};
    struct err err = {0};

    (void)state;
    world_init(&w, "dev", 2, true);
    go(&w, &first, 1);
    assert_int_equal(plan_forward(&p, &w.view, &other, &err), -1);
    assert_int_equal(err.kind, ERR_BUSY);
    assert_contains(err.text, "P1");
    assert_contains(err.text, "600 s");
    assert_int_equal(p.count, 0);
}

static void a_live_that_someone_moved_stops_it(void **state)
{
    (void)state;
    for (size_t cut = 1; cut < 14; cut++) { /* from the first claim until Live moves */
        struct world w;
        struct plan p = {0};
        struct err err = {0};

        world_init(&w, "dev", 2, true);
        if (go(&w, &first, cut) < cut || w.functions[0].live.mark.state == MARK_LIVE)
            continue;
        snprintf(w.functions[0].live.alias.version, LAMBDA_VERSION_SIZE, "77");
        assert_int_equal(plan_forward(&p, &w.view, &again, &err), -1);
        assert_int_equal(err.kind, ERR_SUPERSEDED);
        assert_contains(err.text, "77");
        plan_release(&p);
        go_back(&w, &again, 1000); /* and is left alone */
        assert_string_equal(w.functions[0].live.alias.version, "77");
        assert_string_equal(w.functions[1].live.alias.version, "1");
        assert_false(mark_is_open(&w.functions[0].smoke.mark));
    }
}

static void a_newer_promotion_on_live_is_not_taken_back(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, "dev", 2, true);
    go(&w, &first, 1000);
    snprintf(w.functions[1].live.alias.version, LAMBDA_VERSION_SIZE, "9");
    snprintf(w.functions[1].live.mark.promotion, ULID_SIZE, "P9");
    snprintf(w.functions[1].live.mark.new_version, LAMBDA_VERSION_SIZE, "9");
    go_back(&w, &first, 1000);
    assert_string_equal(w.functions[0].live.alias.version, "1");
    assert_string_equal(w.functions[1].live.alias.version, "9");
}

static void foreign_weights_and_latest_on_live_are_refused_with_the_repair(void **state)
{
    struct world w;
    struct plan p = {0};
    struct err err = {0};

    (void)state;
    world_init(&w, "dev", 1, true);
    w.functions[0].live.alias.weight_count = 1;
    snprintf(w.functions[0].live.alias.weights[0].version, LAMBDA_VERSION_SIZE, "4");
    snprintf(w.functions[0].live.alias.name, LAMBDA_NAME_SIZE, "Live");
    assert_int_equal(plan_forward(&p, &w.view, &first, &err), -1);
    assert_int_equal(err.kind, ERR_REFUSED);
    assert_contains(err.text, "--routing-config 'AdditionalVersionWeights={}'");
    w.functions[0].live.alias.weight_count = 0;
    snprintf(w.functions[0].live.alias.version, LAMBDA_VERSION_SIZE, "$LATEST");
    assert_int_equal(plan_forward(&p, &w.view, &first, &err), -1);
    assert_contains(err.text, "$LATEST");
}

static void a_changed_package_or_setting_is_staged_and_gated_again(void **state)
{
    struct world w;
    struct plan p = {0};

    (void)state;
    world_init(&w, "dev", 2, true);
    go(&w, &first, 11); /* all passed, nothing shifted */
    assert_int_equal(w.functions[0].smoke.mark.state, MARK_PASSED);
    world_forget(&w);
    w.functions[1].config_same = false;
    forward(&p, &w, &first);
    assert_plan(&p, &w,
                "configure:b publish:b stage:b gate pass:a shift:a shift:b verify:a verify:b "
                "release:a release:b");
    plan_release(&p);
}

static void a_function_that_joins_the_set_is_not_covered_by_its_verdict(void **state)
{
    struct world w;
    struct plan p = {0};

    (void)state;
    world_init(&w, "dev", 3, true);
    w.view.count = 2;
    go(&w, &first, 11); /* a and b passed */
    assert_int_equal(w.functions[0].smoke.mark.state, MARK_PASSED);
    w.view.count = 3;
    world_forget(&w);
    assert_int_equal(go(&w, &first, 4), 4); /* c is staged and backed up; killed before the gate */
    assert_int_equal(w.functions[2].smoke.mark.state, MARK_STAGED);
    world_forget(&w);
    forward(&p, &w, &first);
    assert_plan(&p, &w,
                "gate pass:a shift:a shift:b shift:c verify:a verify:b verify:c release:a "
                "release:b release:c");
    plan_release(&p);
}

static void a_step_is_described(void **state)
{
    const struct manifest_aliases aliases = {"Smoke", "Live", "Backup"};
    CLEANUP(buf_release) struct buf out = {0};
    struct world w;
    struct plan p = {0};

    (void)state;
    world_init(&w, "dev", 1, true);
    forward(&p, &w, &first);
    for (size_t i = 0; i < p.count; i++) {
        step_describe(&p.items[i], &w.view, &aliases, &out);
        buf_putc(&out, '\n');
    }
    plan_release(&p);
    assert_contains(buf_c(&out), "a: claim Smoke (there is no Smoke yet: it is made)\n");
    assert_contains(buf_c(&out), "a: Backup := 1 (what Live serves now)\n");
    assert_contains(buf_c(&out), "a: Live 1 -> the new version (tested under this promotion)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_promotion_of_two_functions_in_full),
        cmocka_unit_test(the_first_promotion_has_nothing_to_back_up),
        cmocka_unit_test(what_differs_is_configured_and_live_is_tested_too),
        cmocka_unit_test(layers_are_published_before_the_configuration_that_names_them),
        cmocka_unit_test(a_command_is_run_once_for_those_who_share_it),
        cmocka_unit_test(weighted_steps_are_gated_one_by_one),
        cmocka_unit_test(a_weight_that_was_reached_is_not_taken_back_by_whoever_goes_on),
        cmocka_unit_test(what_is_carried_out_is_what_was_planned),
        cmocka_unit_test(killed_anywhere_another_process_finishes),
        cmocka_unit_test(killed_anywhere_and_taken_back_it_is_as_before),
        cmocka_unit_test(a_whole_release_is_taken_back_with_its_backup),
        cmocka_unit_test(someone_elses_claim_is_busy),
        cmocka_unit_test(a_live_that_someone_moved_stops_it),
        cmocka_unit_test(a_newer_promotion_on_live_is_not_taken_back),
        cmocka_unit_test(foreign_weights_and_latest_on_live_are_refused_with_the_repair),
        cmocka_unit_test(a_changed_package_or_setting_is_staged_and_gated_again),
        cmocka_unit_test(a_function_that_joins_the_set_is_not_covered_by_its_verdict),
        cmocka_unit_test(a_step_is_described),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
