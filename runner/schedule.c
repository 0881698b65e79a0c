#include "runner/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Looking further ahead than this costs more than it finds, as long as anything runs. */
enum { BLOCKED_MAX = 1024, LOCKS_MAX = 1024 };

/* What became of a case so far: of all its selected items. */
struct case_state {
    size_t left;
    bool bad; /* an item of it did not pass */
    enum verdict how;
};

struct suite_state {
    struct case_state *cases;
    size_t left_setup, left_normal;
    bool setup_bad;
};

enum item_state { WAITING, RUNNING, FINISHED };

struct schedule {
    const struct testset *set;
    const size_t *order;
    size_t count;
    unsigned char *states;
    struct suite_state *suites;
    size_t *blocked; /* positions looked at that could not start yet, in order */
    size_t blocked_count, cursor, running;
    bool recheck; /* something finished since the blocked ones were looked at */
    bool serial_running;
    const char **locks; /* held, by pointer to the holder's name */
    size_t lock_count;
    const char *stop_reason;
    bool stop_all;
};

static const struct item *item_at(const struct schedule *s, size_t at)
{
    return &s->set->items[s->order[at]];
}

static struct suite_state *state_of_suite(struct schedule *s, const struct testcase *test)
{
    return &s->suites[test->suite->index];
}

static struct case_state *state_of_case(struct schedule *s, const struct testcase *test)
{
    return &state_of_suite(s, test)->cases[test - test->suite->cases];
}

struct schedule *schedule_new(const struct testset *set, const size_t *order, size_t count)
{
    struct schedule *s = mem_zalloc(sizeof(*s));

    s->set = set;
    s->order = order;
    s->count = count;
    s->states = mem_zalloc(count + 1);
    s->blocked = mem_array(count + 1, sizeof(*s->blocked));
    s->locks = mem_array(LOCKS_MAX, sizeof(*s->locks));
    s->suites = mem_array(set->suite_count + 1, sizeof(*s->suites));
    for (size_t i = 0; i < set->suite_count; i++)
        s->suites[i].cases = mem_array(set->suites[i]->case_count + 1, sizeof(struct case_state));
    for (size_t i = 0; i < count; i++) {
        const struct testcase *test = item_at(s, i)->test;
        struct suite_state *suite = state_of_suite(s, test);

        state_of_case(s, test)->left++;
        suite->left_setup += test->role == CASE_SETUP;
        suite->left_normal += test->role == CASE_NORMAL;
    }
    return s;
}

void schedule_free(struct schedule *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->set->suite_count; i++)
        free(s->suites[i].cases);
    free(s->suites);
    free(s->states);
    free(s->blocked);
    free(s->locks);
    free(s);
}

/* ---- may it? ---- */

enum readiness { READY, NOT_YET, NEVER };

static enum readiness by_role(struct schedule *s, const struct testcase *test,
                              const char **ret_reason)
{
    struct suite_state *suite = state_of_suite(s, test);

    switch (test->role) {
    case CASE_SETUP:
        if (suite->setup_bad) {
            *ret_reason = "an earlier setup case did not pass";
            return NEVER;
        }
        /* One after the other, as they are written. */
        for (const struct testcase *t = test->suite->cases; t < test; t++)
            if (state_of_case(s, t)->left)
                return NOT_YET;
        return READY;
    case CASE_NORMAL:
        if (suite->setup_bad) {
            *ret_reason = "the suite's setup did not pass";
            return NEVER;
        }
        return suite->left_setup ? NOT_YET : READY;
    case CASE_TEARDOWN:
        if (suite->left_setup || suite->left_normal)
            return NOT_YET;
        for (const struct testcase *t = test->suite->cases; t < test; t++)
            if (state_of_case(s, t)->left)
                return NOT_YET;
        return READY;
    }
    return READY;
}

static enum readiness by_needs(struct schedule *s, const struct testcase *test,
                               const char **ret_reason, struct arena *arena)
{
    for (size_t i = 0; i < test->needed_count; i++) {
        const struct testcase *needed = test->needed[i];
        const struct case_state *state = state_of_case(s, needed);

        if (state->bad) {
            *ret_reason = arena_printf(arena, "it needs \"%s\", which %s",
                                       json_string_value(needed->name.value),
                                       state->how == VERDICT_FAILED         ? "failed"
                                       : state->how == VERDICT_INCONCLUSIVE ? "was inconclusive"
                                                                            : "was skipped");
            return NEVER;
        }
        if (state->left)
            return NOT_YET;
    }
    return READY;
}

static bool lock_is_held(const struct schedule *s, const char *lock)
{
    for (size_t i = 0; i < s->lock_count; i++)
        if (strcmp(s->locks[i], lock) == 0)
            return true;
    return false;
}

static enum readiness readiness(struct schedule *s, const struct testcase *test,
                                const char **ret_reason, struct arena *arena)
{
    enum readiness r;

    if (s->stop_reason && (s->stop_all || test->role != CASE_TEARDOWN)) {
        *ret_reason = s->stop_reason;
        return NEVER;
    }
    if (test->skip) {
        *ret_reason = test->skip;
        return NEVER;
    }
    r = by_role(s, test, ret_reason);
    if (r == READY)
        r = by_needs(s, test, ret_reason, arena);
    if (r != READY)
        return r;
    if (s->serial_running || (test->settings.serial && s->running) ||
        (test->lock && lock_is_held(s, test->lock)))
        return NOT_YET;
    return READY;
}

static enum schedule_next told(enum readiness r)
{
    return r == READY ? SCHEDULE_START : SCHEDULE_SKIP;
}

enum schedule_next schedule_next(struct schedule *s, size_t *ret_at, const char **ret_reason,
                                 struct arena *arena)
{
    if (s->recheck) {
        size_t kept = 0;

        for (size_t i = 0; i < s->blocked_count; i++) {
            size_t at = s->blocked[i];
            enum readiness r = readiness(s, item_at(s, at)->test, ret_reason, arena);

            if (r == NOT_YET) {
                s->blocked[kept++] = at;
                continue;
            }
            memmove(s->blocked + kept, s->blocked + i + 1,
                    (s->blocked_count - i - 1) * sizeof(*s->blocked));
            s->blocked_count = kept + s->blocked_count - i - 1;
            *ret_at = at;
            return told(r);
        }
        s->blocked_count = kept;
        s->recheck = false;
    }
    while (s->cursor < s->count && (s->blocked_count < BLOCKED_MAX || !s->running)) {
        size_t at = s->cursor++;
        enum readiness r = readiness(s, item_at(s, at)->test, ret_reason, arena);

        if (r == NOT_YET) {
            s->blocked[s->blocked_count++] = at;
            continue;
        }
        *ret_at = at;
        return told(r);
    }
    return s->running || s->blocked_count || s->cursor < s->count ? SCHEDULE_WAIT : SCHEDULE_DONE;
}

/* ---- what happened ---- */

void schedule_started(struct schedule *s, size_t at)
{
    const struct testcase *test = item_at(s, at)->test;

    s->states[at] = RUNNING;
    s->running++;
    if (test->settings.serial)
        s->serial_running = true;
    if (test->lock && s->lock_count < LOCKS_MAX)
        s->locks[s->lock_count++] = test->lock;
}

static void give_back(struct schedule *s, const struct testcase *test)
{
    s->running--;
    if (test->settings.serial)
        s->serial_running = false;
    for (size_t i = 0; test->lock && i < s->lock_count; i++) {
        if (strcmp(s->locks[i], test->lock) == 0) {
            s->locks[i] = s->locks[--s->lock_count];
            break;
        }
    }
}

void schedule_finished(struct schedule *s, size_t at, bool was_started, enum verdict verdict)
{
    const struct testcase *test = item_at(s, at)->test;
    struct suite_state *suite = state_of_suite(s, test);
    struct case_state *state = state_of_case(s, test);

    if (was_started)
        give_back(s, test);
    s->states[at] = FINISHED;
    s->recheck = s->blocked_count > 0;
    state->left--;
    if (verdict != VERDICT_PASSED && !state->bad) {
        state->bad = true;
        state->how = verdict;
    }
    if (test->role == CASE_SETUP) {
        suite->left_setup--;
        /* One that is skipped on purpose, perhaps in this environment only, is not missed. */
        suite->setup_bad = suite->setup_bad || (verdict != VERDICT_PASSED && !test->skip);
    }
    suite->left_normal -= test->role == CASE_NORMAL;
}

void schedule_stop(struct schedule *s, const char *reason, bool all)
{
    s->stop_reason = reason;
    s->stop_all = all;
    s->recheck = true;
}
