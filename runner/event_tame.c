#include "runner/event_tame.h"

#include <string.h>

#include "base/secret.h"
#include "base/utf8.h"
#include "runner/print.h"

/*
 * Whether it was ever recorded must not show, and a recorded stream is UTF-8. Cut before and after:
 * bytes that are none take four times their room.
 */
static const char *text_of(struct arena *arena, const char *text, size_t max)
{
    CLEANUP(buf_release) struct buf repaired = {0};

    if (!text)
        return NULL;
    if (strlen(text) > max || secret_in(str_c(text)))
        text = print_clip(arena, str_c(text), max);
    if (utf8_is_valid(str_c(text)))
        return text;
    utf8_repair(&repaired, str_c(text));
    return print_clip(arena, buf_str(&repaired), max);
}

static const char *text(struct arena *arena, const char *from)
{
    return text_of(arena, from, TAME_TEXT_MAX);
}

/* What identifies: no name that AWS or a project file allows is as long. */
static const char *name(struct arena *arena, const char *from)
{
    CLEANUP(buf_release) struct buf repaired = {0};
    struct str part;

    if (!from)
        return NULL;
    part = utf8_part(str_c(from), TAME_TEXT_MAX);
    if (!from[part.len] && utf8_is_valid(part))
        return from;
    utf8_repair(&repaired, part);
    return arena_dup_str(arena, utf8_part(buf_str(&repaired), TAME_TEXT_MAX));
}

static const char *const *tame_tags(struct arena *arena, const struct case_info *info)
{
    const char **tags = arena_array(arena, info->tag_count + 1, sizeof(*tags));

    for (size_t i = 0; i < info->tag_count; i++)
        tags[i] = text(arena, info->tags[i]);
    return tags;
}

struct case_info tame_info(struct arena *arena, const struct case_info *info)
{
    struct case_info tame = *info;

    tame.suite = text(arena, info->suite);
    tame.name = text(arena, info->name);
    tame.row_id = text(arena, info->row_id);
    tame.file = text(arena, info->file);
    tame.description = text(arena, info->description);
    tame.function_key = name(arena, info->function_key);
    tame.function = name(arena, info->function);
    tame.alias = name(arena, info->alias);
    tame.scope = name(arena, info->scope);
    if (info->tag_count)
        tame.tags = tame_tags(arena, info);
    return tame;
}

/* ---- a result ---- */

static size_t length(const char *c)
{
    return c ? strlen(c) : 0;
}

static size_t size_of(const struct failure_info *f)
{
    return length(f->where) + length(f->expected) + length(f->actual) + length(f->diff) +
           length(f->note);
}

static struct failure_info tame_failure(struct arena *arena, const struct failure_info *f)
{
    struct failure_info tame = *f;

    tame.file = text(arena, f->file);
    tame.where = text(arena, f->where);
    tame.expected = text(arena, f->expected);
    tame.actual = text(arena, f->actual);
    tame.diff = text_of(arena, f->diff, TAME_DIFF_MAX);
    tame.note = text(arena, f->note);
    return tame;
}

static void tame_failures(struct arena *arena, struct attempt *a, size_t *room)
{
    const size_t most = a->failure_count < TAME_FAILURES_MAX ? a->failure_count : TAME_FAILURES_MAX;
    struct failure_info *kept = arena_array(arena, most + 1, sizeof(*kept));
    size_t n = 0;

    for (; n<most && * room> 0; n++) {
        kept[n] = tame_failure(arena, &a->failures[n]);
        *room -= size_of(&kept[n]) < *room ? size_of(&kept[n]) : *room;
    }
    a->failures_dropped += a->failure_count - n;
    a->failure_count = n;
    a->failures = kept;
}

static struct str excerpt(struct arena *arena, struct str bytes, size_t *room)
{
    const size_t max = *room < EXCERPT_FAILED_MAX ? *room : EXCERPT_FAILED_MAX;
    CLEANUP(buf_release) struct buf repaired = {0};

    if (bytes.len > max || secret_in(bytes))
        bytes = secret_masked_part(arena, bytes, max);
    if (!utf8_is_valid(bytes)) { /* it may begin or end within a code point */
        utf8_repair(&repaired, bytes);
        bytes = arena_str(arena, utf8_part(buf_str(&repaired), max));
    }
    *room -= bytes.len;
    return bytes;
}

static void tame_attempt(struct arena *arena, struct attempt *a, size_t *room)
{
    a->executed_version = text(arena, a->executed_version);
    a->request_id = text(arena, a->request_id);
    a->function_error = text(arena, a->function_error);
    a->error_type = text(arena, a->error_type);
    a->error_message = text(arena, a->error_message);
    a->reason = text(arena, a->reason);
    if (a->failure_count)
        tame_failures(arena, a, room);
    a->response = excerpt(arena, a->response, room);
    a->request = excerpt(arena, a->request, room);
    a->log = excerpt(arena, a->log, room);
}

void tame_result(struct case_result *r)
{
    size_t room = TAME_CASE_MAX;

    r->info = tame_info(&r->arena, &r->info);
    r->reason = text(&r->arena, r->reason);
    for (size_t i = r->attempt_count; i > 0; i--)
        tame_attempt(&r->arena, &r->attempts[i - 1], &room);
    if (r->notice_count) {
        const char **notices = arena_array(&r->arena, r->notice_count, sizeof(*notices));

        for (size_t i = 0; i < r->notice_count; i++)
            notices[i] = text(&r->arena, r->notices[i]);
        r->notices = notices;
    }
}

/* ---- a run and a promotion ---- */

static const struct run_function *tame_functions(struct arena *arena,
                                                 const struct run_function *functions, size_t count)
{
    struct run_function *tame = arena_array(arena, count + 1, sizeof(*tame));

    for (size_t i = 0; i < count; i++) {
        tame[i] = functions[i];
        tame[i].key = name(arena, functions[i].key);
        tame[i].name = name(arena, functions[i].name);
        tame[i].alias = name(arena, functions[i].alias);
        tame[i].version = name(arena, functions[i].version);
        tame[i].code_sha256 = name(arena, functions[i].code_sha256);
        tame[i].reason = text(arena, functions[i].reason);
        tame[i].executed_version = name(arena, functions[i].executed_version);
    }
    return tame;
}

struct run_info tame_run(struct arena *arena, const struct run_info *run)
{
    struct run_suite *suites = arena_array(arena, run->suite_count + 1, sizeof(*suites));
    struct run_info tame = *run;

    for (size_t i = 0; i < run->suite_count; i++) {
        suites[i] = run->suites[i];
        suites[i].name = text(arena, suites[i].name);
        suites[i].file = text(arena, suites[i].file);
    }
    tame.suites = suites;
    tame.functions = tame_functions(arena, run->functions, run->function_count);
    tame.id = name(arena, run->id);
    tame.environment = name(arena, run->environment);
    tame.alias = name(arena, run->alias);
    tame.region = name(arena, run->region);
    tame.endpoint = name(arena, run->endpoint);
    tame.tool_version = name(arena, run->tool_version);
    tame.host = name(arena, run->host);
    tame.folder = text(arena, run->folder);
    tame.release = text(arena, run->release);
    tame.command = name(arena, run->command);
    tame.aliases.live = name(arena, run->aliases.live);
    tame.aliases.smoke = name(arena, run->aliases.smoke);
    tame.aliases.backup = name(arena, run->aliases.backup);
    return tame;
}

struct run_summary tame_summary(struct arena *arena, const struct run_summary *end)
{
    struct run_summary tame = *end;

    tame.functions = tame_functions(arena, end->functions, end->function_count);
    tame.stopped = text(arena, end->stopped);
    tame.end = name(arena, end->end);
    tame.message = text(arena, end->message);
    return tame;
}

struct account_step tame_step(struct arena *arena, const struct account_step *step)
{
    struct account_step tame = *step;

    tame.environment = name(arena, step->environment);
    tame.kind = name(arena, step->kind);
    tame.function = name(arena, step->function);
    tame.text = text(arena, step->text);
    tame.reason = text(arena, step->reason);
    tame.detail = text_of(arena, step->detail, TAME_DIFF_MAX);
    return tame;
}

struct account_finding tame_finding(struct arena *arena, const struct account_finding *finding)
{
    struct account_finding tame = *finding;

    tame.check = name(arena, finding->check);
    tame.environment = name(arena, finding->environment);
    tame.function = name(arena, finding->function);
    tame.resource = text(arena, finding->resource);
    tame.source_arn = text(arena, finding->source_arn);
    tame.text = text(arena, finding->text);
    tame.repair = text(arena, finding->repair);
    return tame;
}

static struct account_versions tame_versions(struct arena *arena, const struct account_versions *v)
{
    return (struct account_versions){.live = name(arena, v->live),
                                     .smoke = name(arena, v->smoke),
                                     .backup = name(arena, v->backup)};
}

struct account_place tame_place(struct arena *arena, const struct account_place *place)
{
    struct account_place tame = *place;

    tame.environment = name(arena, place->environment);
    tame.function = name(arena, place->function);
    tame.before = tame_versions(arena, &place->before);
    tame.after = tame_versions(arena, &place->after);
    return tame;
}
