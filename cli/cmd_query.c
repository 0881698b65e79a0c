#include "cli/command.h"

#include "base/file.h"
#include "cli/term.h"
#include "cli/text_fault.h"
#include "json/path/path.h"
#include "runner/print.h"

static void print_nodes(const struct json_doc *doc, const struct path_nodes *nodes, bool paths)
{
    CLEANUP(buf_release) struct buf out = {0}, path = {0};

    buf_putc(&out, '[');
    for (size_t i = 0; i < nodes->count; i++) {
        if (i)
            buf_putc(&out, ',');
        if (paths) {
            buf_clear(&path);
            path_node_path(nodes, i, &path);
            print_quoted(&out, buf_str(&path));
        } else
            print_json(&out, doc, path_node_value(nodes, i));
        if (out.len > 1 << 16) {
            term_out_str(buf_str(&out));
            buf_clear(&out);
        }
    }
    buf_add_c(&out, "]\n");
    term_out_str(buf_str(&out));
}

/* What a reader of a document would want to know although the answer is clear: the last one wins.
 */
static void tell_duplicates(const struct cli *cli, const struct json_doc *doc)
{
    CLEANUP(buf_release) struct buf raw = {0}, safe = {0};
    struct json_pos pos;
    struct str key;

    if (cli->quiet || !json_doc_duplicate_count(doc))
        return;
    pos = json_doc_duplicate(doc, 0, &key);
    buf_printf(&raw, "%s:%u:%u: the key \"%.*s\" is there twice: its last value is used",
               json_doc_name(doc), pos.line, pos.column, STR_ARG(key));
    if (json_doc_duplicate_count(doc) > 1)
        buf_printf(&raw, " (as with %zu more)", json_doc_duplicate_count(doc) - 1);
    term_safe(&safe, buf_str(&raw));
    term_err("smokegate: %s\n", buf_c(&safe));
}

static int query_file(const struct cli *cli, const struct path_query *query, const char *file)
{
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    CLEANUP(path_nodes_release) struct path_nodes nodes = {0};
    struct err err = {0};

    if (json_doc_load(&doc, file, CLI_DOCUMENT_MAX, JSON_READ_DUPLICATES, &err) < 0) {
        command_fail(&err);
        return EXIT_WRONG_INPUT;
    }
    tell_duplicates(cli, doc);
    if (path_select(query, json_doc_root(doc), &nodes, &err) < 0)
        return command_fail(&err);
    print_nodes(doc, &nodes, opts_given(&cli->opts, "paths"));
    return nodes.count ? EXIT_OK : EXIT_FAILED;
}

static int run(struct cli *cli)
{
    CLEANUP(path_freep) struct path_query *query = NULL;
    CLEANUP(buf_release) struct buf source = {0};
    const char *from = opts_string(&cli->opts, "query-file", NULL);
    const size_t first = from ? 0 : 1; /* operand that is the document */
    struct err err = {0};
    struct str text;
    size_t offset = 0;

    if (cli->opts.operand_count < first || cli->opts.operand_count > first + 1) {
        err_set(&err, ERR_USAGE, "query: %s; usage: smokegate query [OPTION...] %s",
                cli->opts.operand_count < first ? "the query is missing" : "too many operands",
                from ? "--query-file F [FILE]" : "EXPR [FILE]");
        return command_fail(&err);
    }
    if (from && file_read(&source, from, PATH_QUERY_MAX, &err) < 0) {
        command_fail(&err);
        return EXIT_WRONG_INPUT;
    }
    text = from ? buf_str(&source) : str_c(cli->opts.operands[0]);
    if (path_compile(&query, text, &offset, &err) < 0)
        return text_fault(from ? from : "query", text, offset, &err);
    return query_file(cli, query,
                      cli->opts.operand_count > first ? cli->opts.operands[first] : "-");
}

static const struct opt options[] = {
    {"paths", 0, OPT_FLAG, NULL, "print normalized paths instead of values"},
    {"query-file", 0, OPT_STRING, "F", "take the query from a file, byte for byte"},
};

extern const struct command cmd_query;
const struct command cmd_query = {
    .name = "query",
    .summary = "select from a JSON document with JSONPath",
    .operands = "EXPR [FILE]",
    .details =
        "The query is RFC 9535, strictly. The nodes are printed as one JSON array on one line, "
        "numbers as the document has them. Without FILE, or with -, standard input is read. "
        "Exits with 0 when there is a node, 1 when there is none (prints []), 2 when the query or "
        "the document is wrong, 3 when a regular expression in it gives up.",
    .example = "smokegate query '$.items[?@.price > 10].name' response.json\n"
               "smokegate query --paths '$..id' < response.json",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .operands_max = 2,
    .run = run,
};
