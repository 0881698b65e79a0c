#include "cli/run_reports.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/term.h"

/* A nameless place for what goes to standard output in the end, whole or not at all. */
static char *spool_path(struct err *err)
{
    const char *dir = getenv("TMPDIR");
    CLEANUP(mem_freep) char *path = path_join(dir && *dir ? dir : "/tmp", "smokegate-XXXXXX");
    int fd = mkstemp(path);

    if (fd < 0) {
        err_set(err, ERR_IO, "%s: no temporary file", path);
        return NULL;
    }
    close(fd);
    return STEAL(path);
}

static int open_one(struct run_reports *all, const char *wish, struct event_bus *bus,
                    struct err *err)
{
    const char *equals = strchr(wish, '=');
    CLEANUP(mem_freep) char *format = NULL, *spool = NULL;

    if (!equals || !equals[1])
        return err_set(err, ERR_USAGE, "--report %s: expected FORMAT=FILE", wish);
    if (all->count == RUN_REPORTS_MAX)
        return err_set(err, ERR_USAGE, "more than %d reports", RUN_REPORTS_MAX);
    format = mem_dup_n(wish, (size_t)(equals - wish));
    if (strcmp(equals + 1, "-") == 0 && !(spool = spool_path(err)))
        return -1;
    if (report_open(&all->items[all->count], format, spool ? spool : equals + 1, bus, err) < 0) {
        if (spool)
            unlink(spool);
        return -1;
    }
    all->spools[all->count++] = STEAL(spool);
    return 0;
}

int run_reports_open_all(struct run_reports *all, const struct opts *o, struct event_bus *bus,
                         struct err *err)
{
    const char *junit = opts_string(o, "junit", NULL);
    CLEANUP(buf_release) struct buf wish = {0};
    size_t count;
    const char *const *wishes = opts_strings(o, "report", &count);

    for (size_t i = 0; i < count; i++)
        if (open_one(all, wishes[i], bus, err) < 0)
            return -1;
    if (!junit)
        return 0;
    buf_printf(&wish, "junit=%s", junit);
    return open_one(all, buf_c(&wish), bus, err);
}

static int print_spool(const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf text = {0};

    if (file_read(&text, path, 0, err) < 0)
        return -1;
    term_out_str(buf_str(&text));
    return 0;
}

static void forget_spools(struct run_reports *all)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->spools[i])
            unlink(all->spools[i]);
        free(STEAL(all->spools[i]));
    }
}

int run_reports_finish(struct run_reports *all, struct err *err)
{
    int result = 0;

    for (size_t i = 0; i < all->count; i++) {
        struct err one = {0};

        if (report_finish(all->items[i], &one) == 0 &&
            (!all->spools[i] || print_spool(all->spools[i], &one) == 0))
            continue;
        if (result == 0)
            err_set(err, one.kind, "%s", one.text);
        result = -1;
    }
    forget_spools(all);
    return result;
}

void run_reports_abandon(struct run_reports *all)
{
    for (size_t i = 0; i < all->count; i++)
        report_abandon(all->items[i]);
    forget_spools(all);
    all->count = 0;
}
