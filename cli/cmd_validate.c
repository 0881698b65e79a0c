#include "cli/command.h"

#include <string.h>

#include "base/file.h"
#include "base/lines.h"
#include "base/mem.h"
#include "cli/term.h"
#include "cli/text_fault.h"
#include "json/schema/schema.h"

enum output { OUTPUT_WORDS, OUTPUT_FLAG, OUTPUT_BASIC };

struct validation {
    const struct cli *cli;
    const struct schema *schema;
    enum output output;
    bool jsonl;
    struct buf out;
    size_t invalid, undecided, unusable;
};

static void flush(struct validation *v)
{
    term_out_str(buf_str(&v->out));
    buf_clear(&v->out);
}

static void add_safe(struct buf *out, const char *text)
{
    term_safe(out, str_c(text ? text : ""));
}

/* ---- one line for each document ---- */

static void add_fault_line(struct buf *out, const struct schema_fault *f)
{
    add_safe(out, *f->pointer ? f->pointer : "the whole");
    buf_add_c(out, ": expected ");
    add_safe(out, f->expected);
    buf_add_c(out, ", actual ");
    add_safe(out, f->actual);
    if (f->hint) {
        buf_add_c(out, " (");
        add_safe(out, f->hint);
        buf_putc(out, ')');
    }
}

/* Why the branches of a fault failed is left out. */
static void add_faults_line(struct buf *out, const struct schema_report *r)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->faults[i].depth)
            continue;
        buf_add_c(out, i ? "; " : " ");
        add_fault_line(out, &r->faults[i]);
    }
    if (r->dropped)
        buf_printf(out, "; and %zu more", r->dropped);
    if (r->unfinished)
        buf_add_c(out, r->count ? "; not all were looked for" : " not all faults were looked for");
}

/* ---- for people ---- */

static void add_place(struct buf *out, struct json_ref ref)
{
    const struct json_pos pos = json_ref_start(ref);

    add_safe(out, json_doc_name(ref.doc));
    buf_printf(out, ":%u:%u", pos.line, pos.column);
}

static void add_indented_str(struct buf *out, unsigned depth, const char *what, struct str text)
{
    buf_printf(out, "  %*s%-8s  ", (int)depth * 2, "", what);
    term_safe(out, text);
    buf_putc(out, '\n');
}

static void add_indented(struct buf *out, unsigned depth, const char *what, const char *text)
{
    add_indented_str(out, depth, what, str_c(text));
}

static void add_fault(struct buf *out, const struct schema_fault *f)
{
    buf_printf(out, "%*s", (int)f->depth * 2, "");
    add_place(out, f->instance);
    if (f->rule.doc && f->rule.value) {
        buf_add_c(out, "  schema ");
        add_place(out, f->rule);
    }
    buf_add_c(out, "  ");
    add_safe(out, *f->pointer ? f->pointer : "the whole");
    buf_putc(out, '\n');
    add_indented(out, f->depth, "expected", f->expected);
    add_indented(out, f->depth, "actual", f->actual);
    if (f->hint)
        add_indented(out, f->depth, "hint", f->hint);
    for (struct str rest = str_c(f->others ? f->others : ""), line; str_cut(&rest, '\n', &line);)
        if (line.len)
            add_indented_str(out, f->depth, "or", line);
}

static void add_report(struct buf *out, const struct schema_report *r)
{
    for (size_t i = 0; i < r->count; i++)
        add_fault(out, &r->faults[i]);
    if (r->dropped)
        buf_printf(out, "and %zu more faults\n", r->dropped);
    if (r->unfinished) {
        buf_add_c(out, "not all faults were looked for: ");
        add_safe(out, r->unfinished);
        buf_putc(out, '\n');
    }
    if (r->folded)
        buf_printf(out, "%zu follow-on fault%s hidden\n", r->folded, r->folded == 1 ? "" : "s");
}

/* ---- for programs: the flag and basic output of JSON Schema (core, 12.4) ---- */

static void add_json(struct validation *v, const struct json_doc *doc, enum schema_verdict verdict)
{
    if (v->output == OUTPUT_BASIC || verdict == SCHEMA_ERROR)
        schema_output(v->schema, json_doc_root(doc), &v->out);
    else
        buf_add_c(&v->out, verdict == SCHEMA_VALID ? "{\"valid\":true}" : "{\"valid\":false}");
}

/* ---- documents ---- */

static void tell(struct validation *v, const struct json_doc *doc, enum schema_verdict verdict,
                 const struct schema_report *r)
{
    static const char *const words[] = {"valid", "invalid", "error"};
    struct buf *out = &v->out;

    if (v->output == OUTPUT_WORDS || v->jsonl)
        buf_add_c(out, words[verdict]);
    if (v->output != OUTPUT_WORDS) {
        buf_add_c(out, v->jsonl ? " " : "");
        add_json(v, doc, verdict);
        buf_putc(out, '\n');
        return;
    }
    if (verdict == SCHEMA_ERROR || !v->jsonl) {
        buf_putc(out, ' ');
        add_safe(out, verdict == SCHEMA_ERROR ? r->error : json_doc_name(doc));
    } else {
        add_faults_line(out, r);
    }
    buf_putc(out, '\n');
    if (!v->jsonl)
        add_report(out, r);
}

static void validate(struct validation *v, const struct json_doc *doc)
{
    struct schema_report report = {0};
    enum schema_verdict verdict = schema_check(v->schema, json_doc_root(doc));

    if (verdict != SCHEMA_VALID)
        verdict = schema_explain(v->schema, json_doc_root(doc), &report);
    v->invalid += verdict == SCHEMA_INVALID;
    v->undecided += verdict == SCHEMA_ERROR;
    if (!v->cli->quiet)
        tell(v, doc, verdict, &report);
    schema_report_release(&report);
    if (v->out.len > 1 << 16)
        flush(v);
}

/* A document that is none: in a stream of lines its line says so, else the error goes to stderr. */
static void unusable(struct validation *v, const struct err *err)
{
    v->unusable++;
    if (!v->jsonl) {
        flush(v);
        command_fail(err);
        return;
    }
    buf_add_c(&v->out, "error ");
    add_safe(&v->out, err->text);
    buf_putc(&v->out, '\n');
}

static void validate_line(struct validation *v, const char *name, struct str line, size_t number)
{
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct err err = {0}, placed = {0};

    if (json_doc_parse(&doc, line, name, JSON_READ_DUPLICATES, &err) == 0) {
        validate(v, doc);
        return;
    }
    /* "name:1:col: ..." of the line alone */
    err_set(&placed, err.kind, "%s:%zu:%s", name, number, err.text + strlen(name) + strlen(":1:"));
    unusable(v, &placed);
}

/* What is known is told before anything is waited for: the lines may come from a pipe. */
static void validate_lines(struct validation *v, const char *file)
{
    CLEANUP(lines_release) struct lines lines;
    struct err err = {0};
    struct str line;
    int more;

    if (lines_open(&lines, file, CLI_DOCUMENT_MAX, &err) < 0) {
        unusable(v, &err);
        return;
    }
    do {
        if (lines_will_read(&lines)) {
            flush(v);
            term_flush();
        }
        more = lines_next(&lines, &line, &err);
        if (more > 0)
            validate_line(v, lines.name, line, lines.number);
        else if (more < 0)
            unusable(v, &err);
    } while (more > 0 || (more < 0 && err.kind == ERR_LIMIT)); /* behind that line it goes on */
}

static void validate_file(struct validation *v, const char *file)
{
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct err err = {0};

    if (v->jsonl)
        validate_lines(v, file);
    else if (json_doc_load(&doc, file, CLI_DOCUMENT_MAX, JSON_READ_DUPLICATES, &err) < 0)
        unusable(v, &err);
    else
        validate(v, doc);
}

static int validate_all(struct validation *v)
{
    const struct opts *o = &v->cli->opts;

    for (size_t i = 0; i < o->operand_count; i++)
        validate_file(v, o->operands[i]);
    if (!o->operand_count)
        validate_file(v, "-");
    flush(v);
    buf_release(&v->out);
    return v->unusable    ? EXIT_WRONG_INPUT
           : v->undecided ? EXIT_INCONCLUSIVE
           : v->invalid   ? EXIT_FAILED
                          : EXIT_OK;
}

/* ---- the schema ---- */

static int map_uris(const struct opts *o, struct schema_registry *registry, struct err *err)
{
    size_t count = 0;
    const char *const *maps = opts_strings(o, "map", &count);

    for (size_t i = 0; i < count; i++) {
        const char *equals = strrchr(maps[i], '=');
        CLEANUP(mem_freep) char *uri = NULL;

        if (!equals || equals == maps[i] || !equals[1])
            return err_set(err, ERR_USAGE, "validate: --map wants URI=PATH, found \"%s\"", maps[i]);
        uri = mem_dup_n(maps[i], (size_t)(equals - maps[i]));
        schema_registry_map(registry, uri, equals + 1);
    }
    return 0;
}

/* A file, or a URI that --map leads to one. */
static struct json_doc *load_schema(const struct opts *o, struct schema_options *options,
                                    struct faults *faults)
{
    const char *name = opts_string(o, "schema", NULL);
    CLEANUP(mem_freep)
    char *mapped = file_exists(name) ? NULL : schema_registry_path(options->registry, name);

    options->uri = mapped ? name : NULL;
    return json_doc_load_faults(mapped ? mapped : name, JSON_CASE_FILE_MAX, faults);
}

static int compile_and_run(struct validation *v, struct schema_options *options)
{
    struct faults faults = {0};
    CLEANUP(json_doc_freep)
    struct json_doc *doc = load_schema(&v->cli->opts, options, &faults);
    CLEANUP(schema_freep)
    struct schema *schema = doc ? schema_compile(json_doc_root(doc), options, &faults) : NULL;

    v->schema = schema;
    if (!schema)
        term_faults(&faults);
    faults_release(&faults);
    return schema ? validate_all(v) : EXIT_WRONG_INPUT;
}

static int run(struct cli *cli)
{
    CLEANUP(schema_registry_freep) struct schema_registry *registry = schema_registry_new();
    struct schema_options options = {.registry = registry,
                                     .format = opts_given(&cli->opts, "format")};
    const char *output = opts_string(&cli->opts, "output", "");
    struct validation v = {.cli = cli,
                           .jsonl = opts_given(&cli->opts, "jsonl"),
                           .output = strcmp(output, "flag") == 0    ? OUTPUT_FLAG
                                     : strcmp(output, "basic") == 0 ? OUTPUT_BASIC
                                                                    : OUTPUT_WORDS};
    struct err err = {0};

    if (!opts_given(&cli->opts, "schema"))
        err_set(&err, ERR_USAGE, "validate: --schema is missing");
    else if (map_uris(&cli->opts, registry, &err) == 0) {
        schema_draft_by_name(str_c(opts_string(&cli->opts, "draft", "2020-12")), &options.draft);
        return compile_and_run(&v, &options);
    }
    return command_fail(&err);
}

static const struct opt options_of_validate[] = {
    {"schema", 's', OPT_STRING, "S", "the schema: a file, or a URI that --map leads to one"},
    {"draft", 0, OPT_CHOICE, "4|6|7|2019-09|2020-12",
     "of a schema that names none in \"$schema\" (default 2020-12)"},
    {"format", 0, OPT_FLAG, NULL, "\"format\" is checked, whatever the draft says"},
    {"map", 0, OPT_STRINGS, "URI=PATH", "where a URI leads: a file, or a folder if it ends in /"},
    {"jsonl", 0, OPT_FLAG, NULL, "every line is a document; every line of output is its verdict"},
    {"output", 0, OPT_CHOICE, "basic|flag", "verdicts as JSON, as JSON Schema has them"},
};

extern const struct command cmd_validate;
const struct command cmd_validate = {
    .name = "validate",
    .summary = "check JSON documents with JSON Schema",
    .operands = "[FILE...]",
    .details =
        "Drafts 4, 6, 7, 2019-09 and 2020-12. Nothing is fetched from a network: --map says where "
        "other schemas lie. Without FILE, or with -, standard input is read. Every verdict begins "
        "with valid, invalid or error. Exits with 0 when all are valid, 1 when some are not, 2 "
        "when the schema or a document cannot be used, 3 when a verdict could not be found.",
    .example = "smokegate validate --schema order.schema.json response.json\n"
               "smokegate validate --schema s.json --jsonl --output basic answers.jsonl",
    .opts = options_of_validate,
    .opt_count = ARRAY_LEN(options_of_validate),
    .operands_max = SIZE_MAX,
    .run = run,
};
