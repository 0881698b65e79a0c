#include "reports/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/suggest.h"
#include "reports/formats.h"
#include "reports/report_parts.h"

const struct report_format report_formats[] = {
    {"junit", "JUnit XML as CI systems read it", true, junit_open, junit_close},
    {"junit-strict", "JUnit XML that is valid under the Jenkins and Ant schemas", true,
     junit_strict_open, junit_close},
    {"html", "one page with everything: pictures, requests, responses, diffs, logs", false,
     html_open, html_close},
    {"tap", "TAP version 14", false, tap_open, tap_close},
    {"markdown", "a summary for pull requests and $GITHUB_STEP_SUMMARY", false, markdown_open,
     markdown_close},
    {"github", "annotations for GitHub Actions (print it, or let FILE be -)", false, github_open,
     github_close},
    {"jsonl", "every event as a line of JSON; `smokegate report` renders others from it", false,
     jsonl_open, jsonl_close},
    {"outcome", "the versions that were tested, for promote", false, outcome_report_open,
     outcome_report_close},
};

const size_t report_format_count = ARRAY_LEN(report_formats);

struct report {
    const struct report_format *format;
    void *ctx;
    char *path;
    struct report_options options;
    char **temporaries; /* of all parts; the last is being written */
    size_t part_count;
    FILE *file;     /* of the last part */
    struct err err; /* the first thing that went wrong */
};

const struct report_format *report_format_find(const char *name)
{
    for (size_t i = 0; i < report_format_count; i++)
        if (strcmp(report_formats[i].name, name) == 0)
            return &report_formats[i];
    return NULL;
}

static void failed(struct report *r, const char *what)
{
    if (r->err.kind == ERR_NONE)
        err_sys(&r->err, ERR_IO, errno, "%s: %s", r->path, what);
}

/* A temporary file for the next part. */
static int open_part(struct report *r, struct err *err)
{
    CLEANUP(buf_release) struct buf name = {0};
    int fd;

    buf_printf(&name, "%s.XXXXXX", r->path);
    fd = mkstemp(name.data);
    if (fd < 0)
        return err_sys(err, ERR_IO, errno, "%s: cannot be written", r->path);
    r->temporaries = mem_grow(r->temporaries, r->part_count + 1, sizeof(*r->temporaries));
    r->temporaries[r->part_count++] = buf_steal(&name);
    r->file = fdopen(fd, "w+");
    return r->file ? 0 : err_sys(err, ERR_IO, errno, "%s", r->path);
}

static int open_first(struct report *r, struct err *err)
{
    CLEANUP(mem_freep) char *dir = path_dir(r->path);

    if (file_mkdirs(dir, err) < 0)
        return -1;
    return open_part(r, err);
}

static int unknown_format(const char *format, struct err *err)
{
    CLEANUP(buf_release) struct buf names = {0};
    const char *all[ARRAY_LEN(report_formats)], *near;

    for (size_t i = 0; i < report_format_count; i++) {
        all[i] = report_formats[i].name;
        buf_printf(&names, "%s%s", i ? ", " : "", all[i]);
    }
    near = suggest_nearest(str_c(format), all, report_format_count);
    if (near)
        return err_set(err, ERR_USAGE, "there is no report format %s, did you mean %s?", format,
                       near);
    return err_set(err, ERR_USAGE, "there is no report format %s; there are %s", format,
                   buf_c(&names));
}

int report_open(struct report **ret, const char *format, const char *path,
                const struct report_options *options, struct event_bus *bus, struct err *err)
{
    const struct report_format *known = report_format_find(format);
    struct listener listener = {0};
    struct report *r;

    if (!known)
        return unknown_format(format, err);
    r = mem_zalloc(sizeof(*r));
    r->format = known;
    r->path = mem_dup(path);
    if (options)
        r->options = *options;
    if (open_first(r, err) < 0) {
        report_abandon(r);
        return -1;
    }
    r->ctx = known->open(r, &listener);
    event_bus_listen(bus, &listener);
    *ret = r;
    return 0;
}

void report_abandon(struct report *r)
{
    if (!r)
        return;
    if (r->ctx)
        r->format->close(r->ctx);
    if (r->file)
        fclose(r->file);
    for (size_t i = 0; i < r->part_count; i++) {
        if (r->temporaries[i])
            unlink(r->temporaries[i]);
        free(r->temporaries[i]);
    }
    free(r->temporaries);
    free(r->path);
    free(r);
}

static void close_part(struct report *r)
{
    if (!r->file)
        return;
    if (fflush(r->file) != 0 || fsync(fileno(r->file)) != 0)
        failed(r, "cannot be written");
    if (fchmod(fileno(r->file), 0644) != 0)
        failed(r, "cannot be made readable");
    fclose(STEAL(r->file));
}

void report_next_part(struct report *r)
{
    struct err err = {0};

    close_part(r);
    if (open_part(r, &err) < 0 && r->err.kind == ERR_NONE)
        r->err = err;
}

/* Others write there while the report is made, so that it cannot be replaced. */
static void append_to(struct report *r, const char *path, const char *temporary)
{
    CLEANUP(buf_release) struct buf bytes = {0};
    char last = '\n';
    FILE *file;

    if (file_read(&bytes, temporary, 0, &r->err) < 0)
        return;
    file = fopen(path, "ae+");
    if (file && fseek(file, -1, SEEK_END) == 0)
        last = (char)fgetc(file);
    if (!file || fseek(file, 0, SEEK_END) != 0 || (last != '\n' && fputc('\n', file) == EOF) ||
        fwrite(bytes.data, 1, bytes.len, file) != bytes.len || fflush(file) != 0 ||
        fsync(fileno(file)) != 0)
        failed(r, "cannot be written");
    if (file)
        fclose(file);
}

static void put_in_place(struct report *r, size_t part)
{
    CLEANUP(buf_release) struct buf path = {0};

    report_part_path(r, part, &path);
    if (r->err.kind != ERR_NONE)
        return;
    if (r->options.append) {
        append_to(r, buf_c(&path), r->temporaries[part - 1]);
        return; /* the temporary file goes with the report */
    }
    if (rename(r->temporaries[part - 1], buf_c(&path)) != 0) {
        failed(r, "cannot be put in place");
        return;
    }
    file_tell_written(buf_c(&path));
    free(STEAL(r->temporaries[part - 1]));
}

int report_finish(struct report *r, struct err *err)
{
    struct err first;

    close_part(r);
    if (r->err.kind == ERR_NONE && r->format->has_parts)
        (void)report_parts_remove(r->path, r->part_count, &r->err);
    for (size_t part = r->part_count; part >= 1; part--)
        put_in_place(r, part);
    if (r->err.kind == ERR_NONE)
        file_sync_dir(r->path);
    first = r->err;
    report_abandon(r);
    if (first.kind == ERR_NONE)
        return 0;
    return err_set(err, first.kind, "%s", first.text);
}

void report_write(struct report *r, struct buf *bytes)
{
    secret_mask(bytes);
    if (r->file && bytes->len && fwrite(bytes->data, 1, bytes->len, r->file) != bytes->len)
        failed(r, "cannot be written");
    buf_clear(bytes);
}

FILE *report_spool(struct report *r)
{
    FILE *spool = tmpfile();

    if (!spool)
        failed(r, "no temporary file");
    return spool;
}

void report_spool_write(struct report *r, FILE *spool, struct buf *bytes)
{
    secret_mask(bytes);
    if (spool && bytes->len && fwrite(bytes->data, 1, bytes->len, spool) != bytes->len)
        failed(r, "cannot write its temporary file");
    buf_clear(bytes);
}

void report_copy(struct report *r, FILE *spool, long from, long to)
{
    char block[16384];

    if (!spool || !r->file || fseek(spool, from, SEEK_SET) != 0)
        return;
    while (from < to) {
        size_t want = (size_t)(to - from) < sizeof(block) ? (size_t)(to - from) : sizeof(block);
        size_t got = fread(block, 1, want, spool);

        if (got == 0 || fwrite(block, 1, got, r->file) != got) {
            failed(r, "cannot be written");
            return;
        }
        from += (long)got;
    }
}

const struct report_options *report_options(const struct report *r)
{
    return &r->options;
}

size_t report_part_count(const struct report *r)
{
    return r->part_count;
}

void report_part_path(const struct report *r, size_t part, struct buf *out)
{
    report_parts_name(out, r->path, part);
}

const char *report_path(const struct report *r)
{
    return r->path;
}
