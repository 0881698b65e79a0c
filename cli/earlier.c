#include "cli/earlier.h"

#include "base/buf.h"
#include "reports/replay.h"

static void on_case_end(void *ctx, const struct case_result *r)
{
    struct earlier *e = ctx;
    CLEANUP(buf_release) struct buf title = {0};

    buf_printf(&title, "%s > %s", r->info.suite, r->info.name);
    if (r->attempt_count)
        json_object_set_new(e->times, buf_c(&title), json_integer(r->duration_us));
    if (r->verdict != VERDICT_PASSED)
        json_object_set_new(e->not_passed, buf_c(&title), json_true());
}

int earlier_load(struct earlier *ret, const char *path, struct err *err)
{
    struct event_bus *bus = event_bus_new();
    struct listener listener = {.ctx = ret, .case_end = on_case_end};
    struct run_summary summary;
    int result;

    *ret = (struct earlier){json_object(), json_object()};
    event_bus_listen(bus, &listener);
    result = replay_file(path, bus, &summary, err);
    event_bus_free(bus);
    return result;
}

void earlier_release(struct earlier *e)
{
    json_decref(e->times);
    json_decref(e->not_passed);
    *e = (struct earlier){0};
}
