#include "runner/event.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "runner/event_tame.h"

enum { LISTENERS_MAX = 16 };

struct event_bus {
    struct listener listeners[LISTENERS_MAX];
    size_t count;
    struct case_result **held; /* by index, those that finished before their turn */
    size_t total, next;
    struct arena run, moment; /* texts that last as long as the run, or as a call */
};

void case_result_free(struct case_result *result)
{
    if (!result)
        return;
    arena_release(&result->arena);
    free(result);
}

struct event_bus *event_bus_new(void)
{
    return mem_zalloc(sizeof(struct event_bus));
}

void event_bus_free(struct event_bus *bus)
{
    if (!bus)
        return;
    for (size_t i = bus->next; i < bus->total; i++)
        case_result_free(bus->held[i]);
    free(bus->held);
    arena_release(&bus->run);
    arena_release(&bus->moment);
    free(bus);
}

void event_bus_listen(struct event_bus *bus, const struct listener *l)
{
    assert(bus->count < LISTENERS_MAX);
    bus->listeners[bus->count++] = *l;
}

void event_run_start(struct event_bus *bus, const struct run_info *run)
{
    const struct run_info tame = tame_run(&bus->run, run);

    bus->total = run->cases;
    bus->held = mem_array(run->cases + 1, sizeof(struct case_result *));
    for (size_t i = 0; i < bus->count; i++)
        if (bus->listeners[i].run_start)
            bus->listeners[i].run_start(bus->listeners[i].ctx, &tame);
}

void event_case_start(struct event_bus *bus, const struct case_info *info)
{
    const struct case_info tame = tame_info(&bus->moment, info);

    for (size_t i = 0; i < bus->count; i++)
        if (bus->listeners[i].case_start)
            bus->listeners[i].case_start(bus->listeners[i].ctx, &tame);
    arena_reset(&bus->moment);
}

void event_case_slow(struct event_bus *bus, const struct case_info *info, int64_t running_us)
{
    const struct case_info tame = tame_info(&bus->moment, info);

    for (size_t i = 0; i < bus->count; i++)
        if (bus->listeners[i].case_slow)
            bus->listeners[i].case_slow(bus->listeners[i].ctx, &tame, running_us);
    arena_reset(&bus->moment);
}

static void tell(struct event_bus *bus, const struct case_result *result, bool as_it_happens)
{
    for (size_t i = 0; i < bus->count; i++)
        if (bus->listeners[i].case_end && bus->listeners[i].as_it_happens == as_it_happens)
            bus->listeners[i].case_end(bus->listeners[i].ctx, result);
}

void event_case_end(struct event_bus *bus, struct case_result *result)
{
    size_t at = result->info.index;

    assert(at < bus->total && !bus->held[at]);
    tame_result(result);
    tell(bus, result, true);
    bus->held[at] = result;
    while (bus->next < bus->total && bus->held[bus->next]) {
        tell(bus, bus->held[bus->next], false);
        case_result_free(bus->held[bus->next]);
        bus->held[bus->next++] = NULL;
    }
}

void event_step(struct event_bus *bus, const struct account_step *step)
{
    const struct account_step tame = tame_step(&bus->moment, step);

    for (size_t i = 0; i < bus->count; i++)
        if (bus->listeners[i].step)
            bus->listeners[i].step(bus->listeners[i].ctx, &tame);
    arena_reset(&bus->moment);
}

void event_finding(struct event_bus *bus, const struct account_finding *finding)
{
    const struct account_finding tame = tame_finding(&bus->moment, finding);

    for (size_t i = 0; i < bus->count; i++)
        if (bus->listeners[i].finding)
            bus->listeners[i].finding(bus->listeners[i].ctx, &tame);
    arena_reset(&bus->moment);
}

void event_place(struct event_bus *bus, const struct account_place *place)
{
    const struct account_place tame = tame_place(&bus->moment, place);

    for (size_t i = 0; i < bus->count; i++)
        if (bus->listeners[i].place)
            bus->listeners[i].place(bus->listeners[i].ctx, &tame);
    arena_reset(&bus->moment);
}

/* A stream that broke off has gaps: what is there is still told, in order. */
static void flush(struct event_bus *bus)
{
    for (; bus->next < bus->total; bus->next++) {
        if (!bus->held[bus->next])
            continue;
        tell(bus, bus->held[bus->next], false);
        case_result_free(bus->held[bus->next]);
        bus->held[bus->next] = NULL;
    }
}

void event_run_end(struct event_bus *bus, const struct run_summary *summary)
{
    const struct run_summary tame = tame_summary(&bus->run, summary);

    flush(bus);
    for (size_t i = 0; i < bus->count; i++)
        if (bus->listeners[i].run_end)
            bus->listeners[i].run_end(bus->listeners[i].ctx, &tame);
}

void event_tick(struct event_bus *bus)
{
    for (size_t i = 0; i < bus->count; i++)
        if (bus->listeners[i].tick)
            bus->listeners[i].tick(bus->listeners[i].ctx);
}
