#include "reports/merge_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reports/replay_private.h"

static void remember(struct merge_part *part, size_t place, long offset)
{
    if (part->count == part->cap) {
        part->cap = part->cap ? part->cap * 2 : 64;
        part->lines = mem_grow(part->lines, part->cap, sizeof(*part->lines));
    }
    part->lines[part->count++] = (struct merge_line){place, offset};
}

static bool take_case(struct merge_part *part, json_t *event, long offset)
{
    struct case_result *result = replay_read_case(event);

    if (!result)
        return false;
    remember(part, result->info.place, offset);
    case_result_free(result);
    return part->count <= part->run.cases;
}

static bool take_line(struct merge_part *part, const char *line, size_t len, long offset)
{
    const char *kind = NULL;
    json_t *event = replay_read_line(line, len, &kind);
    bool good = event && !part->ended;

    if (good && strcmp(kind, "run_start") == 0)
        good = !part->started && (part->started = replay_read_run(&part->run, event, &part->arena));
    else if (good && strcmp(kind, "case_end") == 0)
        good = part->started && take_case(part, event, offset);
    else if (good && strcmp(kind, "run_end") == 0)
        good = part->started && (part->ended = replay_read_end(&part->end, event, &part->arena));
    else if (good)
        good = part->started; /* kinds of a later minor version */
    json_decref(event);
    return good;
}

int merge_part_read(struct merge_part *part, const char *path, struct err *err)
{
    CLEANUP(mem_freep) char *line = NULL;
    size_t cap = 0, number = 0;
    long offset = 0;
    ssize_t len;

    *part = (struct merge_part){.path = path, .file = fopen(path, "re")};
    if (!part->file)
        return err_sys(err, ERR_INPUT, errno, "%s", path);
    while ((len = getline(&line, &cap, part->file)) > 0) {
        number++;
        if (line[len - 1] != '\n') /* the run was killed while writing it */
            break;
        if (!take_line(part, line, (size_t)len, offset))
            return err_set(err, ERR_INPUT,
                           "%s:%zu: no event of a smokegate run, version %d; the streams of "
                           "--report jsonl=FILE are merged",
                           path, number, EVENT_VERSION);
        offset += (long)len;
    }
    if (part->started)
        return 0;
    return err_set(err, ERR_INPUT, "%s: an empty event stream", path);
}

void merge_part_release(struct merge_part *part)
{
    if (part->file)
        fclose(part->file);
    free(part->lines);
    arena_release(&part->arena);
}

struct case_result *merge_case_read(const struct merge_part *part, long offset, struct err *err)
{
    CLEANUP(mem_freep) char *line = NULL;
    struct case_result *result = NULL;
    const char *kind = NULL;
    json_t *event = NULL;
    size_t cap = 0;
    ssize_t len;

    if (fseek(part->file, offset, SEEK_SET) == 0 && (len = getline(&line, &cap, part->file)) > 0)
        event = replay_read_line(line, (size_t)len, &kind);
    if (event && strcmp(kind, "case_end") == 0)
        result = replay_read_case(event);
    json_decref(event);
    if (!result)
        err_set(err, ERR_IO, "%s: changed while it was read", part->path);
    return result;
}
