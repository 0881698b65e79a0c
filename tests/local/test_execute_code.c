/* Packages that mean harm, packages that are damaged, and many who want the same one. */
#define _XOPEN_SOURCE 700
#include "local/execute_code.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rand.h"
#include "tests/local/support.h"
#include "tests/test.h"

static char *dir;
static struct code_store *store;

static int set_up(void **state)
{
    (void)state;
    dir = support_dir();
    return code_store_open(&store, dir, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    code_store_close(store);
    support_remove(dir);
    return 0;
}

static int unpack(const struct package *p, char **ret, struct err *err)
{
    const char *path = p->zip_path, *sha = p->sha;

    return code_store_get(store, &path, &sha, 1, ret, err);
}

static struct package package_of(const struct entry *entries, size_t count)
{
    struct package p;
    struct buf zip = {0};
    char name[ULID_SIZE + 8];

    support_zip(&zip, entries, count);
    rand_ulid(name, 0);
    strncat(name, ".zip", 5);
    support_package(&p, dir, name, buf_str(&zip));
    buf_release(&zip);
    return p;
}

/* Neither the folder that is asked for nor what led to it is there. */
static void assert_nothing_unpacked(void)
{
    char *code = path_join(dir, "code");
    DIR *d = opendir(code);
    const struct dirent *e;

    assert_non_null(d);
    while ((e = readdir(d)))
        if (e->d_name[0] != '.' || strncmp(e->d_name, ".unfinished", 11) == 0)
            fail_msg("%s is there", e->d_name);
    closedir(d);
    free(code);
}

static char too_long[] = "a/"
                         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

static void harmful_packages_are_refused(void **state)
{
    static const struct {
        struct entry entries[2];
        const char *message;
    } rows[] = {
        {{{"../escape", 0644, "x", 0}}, "the name ../escape leaves the package with \"..\""},
        {{{"a/../../escape", 0644, "x", 0}}, "leaves the package"},
        {{{"a/..", S_IFDIR | 0755, NULL, 0}}, "leaves the package"},
        {{{"/tmp/absolute", 0644, "x", 0}}, "the name /tmp/absolute is absolute"},
        {{{"etc", S_IFLNK | 0777, "/etc", 0}}, "the link etc leads to /etc, outside the package"},
        {{{"up", S_IFLNK | 0777, "..", 0}}, "the link up leads to .., outside the package"},
        {{{"a/up", S_IFLNK | 0777, "../../x", 0}}, "outside the package"},
        {{{"a/l", S_IFLNK | 0777, "..", 0}, {"b", S_IFLNK | 0777, "a/l/../..", 0}},
         "the link b leads to a/l/../.., outside the package"},
        {{{too_long, 0644, "x", 0}}, "... has a part longer than 255 bytes"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const size_t count = rows[i].entries[1].name ? 2 : 1;
        const struct package p = package_of(rows[i].entries, count);
        struct err err = {0};
        struct buf zip = {0};
        char *out = NULL;

        assert_int_equal(unpack(&p, &out, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_contains(err.text, rows[i].message);
        assert_nothing_unpacked();
        err = (struct err){0};
        assert_int_equal(file_read(&zip, p.zip_path, 0, &err), 0);
        assert_int_equal(execute_zip_check(buf_str(&zip), NULL, &err), -1);
        assert_contains(err.text, rows[i].message);
        buf_release(&zip);
    }
}

static void what_is_no_zip_is_refused(void **state)
{
    const struct entry file = {"bootstrap", 0755, "#!/bin/sh\nexit 1\n", 0};
    struct buf zip = {0}, empty = {0};
    struct err err = {0};

    (void)state;
    support_zip(&zip, &file, 1);
    support_zip(&empty, NULL, 0);
    assert_int_equal(execute_zip_check(buf_str(&zip), NULL, &err), 0);
    assert_int_equal(execute_zip_check(STR(""), NULL, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_contains(err.text, "not a readable zip");
    assert_int_equal(execute_zip_check(STR("hello, I am a zip"), NULL, &err), -1);
    assert_contains(err.text, "not a readable zip");
    assert_int_equal(execute_zip_check(buf_str(&empty), NULL, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    /* Every cut of a good one: refused, and never a crash. */
    for (size_t len = 0; len < zip.len; len++)
        if (execute_zip_check((struct str){zip.data, len}, NULL, &err) == 0)
            fail_msg("the first %zu of %zu bytes were accepted", len, zip.len);
    buf_release(&zip);
    buf_release(&empty);
}

static void a_bomb_is_measured_by_what_comes_out(void **state)
{
    const size_t len = (size_t)EXECUTE_UNZIPPED_MAX / 2;
    char *zeros = calloc(1, len + 1);
    const struct entry fits[] = {{"a", 0644, zeros, len}, {"b", 0644, zeros, len}};
    const struct entry bomb[] = {
        {"a", 0644, zeros, len}, {"b", 0644, zeros, len}, {"c", 0644, "!", 1}};
    struct buf zip = {0};
    struct err err = {0};
    uint64_t unzipped = 0;

    (void)state;
    support_zip(&zip, fits, 2);
    assert_true(zip.len < 1000000);
    assert_int_equal(execute_zip_check(buf_str(&zip), &unzipped, &err), 0);
    assert_int_equal(unzipped, EXECUTE_UNZIPPED_MAX);
    buf_release(&zip);
    support_zip(&zip, bomb, 3);
    assert_int_equal(execute_zip_check(buf_str(&zip), NULL, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_contains(err.text, "larger than the limit of 262144000 bytes");
    buf_release(&zip);
    free(zeros);
}

static void assert_file(const char *folder, const char *name, const char *text, unsigned mode)
{
    char *path = path_join(folder, name);
    struct buf b = {0};
    struct err err = {0};
    struct stat st;

    if (file_read(&b, path, 0, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(buf_c(&b), text);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, mode);
    buf_release(&b);
    free(path);
}

static void modes_links_and_names_come_out_as_they_went_in(void **state)
{
    const struct entry entries[] = {{"bootstrap", 0755, "#!", 0},
                                    {"setuid", 04755, "no", 0},
                                    {"secret", 0, "read me", 0},
                                    {"lib/deep/er/a.so", 0644, "so", 0},
                                    {"lib/a.so", S_IFLNK | 0777, "deep/er/a.so", 0},
                                    {"gr\xc3\xbc\xc3\x9f"
                                     "e \xe2\x9c\x93.txt",
                                     0644, "utf-8", 0},
                                    {"twice", 0644, "old", 0},
                                    {"twice", 0600, "new", 0},
                                    {"empty/", S_IFDIR | 0500, NULL, 0}};
    const struct package p = package_of(entries, ARRAY_LEN(entries));
    const mode_t before = umask(077);
    struct err err = {0};
    char *out = NULL, *again = NULL, *path;

    (void)state;
    if (unpack(&p, &out, &err) < 0)
        fail_msg("%s", err.text);
    umask(before);
    assert_file(out, "bootstrap", "#!", 0755);
    assert_file(out, "setuid", "no", 0755);
    assert_file(out, "secret", "read me", 0600);
    assert_file(out, "lib/a.so", "so", 0644);
    assert_file(out,
                "gr\xc3\xbc\xc3\x9f"
                "e \xe2\x9c\x93.txt",
                "utf-8", 0644);
    assert_file(out, "twice", "new", 0600);
    path = path_join(out, "empty");
    assert_true(file_is_dir(path));
    free(path);
    assert_int_equal(unlink(p.zip_path), 0); /* unpacked once: the package is not read again */
    assert_int_equal(unpack(&p, &again, &err), 0);
    assert_string_equal(out, again);
    free(out);
    free(again);
}

static void layers_lie_over_each_other_in_order(void **state)
{
    const struct entry first[] = {{"a", 0644, "first", 0},
                                  {"b", 0644, "first", 0},
                                  {"dir", S_IFLNK | 0777, "elsewhere", 0},
                                  {"elsewhere/x", 0644, "untouched", 0}};
    const struct entry second[] = {{"b", 0644, "second", 0}, {"dir/x", 0644, "in the folder", 0}};
    const struct package a = package_of(first, 4), b = package_of(second, 2);
    const char *paths[] = {a.zip_path, b.zip_path}, *shas[] = {a.sha, b.sha};
    const char *swapped[] = {b.zip_path, a.zip_path}, *swapped_shas[] = {b.sha, a.sha};
    struct err err = {0};
    char *out = NULL, *other = NULL;

    (void)state;
    if (code_store_get(store, paths, shas, 2, &out, &err) < 0)
        fail_msg("%s", err.text);
    assert_file(out, "a", "first", 0644);
    assert_file(out, "b", "second", 0644);
    /* A later layer is never written through an earlier one's link. */
    assert_file(out, "elsewhere/x", "untouched", 0644);
    assert_file(out, "dir/x", "in the folder", 0644);
    assert_int_equal(code_store_get(store, swapped, swapped_shas, 1, &other, &err), 0);
    assert_string_not_equal(out, other);
    free(out);
    free(other);
}

static void a_digest_that_is_none_is_refused(void **state)
{
    struct package p = {"/nowhere.zip", "../../escape"};
    struct err err = {0};
    char *out = NULL;

    (void)state;
    assert_int_equal(unpack(&p, &out, &err), -1);
    assert_contains(err.text, "\"../../escape\" is not a SHA-256");
}

/* ---- races ---- */

static void *unpack_in_thread(void *ctx)
{
    char *out = NULL;
    struct err err = {0};

    if (unpack(ctx, &out, &err) < 0)
        fail_msg("%s", err.text);
    return out;
}

static void threads_and_processes_that_race_get_the_same_folder(void **state)
{
    struct entry entries[64];
    char names[64][16];
    struct package p;
    pthread_t threads[8];
    pid_t other;
    int status;

    (void)state;
    for (size_t i = 0; i < 64; i++) {
        snprintf(names[i], sizeof(names[i]), "file-%zu", i);
        entries[i] = (struct entry){names[i], 0644, names[i], 0};
    }
    p = package_of(entries, 64);
    other = fork();
    if (other == 0) {
        struct code_store *own = NULL;
        const char *path = p.zip_path, *sha = p.sha;
        char *out = NULL;

        _exit(code_store_open(&own, dir, NULL) < 0 ||
              code_store_get(own, &path, &sha, 1, &out, NULL) < 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, unpack_in_thread, &p), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        void *out = NULL;

        pthread_join(threads[i], &out);
        assert_file(out, "file-63", "file-63", 0644);
        free(out);
    }
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_int_equal(status, 0);
}

static void what_a_killed_process_left_is_removed(void **state)
{
    char *left = path_join(dir, "code/.unfinished-AbCdEf");
    char *file = path_join(left, "half");
    struct code_store *second = NULL;

    (void)state;
    assert_int_equal(file_mkdirs(left, NULL), 0);
    assert_int_equal(file_write_atomic(file, STR("half a file"), 0644, NULL), 0);
    assert_int_equal(code_store_open(&second, dir, NULL), 0);
    assert_false(file_exists(left));
    code_store_close(second);
    free(file);
    free(left);
}

/* What was unpacked long ago, or before the machine was started anew, is made again when wanted. */
static void what_is_old_is_removed(void **state)
{
    const struct entry file = {"bootstrap", 0755, "#!", 0};
    const struct package p = package_of(&file, 1);
    const struct timespec long_ago[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
    char *out = NULL, *again = NULL, *boot = path_join(dir, "code/.boot");
    struct code_store *second = NULL;
    struct err err = {0};

    (void)state;
    assert_int_equal(unpack(&p, &out, &err), 0);
    assert_int_equal(code_store_open(&second, dir, NULL), 0);
    code_store_close(second);
    assert_true(file_exists(out)); /* neither */
    assert_int_equal(utimensat(AT_FDCWD, out, long_ago, 0), 0);
    assert_int_equal(code_store_open(&second, dir, NULL), 0);
    code_store_close(second);
    assert_false(file_exists(out));
    assert_int_equal(unpack(&p, &again, &err), 0);
    assert_int_equal(file_write_atomic(boot, STR("another"), 0644, NULL), 0);
    assert_int_equal(code_store_open(&second, dir, NULL), 0);
    code_store_close(second);
    assert_false(file_exists(again));
    free(out);
    free(again);
    free(boot);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(harmful_packages_are_refused),
        TEST(what_is_no_zip_is_refused),
        TEST(a_bomb_is_measured_by_what_comes_out),
        TEST(modes_links_and_names_come_out_as_they_went_in),
        TEST(layers_lie_over_each_other_in_order),
        TEST(a_digest_that_is_none_is_refused),
        TEST(threads_and_processes_that_race_get_the_same_folder),
        TEST(what_a_killed_process_left_is_removed),
        TEST(what_is_old_is_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
