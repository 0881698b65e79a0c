#include "cli/command.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/term.h"
#include "cli/text_fault.h"
#include "json/pattern.h"
#include "json/scan.h"
#include "reports/jsonw.h"

static void add_group(struct buf *out, struct str subject, const struct pattern_span *g)
{
    if (g->set)
        jsonw_quoted(out, str_slice(subject, g->start, g->end));
    else
        buf_add_c(out, "null");
}

/* {"match":"2026-11","start":3,"end":10,"groups":["2026","11"],"named":{"year":"2026"}} */
static void print_match(const struct pattern *p, struct str subject,
                        const struct pattern_span *groups, size_t count)
{
    CLEANUP(buf_release) struct buf out = {0};

    buf_putc(&out, '{');
    jsonw_str(&out, "match", str_slice(subject, groups[0].start, groups[0].end));
    jsonw_int(&out, "start", (int64_t)groups[0].start);
    jsonw_int(&out, "end", (int64_t)groups[0].end);
    jsonw_key(&out, "groups");
    buf_putc(&out, '[');
    for (size_t i = 1; i < count; i++) {
        if (i > 1)
            buf_putc(&out, ',');
        add_group(&out, subject, &groups[i]);
    }
    buf_putc(&out, ']');
    jsonw_key(&out, "named");
    buf_putc(&out, '{');
    for (size_t i = 1; i < count; i++)
        if (pattern_group_name(p, i)) {
            jsonw_key(&out, pattern_group_name(p, i));
            add_group(&out, subject, &groups[i]);
        }
    buf_add_c(&out, "}}\n");
    term_out_str(buf_str(&out));
}

static int match_subject(const struct cli *cli, struct pattern *p, struct str subject)
{
    size_t count = pattern_group_count(p);
    CLEANUP(mem_freep) struct pattern_span *groups = mem_array(count, sizeof(*groups));

    switch (pattern_match_at(p, subject, 0, groups, &count)) {
    case PATTERN_MATCH:
        if (!cli->quiet)
            print_match(p, subject, groups, count);
        return EXIT_OK;
    case PATTERN_NO_MATCH:
        return EXIT_FAILED;
    case PATTERN_GAVE_UP:
        break;
    }
    term_err("smokegate: match: the pattern gave up at its limits on this text: it neither matches "
             "nor fails to\n");
    return EXIT_INCONCLUSIVE;
}

static int check_utf8(const char *file, struct str s, struct err *err)
{
    for (size_t i = 0; i < s.len;) {
        const size_t n =
            (unsigned char)s.data[i] < 0x80 ? 1 : scan_utf8_length(s.data + i, s.data + s.len);

        if (!n)
            return err_set(err, ERR_INPUT, "%s: byte %zu is not UTF-8", file, i);
        i += n;
    }
    return 0;
}

static enum pattern_dialect dialect_of(const struct cli *cli)
{
    const char *name = opts_string(&cli->opts, "dialect", "pcre2");

    return strcmp(name, "ecma") == 0      ? PATTERN_ECMA
           : strcmp(name, "iregexp") == 0 ? PATTERN_IREGEXP
                                          : PATTERN_PCRE2;
}

static int run(struct cli *cli)
{
    CLEANUP(pattern_freep) struct pattern *p = NULL;
    CLEANUP(buf_release) struct buf subject = {0};
    const struct str source = str_c(cli->opts.operands[0]);
    const char *file = cli->opts.operand_count > 1 ? cli->opts.operands[1] : "-";
    struct err err = {0};
    size_t offset = 0;

    if (check_utf8("pattern", source, &err) < 0)
        return command_fail(&err);
    if (pattern_compile(&p, source, dialect_of(cli),
                        opts_given(&cli->opts, "full") ? PATTERN_FULL : 0, &offset, &err) < 0)
        return text_fault("pattern", source, offset, &err);
    if (file_read(&subject, file, CLI_DOCUMENT_MAX, &err) < 0 ||
        check_utf8(strcmp(file, "-") == 0 ? "<stdin>" : file, buf_str(&subject), &err) < 0) {
        command_fail(&err);
        return EXIT_WRONG_INPUT;
    }
    return match_subject(cli, p, buf_str(&subject));
}

static const struct opt options[] = {
    {"dialect", 0, OPT_CHOICE, "pcre2|ecma|iregexp",
     "of \"matches\" (default), of JSON Schema, of JSONPath"},
    {"full", 0, OPT_FLAG, NULL, "the whole text must match, not a part of it"},
};

extern const struct command cmd_match;
const struct command cmd_match = {
    .name = "match",
    .summary = "try a regular expression on a text",
    .operands = "PATTERN [FILE]",
    .details =
        "Prints the first match and its groups as JSON on one line; start and end are bytes. The "
        "text is taken as it is, a newline at its end included. Without FILE, or with -, standard "
        "input is read. Exits with 0 when it matches, 1 when it does not, 2 when the pattern or "
        "the text is wrong, 3 when the pattern gave up at its limits.",
    .example = "smokegate match '^(?<year>\\d{4})-' date.txt\n"
               "printf abc | smokegate match --dialect ecma --full '[a-z]+'",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .operands_min = 1,
    .operands_max = 2,
    .run = run,
};
