/* Which versions stay, and why. */
#include "tests/test.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/rand.h"
#include "promote/gc.h"

enum { VERSIONS = 12 };

struct fixture {
    struct function_info versions[VERSIONS + 1];
    struct alias aliases[3];
    struct event_source sources[2];
    struct event_invoke settings[2]; /* of this function; the others' */
    struct event_invoke_list lists[2];
    struct provisioned provisioned[1];
    bool granted[VERSIONS + 1];
    struct gc_callers callers;
    struct gc_evidence e;
    struct gc_wish wish;
};

static const char *arn(char *out, const char *function, int version)
{
    snprintf(out, LAMBDA_ARN_SIZE, "arn:aws:lambda:eu-west-1:123456789012:function:%s:%d", function,
             version);
    return out;
}

static void begin(struct fixture *f)
{
    *f = (struct fixture){0};
    snprintf(f->versions[0].version, LAMBDA_VERSION_SIZE, "$LATEST");
    for (int i = 1; i <= VERSIONS; i++) {
        snprintf(f->versions[i].version, LAMBDA_VERSION_SIZE, "%d", i);
        snprintf(f->versions[i].last_modified, sizeof(f->versions[i].last_modified),
                 "2026-01-%02dT00:00:00.000+0000", i);
    }
    f->e.versions = (struct version_list){f->versions, VERSIONS + 1};
    f->e.function = "f";
    f->e.callers = &f->callers;
    f->e.granted = f->granted;
    f->callers.asynchronous = f->lists;
    f->callers.count = 2;
    f->wish.now_ms = 1769904000000; /* 2026-02-01 */
}

static const char *why(const struct fixture *f, int version)
{
    return gc_keeps(&f->e, &f->versions[version], &f->wish);
}

static void latest_and_the_newest_stay(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    f.wish.keep = 3;
    assert_string_equal(why(&f, 0), "it is $LATEST");
    for (int i = 1; i <= VERSIONS; i++) /* by number, not by text: 9 is older than 10 */
        assert_int_equal(why(&f, i) != NULL, i > VERSIONS - 3);
}

static void what_is_named_stays(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    f.e.aliases = (struct alias_list){f.aliases, 2};
    snprintf(f.aliases[0].version, LAMBDA_VERSION_SIZE, "2");
    f.aliases[0].weight_count = 1;
    snprintf(f.aliases[0].weights[0].version, LAMBDA_VERSION_SIZE, "3");
    snprintf(f.aliases[1].version, LAMBDA_VERSION_SIZE, "2");
    snprintf(f.aliases[1].description, sizeof(f.aliases[1].description),
             "lsp1 p=A s=staged o=4 n=5 h=- x=99 k=6");
    arn(f.settings[0].function_arn, "f", 7);
    f.lists[0] = (struct event_invoke_list){f.settings, 1};
    arn(f.provisioned[0].function_arn, "f", 8);
    f.e.provisioned = (struct provisioned_list){f.provisioned, 1};
    arn(f.sources[0].function_arn, "f", 9);
    f.callers.sources = (struct event_source_list){f.sources, 1};
    f.granted[10] = true;
    arn(f.settings[1].function_arn, "g", 1); /* another function's settings, and its destination */
    arn(f.settings[1].on_failure, "f", 11);
    f.lists[1] = (struct event_invoke_list){&f.settings[1], 1};
    assert_null(why(&f, 1));
    for (int i = 2; i <= 11; i++)
        if (!why(&f, i))
            fail_msg("version %d would go", i);
    assert_null(why(&f, 12));
    assert_contains(why(&f, 4), "go back to it");
    assert_contains(why(&f, 9), "event source mapping");
    assert_contains(why(&f, 10), "policy");
    assert_contains(why(&f, 11), "destination");
}

static void what_names_another_function_keeps_nothing(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    arn(f.sources[0].function_arn, "ff", 3);
    f.callers.sources = (struct event_source_list){f.sources, 1};
    arn(f.provisioned[0].function_arn, "g", 3);
    f.e.provisioned = (struct provisioned_list){f.provisioned, 1};
    assert_null(why(&f, 3));
}

static void what_is_young_or_of_unknown_age_stays(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    f.wish.min_age_ms = (int64_t)25 * 24 * 3600 * 1000; /* published up to January 7 */
    assert_null(why(&f, 7));
    assert_string_equal(why(&f, 8), "it is too young");
    f.versions[7].last_modified[0] = '\0';
    assert_string_equal(why(&f, 7), "it is too young");
}

static void a_mark_nobody_can_read_keeps_everything(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    f.e.aliases = (struct alias_list){f.aliases, 1};
    snprintf(f.aliases[0].version, LAMBDA_VERSION_SIZE, "2");
    snprintf(f.aliases[0].description, sizeof(f.aliases[0].description), "lsp1 broken");
    assert_non_null(why(&f, 1));
}

/* ---- a property, over many worlds ---- */

static int pick(struct rng *r, int most)
{
    return (int)(rng_unit(r) * (most + 1));
}

/* An alias that points, weighs and has a mark as chance wants; what it needs goes into `needed`. */
static void random_alias(struct rng *r, struct alias *a, bool needed[VERSIONS + 1])
{
    static const char *const states[] = {"claimed", "staged", "passed", "canary",
                                         "live",    "rb",     "undo",   "restore"};
    const int version = 1 + pick(r, VERSIONS - 1), weighted = pick(r, VERSIONS);
    const int o = pick(r, VERSIONS), n = pick(r, VERSIONS), k = pick(r, VERSIONS);
    const bool open = pick(r, 1);
    char old[8] = "-", new[8] = "-", before[8] = "-";

    *a = (struct alias){0};
    snprintf(a->version, LAMBDA_VERSION_SIZE, "%d", version);
    needed[version] = true;
    if (weighted && weighted != version) {
        a->weight_count = 1;
        snprintf(a->weights[0].version, LAMBDA_VERSION_SIZE, "%d", weighted);
        needed[weighted] = true;
    }
    if (pick(r, 3) == 0)
        return; /* an alias of somebody else's */
    if (o)
        snprintf(old, sizeof(old), "%d", o);
    if (n)
        snprintf(new, sizeof(new), "%d", n);
    if (k)
        snprintf(before, sizeof(before), "%d", k);
    needed[o] = needed[k] = true;
    needed[n] = needed[n] || open;
    snprintf(a->description, sizeof(a->description), "lsp1 p=A s=%s o=%s n=%s h=- x=%d k=%s w=%08x",
             states[pick(r, (int)ARRAY_LEN(states) - 1)], old, new, open ? 99 : 0, before, 7u);
}

/* A caller of whatever kind; what it needs goes into `needed`. */
static void random_caller(struct rng *r, struct fixture *f, bool needed[VERSIONS + 1])
{
    const int version = 1 + pick(r, VERSIONS - 1);
    const bool ours = pick(r, 3) > 0;
    const char *function = ours ? "f" : "other";

    switch (pick(r, 5)) {
    case 0:
        arn(f->sources[0].function_arn, function, version);
        f->callers.sources = (struct event_source_list){f->sources, 1};
        break;
    case 1:
        arn(f->settings[0].function_arn, function, version);
        f->lists[0] = (struct event_invoke_list){f->settings, 1};
        break;
    case 2:
        arn(f->settings[1].on_success, function, version);
        f->lists[1] = (struct event_invoke_list){&f->settings[1], 1};
        break;
    case 3:
        arn(f->provisioned[0].function_arn, function, version);
        f->e.provisioned = (struct provisioned_list){f->provisioned, 1};
        break;
    case 4:
        f->granted[version] = ours;
        break;
    default:
        return;
    }
    needed[version] = needed[version] || ours;
}

static void nothing_goes_that_anything_needs(void **state)
{
    struct rng r;
    unsigned gone = 0, kept = 0;

    (void)state;
    rng_seed(&r, 20261124);
    for (unsigned world = 0; world < 20000; world++) {
        bool needed[VERSIONS + 1] = {false};
        const int keep = pick(&r, VERSIONS);
        struct fixture f;

        begin(&f);
        f.wish.keep = (size_t)keep;
        f.e.aliases = (struct alias_list){f.aliases, (size_t)pick(&r, 3)};
        for (size_t i = 0; i < f.e.aliases.count; i++)
            random_alias(&r, &f.aliases[i], needed);
        random_caller(&r, &f, needed);
        for (int i = 1; i <= VERSIONS; i++) {
            const bool stays = why(&f, i) != NULL;

            if (stays != (needed[i] || i > VERSIONS - keep))
                fail_msg("world %u: version %d %s", world, i, stays ? "stays" : "would go");
            gone += !stays;
            kept += stays;
        }
    }
    assert_true(gone > 10000 && kept > 10000); /* both happen, or nothing was tested */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latest_and_the_newest_stay),
        cmocka_unit_test(what_is_named_stays),
        cmocka_unit_test(what_names_another_function_keeps_nothing),
        cmocka_unit_test(what_is_young_or_of_unknown_age_stays),
        cmocka_unit_test(nothing_goes_that_anything_needs),
        cmocka_unit_test(a_mark_nobody_can_read_keeps_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
