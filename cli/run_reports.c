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

/* Where CI systems stop reading (docs/reports.md): Buildkite at 5,000 results, GitLab at 30 MB. */
enum { JUNIT_CASES = 5000, JUNIT_BYTES = 25 * 1000 * 1000 };

static struct report_options options_of(const struct opts *o)
{
    const size_t cases = (size_t)opts_count(o, "junit-cases", JUNIT_CASES);

    return (struct report_options){.max_cases = cases, .max_bytes = cases ? JUNIT_BYTES : 0};
}

/* All commands of a step write to that one file; GitHub's own words for it are "append to". */
static bool is_step_summary(const char *path)
{
    const char *summary = getenv("GITHUB_STEP_SUMMARY");

    return summary && strcmp(path, summary) == 0;
}

static int open_one(struct run_reports *all, const char *wish, const struct report_options *options,
                    struct event_bus *bus, struct err *err)
{
    struct report **ret = &all->items[all->count];
    struct report_options own = *options;
    const char *equals = strchr(wish, '=');
    CLEANUP(mem_freep) char *format = NULL, *spool = NULL;

    if (!equals || !equals[1])
        return err_set(err, ERR_USAGE, "--report %s: expected FORMAT=FILE", wish);
    if (all->count == RUN_REPORTS_MAX)
        return err_set(err, ERR_USAGE, "more than %d reports", RUN_REPORTS_MAX);
    format = mem_dup_n(wish, (size_t)(equals - wish));
    if (strcmp(equals + 1, "-") == 0 && !(spool = spool_path(err)))
        return -1;
    if (spool) /* standard output is one stream */
        own = (struct report_options){0};
    own.append = is_step_summary(equals + 1);
    if (report_open(ret, format, spool ? spool : equals + 1, &own, bus, err) < 0) {
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
    const struct report_options options = options_of(o);
    CLEANUP(buf_release) struct buf wish = {0};
    size_t count;
    const char *const *wishes = opts_strings(o, "report", &count);

    for (size_t i = 0; i < count; i++)
        if (open_one(all, wishes[i], &options, bus, err) < 0)
            return -1;
    if (!junit)
        return 0;
    buf_printf(&wish, "junit=%s", junit);
    return open_one(all, buf_c(&wish), &options, bus, err);
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

/* "junit.xml goes on in junit.part2.xml (and so on to junit.part7.xml)". */
static void say_parts(const struct report *report, struct buf *safe)
{
    const size_t count = report_part_count(report);
    CLEANUP(buf_release) struct buf second = {0}, last = {0};

    if (count < 2)
        return;
    report_part_path(report, 2, &second);
    report_part_path(report, count, &last);
    buf_printf(safe, "smokegate: ");
    term_safe(safe, str_c(report_path(report)));
    buf_add_c(safe, " goes on in ");
    term_safe(safe, buf_str(&second));
    if (count > 2) {
        buf_add_c(safe, count == 3 ? " and " : " to ");
        term_safe(safe, buf_str(&last));
    }
    buf_add_c(safe, ": have CI read them all\n");
}

int run_reports_finish(struct run_reports *all, struct err *err)
{
    int result = 0;

    for (size_t i = 0; i < all->count; i++) {
        struct err one = {0};

        CLEANUP(buf_release) struct buf parts = {0};

        say_parts(all->items[i], &parts);
        if (report_finish(all->items[i], &one) == 0 &&
            (!all->spools[i] || print_spool(all->spools[i], &one) == 0)) {
            term_err_str(buf_str(&parts));
            continue;
        }
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
