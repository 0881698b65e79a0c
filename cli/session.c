#include "cli/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/interrupt.h"
#include "cli/local_env.h"
#include "cli/mfa.h"
#include "cli/release.h"
#include "cli/seed.h"
#include "cli/term.h"

static const char *look_up_env(void *ctx, const char *name)
{
    (void)ctx;
    return getenv(name);
}

struct aws_env session_env(void)
{
    return (struct aws_env){.get = look_up_env};
}

/* "env.NAME" in the project file. Secrets have no business in it: they are for cases. */
static const char *look_up_variable(void *ctx, const char *name)
{
    (void)ctx;
    return strncmp(name, "env.", 4) == 0 ? getenv(name + 4) : NULL;
}

int session_open(struct session *s, struct cli *cli, bool needs_project)
{
    const char *given = opts_string(&cli->opts, "project", NULL);
    CLEANUP(mem_freep) char *path = NULL;
    struct manifest_options options = {.lookup = look_up_variable};
    struct faults faults = {0};
    struct err err = {0};

    *s = (struct session){.cli = cli, .pool = aws_pool_new()};
    path = given ? mem_dup(given) : manifest_find(".", &err);
    if (!path)
        return needs_project ? command_fail(&err) : EXIT_OK;
    s->release = release_label(opts_string(&cli->opts, "release", NULL), path);
    options.release = s->release;
    s->manifest = manifest_load(path, &options, &faults);
    if (!s->manifest) {
        term_faults(&faults);
        faults_release(&faults);
        return EXIT_WRONG_INPUT;
    }
    s->clients = mem_array(s->manifest->environment_count, sizeof(struct aws_client *));
    return EXIT_OK;
}

void session_close(struct session *s)
{
    for (size_t i = 0; s->manifest && i < s->manifest->environment_count; i++)
        aws_client_free(s->clients[i]);
    free(s->clients);
    aws_client_free(s->single);
    manifest_free(s->manifest);
    aws_pool_free(s->pool);
    free(s->release);
    *s = (struct session){0};
}

int session_run(struct cli *cli, bool needs_project, int (*work)(struct session *))
{
    struct session session;
    int code = session_open(&session, cli, needs_project);

    if (code == EXIT_OK)
        code = work(&session);
    session_close(&session);
    return code;
}

/* --endpoint and friends, over what the environment of the project file says. */
static struct aws_client_options options_for(const struct session *s,
                                             const struct manifest_environment *e)
{
    const struct opts *o = &s->cli->opts;

    return (struct aws_client_options){
        .env = session_env(),
        .pool = s->pool,
        .profile = opts_string(o, "profile", e ? e->profile : NULL),
        .region = opts_string(o, "region", e ? e->region : NULL),
        .endpoint = opts_string(o, "endpoint", e ? e->endpoint : NULL),
        .role_arn = e ? e->role_arn : NULL,
        .insecure_http = opts_given(o, "insecure-http"),
        .rate = s->manifest ? s->manifest->policy.rate : 0,
        .cancelled = interrupt_cancels,
        .ask_mfa = mfa_can_ask() ? mfa_ask : NULL,
    };
}

static int local_client(struct session *s, const struct manifest_environment *e,
                        struct aws_client **ret, struct err *err)
{
    struct aws_client_options options = options_for(s, e);
    struct local_env server;
    bool started = false;

    if (local_env_ensure(s->manifest->dir, 0, NULL, &server, &started, err) < 0)
        return -1;
    if (started && !s->cli->quiet)
        term_err("local Lambda started at %s\n", server.endpoint);
    options.endpoint = server.endpoint;
    options.region = LOCAL_ENV_REGION;
    options.profile = NULL;
    options.role_arn = NULL;
    options.access_key = LOCAL_ENV_ACCESS_KEY;
    options.secret_key = LOCAL_ENV_SECRET_KEY;
    if (aws_client_new(ret, &options, err) < 0)
        return -1;
    return seed_environment(*ret, s->manifest, e, err);
}

static int make_client(struct session *s, const struct manifest_environment *e,
                       struct aws_client **ret, struct err *err)
{
    const struct aws_client_options options = options_for(s, e);

    if (e && e->local && !options.endpoint)
        return local_client(s, e, ret, err);
    return aws_client_new(ret, &options, err);
}

int session_client(struct session *s, const struct manifest_environment *environment,
                   struct aws_client **ret_client, struct err *err)
{
    struct aws_client **slot =
        environment ? &s->clients[environment - s->manifest->environments] : &s->single;
    struct aws_client *made = NULL;

    if (!*slot) {
        if (make_client(s, environment, &made, err) < 0) {
            aws_client_free(made);
            return environment ? err_ctx(err, "%s", environment->name) : -1;
        }
        *slot = made;
    }
    *ret_client = *slot;
    return 0;
}

int session_environment(struct session *s, const struct manifest_environment **ret, struct err *err)
{
    size_t n = 0;
    const char *const *names = opts_strings(&s->cli->opts, "env", &n);
    const struct manifest_environment *e;

    e = n ? manifest_environment(s->manifest, names[n - 1], err) : &s->manifest->environments[0];
    if (!e)
        return -1;
    *ret = e;
    return 0;
}
