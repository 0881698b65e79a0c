/* Folders as zips: the same tree, the same bytes, and an unzip that agrees. */
#include "tests/test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "promote/zipper.h"

struct fixture {
    char dir[64];
    struct err err;
};

static void put(struct fixture *f, const char *name, const char *content, unsigned mode)
{
    char path[300];

    snprintf(path, sizeof(path), "%s/%s", f->dir, name);
    *strrchr(path, '/') = '\0';
    assert_int_equal(file_mkdirs(path, &f->err), 0);
    path[strlen(path)] = '/';
    assert_int_equal(file_write_atomic(path, str_c(content), mode, &f->err), 0);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    snprintf(f->dir, sizeof(f->dir), "/tmp/smokegate-zipper-XXXXXX");
    *state = f;
    return mkdtemp(f->dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    file_remove_tree(f->dir, NULL);
    free(f);
    return 0;
}

static void the_bytes_depend_on_the_tree_alone(void **state)
{
    struct fixture *f = *state;
    CLEANUP(buf_release) struct buf one = {0}, two = {0}, three = {0};
    char path[300], sha[SHA256_HEX_SIZE];

    put(f, "b.txt", "b", 0644);
    put(f, "a/z", "z", 0600);
    put(f, "bootstrap", "#!/bin/sh\n", 0755);
    assert_int_equal(zipper_folder(&one, f->dir, 1 << 20, &f->err), 0);
    snprintf(path, sizeof(path), "%s/b.txt", f->dir);
    assert_int_equal(unlink(path), 0); /* another inode, time and place in its folder */
    put(f, "b.txt", "b", 0640);
    assert_int_equal(zipper_folder(&two, f->dir, 1 << 20, &f->err), 0);
    assert_true(str_eq(buf_str(&one), buf_str(&two)));
    sha256_hex(sha, buf_str(&one));
    assert_string_equal(sha, "0a2f9916bbc7ba11992bd9931a153d497b3fb30f96f39cae117d4432e14af052");
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(zipper_folder(&three, f->dir, 1 << 20, &f->err), 0);
    assert_false(str_eq(buf_str(&one), buf_str(&three)));
}

static void what_cannot_be_a_package_is_refused(void **state)
{
    struct fixture *f = *state;
    CLEANUP(buf_release) struct buf out = {0};

    assert_int_equal(zipper_folder(&out, f->dir, 1 << 20, &f->err), -1);
    assert_contains(f->err.text, "an empty folder");
    assert_int_equal(zipper_folder(&out, "/nonexistent/folder", 1 << 20, &f->err), -1);
    assert_contains(f->err.text, "/nonexistent/folder");
    put(f, "x", "0123456789", 0644);
    assert_int_equal(zipper_folder(&out, f->dir, 8, &f->err), -1);
    assert_int_equal(f->err.kind, ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_bytes_depend_on_the_tree_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_a_package_is_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
