#include "cli/deploy_command.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/child.h"
#include "base/secret.h"
#include "cli/interrupt.h"
#include "cli/local_env.h"
#include "cli/term.h"

/* A deploy tool that is to be ended may have something to put in order. */
enum { OUTPUT_MAX = 64 << 20, GRACE_MS = 10000, VARIABLES_MAX = 16 };

struct variables {
    struct arena arena;
    const char *items[VARIABLES_MAX + 1]; /* NULL at the end */
    size_t count;
};

static void set(struct variables *v, const char *name, const char *value)
{
    if (value && v->count < VARIABLES_MAX)
        v->items[v->count++] = arena_printf(&v->arena, "%s=%s", name, value);
}

static void describe(struct variables *v, const struct deploy_request *r)
{
    set(v, "SMOKEGATE_ENVIRONMENT", r->environment->name);
    set(v, "SMOKEGATE_RELEASE", r->package->release);
    set(v, "SMOKEGATE_PROMOTION", r->promotion);
    if (r->function) {
        set(v, "SMOKEGATE_FUNCTION", r->function->key);
        set(v, "SMOKEGATE_FUNCTION_NAME", r->function->name);
    }
}

/* Where the environment is. Who we are there is the tool's own affair, but for the local Lambda. */
static int locate(struct variables *v, struct session *s, const struct manifest_environment *e,
                  struct err *err)
{
    const char *endpoint = opts_string(&s->cli->opts, "endpoint", e->endpoint);
    struct aws_client *client;

    if (session_client(s, e, &client, err) < 0)
        return -1;
    set(v, "AWS_REGION", aws_client_region(client));
    set(v, "AWS_DEFAULT_REGION", aws_client_region(client));
    if (endpoint || e->local)
        set(v, "AWS_ENDPOINT_URL_LAMBDA", aws_client_endpoint(client));
    if (e->local && !endpoint) {
        set(v, "AWS_ACCESS_KEY_ID", LOCAL_ENV_ACCESS_KEY);
        set(v, "AWS_SECRET_ACCESS_KEY", LOCAL_ENV_SECRET_KEY);
    } else {
        set(v, "AWS_PROFILE", opts_string(&s->cli->opts, "profile", e->profile));
    }
    return 0;
}

/* Indented, so that it cannot be taken for our own lines. */
static void show(struct str text)
{
    CLEANUP(buf_release) struct buf raw = {0}, out = {0};
    struct str line;

    buf_add_str(&raw, text);
    secret_mask(&raw);
    for (struct str rest = str_trim(buf_str(&raw)); rest.len && str_cut(&rest, '\n', &line);) {
        buf_add_c(&out, "      | ");
        term_safe(&out, line);
        buf_putc(&out, '\n');
    }
    term_err_str(buf_str(&out));
}

static int judge(const struct deploy_request *r, const struct child_result *child, struct err *err)
{
    CLEANUP(buf_release) struct buf why = {0};
    const struct str said =
        str_last_line(child->err.len ? buf_str(&child->err) : buf_str(&child->out));

    if (child->exit_code == 0)
        return 0;
    buf_add_str(&why, str_slice(said, 0, said.len < 300 ? said.len : 300));
    secret_mask(&why);
    return err_set(err, ERR_REFUSED, "%s ended with exit code %d%s%s", r->package->shown,
                   child->exit_code, why.len ? ": " : "", why.len ? buf_c(&why) : "");
}

static int run(void *ctx, const struct deploy_request *r, struct buf *ret_out, struct err *err)
{
    struct session *s = ctx;
    struct variables v = {.count = 0};
    CLEANUP(child_result_release) struct child_result child = {0};
    int result;

    describe(&v, r);
    result = locate(&v, s, r->environment, err);
    if (result == 0)
        result = child_run(&(struct child_options){.argv = r->package->argv,
                                                   .dir = s->manifest->dir,
                                                   .env = v.items,
                                                   .timeout_ms = r->package->timeout_ms,
                                                   .grace_ms = GRACE_MS,
                                                   .max_out_bytes = OUTPUT_MAX,
                                                   .cancelled = interrupt_cancels},
                           &child, err);
    arena_release(&v.arena);
    if (result < 0)
        return -1;
    show(buf_str(&child.err));
    show(buf_str(&child.out));
    if (judge(r, &child, err) < 0)
        return -1;
    buf_add_str(ret_out, buf_str(&child.out));
    return 0;
}

struct deployer deploy_command(struct session *session)
{
    return (struct deployer){run, session};
}
