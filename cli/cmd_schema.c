#include "cli/command.h"

#include <string.h>

#include "base/suggest.h"
#include "cli/embedded.h"
#include "cli/term.h"

/* What users call a format, and the file that describes it. */
static const struct {
    const char *name, *file;
} formats[] = {
    {"project", "project-1.schema.json"},
    {"case", "case-1.schema.json"},
    {"events", "events-1.schema.json"},
    {"journal", "journal-1.schema.json"},
};

static int run(struct cli *cli)
{
    const char *wanted = cli->opts.operands[0];
    const char *names[ARRAY_LEN(formats)], *near;
    struct err err = {0};

    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        names[i] = formats[i].name;
        if (strcmp(names[i], wanted) == 0) {
            term_out_str(embedded_text(formats[i].file));
            return EXIT_OK;
        }
    }
    near = suggest_nearest(str_c(wanted), names, ARRAY_LEN(names));
    if (near)
        err_set(&err, ERR_USAGE, "schema: unknown format \"%s\", did you mean \"%s\"?", wanted,
                near);
    else
        err_set(&err, ERR_USAGE, "schema: \"%s\" is none of project, case, events, journal",
                wanted);
    return command_fail(&err);
}

extern const struct command cmd_schema;
const struct command cmd_schema = {
    .name = "schema",
    .summary = "print the JSON Schema of a format",
    .operands = "project|case|events|journal",
    .details = "JSON Schema 2020-12, for editors and other tools. `smokegate init` puts copies "
               "under .smokegate/ and names them in \"$schema\", so that editors complete and "
               "check project and case files without a network.",
    .example = "smokegate schema case > case-1.schema.json",
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
