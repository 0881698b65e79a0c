/*
 * Writes every report, and the terminal's output, of runs made of hostile bytes into a folder:
 *     hostile FOLDER    gives FOLDER/<corpus>.<format>
 * tests/reports/test_hostile.py looks at them with tools nobody here wrote.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/term.h"
#include "reports/report.h"
#include "reports/terminal.h"
#include "tests/reports/sample.h"

static struct buf printed;

static void take(struct str bytes)
{
    buf_add_str(&printed, bytes);
}

static void write_all(const char *folder, const char *corpus, struct str text, size_t failures)
{
    struct event_bus *bus = event_bus_new();
    struct report **reports = mem_array(report_format_count, sizeof(*reports));
    struct terminal_options options = {
        .verbose = true, .logs = true, .out = take, .err = take, .safe = term_safe};
    struct terminal *terminal = terminal_new(&options, bus);
    char path[4096];
    struct err err = {0};
    int result = 0;

    for (size_t i = 0; i < report_format_count && result == 0; i++) {
        snprintf(path, sizeof(path), "%s/%s.%s", folder, corpus, report_formats[i].name);
        result = report_open(&reports[i], report_formats[i].name, path, bus, &err);
    }
    if (result == 0)
        sample_hostile_run(bus, text, failures);
    for (size_t i = 0; i < report_format_count && result == 0; i++)
        result = report_finish(reports[i], &err);
    terminal_free(terminal);
    event_bus_free(bus);
    free(reports);
    snprintf(path, sizeof(path), "%s/%s.terminal", folder, corpus);
    if (result == 0)
        result = file_write_atomic(path, buf_str(&printed), 0644, &err);
    buf_release(&printed);
    if (result < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    static const char markup[] =
        "]]> <!-- --> <script>alert(1)</script> <![CDATA[x]]> &amp; &#0; \" ' ` <img src=x "
        "onerror=alert(1)> </testcase></failure> javascript:alert(1) <?xml?> <!DOCTYPE x>";
    static const char commands[] =
        "::set-output name=a::b\n::add-mask::x\n\r::error file=a,line=1::boo\n##[error]x\n"
        "::stop-commands::guess\n##vso[task.setvariable variable=a]b\n\n```\n| a | b |\n# h\n"
        "ok 1 - x\nnot ok 2\nBail out!\n  ---\n  ...\n1..7\nTAP version "
        "14\n[[ATTACHMENT|/etc/passwd]]";
    static const char terminals[] = "\033[31mred\033[0m \033]0;title\a \033[2J \b\b\b\r over \x9b"
                                    "31m \xc2\x9b 31m \xe2\x80\xae evil \033P q \x7f \v\f \x0e";
    static const char code_points[] =
        "\xef\xbf\xbe \xef\xbf\xbf \xef\xb7\x90 \xf0\x9f\xbf\xbe \xed\xa0\x80 \xed\xbf\xbf "
        "\xf4\x90\x80\x80 \xc0\xaf \xe0\x80\xaf \xff\xfe \x80 \xc3( \xf0\x9f\x98\x80 \xf0\x9f";
    char controls[260];
    char *big;

    if (argc != 2)
        return 2;
    for (int i = 0; i < 256; i++) /* NUL last: a C string ends there */
        controls[i] = (char)(i + 1);
    write_all(argv[1], "controls", (struct str){controls, 255}, 2);
    write_all(argv[1], "controls-with-nul", (struct str){"a\0b", 3}, 2);
    write_all(argv[1], "markup", str_c(markup), 2);
    write_all(argv[1], "commands", str_c(commands), 2);
    write_all(argv[1], "terminals", str_c(terminals), 2);
    write_all(argv[1], "code-points", str_c(code_points), 2);
    write_all(argv[1], "empty", STR(""), 1);
    write_all(argv[1], "many", STR("<&\x01>"), 10000);
    big = mem_alloc(100 << 10);
    for (size_t i = 0; i < 100 << 10; i++)
        big[i] = "<\x01\xff&"[i % 4];
    write_all(argv[1], "big", (struct str){big, 100 << 10}, 2);
    free(big);
    return 0;
}
