#include "base/file.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/test.h"

static char dir[] = "/tmp/smokegate-test-file-XXXXXX";

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    return file_remove_tree(dir, NULL);
}

static void a_file_is_replaced_whole_or_not_at_all(void **state)
{
    struct err err = {0};
    struct buf b = {0};
    char *path = path_join(dir, "report.xml"), *nowhere = path_join(dir, "missing/report.xml");
    struct stat st;

    (void)state;
    assert_int_equal(file_write_atomic(path, STR("one"), 0644, &err), 0);
    assert_int_equal(file_write_atomic(path, STR("two\0"), 0600, &err), 0);
    assert_int_equal(file_read(&b, path, 0, &err), 0);
    assert_int_equal(b.len, 4);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(file_write_atomic(nowhere, STR("x"), 0644, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    assert_contains(err.text, "missing/report.xml");
    buf_release(&b);
    free(path);
    free(nowhere);
}

enum { WRITERS = 4, WRITES = 100, WRITTEN = 1 << 16 };

static void *write_often(void *path)
{
    struct err err = {0};
    char *text = malloc(WRITTEN);
    intptr_t failed = 0;

    memset(text, 'x', WRITTEN);
    for (int i = 0; i < WRITES; i++)
        failed += file_replace(path, (struct str){text, WRITTEN}, 0644, &err) < 0;
    free(text);
    return (void *)failed;
}

static void threads_that_write_one_file_are_not_in_each_others_way(void **state)
{
    char *path = path_join(dir, "same.zip");
    pthread_t writers[WRITERS];

    (void)state;
    assert_null(write_often(path));
    for (size_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&writers[i], NULL, write_often, path), 0);
    for (size_t i = 0; i < WRITES; i++) { /* never a part */
        struct err err = {0};
        struct buf b = {0};

        assert_int_equal(file_read(&b, path, 0, &err), 0);
        assert_int_equal(b.len, WRITTEN);
        buf_release(&b);
    }
    for (size_t i = 0; i < WRITERS; i++) {
        void *failed;

        pthread_join(writers[i], &failed);
        assert_null(failed);
    }
    free(path);
}

static void reading_names_the_path_and_the_limit(void **state)
{
    struct err err = {0};
    struct buf b = {0};
    char *path = path_join(dir, "big");

    (void)state;
    assert_int_equal(file_write_atomic(path, STR("0123456789"), 0644, &err), 0);
    assert_int_equal(file_read(&b, path, 9, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_contains(err.text, "9 bytes");
    assert_int_equal(file_read(&b, "/nonexistent/x", 9, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.text, "/nonexistent/x: No such file or directory");
    assert_int_equal(file_read(&b, dir, 9, &err), -1);
    assert_contains(err.text, "is a folder");
    buf_release(&b);
    free(path);
}

static void folders_are_made_and_removed_with_all_below(void **state)
{
    struct err err = {0};
    char *deep = path_join(dir, "a/b/c"), *top = path_join(dir, "a");

    (void)state;
    assert_int_equal(file_mkdirs(deep, &err), 0);
    assert_int_equal(file_mkdirs(deep, &err), 0);
    assert_true(file_is_dir(deep));
    assert_int_equal(file_remove_tree(top, &err), 0);
    assert_false(file_exists(top));
    assert_int_equal(file_remove_tree(top, &err), 0);
    free(deep);
    free(top);
}

static void paths_are_joined_and_split(void **state)
{
    static const char *const joins[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {".", "b", "b"}, {"", "b", "b"}, {"a", "/b", "/b"}};
    static const char *const dirs[][2] = {
        {"a/b", "a"}, {"a", "."}, {"/a", "/"}, {"/a/b/c", "/a/b"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(joins); i++) {
        char *p = path_join(joins[i][0], joins[i][1]);

        assert_string_equal(p, joins[i][2]);
        free(p);
    }
    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        char *p = path_dir(dirs[i][0]);

        assert_string_equal(p, dirs[i][1]);
        free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_replaced_whole_or_not_at_all),
        cmocka_unit_test(threads_that_write_one_file_are_not_in_each_others_way),
        cmocka_unit_test(reading_names_the_path_and_the_limit),
        cmocka_unit_test(folders_are_made_and_removed_with_all_below),
        cmocka_unit_test(paths_are_joined_and_split),
    };

    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
