#include "cli/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "cli/interrupt.h"
#include "cli/local_env.h"
#include "cli/local_follow.h"
#include "cli/local_logs.h"
#include "cli/seed.h"
#include "cli/session.h"
#include "cli/term.h"

/* One invocation of the command. `dir` is the project's folder, without reading the project. */
struct local {
    struct cli *cli;
    char *dir;
    int code; /* the exit code when nothing failed */
};

enum { SINCE_MS = 10 * 60 * 1000 }; /* of `logs --follow`, as the AWS CLI's `logs tail` has it */

/* ---- telling ---- */

static void tell_running(const struct local *l, const struct local_env *env)
{
    if (l->cli->json) {
        term_out("{\"running\": true, \"endpoint\": \"%s\", \"pid\": %ld}\n", env->endpoint,
                 (long)env->pid);
        return;
    }
    /* What stands on stdout is for `eval "$(smokegate local start)"`. */
    term_out("export AWS_ENDPOINT_URL_LAMBDA=%s\n"
             "export AWS_ENDPOINT_URL_STS=%s\n"
             "export AWS_ACCESS_KEY_ID=%s\n"
             "export AWS_SECRET_ACCESS_KEY=%s\n"
             "export AWS_REGION=%s\n"
             "export AWS_DEFAULT_REGION=%s\n",
             env->endpoint, env->endpoint, LOCAL_ENV_ACCESS_KEY, LOCAL_ENV_SECRET_KEY,
             LOCAL_ENV_REGION, LOCAL_ENV_REGION);
}

/* ---- seeding ---- */

static int seed_all(const struct manifest *m, struct aws_client *client, struct err *err)
{
    size_t local = 0;

    for (size_t i = 0; i < m->environment_count; i++) {
        if (!m->environments[i].local)
            continue;
        local++;
        if (seed_environment(client, m, &m->environments[i], err) < 0)
            return err_ctx(err, "%s", m->environments[i].name);
    }
    return local ? 0 : err_set(err, ERR_INPUT, "%s: no environment says \"local\": true", m->file);
}

static int seed_with(struct session *s, const char *dir, struct err *err)
{
    struct aws_client_options options = {.env = session_env(),
                                         .pool = s->pool,
                                         .region = LOCAL_ENV_REGION,
                                         .access_key = LOCAL_ENV_ACCESS_KEY,
                                         .secret_key = LOCAL_ENV_SECRET_KEY};
    struct aws_client *client = NULL;
    struct local_env env;
    int r;

    if (!local_env_find(dir, &env))
        return err_set(err, ERR_IO, "the local Lambda ended again");
    options.endpoint = env.endpoint;
    r = aws_client_new(&client, &options, err);
    if (r == 0)
        r = seed_all(s->manifest, client, err);
    aws_client_free(client);
    return r;
}

/* Creates what the local environments of the project lack. Returns the exit code. */
static int seed(const struct local *l)
{
    struct session session;
    struct err err = {0};
    int code = session_open(&session, l->cli, true);

    if (code == EXIT_OK && seed_with(&session, l->dir, &err) < 0)
        code = command_fail(&err);
    session_close(&session);
    return code;
}

/* ---- actions ---- */

static int start(struct local *l, struct err *err)
{
    const struct opts *o = &l->cli->opts;
    const uint64_t port = opts_count(o, "port", 0);
    const char *const faults[] = {"--faults", opts_string(o, "faults", NULL), NULL};
    struct local_env env;
    bool started = false;

    if (port > 65535)
        return err_set(err, ERR_USAGE, "--port %llu: ports end at 65535", (unsigned long long)port);
    if (faults[1] && !file_exists(faults[1]))
        return err_set(err, ERR_INPUT, "%s: no such file", faults[1]);
    if (local_env_ensure(l->dir, (unsigned)port, faults[1] ? faults : NULL, &env, &started, err) <
        0)
        return -1;
    if (!started && (port || faults[1]))
        return err_set(err, ERR_USAGE,
                       "the local Lambda runs already at %s: \"smokegate local stop\" it first",
                       env.endpoint);
    if (!l->cli->quiet)
        term_err("local Lambda %s at %s (process %ld)\n", started ? "started" : "runs",
                 env.endpoint, (long)env.pid);
    tell_running(l, &env);
    return 0;
}

static int stop(struct local *l, struct err *err)
{
    bool stopped = false;

    if (local_env_stop(l->dir, &stopped, err) < 0)
        return -1;
    if (!l->cli->quiet)
        term_err("%s\n", stopped ? "local Lambda stopped" : "no local Lambda runs here");
    return 0;
}

static int status(struct local *l, struct err *err)
{
    struct local_env env;

    (void)err;
    if (local_env_find(l->dir, &env))
        tell_running(l, &env);
    else if (l->cli->json)
        term_out("{\"running\": false}\n");
    else
        term_err("no local Lambda runs here; \"smokegate local start\" starts one\n");
    return 0;
}

static int reset(struct local *l, struct err *err)
{
    CLEANUP(mem_freep) char *state = local_env_dir(l->dir);

    if (local_env_stop(l->dir, NULL, err) < 0 || file_remove_tree(state, err) < 0)
        return -1;
    return start(l, err);
}

static int follow(struct local *l, const char *state, const char *function, struct err *err)
{
    CLEANUP(buf_release) struct buf hint = {0};
    struct local_env env;

    if (!l->cli->quiet && !local_env_find(l->dir, &env))
        term_err("no local Lambda runs here; what the next one writes is shown; Ctrl-C ends\n");
    else if (!l->cli->quiet && function && !local_logs_known(state, function, &hint))
        term_err("%s has not run here yet; %s Ctrl-C ends\n", function, buf_c(&hint));
    if (local_follow(state, function, opts_duration(&l->cli->opts, "since", SINCE_MS), err) < 0)
        return -1;
    if (interrupt_signal())
        l->code = 128 + interrupt_signal();
    return 0;
}

static int logs(struct local *l, struct err *err)
{
    CLEANUP(mem_freep) char *state = local_env_dir(l->dir);
    CLEANUP(mem_freep) char *path = path_join(state, "server.log");
    const struct opts *o = &l->cli->opts;
    const char *function = o->operand_count > 1 ? o->operands[1] : NULL;

    if (function && (function[0] == '.' || strchr(function, '/')))
        return err_set(err, ERR_USAGE, "local: \"%.100s\" is not a function's name", function);
    if (opts_given(o, "follow"))
        return follow(l, state, function, err);
    if (!function && opts_given(o, "since"))
        return err_set(err, ERR_USAGE,
                       "local logs: --since goes with a function, or with --follow");
    if (function)
        return local_logs_print(state, function, opts_duration(o, "since", -1), err);
    if (!file_exists(path))
        return err_set(err, ERR_INPUT, "%s: no local Lambda ran here yet", path);
    return local_logs_print_file(path, err);
}

static const struct {
    const char *name;
    int (*act)(struct local *l, struct err *err);
    bool may_seed;
} actions[] = {
    {"start", start, true}, {"stop", stop, false}, {"status", status, false},
    {"reset", reset, true}, {"logs", logs, false},
};

/* ---- the command ---- */

static int unknown_action(const char *name)
{
    const char *names[ARRAY_LEN(actions)], *near;
    struct err err = {0};

    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        names[i] = actions[i].name;
    near = suggest_nearest(str_c(name), names, ARRAY_LEN(actions));
    if (near)
        err_set(&err, ERR_USAGE, "local: unknown action \"%s\", did you mean \"%s\"?", name, near);
    else
        err_set(&err, ERR_USAGE, "local: \"%s\" is none of start, stop, status, reset, logs", name);
    return command_fail(&err);
}

static int act(struct local *l, const char *name)
{
    const bool wants_seed = opts_given(&l->cli->opts, "seed");
    struct err err = {0};

    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        if (strcmp(actions[i].name, name) != 0)
            continue;
        if (wants_seed && !actions[i].may_seed)
            err_set(&err, ERR_USAGE, "--seed goes with start and reset");
        else if (actions[i].act != logs &&
                 (opts_given(&l->cli->opts, "follow") || opts_given(&l->cli->opts, "since")))
            err_set(&err, ERR_USAGE, "--follow and --since go with logs");
        else if (l->cli->opts.operand_count > 1 && actions[i].act != logs)
            err_set(&err, ERR_USAGE, "local %s: \"%.100s\" is too much", name,
                    l->cli->opts.operands[1]);
        if (err.kind || actions[i].act(l, &err) < 0)
            return command_fail(&err);
        return wants_seed ? seed(l) : l->code;
    }
    return unknown_action(name);
}

static int run(struct cli *cli)
{
    const char *given = opts_string(&cli->opts, "project", NULL);
    struct local l = {.cli = cli};
    CLEANUP(mem_freep) char *project = given ? mem_dup(given) : manifest_find(".", NULL);
    int code;

    l.dir = project ? path_dir(project) : mem_dup(".");
    code = act(&l, cli->opts.operands[0]);
    free(l.dir);
    return code;
}

static const struct opt options[] = {
    {"port", 0, OPT_COUNT, "N", "listen on this port of the loopback address (default: any)"},
    {"faults", 0, OPT_STRING, "FILE", "a script of faults to inject"},
    {"seed", 0, OPT_FLAG, NULL, "create the functions of the project's local environments"},
    {"follow", 'f', OPT_FLAG, NULL,
     "logs: go on with what is written, of all functions unless one is named"},
    {"since", 0, OPT_DURATION, "TIME",
     "logs: of environments that wrote in this time (with --follow: 10m)"},
};

extern const struct command cmd_local;
const struct command cmd_local = {
    .name = "local",
    .summary = "start, stop, reset the embedded Lambda of this project",
    .operands = "start|stop|status|reset|logs [FUNCTION]",
    .details =
        "The server keeps its state under .smokegate/local/ beside the project file and ends by "
        "itself after 10 idle minutes; commands that need it start it. start and status print, on "
        "standard output, what makes the AWS CLI and the SDKs talk to it. reset forgets all "
        "functions and starts anew; logs prints what the server said, or what a "
        "function wrote, and with --follow goes on until Ctrl-C.",
    .example = "eval \"$(smokegate local start --seed)\"\n"
               "aws lambda list-functions\n"
               "smokegate local logs -f orders-dev",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_JSON | GROUP_PROJECT,
    .operands_min = 1,
    .operands_max = 2,
    .run = run,
};
