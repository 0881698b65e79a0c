#include "reports/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reports/merge_private.h"

int merge_read(struct merge **ret, char *const *paths, size_t count, struct err *err)
{
    struct merge *m = mem_zalloc(sizeof(*m));

    m->parts = mem_array(count + 1, sizeof(*m->parts));
    for (; m->count < count; m->count++) {
        if (merge_part_read(&m->parts[m->count], paths[m->count], err) == 0)
            continue;
        m->count++;
        merge_free(m);
        return -1;
    }
    *ret = m;
    return 0;
}

void merge_free(struct merge *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->count; i++)
        merge_part_release(&m->parts[i]);
    free(m->parts);
    free(m->cases);
    arena_release(&m->arena);
    free(m);
}

/* ---- what is told ---- */

static int64_t begin_of(const struct merge *m)
{
    int64_t first = m->parts[0].run.start_ms;

    for (size_t i = 1; i < m->count; i++)
        if (m->parts[i].run.start_ms < first)
            first = m->parts[i].run.start_ms;
    return first;
}

/* A member that every part has, or "several". */
static const char *common(const char *a, const char *b)
{
    return strcmp(a, b) == 0 ? a : "several";
}

static void tell_start(struct merge *m, const char *id, struct event_bus *bus)
{
    struct run_info info = m->parts[0].run;
    struct run_suite *suites = arena_array(&m->arena, info.suite_count + 1, sizeof(*suites));

    info.id = id;
    info.start_ms = begin_of(m);
    info.cases = info.whole_cases;
    info.shard = info.shards = 0;
    info.whole_cases = 0;
    info.whole_sha256 = NULL;
    info.functions = m->functions;
    info.function_count = m->function_count;
    memcpy(suites, info.suites, info.suite_count * sizeof(*suites));
    info.suites = suites;
    for (size_t i = 1; i < m->count; i++) {
        const struct run_info *other = &m->parts[i].run;

        info.jobs += other->jobs;
        info.host = common(info.host, other->host);
        if (strcmp(info.folder, other->folder) != 0)
            info.folder = "";
        info.endpoint = common(info.endpoint, other->endpoint);
        info.tool_version = common(info.tool_version, other->tool_version);
        for (size_t k = 0; k < info.suite_count; k++)
            suites[k].cases += other->suites[k].cases;
    }
    event_run_start(bus, &info);
}

static int tell_case(struct merge *m, size_t place, int64_t begin_ms, struct verdict_counts *counts,
                     struct event_bus *bus, struct err *err)
{
    const struct merge_part *part = m->cases[place].part;
    int64_t later_us = (part->run.start_ms - begin_ms) * 1000;
    struct case_result *result = merge_case_read(part, m->cases[place].offset, err);

    if (!result)
        return -1;
    result->info.index = place;
    result->start_us += later_us;
    for (size_t i = 0; i < result->attempt_count; i++)
        result->attempts[i].start_us += later_us;
    counts->of[result->verdict]++;
    counts->flaky += result->flaky;
    event_case_end(bus, result);
    return 0;
}

/* One part that failed fails the run; one that proves nothing leaves it unproven. */
static enum run_verdict verdict_of_all(const struct merge *m)
{
    bool has[RUN_EMPTY + 1] = {false};

    for (size_t i = 0; i < m->count; i++)
        has[m->parts[i].end.verdict] = true;
    return has[RUN_FAIL]           ? RUN_FAIL
           : has[RUN_INCONCLUSIVE] ? RUN_INCONCLUSIVE
           : has[RUN_PASS]         ? RUN_PASS
                                   : RUN_EMPTY;
}

static void tell_end(struct merge *m, int64_t begin_ms, struct event_bus *bus,
                     struct run_summary *s)
{
    s->verdict = verdict_of_all(m);
    s->functions = m->functions;
    s->function_count = m->function_count;
    for (size_t i = 0; i < m->count; i++) {
        const struct merge_part *part = &m->parts[i];
        int64_t duration = part->end.duration_us + (part->run.start_ms - begin_ms) * 1000;

        s->interrupted = s->interrupted || part->end.interrupted;
        s->invocations += part->end.invocations;
        if (!s->stopped && part->end.stopped)
            s->stopped =
                arena_printf(&m->arena, "shard %u: %s", part->run.shard, part->end.stopped);
        if (part->end.end_ms > s->end_ms)
            s->end_ms = part->end.end_ms;
        if (duration > s->duration_us)
            s->duration_us = duration;
    }
    event_run_end(bus, s);
}

int merge_tell(struct merge *m, const char *id, struct event_bus *bus,
               struct run_summary *ret_summary, struct err *err)
{
    struct run_summary summary = {0};
    int64_t begin_ms = begin_of(m);

    tell_start(m, id, bus);
    for (size_t place = 0; place < m->parts[0].run.whole_cases; place++)
        if (tell_case(m, place, begin_ms, &summary.counts, bus, err) < 0)
            return -1;
    tell_end(m, begin_ms, bus, &summary);
    *ret_summary = summary;
    ret_summary->functions = NULL;
    ret_summary->function_count = 0;
    ret_summary->stopped = NULL;
    return 0;
}
