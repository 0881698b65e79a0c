#include "runner/event.h"

#include "base/buf.h"
#include "base/mem.h"
#include "tests/test.h"

static struct buf ordered, live;

static void note(void *ctx, const struct case_result *r)
{
    buf_printf(ctx, "%zu ", r->info.index);
}

static void note_end(void *ctx, const struct run_summary *end)
{
    (void)end;
    buf_add_c(ctx, "end");
}

static void tell(struct event_bus *bus, size_t index)
{
    struct case_result *r = mem_zalloc(sizeof(*r));

    r->info.index = index;
    r->info.name = arena_dup(&r->arena, "x");
    event_case_end(bus, r);
}

static struct event_bus *open_bus(size_t cases)
{
    const struct listener listeners[] = {
        {.ctx = &ordered, .case_end = note, .run_end = note_end},
        {.ctx = &live, .as_it_happens = true, .case_end = note},
    };
    struct event_bus *bus = event_bus_new();

    buf_release(&ordered);
    buf_release(&live);
    event_bus_listen(bus, &listeners[0]);
    event_bus_listen(bus, &listeners[1]);
    event_run_start(bus, &(struct run_info){.cases = cases});
    return bus;
}

static void reports_hear_cases_in_their_order(void **state)
{
    struct event_bus *bus = open_bus(4);

    (void)state;
    tell(bus, 2);
    assert_string_equal(buf_c(&ordered), "");
    tell(bus, 0);
    tell(bus, 1);
    assert_string_equal(buf_c(&ordered), "0 1 2 ");
    tell(bus, 3);
    event_run_end(bus, &(struct run_summary){0});
    assert_string_equal(buf_c(&ordered), "0 1 2 3 end");
    assert_string_equal(buf_c(&live), "2 0 1 3 ");
    event_bus_free(bus);
}

static void gaps_do_not_swallow_what_came_after_them(void **state)
{
    struct event_bus *bus = open_bus(5);

    (void)state;
    tell(bus, 4);
    tell(bus, 1);
    event_run_end(bus, &(struct run_summary){0});
    assert_string_equal(buf_c(&ordered), "1 4 end");
    event_bus_free(bus);
    bus = open_bus(3); /* and what nobody came to hear is freed */
    tell(bus, 2);
    event_bus_free(bus);
    buf_release(&ordered);
    buf_release(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_hear_cases_in_their_order),
        cmocka_unit_test(gaps_do_not_swallow_what_came_after_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
