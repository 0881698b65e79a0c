#include "tests/aws/creds_fixture.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/test.h"

static int64_t now(void *ctx)
{
    return ((struct creds_fixture *)ctx)->now_ms;
}

static int64_t wall(void *ctx)
{
    return now(ctx) - ((struct creds_fixture *)ctx)->set_back_ms;
}

static void no_sleep(void *ctx, int64_t ms)
{
    (void)ctx;
    (void)ms;
}

/* To the server, whatever host it was for. */
static int send_there(void *ctx, struct http_pool *pool, const struct http_request *request,
                      struct aws_reply *ret, enum retry_end *ret_end, struct err *err)
{
    struct creds_fixture *f = ctx;
    struct http_request here = *request;
    CLEANUP(buf_release) struct buf url = {0};
    const char *host = strstr(request->url, "://") + 3;

    if (!f->server) {
        *ret_end = RETRY_NOT_SENT;
        return err_set(err, ERR_UNREACHABLE, "nobody answers");
    }
    buf_printf(&url, "%s%s", script_server_url(f->server), host + strcspn(host, "/"));
    here.url = buf_c(&url);
    return http_send(pool, &here, ret, ret_end, err);
}

void creds_begin(struct creds_fixture *f, const char *config, const struct script_step *steps,
                 size_t count)
{
    *f = (struct creds_fixture){.now_ms = NOW};
    f->clock = (struct clock){now, wall, no_sleep, f};
    fake_home_make(&f->home, "/nonexistent");
    json_object_set_new(f->home.env, "HOME", json_string(f->home.root));
    assert_int_equal(
        aws_profiles_parse(&f->profiles, str_c(config), PROFILE_CONFIG, "config", &f->err), 0);
    if (count)
        f->server = script_server_start(steps, count);
    f->http = http_pool_new();
    f->o = (struct creds_options){.env = fake_home_env(&f->home),
                                  .profiles = &f->profiles,
                                  .profile = "default",
                                  .region = "eu-west-1",
                                  .sts_endpoint = "https://sts.eu-west-1.amazonaws.com",
                                  .http = f->http,
                                  .clock = &f->clock,
                                  .send = send_there,
                                  .send_ctx = f};
}

void creds_set_env(struct creds_fixture *f, const char *name, const char *value)
{
    json_object_set_new(f->home.env, name, json_string(value));
}

char *creds_write_home(struct creds_fixture *f, const char *name, const char *text)
{
    char *path = path_join(f->home.root, name), *dir = path_dir(path);

    assert_int_equal(file_mkdirs(dir, NULL), 0);
    assert_int_equal(file_write_atomic(path, str_c(text), 0600, NULL), 0);
    free(dir);
    return path;
}

int creds_get(struct creds_fixture *f)
{
    if (!f->chain)
        f->chain = creds_chain_new(&f->o);
    return creds_chain_get(f->chain, &f->creds, &f->err);
}

void creds_end(struct creds_fixture *f)
{
    creds_chain_free(f->chain);
    if (f->server)
        script_server_stop(f->server);
    http_pool_free(f->http);
    aws_profiles_release(&f->profiles);
    fake_home_remove(&f->home);
}
