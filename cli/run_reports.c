#include "cli/run_reports.h"

#include <string.h>

#include "base/mem.h"

int run_reports_open(struct run_reports *all, const char *wish, struct event_bus *bus,
                     struct err *err)
{
    const char *equals = strchr(wish, '=');
    CLEANUP(mem_freep) char *format = NULL;

    if (!equals || !equals[1])
        return err_set(err, ERR_USAGE, "--report %s: expected FORMAT=FILE", wish);
    if (all->count == RUN_REPORTS_MAX)
        return err_set(err, ERR_USAGE, "more than %d reports", RUN_REPORTS_MAX);
    format = mem_dup_n(wish, (size_t)(equals - wish));
    if (report_open(&all->items[all->count], format, equals + 1, bus, err) < 0)
        return -1;
    all->count++;
    return 0;
}

int run_reports_finish(struct run_reports *all, struct err *err)
{
    int result = 0;

    for (size_t i = 0; i < all->count; i++) {
        struct err one = {0};

        if (report_finish(all->items[i], &one) == 0)
            continue;
        if (result == 0)
            err_set(err, one.kind, "%s", one.text);
        result = -1;
    }
    return result;
}

void run_reports_abandon(struct run_reports *all)
{
    for (size_t i = 0; i < all->count; i++)
        report_abandon(all->items[i]);
    all->count = 0;
}
