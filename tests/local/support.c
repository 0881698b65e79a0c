#define _XOPEN_SOURCE 700
#include "tests/local/support.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/rand.h"
#include "tests/test.h"

static la_ssize_t on_write(struct archive *a, void *ctx, const void *data, size_t len)
{
    (void)a;
    buf_add(ctx, data, len);
    return (la_ssize_t)len;
}

void support_zip(struct buf *out, const struct entry *entries, size_t count)
{
    struct archive *a = archive_write_new();

    archive_write_set_format_zip(a);
    archive_write_set_bytes_in_last_block(a, 1); /* no padding behind the end */
    assert_int_equal(archive_write_open(a, out, NULL, on_write, NULL), ARCHIVE_OK);
    for (size_t i = 0; i < count; i++) {
        struct archive_entry *e = archive_entry_new();
        const struct entry *in = &entries[i];
        const size_t len = in->len ? in->len : strlen(in->content ? in->content : "");
        const unsigned type = in->mode & S_IFMT ? in->mode & S_IFMT : S_IFREG;

        archive_entry_set_pathname(e, in->name);
        archive_entry_set_mode(e, (mode_t)(type | (in->mode & 07777)));
        if (type == S_IFLNK)
            archive_entry_set_symlink(e, in->content);
        else
            archive_entry_set_size(e, type == S_IFREG ? (la_int64_t)len : 0);
        assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
        if (type == S_IFREG)
            archive_write_data(a, in->content, len);
        archive_entry_free(e);
    }
    archive_write_close(a);
    archive_write_free(a);
}

static char function_name[64];

char *support_dir(void)
{
    char *dir = mem_dup("/tmp/smokegate-test-local-XXXXXX");

    assert_non_null(mkdtemp(dir));
    snprintf(function_name, sizeof(function_name), "puppet-%016llx",
             (unsigned long long)rand_u64());
    return dir;
}

void support_remove(char *dir)
{
    file_remove_tree(dir, NULL);
    free(dir);
}

void support_package(struct package *p, const char *dir, const char *name, struct str zip)
{
    struct err err = {0};

    snprintf(p->zip_path, sizeof(p->zip_path), "%s/%s", dir, name);
    if (file_write_atomic(p->zip_path, zip, 0644, &err) < 0)
        fail_msg("%s", err.text);
    sha256_hex(p->sha, zip);
}

void support_puppet(struct package *p, const char *dir)
{
    struct buf program = {0}, zip = {0};
    struct err err = {0};
    char *path = path_join(getenv("SMOKEGATE_BUILD"), "tests/local/puppet");
    struct entry entry = {.name = "bootstrap", .mode = 0755};

    if (file_read(&program, path, 0, &err) < 0)
        fail_msg("%s", err.text);
    entry.content = program.data;
    entry.len = program.len;
    support_zip(&zip, &entry, 1);
    support_package(p, dir, "puppet.zip", buf_str(&zip));
    buf_release(&program);
    buf_release(&zip);
    free(path);
}

struct execute_version support_version(const struct package *p)
{
    return (struct execute_version){.function = function_name,
                                    .version = "7",
                                    .identity = "a",
                                    .runtime = "provided.al2023",
                                    .handler = "index.handler",
                                    .zip_path = p->zip_path,
                                    .code_sha256 = p->sha,
                                    .timeout_ms = 10000,
                                    .memory_mb = 128};
}

void support_invoke(struct executor *x, const struct execute_version *v, const char *payload,
                    struct execute_result *ret)
{
    char id[UUID_SIZE];
    struct execute_event event = {.request_id = id,
                                  .invoked_arn = "arn:aws:lambda:us-east-1:123456789012:function:"
                                                 "puppet:Smoke",
                                  .payload = str_c(payload)};
    struct err err = {0};

    rand_uuid(id, NULL);
    *ret = (struct execute_result){0};
    if (executor_invoke(x, v, &event, ret, &err) < 0)
        fail_msg("%s was not run: %s", payload, err.text);
}

static void on_notice(void *ctx, const char *text)
{
    (void)ctx;
    fprintf(stderr, "notice: %s\n", text);
}

struct executor *support_executor(const char *dir, const struct executor_options *more)
{
    char *state = path_join(dir, "state");
    struct executor_options options = more ? *more : (struct executor_options){0};
    struct executor *x = NULL;
    struct err err = {0};

    options.state_dir = state;
    options.region = "eu-west-1";
    options.account = "123456789012";
    options.environments_max = 8;
    options.notice = on_notice;
    if (executor_new(&x, &options, &err) < 0)
        fail_msg("%s", err.text);
    free(state);
    return x;
}

static unsigned processes_of_function(void)
{
    char needle[128];
    DIR *d = opendir("/proc");
    const struct dirent *e;
    unsigned count = 0;

    snprintf(needle, sizeof(needle), "AWS_LAMBDA_FUNCTION_NAME=%s", function_name);
    while (d && (e = readdir(d))) {
        struct buf environment = {0};
        char path[300];

        snprintf(path, sizeof(path), "/proc/%s/environ", e->d_name);
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
            file_read(&environment, path, 1 << 20, NULL) == 0)
            count += str_find(buf_str(&environment), str_c(needle), 0) != (size_t)-1;
        buf_release(&environment);
    }
    closedir(d);
    return count;
}

void support_expect_processes(unsigned min, unsigned max)
{
    const struct timespec moment = {.tv_nsec = 5000000};
    unsigned seen = 0;

    for (int i = 0; i < 1000; i++) {
        seen = processes_of_function();
        if (seen >= min && seen <= max)
            return;
        nanosleep(&moment, NULL);
    }
    fail_msg("%u processes of the function, expected %u to %u", seen, min, max);
}
