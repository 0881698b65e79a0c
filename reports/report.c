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

const struct report_format report_formats[] = {
    {"junit", "JUnit XML as CI systems read it", junit_open, junit_close},
    {"junit-strict", "JUnit XML that is valid under the Jenkins and Ant schemas", junit_strict_open,
     junit_close},
    {"html", "one page with everything: pictures, requests, responses, diffs, logs", html_open,
     html_close},
    {"tap", "TAP version 14", tap_open, tap_close},
    {"markdown", "a summary for pull requests and $GITHUB_STEP_SUMMARY", markdown_open,
     markdown_close},
    {"github", "annotations for GitHub Actions (print it, or let FILE be -)", github_open,
     github_close},
    {"jsonl", "every event as a line of JSON; `smokegate report` renders others from it",
     jsonl_open, jsonl_close},
    {"outcome", "the versions that were tested, for promote", outcome_report_open,
     outcome_report_close},
};

const size_t report_format_count = ARRAY_LEN(report_formats);

struct report {
    const struct report_format *format;
    void *ctx;
    char *path, *temporary;
    FILE *file;
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

static int open_file(struct report *r, struct err *err)
{
    CLEANUP(mem_freep) char *dir = path_dir(r->path);
    CLEANUP(buf_release) struct buf name = {0};
    int fd;

    if (file_mkdirs(dir, err) < 0)
        return -1;
    buf_printf(&name, "%s.XXXXXX", r->path);
    r->temporary = buf_steal(&name);
    fd = mkstemp(r->temporary);
    if (fd < 0) {
        free(STEAL(r->temporary));
        return err_sys(err, ERR_IO, errno, "%s: cannot be written", r->path);
    }
    r->file = fdopen(fd, "w+");
    return r->file ? 0 : err_sys(err, ERR_IO, errno, "%s", r->path);
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

int report_open(struct report **ret, const char *format, const char *path, struct event_bus *bus,
                struct err *err)
{
    const struct report_format *known = report_format_find(format);
    struct listener listener = {0};
    struct report *r;

    if (!known)
        return unknown_format(format, err);
    r = mem_zalloc(sizeof(*r));
    r->format = known;
    r->path = mem_dup(path);
    if (open_file(r, err) < 0) {
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
    if (r->temporary)
        unlink(r->temporary);
    free(r->temporary);
    free(r->path);
    free(r);
}

int report_finish(struct report *r, struct err *err)
{
    struct err first;

    if (fflush(r->file) != 0 || fsync(fileno(r->file)) != 0)
        failed(r, "cannot be written");
    if (fchmod(fileno(r->file), 0644) != 0)
        failed(r, "cannot be made readable");
    if (r->err.kind == ERR_NONE && rename(r->temporary, r->path) != 0)
        failed(r, "cannot be put in place");
    if (r->err.kind == ERR_NONE) {
        file_tell_written(r->path);
        free(STEAL(r->temporary));
    }
    first = r->err;
    report_abandon(r);
    if (first.kind == ERR_NONE)
        return 0;
    return err_set(err, first.kind, "%s", first.text);
}

void report_write(struct report *r, struct buf *bytes)
{
    secret_mask(bytes);
    if (bytes->len && fwrite(bytes->data, 1, bytes->len, r->file) != bytes->len)
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

    if (!spool || fseek(spool, from, SEEK_SET) != 0)
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

const char *report_path(const struct report *r)
{
    return r->path;
}
