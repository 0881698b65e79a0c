#include "reports/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reports/replay_private.h"

struct replay {
    struct event_bus *bus;
    const char *path;
    size_t line, cases;
    bool started, ended;
    unsigned char *seen; /* by index */
    struct verdict_counts counts;
    struct run_summary summary;
};

static bool run_start(struct replay *r, json_t *event)
{
    struct arena arena = {0};
    struct run_info info;
    bool good = replay_read_run(&info, event, &arena);

    if (good) {
        r->started = true;
        r->cases = info.cases;
        r->seen = mem_zalloc(info.cases + 1);
        event_run_start(r->bus, &info);
    }
    arena_release(&arena);
    return good;
}

static bool case_end(struct replay *r, json_t *event)
{
    struct case_result *result = replay_read_case(event);

    if (!result || result->info.index >= r->cases || r->seen[result->info.index]) {
        case_result_free(result);
        return false;
    }
    r->seen[result->info.index] = 1;
    r->counts.of[result->verdict]++;
    r->counts.flaky += result->flaky;
    event_case_end(r->bus, result);
    return true;
}

static int take_line(struct replay *r, const char *line, size_t len, struct arena *arena,
                     struct err *err)
{
    const char *kind = NULL;
    json_t *event = replay_read_line(line, len, &kind);
    bool good = event && !r->ended, known = false;

    if (good && strcmp(kind, "run_start") == 0 && !r->started)
        good = run_start(r, event);
    else if (good && strcmp(kind, "case_end") == 0 && r->started)
        good = case_end(r, event);
    else if (good && strcmp(kind, "run_end") == 0 && r->started)
        good = r->ended = replay_read_end(&r->summary, event, arena);
    else if (good && (good = r->started && replay_account(r->bus, kind, event, &known)) && !known)
        good = strcmp(kind, "run_start") != 0; /* kinds of a later minor version */
    json_decref(event);
    return good ? 0
                : err_set(err, ERR_INPUT, "%s:%zu: no event of a smokegate run, version %d",
                          r->path, r->line, EVENT_VERSION);
}

static int take_all(struct replay *r, FILE *in, struct arena *arena, struct err *err)
{
    CLEANUP(mem_freep) char *line = NULL;
    size_t cap = 0;
    ssize_t len;

    while ((len = getline(&line, &cap, in)) > 0) {
        bool whole = line[len - 1] == '\n';

        r->line++;
        if (!whole) /* the run was killed while writing it */
            break;
        if (take_line(r, line, (size_t)len, arena, err) < 0)
            return -1;
    }
    return r->started ? 0 : err_set(err, ERR_INPUT, "%s: an empty event stream", r->path);
}

int replay_file(const char *path, struct event_bus *bus, struct run_summary *ret_summary,
                struct err *err)
{
    struct replay r = {.bus = bus, .path = path};
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    struct arena arena = {0};
    int result;

    if (!in)
        return err_sys(err, ERR_INPUT, errno, "%s", path);
    result = take_all(&r, in, &arena, err);
    if (result == 0) {
        r.summary.counts = r.counts;
        if (!r.ended) {
            r.summary.verdict = RUN_INCONCLUSIVE;
            r.summary.stopped = "the recorded run broke off";
        }
        event_run_end(bus, &r.summary);
        *ret_summary = r.summary;
        ret_summary->functions = NULL;
        ret_summary->stopped = ret_summary->end = ret_summary->message = NULL;
    }
    if (in != stdin)
        fclose(in);
    free(r.seen);
    arena_release(&arena);
    return result;
}
