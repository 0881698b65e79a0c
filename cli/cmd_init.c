#include "cli/command.h"
#include "cli/last_run.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/embedded.h"
#include "cli/term.h"
#include "promote/manifest.h"

/* One invocation. What stands between @ in the carried files is filled in. */
struct init {
    const struct opts *o;
    const char *function; /* --function: one that exists; NULL: with a sample of our own */
    struct buf place;     /* ", \"region\": ..." of its environment */
    bool quiet;
};

/* ---- writing ---- */

static int write_text(const char *path, struct str text, unsigned mode, struct err *err)
{
    CLEANUP(mem_freep) char *dir = path_dir(path);

    return file_mkdirs(dir, err) < 0 ? -1 : file_write_atomic(path, text, mode, err);
}

static bool starts_with(struct str text, size_t at, struct str mark)
{
    return str_starts(str_slice(text, at, text.len), mark);
}

static void fill_in(const struct init *in, struct str text, struct buf *out)
{
    static const struct str function = STR_INIT("@FUNCTION@"), place = STR_INIT("@PLACE@");

    for (size_t i = 0; i < text.len;) {
        if (starts_with(text, i, function)) {
            buf_add_c(out, in->function ? in->function : "");
            i += function.len;
        } else if (starts_with(text, i, place)) {
            buf_add_str(out, buf_str(&in->place));
            i += place.len;
        } else {
            buf_putc(out, text.data[i++]);
        }
    }
}

/* What is there already is the user's: it stays, and is told. */
static int add(const struct init *in, const char *path, const char *carried, unsigned mode,
               struct err *err)
{
    CLEANUP(buf_release) struct buf text = {0};

    if (file_exists(path) && !opts_given(in->o, "force")) {
        if (!in->quiet)
            term_err("kept     %s, which is there already\n", path);
        return 0;
    }
    fill_in(in, embedded_text(carried), &text);
    if (write_text(path, buf_str(&text), mode, err) < 0)
        return -1;
    if (!in->quiet)
        term_err("wrote    %s\n", path);
    return 0;
}

/* Ours, and renewed each time: an editor finds them without a network. */
static int add_schemas(struct err *err)
{
    static const char *const names[] = {"project-1.schema.json", "case-1.schema.json"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        CLEANUP(mem_freep) char *path = path_join(".smokegate", names[i]);

        if (write_text(path, embedded_text(names[i]), 0644, err) < 0)
            return -1;
    }
    return write_text(".smokegate/.gitignore", STR(LAST_RUN_IGNORED), 0644, err);
}

/* ---- which CI ---- */

static bool remote_mentions(const char *host)
{
    CLEANUP(buf_release) struct buf config = {0};

    return file_read(&config, ".git/config", 1 << 20, NULL) == 0 &&
           str_find(buf_str(&config), str_c(host), 0) != (size_t)-1;
}

static int add_ci(const struct init *in, struct err *err)
{
    const char *wish = opts_string(in->o, "ci", "auto");
    bool github = strcmp(wish, "github") == 0 || strcmp(wish, "both") == 0;
    bool gitlab = strcmp(wish, "gitlab") == 0 || strcmp(wish, "both") == 0;

    if (strcmp(wish, "auto") == 0) {
        github = file_is_dir(".github") || remote_mentions("github");
        gitlab = file_exists(".gitlab-ci.yml") || remote_mentions("gitlab");
        if (!github && !gitlab)
            github = gitlab = true;
    }
    if (github && add(in, ".github/workflows/smoke.yml", "github.yml", 0644, err) < 0)
        return -1;
    return gitlab ? add(in, ".gitlab-ci.yml", "gitlab.yml", 0644, err) : 0;
}

/* ---- the project ---- */

static int add_sample(const struct init *in, struct err *err)
{
    if (add(in, "smokegate.json", "smokegate.json", 0644, err) < 0 ||
        add(in, "testcases/hello.json", "hello.json", 0644, err) < 0)
        return -1;
    return add(in, "functions/hello/bootstrap", "bootstrap", 0755, err);
}

static int add_existing(struct init *in, struct err *err)
{
    static const char *const places[] = {"region", "profile"};
    CLEANUP(buf_release) struct buf path = {0};

    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        const char *value = opts_string(in->o, places[i], NULL);

        if (!value)
            continue;
        if (strpbrk(value, "\"\\{}") || !*value)
            return err_set(err, ERR_USAGE, "--%s \"%s\": that is no name", places[i], value);
        buf_printf(&in->place, ", \"%s\": \"%s\"", places[i], value);
    }
    if (add(in, "smokegate.json", "existing.json", 0644, err) < 0)
        return -1;
    buf_printf(&path, "testcases/%s.json", in->function);
    return add(in, buf_c(&path), "answers.json", 0644, err);
}

static int add_project(struct init *in, struct err *err)
{
    if (in->function && !manifest_function_name_ok(str_c(in->function)))
        return err_set(err, ERR_USAGE, "--function %s: Lambda has no function of that name",
                       in->function);
    if (file_exists("smokegate.json") && !opts_given(in->o, "force")) {
        if (!in->quiet)
            term_err("kept     smokegate.json, which is there already\n");
        return 0;
    }
    return in->function ? add_existing(in, err) : add_sample(in, err);
}

static void tell_what_next(const struct init *in)
{
    if (in->quiet)
        return;
    term_err("\nnext:    smokegate run       the cases, on Smoke\n");
    if (!in->function)
        term_err("         smokegate promote   dev -> stage -> prod, all three on the embedded "
                 "Lambda until\n"
                 "                             smokegate.json gives them a \"region\" instead of "
                 "\"local\"\n");
}

static int run(struct cli *cli)
{
    struct init in = {.o = &cli->opts,
                      .function = opts_string(&cli->opts, "function", NULL),
                      .quiet = cli->quiet};
    struct err err = {0};
    int r = add_project(&in, &err);

    if (r == 0)
        r = add_schemas(&err);
    if (r == 0)
        r = add_ci(&in, &err);
    buf_release(&in.place);
    if (r < 0)
        return command_fail(&err);
    tell_what_next(&in);
    return EXIT_OK;
}

static const struct opt options[] = {
    {"function", 0, OPT_STRING, "NAME", "for a function that is in AWS already, without a sample"},
    {"region", 0, OPT_STRING, "REGION", "its Region"},
    {"profile", 0, OPT_STRING, "NAME", "the profile to reach it with"},
    {"ci", 0, OPT_CHOICE, "auto|github|gitlab|both|none", "which CI job to write (default: auto)"},
    {"force", 0, OPT_FLAG, NULL, "write over what is there"},
};

extern const struct command cmd_init;
const struct command cmd_init = {
    .name = "init",
    .summary = "write a project file, a first case and a CI job",
    .details =
        "Writes smokegate.json, cases under testcases/, a sample function, the schemas for editors "
        "under .smokegate/, and a job for GitHub Actions or GitLab. What is there already is kept. "
        "In an existing project it renews the schemas.",
    .example = "smokegate init && smokegate run\n"
               "smokegate init --function orders-dev --region eu-west-1",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .run = run,
};
