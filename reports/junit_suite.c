/* What stands around testcases: documents, suites and what a suite tells of its run. */
#include "reports/junit_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "reports/report_parts.h"

enum { AROUND_BYTES = 2 << 10, FUNCTION_BYTES = 256 };

void junit_run_begin(struct junit_run *run, const struct run_info *info)
{
    run->start_ms = info->start_ms;
    run->host = mem_dup(*info->host ? info->host : "localhost");
    run->environment = mem_dup(info->environment);
    run->alias = mem_dup(info->alias);
    run->region = mem_dup(info->region);
    run->id = mem_dup(info->id);
    run->shard = info->shard;
    run->shards = info->shards;
}

void junit_run_release(struct junit_run *run)
{
    free(run->host);
    free(run->environment);
    free(run->alias);
    free(run->region);
    free(run->id);
}

/* "2026-01-31T12:00:00": without the Z, the schemas and Jenkins want it so; it is UTC. */
static void add_time(struct buf *out, int64_t ms)
{
    char time[40];

    clock_format_rfc3339(time, sizeof(time), ms, false);
    buf_printf(out, "%.19s", time);
}

static void property(struct buf *out, const char *name, const char *value)
{
    if (!*value)
        return;
    buf_printf(out, "    <property name=\"%s\"", name);
    junit_attribute(out, "value", value);
    buf_add_c(out, "/>\n");
}

/* Of the function: what was tested, so that a report alone proves something. */
static void function_properties(struct buf *out, const struct junit_suite *s,
                                const struct run_summary *end)
{
    CLEANUP(buf_release) struct buf name = {0};

    for (size_t i = 0; i < end->function_count; i++) {
        const struct run_function *f = &end->functions[i];

        if (s->function && strcmp(s->function, f->name) != 0)
            continue; /* of hundreds that a promotion tested */
        buf_clear(&name);
        buf_printf(&name, "%s:%s", f->name, f->alias);
        property(out, "function", buf_c(&name));
        property(out, "version", f->version);
        property(out, "code_sha256", f->code_sha256);
    }
}

static void properties(struct buf *out, const struct junit_run *run, const struct junit_suite *s,
                       const struct run_summary *end)
{
    char shard[40];

    if (run->strict) {
        buf_add_c(out, "  <properties/>\n");
        return;
    }
    buf_add_c(out, "  <properties>\n");
    if (s->kind) {
        property(out, "environment", s->environment);
    } else {
        property(out, "run", run->id);
        property(out, "environment", run->environment);
        property(out, "alias", run->alias);
        property(out, "region", run->region);
        if (run->shards) {
            snprintf(shard, sizeof(shard), "%u/%u", run->shard, run->shards);
            property(out, "shard", shard);
        }
        function_properties(out, s, end);
    }
    buf_add_c(out, "  </properties>\n");
}

size_t junit_suite_bytes(const struct run_info *info)
{
    size_t bytes = AROUND_BYTES;

    for (size_t i = 0; i < info->function_count; i++)
        bytes += FUNCTION_BYTES + strlen(info->functions[i].name);
    return bytes;
}

static void add_sums(struct buf *out, const struct junit_sums *s)
{
    buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"",
               s->tests, s->failures, s->errors, s->skipped);
    junit_seconds(out, s->total_us);
    buf_putc(out, '"');
}

void junit_suite_open(struct buf *out, const struct junit_run *run, const struct junit_piece *piece,
                      size_t id, const struct run_summary *end)
{
    const struct junit_suite *s = &piece->suite;

    buf_add_c(out, " <testsuite");
    junit_attribute(out, "name", *s->name ? s->name : JUNIT_UNNAMED);
    if (run->strict) {
        junit_attribute(out, "package", s->kind ? s->kind : s->class_name);
        buf_printf(out, " id=\"%zu\"", id);
    } else if (s->file) {
        junit_attribute(out, "file", s->file);
    }
    junit_attribute(out, "hostname", run->host);
    buf_add_c(out, " timestamp=\"");
    add_time(out, run->start_ms + piece->start_us / 1000);
    buf_putc(out, '"');
    add_sums(out, &piece->sums);
    buf_add_c(out, ">\n");
    properties(out, run, s, end);
}

void junit_suite_close(struct buf *out, const struct junit_run *run)
{
    if (run->strict)
        buf_add_c(out, "  <system-out/>\n  <system-err/>\n");
    buf_add_c(out, " </testsuite>\n");
}

void junit_document_open(struct buf *out, const struct junit_run *run, size_t part, size_t parts,
                         const struct junit_sums *sums)
{
    buf_add_c(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    if (parts > 1)
        buf_printf(out, REPORT_PART_MARK "%zu of %zu -->\n", part, parts);
    buf_add_c(out, "<testsuites");
    if (!run->strict) {
        buf_add_c(out, " name=\"smokegate\"");
        add_sums(out, sums);
    }
    buf_add_c(out, ">\n");
}
