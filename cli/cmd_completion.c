#include "cli/command.h"

#include <string.h>

#include "cli/help.h"
#include "cli/term.h"

/* Calls `add` for every option of a command. */
static void each_option(const struct command *command, struct buf *out,
                        void (*add)(struct buf *, const struct command *, const struct opt *))
{
    const struct opt *tables[HELP_TABLES_MAX];
    size_t counts[HELP_TABLES_MAX];
    const size_t n = command_tables(command, tables, counts);

    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < counts[t]; i++)
            add(out, command, &tables[t][i]);
}

static void bash_option(struct buf *out, const struct command *command, const struct opt *opt)
{
    (void)command;
    buf_printf(out, "--%s ", opt->name);
}

static void bash_script(struct buf *out)
{
    buf_add_c(out,
              "# bash completion for smokegate: smokegate completion bash > "
              "/etc/bash_completion.d/smokegate\n"
              "_smokegate() {\n"
              "    local word=${COMP_WORDS[COMP_CWORD]} command= i words=\n"
              "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
              "        case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac\n"
              "    done\n"
              "    case $command in\n");
    for (size_t i = 0; commands[i]; i++) {
        buf_printf(out, "    %s) words=\"", commands[i]->name);
        each_option(commands[i], out, bash_option);
        buf_add_c(out, "\" ;;\n");
    }
    buf_add_c(out, "    *) words=\"");
    for (size_t i = 0; commands[i]; i++)
        buf_printf(out, "%s ", commands[i]->name);
    buf_add_c(out, "\" ;;\n    esac\n"
                   "    if [[ $word == -* || -z $command ]]; then\n"
                   "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                   "    else\n"
                   "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
                   "    fi\n"
                   "}\n"
                   "complete -o filenames -F _smokegate smokegate\n");
}

/* In single quotes for zsh and fish: a quote ends, is escaped, and begins again. */
static void add_quoted(struct buf *out, const char *text, const char *also_escaped)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_add_c(out, "'\\''");
        else if (strchr(also_escaped, *text))
            buf_printf(out, "\\%c", *text);
        else
            buf_putc(out, *text);
    }
}

static void zsh_option(struct buf *out, const struct command *command, const struct opt *opt)
{
    (void)command;
    buf_printf(out, " '--%s[", opt->name);
    add_quoted(out, opt->help, "[]:");
    buf_putc(out, ']');
    if (opt->kind != OPT_FLAG && opt->kind != OPT_OPTIONAL)
        buf_add_c(out, ":value:_files");
    buf_putc(out, '\'');
}

static void zsh_script(struct buf *out)
{
    buf_add_c(out, "#compdef smokegate\n"
                   "# zsh completion for smokegate: smokegate completion zsh > "
                   "\"${fpath[1]}/_smokegate\"\n"
                   "_smokegate() {\n"
                   "    local -a all; all=(\n");
    for (size_t i = 0; commands[i]; i++) {
        buf_printf(out, "        '%s:", commands[i]->name);
        add_quoted(out, commands[i]->summary, ":");
        buf_add_c(out, "'\n");
    }
    buf_add_c(out, "    )\n    if (( CURRENT == 2 )); then _describe command all; return; fi\n"
                   "    case $words[2] in\n");
    for (size_t i = 0; commands[i]; i++) {
        buf_printf(out, "    %s) _arguments", commands[i]->name);
        each_option(commands[i], out, zsh_option);
        buf_add_c(out, " '*:file:_files' ;;\n");
    }
    buf_add_c(out, "    esac\n}\n_smokegate \"$@\"\n");
}

static void fish_option(struct buf *out, const struct command *command, const struct opt *opt)
{
    buf_printf(out, "complete -c smokegate -n '__fish_seen_subcommand_from %s' -l %s",
               command->name, opt->name);
    if (opt->letter)
        buf_printf(out, " -s %c", opt->letter);
    if (opt->kind != OPT_FLAG && opt->kind != OPT_OPTIONAL)
        buf_add_c(out, " -r");
    buf_add_c(out, " -d '");
    add_quoted(out, opt->help, "");
    buf_add_c(out, "'\n");
}

static void fish_script(struct buf *out)
{
    buf_add_c(out, "# fish completion for smokegate: smokegate completion fish > "
                   "~/.config/fish/completions/smokegate.fish\n");
    for (size_t i = 0; commands[i]; i++) {
        buf_printf(out, "complete -c smokegate -n __fish_use_subcommand -f -a %s -d '",
                   commands[i]->name);
        add_quoted(out, commands[i]->summary, "");
        buf_add_c(out, "'\n");
    }
    for (size_t i = 0; commands[i]; i++)
        each_option(commands[i], out, fish_option);
}

static int run(struct cli *cli)
{
    static const struct {
        const char *shell;
        void (*script)(struct buf *);
    } shells[] = {{"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script}};
    struct err err = {0};

    for (size_t i = 0; i < ARRAY_LEN(shells); i++)
        if (strcmp(cli->opts.operands[0], shells[i].shell) == 0) {
            struct buf out = {0};

            shells[i].script(&out);
            term_out_str(buf_str(&out));
            buf_release(&out);
            return EXIT_OK;
        }
    err_set(&err, ERR_USAGE, "completion: \"%s\" is none of bash, zsh, fish",
            cli->opts.operands[0]);
    return command_fail(&err);
}

extern const struct command cmd_completion;
const struct command cmd_completion = {
    .name = "completion",
    .summary = "print the completion script of a shell",
    .operands = "bash|zsh|fish",
    .example = "smokegate completion bash > /etc/bash_completion.d/smokegate",
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
