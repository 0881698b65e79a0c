#include "base/lines.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/test.h"

/* What lines_next() says of a file of this text: "line|", "!" for one that is too long. */
static char *told(struct str text, size_t max_bytes)
{
    char path[] = "/tmp/smokegate-lines-XXXXXX";
    struct buf out = {0};
    struct lines lines;
    struct err err = {0};
    struct str line;
    int fd = mkstemp(path), more;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.data, text.len), text.len);
    close(fd);
    assert_int_equal(lines_open(&lines, path, max_bytes, &err), 0);
    while ((more = lines_next(&lines, &line, &err)) != 0) {
        if (more > 0) {
            buf_add_str(&out, line);
            buf_putc(&out, '|');
            continue;
        }
        assert_int_equal(err.kind, ERR_LIMIT);
        buf_printf(&out, "%zu!", lines.number);
        err = (struct err){0};
    }
    lines_release(&lines);
    unlink(path);
    return buf_steal(&out);
}

static void lines_end_at_newlines_and_at_the_end(void **state)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"a", "a|"},
        {"a\n", "a|"},
        {"a\nb", "a|b|"},
        {"a\n\nb\n", "a||b|"},
        {"\n", "|"},
        {"\n\n", "||"},
        {"a\r\nb", "a\r|b|"},
        {"123456\n1234567\n12\n", "123456|2!12|"},
        {"1234567", "1!"},
        {"1\n1234567", "1|2!"},
        {"1234567\n12345678\n", "1!2!"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *got = told(str_c(rows[i][0]), 6);

        assert_string_equal(got ? got : "", rows[i][1]);
        free(got);
    }
}

/* Lines across the pieces a file is read in, and one that is too long over several of them. */
static void long_lines_are_put_together_or_passed_over(void **state)
{
    enum { LONG = 300000, LIMIT = 200000, SHORT = 150000 };
    struct buf text = {0};
    char *got;

    (void)state;
    for (int i = 0; i < SHORT; i++)
        buf_putc(&text, 'a');
    buf_add_c(&text, "\n");
    for (int i = 0; i < LONG; i++)
        buf_putc(&text, 'b');
    buf_add_c(&text, "\nc\n");
    got = told(buf_str(&text), LIMIT);
    assert_int_equal(strlen(got), SHORT + strlen("|2!c|"));
    assert_string_equal(got + SHORT, "|2!c|");
    assert_int_equal(strspn(got, "a"), SHORT);
    free(got);
    buf_release(&text);
}

/* A writer that waits for the answer to its line gets it. */
static void a_line_of_a_pipe_is_there_before_the_next_one(void **state)
{
    struct lines lines = {.max_bytes = 100, .name = "pipe"};
    int fds[2], saved = dup(STDIN_FILENO);
    struct err err = {0};
    struct str line;

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
    assert_int_equal(lines_open(&lines, "-", 100, &err), 0);
    assert_true(lines_will_read(&lines));
    assert_int_equal(write(fds[1], "one\ntwo\nth", 10), 10);
    assert_int_equal(lines_next(&lines, &line, &err), 1);
    assert_true(str_eq_c(line, "one"));
    assert_false(lines_will_read(&lines));
    assert_int_equal(lines_next(&lines, &line, &err), 1);
    assert_true(lines_will_read(&lines)); /* "th" is no line yet */
    assert_int_equal(write(fds[1], "ree\n", 4), 4);
    assert_int_equal(lines_next(&lines, &line, &err), 1);
    assert_true(str_eq_c(line, "three"));
    assert_int_equal(lines.number, 3);
    close(fds[1]);
    assert_int_equal(lines_next(&lines, &line, &err), 0);
    lines_release(&lines);
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(fds[0]);
}

static void what_cannot_be_read_is_said(void **state)
{
    struct lines lines;
    struct err err = {0};

    (void)state;
    assert_int_equal(lines_open(&lines, "/nowhere/x", 9, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    lines_release(&lines);
    assert_int_equal(lines_open(&lines, "/", 9, &err), -1);
    assert_string_equal(err.text, "/: is a folder, a file was expected");
    lines_release(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_at_newlines_and_at_the_end),
        cmocka_unit_test(long_lines_are_put_together_or_passed_over),
        cmocka_unit_test(a_line_of_a_pipe_is_there_before_the_next_one),
        cmocka_unit_test(what_cannot_be_read_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
