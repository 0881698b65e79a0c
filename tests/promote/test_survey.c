/* Where a promotion stands over several environments: every answer the survey can give. */
#include "tests/test.h"

#include <stdio.h>

#include "tests/promote/world.h"

enum { DEV, STAGE, PROD, PLACES };

struct fixture {
    struct world w[PLACES];
    struct environment_view views[PLACES];
    struct survey_input in;
    struct survey out;
    struct err err;
};

static void begin(struct fixture *f)
{
    static const char *const names[PLACES] = {"dev", "stage", "prod"};

    *f = (struct fixture){0};
    for (size_t i = 0; i < PLACES; i++)
        world_init(&f->w[i], names[i], 2, true);
    f->in = (struct survey_input){.views = f->views, .last = PROD, .now_s = 100};
}

static void ask(struct fixture *f, enum survey_next want)
{
    for (size_t i = 0; i < PLACES; i++)
        f->views[i] = f->w[i].view;
    f->err = (struct err){0};
    f->out = survey_promotion(&f->in, &f->err);
    if (f->out.next != want)
        fail_msg("%d instead of %d: %s", (int)f->out.next, (int)want, f->err.text);
}

/* At most `most` steps of promoting or taking back. */
static void work(struct world *w, const char *promotion, bool back, enum mark_state undo_as,
                 size_t most)
{
    const struct plan_intent intent = {.promotion = promotion, .writer = "w", .now_s = 50};

    while (most) {
        struct plan p = {0};
        size_t n;

        if (back)
            plan_undo(&p, &w->view, &intent);
        else
            assert_int_equal(plan_forward(&p, &w->view, &intent, NULL), 0);
        n = plan_phase(&p);
        for (size_t i = 0; i < n && most; i++, most--)
            world_apply(w, &p.items[i], promotion, "w", undo_as);
        plan_release(&p);
        if (n == 0)
            break;
    }
    world_forget(w);
}

static void forward(struct world *w, size_t most)
{
    work(w, "P1", false, MARK_UNDO, most);
}

static void a_new_release_begins_at_the_first_environment(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    ask(&f, SURVEY_FORWARD);
    assert_int_equal(f.out.environment, DEV);
    assert_string_equal(f.out.promotion, "");
}

static void an_interrupted_one_goes_on_where_it_was_under_its_id(void **state)
{
    struct fixture f;

    (void)state;
    for (size_t cut = 1; cut < 16; cut++)
        for (size_t at = 0; at < PLACES; at++) {
            begin(&f);
            for (size_t below = 0; below < at; below++)
                forward(&f.w[below], 1000);
            forward(&f.w[at], cut);
            ask(&f, SURVEY_FORWARD);
            assert_int_equal(f.out.environment, at);
            assert_string_equal(f.out.promotion, "P1");
        }
}

static void between_two_environments_it_goes_on_under_the_id_of_the_one_below(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    forward(&f.w[DEV], 1000);
    ask(&f, SURVEY_FORWARD);
    assert_int_equal(f.out.environment, STAGE);
    assert_string_equal(f.out.promotion, "P1");
}

static void everywhere_on_live_there_is_nothing_to_do(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    for (size_t i = 0; i < PLACES; i++)
        forward(&f.w[i], 1000);
    ask(&f, SURVEY_DONE);
    f.w[PROD].functions[1].config_same = false; /* a setting changed in the project file */
    ask(&f, SURVEY_FORWARD);
    assert_int_equal(f.out.environment, PROD);
    assert_string_equal(f.out.promotion, ""); /* P1 is over there: a new one */
}

static void another_artifact_waits_for_the_lease_and_then_takes_back(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    forward(&f.w[DEV], 5);
    world_package(&f.w[DEV], 'z');
    ask(&f, SURVEY_BUSY);
    assert_int_equal(f.err.kind, ERR_BUSY);
    assert_contains(f.err.text, "P1");
    assert_contains(f.err.text, "900 s");
    f.in.now_s = 1000;
    ask(&f, SURVEY_SETTLE);
    assert_int_equal(f.out.environment, DEV);
    assert_string_equal(f.out.promotion, "P1");
    assert_int_equal(f.out.undo_as, MARK_UNDO);
}

static void a_claim_further_up_is_seen_before_anything_begins(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    world_package(&f.w[PROD], 'y');
    forward(&f.w[PROD], 3);
    world_package(&f.w[PROD], 'a');
    ask(&f, SURVEY_BUSY);
    assert_contains(f.err.text, "prod");
}

static void a_taking_back_that_was_cut_is_finished_first(void **state)
{
    struct fixture f;

    (void)state;
    for (size_t cut = 1; cut < 7; cut++) {
        begin(&f);
        forward(&f.w[DEV], 1000);
        forward(&f.w[STAGE], 12);
        work(&f.w[STAGE], "P1", true, MARK_RB, cut);
        if (!survey_is_begun(&f.w[STAGE].view, "P1"))
            break;
        ask(&f, SURVEY_SETTLE);
        assert_int_equal(f.out.environment, STAGE);
        assert_string_equal(f.out.promotion, "P1");
        assert_int_equal(f.out.undo_as, MARK_RB);
    }
}

static void what_failed_is_held_until_forced_or_changed(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    forward(&f.w[DEV], 12);
    work(&f.w[DEV], "P1", true, MARK_RB, 1000);
    ask(&f, SURVEY_HELD);
    assert_contains(f.err.text, "--force");
    assert_contains(f.err.text, "P1");
    f.in.force = true;
    ask(&f, SURVEY_FORWARD);
    assert_string_equal(f.out.promotion, "");
    f.in.force = false;
    world_package(&f.w[DEV], 'n');
    ask(&f, SURVEY_FORWARD);
}

/* Live of some was moved: whatever else is so, the way on is not barred. */
static void half_way_nothing_bars_the_way_on(void **state)
{
    struct fixture f;
    size_t moving = 0;

    (void)state;
    for (size_t cut = 1; cut < 16; cut++) {
        begin(&f);
        f.in.first = STAGE;
        forward(&f.w[STAGE], cut);
        for (size_t i = 0; i < PLACES; i++)
            f.views[i] = f.w[i].view;
        if (survey_is_complete(&f.views[STAGE]))
            break;
        moving += survey_is_moving(&f.views[STAGE], "P1");
        ask(&f, survey_is_moving(&f.views[STAGE], "P1") ? SURVEY_FORWARD : SURVEY_BELOW);
    }
    assert_true(moving > 1);
}

static void restored(struct world *w)
{
    for (size_t i = 0; i < w->view.count; i++) {
        struct seen_alias *live = &w->functions[i].live;

        live->mark = (struct mark){.state = MARK_RESTORE};
        snprintf(live->mark.hash, MARK_HASH_SIZE, "%s", w->functions[i].artifact->hash);
        snprintf(live->mark.old_version, LAMBDA_VERSION_SIZE, "%s", live->alias.version);
    }
}

static void what_was_restored_from_is_held_but_not_where_it_was_forced(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    restored(&f.w[DEV]);
    restored(&f.w[PROD]);
    ask(&f, SURVEY_HELD);
    assert_int_equal(f.out.environment, DEV);
    forward(&f.w[DEV], 1);
    ask(&f, SURVEY_FORWARD); /* prod is looked at before it is entered */
    assert_string_equal(f.out.promotion, "P1");
    assert_true(survey_is_held(&f.views[PROD], &f.err));
    forward(&f.w[DEV], 1000);
    ask(&f, SURVEY_HELD);
    assert_int_equal(f.out.environment, PROD);
}

static void what_was_only_interrupted_is_not_held(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    forward(&f.w[DEV], 12);
    work(&f.w[DEV], "P1", true, MARK_UNDO, 1000);
    ask(&f, SURVEY_FORWARD);
    assert_string_equal(f.out.promotion, "");
}

static void what_is_not_live_below_is_not_promoted(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    f.in.first = STAGE;
    ask(&f, SURVEY_BELOW);
    assert_contains(f.err.text, "Live of dev does not serve");
    f.in.force = true;
    ask(&f, SURVEY_FORWARD);
    f.in.force = false;
    forward(&f.w[DEV], 1000);
    ask(&f, SURVEY_FORWARD);
    assert_int_equal(f.out.environment, STAGE);
    assert_string_equal(f.out.promotion, "P1");
    snprintf(f.w[DEV].functions[0].live.alias.version, LAMBDA_VERSION_SIZE, "9"); /* by hand */
    ask(&f, SURVEY_BELOW);
}

static void the_open_promotion_is_found_in_the_highest_environment(void **state)
{
    struct fixture f;
    struct survey s;

    (void)state;
    begin(&f);
    for (size_t i = 0; i < PLACES; i++)
        f.views[i] = f.w[i].view;
    assert_false(survey_open(f.views, PLACES, &s));
    forward(&f.w[DEV], 1000);
    forward(&f.w[STAGE], 2);
    for (size_t i = 0; i < PLACES; i++)
        f.views[i] = f.w[i].view;
    assert_true(survey_open(f.views, PLACES, &s));
    assert_int_equal(s.environment, STAGE);
    assert_string_equal(s.promotion, "P1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_release_begins_at_the_first_environment),
        cmocka_unit_test(an_interrupted_one_goes_on_where_it_was_under_its_id),
        cmocka_unit_test(between_two_environments_it_goes_on_under_the_id_of_the_one_below),
        cmocka_unit_test(everywhere_on_live_there_is_nothing_to_do),
        cmocka_unit_test(another_artifact_waits_for_the_lease_and_then_takes_back),
        cmocka_unit_test(a_claim_further_up_is_seen_before_anything_begins),
        cmocka_unit_test(a_taking_back_that_was_cut_is_finished_first),
        cmocka_unit_test(what_failed_is_held_until_forced_or_changed),
        cmocka_unit_test(half_way_nothing_bars_the_way_on),
        cmocka_unit_test(what_was_restored_from_is_held_but_not_where_it_was_forced),
        cmocka_unit_test(what_was_only_interrupted_is_not_held),
        cmocka_unit_test(what_is_not_live_below_is_not_promoted),
        cmocka_unit_test(the_open_promotion_is_found_in_the_highest_environment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
