#include "cli/command.h"

#include <jansson.h>

#include "aws/curl.h"
#include "cli/term.h"
#include "cli/version.h"

static int run(struct cli *cli)
{
    if (cli->json)
        term_out("{\"version\": \"%s\"}\n", SMOKEGATE_VERSION);
    else
        term_out("smokegate %s\n", SMOKEGATE_VERSION);
    if (cli->verbose && !cli->json) {
        curl_load();
        term_out("%s\njansson/%s\n", curl_version(), JANSSON_VERSION);
    }
    return EXIT_OK;
}

extern const struct command cmd_version;
const struct command cmd_version = {
    .name = "version",
    .summary = "print the version",
    .example = "smokegate version",
    .groups = GROUP_JSON,
    .run = run,
};
