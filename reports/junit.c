/*
 * JUnit XML. The default dialect is what Jenkins, GitLab, the GitHub actions, Azure DevOps,
 * CircleCI and Buildkite read (one flat level, file and line, flaky and rerun elements in
 * Surefire's form with their stackTrace); the strict one is valid under both jenkins junit-10.xsd
 * and Ant's schema. Testcases wait in a spool until the counts before them are known.
 */
#include "reports/formats.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/digest.h"
#include "base/mem.h"
#include "reports/junit_private.h"
#include "reports/place.h"

struct junit {
    struct account account; /* of a promotion; first: it is its own listener */
    struct report *report;
    struct junit_run run;
    FILE *spool;
    struct junit_piece *pieces;
    size_t piece_count, piece_cap, suite_at;
    size_t parts, part_cases, part_bytes; /* of the last file */
    size_t suite_bytes;
    char *folder;
    json_t *class_files;         /* which file has a class name */
    struct buf class_name, file; /* of the suite whose cases are told */
    struct buf text;             /* one element at a time */
};

/* ---- pieces ---- */

static struct junit_suite own(const struct junit_suite *s)
{
    return (struct junit_suite){.name = mem_dup(s->name),
                                .file = mem_dup(s->file),
                                .class_name = mem_dup(s->class_name),
                                .scope = mem_dup(s->scope),
                                .function = mem_dup(s->function),
                                .kind = mem_dup(s->kind),
                                .environment = mem_dup(s->environment)};
}

static void disown(const struct junit_suite *s)
{
    free((char *)(uintptr_t)s->name);
    free((char *)(uintptr_t)s->file);
    free((char *)(uintptr_t)s->class_name);
    free((char *)(uintptr_t)s->scope);
    free((char *)(uintptr_t)s->function);
    free((char *)(uintptr_t)s->kind);
    free((char *)(uintptr_t)s->environment);
}

static struct junit_piece *begin_piece(struct junit *j, const struct junit_suite *suite,
                                       int64_t start_us, long from)
{
    struct junit_piece *p;

    if (j->piece_count == j->piece_cap) {
        j->piece_cap = j->piece_cap ? j->piece_cap * 2 : 8;
        j->pieces = mem_grow(j->pieces, j->piece_cap, sizeof(*j->pieces));
    }
    p = &j->pieces[j->piece_count++];
    *p = (struct junit_piece){
        .suite = own(suite), .part = j->parts, .from = from, .to = from, .start_us = start_us};
    j->part_bytes += j->suite_bytes;
    return p;
}

/* Would these bytes be too many for the file that is being filled? A case alone always fits. */
static bool is_full(const struct junit *j, size_t bytes)
{
    const struct report_options *o = report_options(j->report);

    if (j->part_cases == 0)
        return false;
    return (o->max_cases && j->part_cases >= o->max_cases) ||
           (o->max_bytes && j->part_bytes + bytes > o->max_bytes);
}

static void count(struct junit_sums *s, enum verdict verdict, int64_t us)
{
    s->tests++;
    s->failures += verdict == VERDICT_FAILED;
    s->errors += verdict == VERDICT_INCONCLUSIVE;
    s->skipped += verdict == VERDICT_SKIPPED;
    s->total_us += us;
}

/* Puts the testcase in j->text into the spool, in the file and suite it belongs to. */
static void add_case(struct junit *j, const struct junit_told *told, bool is_new_suite)
{
    const long from = j->spool ? ftell(j->spool) : 0;
    struct junit_piece *p = j->piece_count ? &j->pieces[j->piece_count - 1] : NULL;
    size_t bytes;

    report_spool_write(j->report, j->spool, &j->text);
    bytes = j->spool ? (size_t)(ftell(j->spool) - from) : 0;
    if (is_full(j, bytes + (is_new_suite ? j->suite_bytes : 0))) {
        j->parts++;
        j->part_cases = j->part_bytes = 0;
        is_new_suite = true;
    }
    if (is_new_suite || !p)
        p = begin_piece(j, &told->suite, told->start_us, from);
    p->to = from + (long)bytes;
    if (told->start_us < p->start_us)
        p->start_us = told->start_us;
    count(&p->sums, told->verdict, told->duration_us);
    j->part_cases++;
    j->part_bytes += bytes;
}

/* ---- listening ---- */

static void on_run_start(void *ctx, const struct run_info *info)
{
    struct junit *j = ctx;

    junit_run_begin(&j->run, info);
    j->folder = mem_dup(info->folder ? info->folder : "");
    j->suite_bytes = junit_suite_bytes(info);
}

/*
 * "a.b.json" and "a_b.json" would be one class, and GitLab drops the second case of a class and a
 * name. What is added then is made of the path, so that it does not change with their number.
 */
static void name_suite(struct junit *j, const struct case_result *r)
{
    const char *file = r->info.file, *taken;
    char hash[SHA256_HEX_SIZE];

    buf_clear(&j->file);
    place_in_repository(&j->file, j->folder, file);
    buf_clear(&j->class_name);
    junit_class_name(&j->class_name, r->info.scope, file);
    taken = json_string_value(json_object_get(j->class_files, buf_c(&j->class_name)));
    if (taken && strcmp(taken, file) != 0) {
        sha256_hex(hash, str_c(file));
        buf_printf(&j->class_name, "_%.8s", hash);
    } else if (!taken) {
        json_object_set_new_nocheck(j->class_files, buf_c(&j->class_name),
                                    json_string_nocheck(file));
    }
}

static void on_case_end(void *ctx, const struct case_result *r)
{
    struct junit *j = ctx;
    const bool in_promotion = r->info.scope != NULL, is_new = j->suite_at != r->info.suite_index;
    struct junit_told told;

    if (is_new)
        name_suite(j, r);
    told = (struct junit_told){.suite = {.name = r->info.suite,
                                         .file = buf_c(&j->file),
                                         .class_name = buf_c(&j->class_name),
                                         .scope = r->info.scope,
                                         .function = in_promotion ? r->info.function : NULL},
                               .verdict = r->verdict,
                               .start_us = r->start_us,
                               .duration_us = r->duration_us};

    junit_case(&j->text, j->run.strict, &told.suite, r);
    add_case(j, &told, is_new);
    j->suite_at = r->info.suite_index;
}

static void take_told(void *ctx, const struct junit_told *told, struct buf *text)
{
    struct junit *j = ctx;
    const struct junit_piece *last = j->piece_count ? &j->pieces[j->piece_count - 1] : NULL;

    buf_add_str(&j->text, buf_str(text));
    buf_clear(text);
    add_case(j, told,
             !last || !last->suite.kind || strcmp(last->suite.name, told->suite.name) != 0);
}

static void write_part(struct junit *j, size_t part, const struct run_summary *end)
{
    struct junit_sums sums = {0};
    size_t id = 0;

    for (size_t i = 0; i < j->piece_count; i++) {
        const struct junit_sums *s = &j->pieces[i].sums;

        if (j->pieces[i].part != part)
            continue;
        sums.tests += s->tests;
        sums.failures += s->failures;
        sums.errors += s->errors;
        sums.skipped += s->skipped;
        sums.total_us += s->total_us;
    }
    junit_document_open(&j->text, &j->run, part, j->parts, &sums);
    for (size_t i = 0; i < j->piece_count; i++) {
        const struct junit_piece *p = &j->pieces[i];

        if (p->part != part)
            continue;
        junit_suite_open(&j->text, &j->run, p, id++, end);
        report_write(j->report, &j->text);
        report_copy(j->report, j->spool, p->from, p->to);
        junit_suite_close(&j->text, &j->run);
    }
    buf_add_c(&j->text, "</testsuites>\n");
    report_write(j->report, &j->text);
}

static void on_run_end(void *ctx, const struct run_summary *end)
{
    struct junit *j = ctx;

    junit_account(&j->account, j->run.strict, take_told, j);
    for (size_t part = 1; part <= j->parts; part++) {
        if (part > 1)
            report_next_part(j->report);
        write_part(j, part, end);
    }
}

static void *open_dialect(struct report *report, struct listener *ret_listener, bool strict)
{
    struct junit *j = mem_zalloc(sizeof(*j));

    j->report = report;
    j->run.strict = strict;
    j->parts = 1;
    j->suite_at = SIZE_MAX;
    j->class_files = json_object();
    j->spool = report_spool(report);
    *ret_listener = (struct listener){.ctx = j,
                                      .run_start = on_run_start,
                                      .case_end = on_case_end,
                                      .step = account_on_step,
                                      .finding = account_on_finding,
                                      .place = account_on_place,
                                      .run_end = on_run_end};
    return j;
}

void *junit_open(struct report *report, struct listener *ret_listener)
{
    return open_dialect(report, ret_listener, false);
}

void *junit_strict_open(struct report *report, struct listener *ret_listener)
{
    return open_dialect(report, ret_listener, true);
}

void junit_close(void *ctx)
{
    struct junit *j = ctx;

    for (size_t i = 0; i < j->piece_count; i++)
        disown(&j->pieces[i].suite);
    if (j->spool)
        fclose(j->spool);
    free(j->pieces);
    free(j->folder);
    json_decref(j->class_files);
    buf_release(&j->class_name);
    buf_release(&j->file);
    junit_run_release(&j->run);
    account_release(&j->account);
    buf_release(&j->text);
    free(j);
}
