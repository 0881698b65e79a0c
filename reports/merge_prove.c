/* Do the parts make up one run? Everything that says no is told, not only the first. */
#include "reports/merge.h"

#include <string.h>

#include "base/mem.h"
#include "reports/merge_private.h"

/* ---- a part alone, and beside the first ---- */

static void check_alone(const struct merge_part *part, struct faults *faults)
{
    const struct run_info *run = &part->run;

    if (!run->whole_sha256 || run->shard < 1 || run->shard > run->shards)
        faults_add(faults, part->path, 0, 0, "this is no shard of a run (--shard I/N)");
    if (!part->ended)
        faults_add(faults, part->path, 0, 0,
                   "the stream breaks off after %zu of %zu cases: its run did not end by itself",
                   part->count, run->cases);
    else if (part->count != run->cases)
        faults_add(faults, part->path, 0, 0, "%zu of its %zu cases are in it", part->count,
                   run->cases);
}

static void same_text(const struct merge_part *part, const struct merge_part *first,
                      const char *what, const char *got, const char *want, struct faults *faults)
{
    if (strcmp(got, want) != 0)
        faults_add(faults, part->path, 0, 0, "%s %s, but %s has %s", what, *got ? got : "(none)",
                   first->path, *want ? want : "(none)");
}

static bool same_files(const struct merge_part *part, const struct merge_part *first,
                       struct faults *faults)
{
    const struct run_info *a = &part->run, *b = &first->run;
    size_t before = faults->count;

    if (a->suite_count != b->suite_count) {
        faults_add(faults, part->path, 0, 0, "%zu case files, but %s has %zu", a->suite_count,
                   first->path, b->suite_count);
        return false;
    }
    for (size_t i = 0; i < a->suite_count; i++) {
        if (strcmp(a->suites[i].file, b->suites[i].file) != 0)
            faults_add(faults, part->path, 0, 0, "case file %s, but %s has %s in its place",
                       a->suites[i].file, first->path, b->suites[i].file);
        else if (strcmp(a->suites[i].sha256, b->suites[i].sha256) != 0)
            faults_add(faults, part->path, 0, 0,
                       "another %s than in %s: its SHA-256 is %.12s..., not %.12s...",
                       a->suites[i].file, first->path, a->suites[i].sha256, b->suites[i].sha256);
    }
    return faults->count == before;
}

static void check_beside(const struct merge_part *part, const struct merge_part *first,
                         struct faults *faults)
{
    const struct run_info *a = &part->run, *b = &first->run;

    same_text(part, first, "environment", a->environment, b->environment, faults);
    same_text(part, first, "alias", a->alias, b->alias, faults);
    same_text(part, first, "Region", a->region, b->region, faults);
    if (!a->whole_sha256 || !b->whole_sha256)
        return;
    if (a->shards != b->shards)
        faults_add(faults, part->path, 0, 0, "a shard of %u, but %s is one of %u", a->shards,
                   first->path, b->shards);
    if (same_files(part, first, faults) &&
        (a->whole_cases != b->whole_cases || strcmp(a->whole_sha256, b->whole_sha256) != 0))
        faults_add(faults, part->path, 0, 0,
                   "other cases of the same files were selected than in %s: %zu, not %zu",
                   first->path, a->whole_cases, b->whole_cases);
}

/* ---- every shard once ---- */

static void check_shards(const struct merge *m, struct faults *faults)
{
    unsigned shards = m->parts[0].run.shards;

    for (unsigned shard = 1; shard <= shards; shard++) {
        const struct merge_part *seen = NULL;

        for (size_t i = 0; i < m->count; i++) {
            const struct merge_part *part = &m->parts[i];

            if (part->run.shard != shard)
                continue;
            if (seen)
                faults_add(faults, part->path, 0, 0, "shard %u of %u, which %s is already", shard,
                           shards, seen->path);
            seen = part;
        }
        if (!seen)
            faults_add(faults, NULL, 0, 0, "shard %u of %u is missing", shard, shards);
    }
}

/* ---- every case once ---- */

/* "orders > creates an order", which was read before. */
static char *title_of(const struct merge_part *part, long offset)
{
    CLEANUP(buf_release) struct buf title = {0};
    struct case_result *result = merge_case_read(part, offset, NULL);

    if (result)
        buf_printf(&title, "%s > %s", result->info.suite, result->info.name);
    case_result_free(result);
    return mem_dup(buf_c(&title));
}

static void place_case(struct merge *m, const struct merge_part *part,
                       const struct merge_line *line, struct faults *faults)
{
    CLEANUP(mem_freep) char *title = NULL;
    struct merge_case *to;

    if (line->place >= m->parts[0].run.whole_cases) {
        title = title_of(part, line->offset);
        faults_add(faults, part->path, 0, 0, "\"%s\" is none of the %zu selected cases", title,
                   m->parts[0].run.whole_cases);
        return;
    }
    to = &m->cases[line->place];
    if (to->part) {
        title = title_of(part, line->offset);
        faults_add(faults, part->path, 0, 0, "\"%s\" ran in %s as well", title, to->part->path);
        return;
    }
    *to = (struct merge_case){part, line->offset};
}

/* Of a case that is in no stream nothing but its place is known: it is told by its neighbour. */
static void tell_missing(struct merge *m, size_t place, struct faults *faults)
{
    const struct merge_case *before = place ? &m->cases[place - 1] : NULL;
    CLEANUP(mem_freep)
    char *title = before && before->part ? title_of(before->part, before->offset) : NULL;

    if (title)
        faults_add(faults, NULL, 0, 0, "case %zu of %zu, the one after \"%s\", ran in no shard",
                   place + 1, m->parts[0].run.whole_cases, title);
    else
        faults_add(faults, NULL, 0, 0, "case %zu of %zu ran in no shard", place + 1,
                   m->parts[0].run.whole_cases);
}

static void check_cases(struct merge *m, struct faults *faults)
{
    size_t total = m->parts[0].run.whole_cases;

    m->cases = mem_array(total + 1, sizeof(*m->cases));
    for (size_t i = 0; i < m->count; i++)
        for (size_t k = 0; k < m->parts[i].count; k++)
            place_case(m, &m->parts[i], &m->parts[i].lines[k], faults);
    for (size_t place = 0; place < total; place++)
        if (!m->cases[place].part)
            tell_missing(m, place, faults);
}

/* ---- one version of each function ---- */

struct tested {
    struct run_function *known;
    const struct merge_part **from; /* who told of each */
};

/* What both know must be equal; what only one knows is taken. */
static void agree(const struct merge_part *part, const struct merge_part *from,
                  const struct run_function *f, const char *what, const char *got,
                  const char **known, struct faults *faults)
{
    if (!*got)
        return;
    if (**known && strcmp(*known, got) != 0)
        faults_add(faults, part->path, 0, 0, "%s:%s: %s %s, but %s in %s", f->name, f->alias, what,
                   got, *known, from->path);
    *known = got;
}

static void join_function(struct merge *m, struct tested *t, const struct merge_part *part,
                          const struct run_function *f, struct faults *faults)
{
    struct run_function *known = NULL;
    size_t at;

    for (at = 0; at < m->function_count && !known; at++)
        if (strcmp(t->known[at].name, f->name) == 0 && strcmp(t->known[at].alias, f->alias) == 0)
            known = &t->known[at];
    if (!known) {
        t->from[m->function_count] = part;
        t->known[m->function_count++] = *f;
        return;
    }
    at--;
    agree(part, t->from[at], f, "the alias pointed to version", f->version, &known->version,
          faults);
    agree(part, t->from[at], f, "what answered was version", f->executed_version,
          &known->executed_version, faults);
    agree(part, t->from[at], f, "the code was", f->code_sha256, &known->code_sha256, faults);
    if (!known->reason)
        known->reason = f->reason;
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        known->counts.of[i] += f->counts.of[i];
    known->counts.flaky += f->counts.flaky;
}

static void check_functions(struct merge *m, struct faults *faults)
{
    struct tested t = {0};
    size_t most = 0;

    for (size_t i = 0; i < m->count; i++)
        most += m->parts[i].end.function_count;
    t.known = arena_array(&m->arena, most + 1, sizeof(*t.known));
    t.from = arena_array(&m->arena, most + 1, sizeof(struct merge_part *));
    m->functions = t.known;
    for (size_t i = 0; i < m->count; i++)
        for (size_t k = 0; k < m->parts[i].end.function_count; k++)
            join_function(m, &t, &m->parts[i], &m->parts[i].end.functions[k], faults);
}

int merge_prove(struct merge *m, struct faults *faults)
{
    size_t before = faults->count;

    for (size_t i = 0; i < m->count; i++)
        check_alone(&m->parts[i], faults);
    for (size_t i = 1; i < m->count; i++)
        check_beside(&m->parts[i], &m->parts[0], faults);
    if (faults->count == before)
        check_shards(m, faults);
    if (faults->count == before) /* else most cases would be told of */
        check_cases(m, faults);
    check_functions(m, faults);
    return faults->count == before ? 0 : -1;
}
