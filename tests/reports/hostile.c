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
        result = report_open(&reports[i], report_formats[i].name, path, NULL, bus, &err);
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

/* What somebody might put into an answer, each with the reader it is meant for. */
static const struct {
    const char *name, *text;
} corpora[] = {
    {"markup",
     "]]> <!-- --> <script>alert(1)</script> <![CDATA[x]]> &amp; &#0; &#x1b; \" ' ` <img src=x "
     "onerror=alert(1)> </testcase></failure></pre></details></style><style>*{display:none}"
     "</title> javascript:alert(1) data:text/html,<b> <?xml?> <!DOCTYPE x [<!ENTITY e \"x\">]> "
     "&e;"},
    {"attributes",
     "\" onmouseover=\"alert(1)\" x=\" ' onfocus='alert(1)' autofocus=' x=x/onclick=alert(1)// "
     "\"><a href=\"javascript:alert(1)\">x</a><svg/onload=alert(1)><math><mi//xlink:href=\"data:x,"
     "<script>alert(1)</script>\"> `` onerror=alert(1) "
     "style=\"background:url(http://127.0.0.1:9)\""},
    {"links",
     "javascript:alert(1) [x](javascript:alert(1)) ![x](http://127.0.0.1:9/x.png) <javascript:x> "
     "http://127.0.0.1:9/?a=b @everyone #1 :boom: <!-- x --> [x]: http://127.0.0.1:9 \\ `code` "
     "**b** "
     "~~s~~ $x$ | cell | <details open> &lt;b&gt; https://example.invalid www.example.invalid "
     "a@b.cd"},
    {"commands",
     "::set-output name=a::b\n::add-mask::x\n\r::error file=a,line=1::boo\n##[error]x\n"
     "::stop-commands::guess\n##vso[task.setvariable variable=a]b\n \t ::set-env name=A::b\n"
     "x ##[add-mask]y ##vso[task.complete result=Succeeded;] ##teamcity[testFailed name='a']\n"
     "##[command]x\n%0A::warning::x\n\n```\n~~~\n| a | b |\n# h\n"
     "ok 1 - x\nnot ok 2\nBail out!\n  ---\n  ...\n1..7\n1..0 # SKIP\npragma +strict\nTAP version "
     "14\n[[ATTACHMENT|/etc/passwd]]\nsection_start:1:a[collapsed=true]\n--- x\n+++ y\n^^^ +++"},
    {"terminals",
     "\033[31mred\033[0m \033]0;title\a \033]8;;http://127.0.0.1:9\033\\link\033]8;;\033\\ "
     "\033]52;c;bGV0IG1lIGlu\a \033[2J \033[6n \033[?1049h \b\b\b\r over \x9b"
     "31m \xc2\x9b 31m \xc2\x85 \033P q \033_x\033\\ \x7f \v\f \x0e \033(0lqk \r\n\r"},
    {"directions",
     "\xe2\x80\xae evil \xe2\x80\xac \xe2\x81\xa6 a \xe2\x81\xa9 \xe2\x80\x8e \xe2\x80\x8f "
     "\xd8\x9c \xe2\x80\xa8 line \xe2\x80\xa9 paragraph \xe2\x80\xaa \xe2\x80\xab \xe2\x81\xa7"},
    {"code-points",
     "\xef\xbf\xbe \xef\xbf\xbf \xef\xb7\x90 \xf0\x9f\xbf\xbe \xed\xa0\x80 \xed\xbf\xbf "
     "\xed\xa0\xbd\xed\xb8\x80 \xf4\x90\x80\x80 \xf8\x88\x80\x80\x80 \xc0\xaf \xc0\x80 "
     "\xe0\x80\xaf \xf0\x80\x80\xaf \xff\xfe \xfe\xff \x80 \xc3( \xf0\x9f\x98\x80 "
     "\xef\xbb\xbf \xf0\x9f"},
    {"empty", ""},
};

static void write_big(const char *folder, size_t size)
{
    char *big = mem_alloc(size);

    for (size_t i = 0; i < size; i++)
        big[i] = "<\x01\xff&"[i % 4];
    write_all(folder, "big", (struct str){big, size}, 10000);
    for (size_t i = 0; i < size; i++) /* what takes most room where it is escaped */
        big[i] = "\x01\xff\"`\\\n"[i % 6];
    write_all(folder, "big-lines", (struct str){big, size}, 10000);
    free(big);
}

int main(int argc, char **argv)
{
    char controls[260];

    if (argc != 2)
        return 2;
    for (int i = 0; i < 256; i++) /* NUL last: a C string ends there */
        controls[i] = (char)(i + 1);
    write_all(argv[1], "controls", (struct str){controls, 255}, 2);
    write_all(argv[1], "controls-with-nul", (struct str){"a\0b", 3}, 2);
    for (size_t i = 0; i < ARRAY_LEN(corpora); i++)
        write_all(argv[1], corpora[i].name, str_c(corpora[i].text), 2);
    write_all(argv[1], "many", STR("<&\x01>"), 10000);
    write_big(argv[1], 6 << 20); /* the largest answer that Lambda gives */
    return 0;
}
