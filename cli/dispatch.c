#include "cli/dispatch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/suggest.h"
#include "cli/help.h"
#include "cli/term.h"

static const char *env(const char *name)
{
    return getenv(name);
}

static void debug_line(void *ctx, const char *line)
{
    struct buf text = {0};

    (void)ctx;
    term_safe(&text, str_c(line));
    term_err("debug: %s\n", buf_c(&text));
    buf_release(&text);
}

int command_fail(const struct err *err)
{
    struct buf text = {0};

    term_safe(&text, str_c(err->text));
    term_err("smokegate: %s\n", buf_c(&text));
    buf_release(&text);
    return exit_code_of(err->kind);
}

const struct command *command_find(const char *name)
{
    const char *names[64];
    const char *near;
    size_t n = 0;

    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
        if (n < ARRAY_LEN(names))
            names[n++] = commands[i]->name;
    }
    near = suggest_nearest(str_c(name), names, n);
    if (near)
        term_err("smokegate: unknown command \"%s\", did you mean \"%s\"?\n", name, near);
    else
        term_err("smokegate: unknown command \"%s\"; `smokegate help` lists the commands\n", name);
    return NULL;
}

static enum term_color color_wish(const struct opts *o)
{
    const char *wish = opts_string(o, "color", "auto");

    return strcmp(wish, "always") == 0  ? TERM_ALWAYS
           : strcmp(wish, "never") == 0 ? TERM_NEVER
                                        : TERM_AUTO;
}

static int check_operands(const struct command *command, size_t count, struct err *err)
{
    if (count >= command->operands_min && count <= command->operands_max)
        return 0;
    return err_set(err, ERR_USAGE, "%s: %s; usage: smokegate %s [OPTION...]%s%s", command->name,
                   count < command->operands_min ? "an operand is missing" : "too many operands",
                   command->name, command->operands ? " " : "",
                   command->operands ? command->operands : "");
}

static int enter_directory(const char *path, struct err *err)
{
    return chdir(path) < 0 ? err_sys(err, ERR_USAGE, errno, "-C %s", path) : 0;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    const struct opt *tables[HELP_TABLES_MAX];
    size_t counts[HELP_TABLES_MAX];
    struct cli cli = {.command = command};
    struct err err = {0};
    int code;

    if (opts_parse(&cli.opts, tables, counts, command_tables(command, tables, counts), argc, argv,
                   &err) < 0)
        return command_fail(&err);
    term_init(color_wish(&cli.opts), env);
    cli.quiet = opts_given(&cli.opts, "quiet");
    cli.verbose = opts_given(&cli.opts, "verbose");
    cli.json = command->groups & GROUP_JSON && opts_given(&cli.opts, "json");
    if (opts_given(&cli.opts, "debug"))
        log_set_sink(debug_line, NULL);
    if (opts_given(&cli.opts, "help")) {
        struct buf text = {0};

        help_command(&text, command);
        term_out_str(buf_str(&text));
        buf_release(&text);
        code = EXIT_OK;
    } else if (check_operands(command, cli.opts.operand_count, &err) < 0)
        code = command_fail(&err);
    else if (enter_directory(opts_string(&cli.opts, "directory", "."), &err) < 0)
        code = command_fail(&err);
    else
        code = command->run(&cli);
    opts_release(&cli.opts);
    return code;
}

/* Does the option at argv[i] take argv[i + 1] as its value? Only shared options may stand this
 * early. */
static bool uses_next(const char *arg)
{
    const bool is_long = arg[1] == '-';
    const struct opt *opt = shared_option(str_c(arg + 2), is_long ? 0 : arg[1]);

    if (!opt || strchr(arg, '=') || (!is_long && arg[2]))
        return false;
    return opt->kind != OPT_FLAG && opt->kind != OPT_OPTIONAL;
}

/* `smokegate -C dir status` is `smokegate status -C dir`: where the command's name stands. */
static int command_at(int argc, char **argv)
{
    int i = 1;

    while (i < argc && argv[i][0] == '-' && argv[i][1])
        i += uses_next(argv[i]) ? 2 : 1;
    return i;
}

static int without_command(int argc, char **argv)
{
    const bool asked = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    struct buf text = {0};

    if (argc > 1 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
        return run_command(command_find("version"), 0, argv);
    help_overview(&text);
    if (asked)
        term_out_str(buf_str(&text));
    else
        term_err_str(buf_str(&text));
    buf_release(&text);
    return asked ? EXIT_OK : EXIT_WRONG_INPUT;
}

static int dispatch(int argc, char **argv)
{
    const int at = command_at(argc, argv);
    const struct command *command = at < argc ? command_find(argv[at]) : NULL;

    if (at >= argc)
        return without_command(argc, argv);
    if (!command)
        return EXIT_WRONG_INPUT;
    memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof(*argv)); /* over the command's name */
    return run_command(command, argc - 2, argv + 2);
}

int cli_main(int argc, char **argv)
{
    int code;

    signal(SIGPIPE, SIG_IGN);
    code = dispatch(argc, argv);
    secret_clear();
    if (fflush(stdout) != 0 || ferror(stdout)) /* a report that was cut off is not a success */
        code = code ? code : EXIT_INCONCLUSIVE;
    return code;
}
