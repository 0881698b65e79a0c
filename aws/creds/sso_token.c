/*
 * The access token of an SSO login, from the AWS CLI's cache and back into it. With an sso-session
 * it comes with a refresh token, which buys a new one for as long as the login lasts.
 * https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
 */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "aws/creds/ask.h"
#include "aws/creds/source.h"
#include "aws/endpoint.h"
#include "aws/settings.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"

enum {
    ATTEMPTS = 2,
    TIMEOUT_MS = 10000,
    CONNECT_MS = 5000,
    CACHE_MAX = 1 << 20,
    REFRESH_BEFORE_MS = 5 * 60 * 1000,
};

struct token {
    const struct creds_options *o;
    const char *region;
    char *path;
    json_t *cache; /* the file's object; owned */
    int64_t expires_ms;
};

static const char *text_of(const struct token *t, const char *key)
{
    return json_string_value(json_object_get(t->cache, key));
}

/* RFC 3339; old AWS CLIs wrote "2020-06-17T10:02:08UTC". */
static bool read_date(const char *text, int64_t *ret_ms)
{
    CLEANUP(buf_release) struct buf date = {0};
    struct str s = str_c(text);

    if (str_ends(s, STR("UTC")))
        buf_printf(&date, "%.*sZ", (int)s.len - 3, s.data);
    else
        buf_add_str(&date, s);
    return clock_parse_rfc3339(buf_str(&date), ret_ms);
}

static char *cache_path(const struct creds_options *o, const char *key)
{
    char hex[SHA1_HEX_SIZE];
    const char *home = aws_env_get(&o->env, "HOME");
    struct buf path = {0};

    if (!home)
        return NULL;
    sha1_hex(hex, str_c(key));
    buf_printf(&path, "%s/.aws/sso/cache/%s.json", home, hex);
    return buf_steal(&path);
}

static int load(struct token *t, struct buf *why)
{
    CLEANUP(buf_wipe) struct buf text = {0};
    struct err err = {0};
    const char *expires;

    if (file_read(&text, t->path, CACHE_MAX, &err) < 0) {
        buf_add_c(why, err.text);
        return -1;
    }
    t->cache = json_loadb(buf_c(&text), text.len, 0, NULL);
    expires = text_of(t, "expiresAt");
    if (!text_of(t, "accessToken") || !expires || !read_date(expires, &t->expires_ms)) {
        buf_printf(why, "%s: no JSON object with accessToken and expiresAt", t->path);
        return -1;
    }
    secret_add(str_c(text_of(t, "accessToken")));
    secret_add(str_c(text_of(t, "refreshToken")));
    secret_add(str_c(text_of(t, "clientSecret")));
    return 0;
}

/* ---- refreshing ---- */

static bool can_refresh(const struct token *t, int64_t now)
{
    const char *registration = text_of(t, "registrationExpiresAt");
    int64_t registered_until;

    return text_of(t, "refreshToken") && text_of(t, "clientId") && text_of(t, "clientSecret") &&
           registration && read_date(registration, &registered_until) && registered_until > now;
}

static int ask_refresh(const struct token *t, struct aws_reply *ret, struct buf *why)
{
    const struct creds_options *o = t->o;
    CLEANUP(mem_freep)
    char *custom = aws_settings_endpoint_url(&o->env, o->profiles, o->profile, "SSO_OIDC");
    const struct aws_endpoint_params params = {"oidc", t->region, custom, !custom && o->fips,
                                               !custom && o->dual_stack};
    CLEANUP(buf_release) struct buf endpoint = {0};
    json_t *body = json_pack("{ssssssss}", "grantType", "refresh_token", "clientId",
                             text_of(t, "clientId"), "clientSecret", text_of(t, "clientSecret"),
                             "refreshToken", text_of(t, "refreshToken"));
    char *text = json_dumps(body, JSON_COMPACT);
    struct creds_question q = {.who = "SSO refresh",
                               .attempts = ATTEMPTS,
                               .timeout_ms = TIMEOUT_MS,
                               .connect_ms = CONNECT_MS};
    struct aws_request r;
    struct err err = {0};
    int result = aws_endpoint(&endpoint, &params, &err);

    if (result == 0) {
        q.endpoint = buf_c(&endpoint);
        /* A refresh token may be good for one use only: not sent twice behind our back. */
        aws_request_init(&r, "sso-oidc", "CreateToken", "POST", AWS_CHANGES);
        aws_request_path(&r, "/token");
        aws_request_json(&r, str_c(text));
        result = creds_ask(o, &q, &r, ret, NULL, why);
    } else {
        buf_add_c(why, err.text);
    }
    mem_wipe_free(text);
    json_decref(body);
    return result;
}

static void store(const struct token *t)
{
    char *text = json_dumps(t->cache, JSON_INDENT(2));
    struct err err = {0};

    /* Without a place to keep it the token still serves this run. */
    if (file_write_atomic(t->path, str_c(text), 0600, &err) < 0)
        log_debug("SSO: %s", err.text);
    mem_wipe_free(text);
}

static void adopt(struct token *t, const json_t *answer, int64_t now)
{
    const char *refresh = json_string_value(json_object_get(answer, "refreshToken"));
    char date[32];

    t->expires_ms = now + (int64_t)json_integer_value(json_object_get(answer, "expiresIn")) * 1000;
    clock_format_rfc3339(date, sizeof(date), t->expires_ms, false);
    json_object_set(t->cache, "accessToken", json_object_get(answer, "accessToken"));
    json_object_set_new(t->cache, "expiresAt", json_string(date));
    if (refresh)
        json_object_set_new(t->cache, "refreshToken", json_string(refresh));
    secret_add(str_c(text_of(t, "accessToken")));
    secret_add(str_c(refresh));
}

static int refresh(struct token *t, struct buf *why)
{
    struct aws_reply reply = {0};
    json_t *answer;
    int result = -1;

    if (ask_refresh(t, &reply, why) < 0)
        return -1;
    answer = json_loadb(buf_c(&reply.body), reply.body.len, 0, NULL);
    if (json_is_string(json_object_get(answer, "accessToken"))) {
        adopt(t, answer, clock_wall(t->o->clock));
        store(t);
        result = 0;
    } else {
        buf_add_c(why, "SSO refresh: the answer has no accessToken");
    }
    mem_wipe(reply.body.data, reply.body.len);
    aws_reply_release(&reply);
    json_decref(answer);
    return result;
}

static int ensure_fresh(struct token *t, const char *profile, struct buf *why)
{
    const int64_t now = clock_wall(t->o->clock);
    CLEANUP(buf_release) struct buf not_refreshed = {0};

    if (now < t->expires_ms - REFRESH_BEFORE_MS)
        return 0;
    if (can_refresh(t, now) && refresh(t, &not_refreshed) == 0)
        return 0;
    if (now < t->expires_ms)
        return 0;
    buf_printf(why, "the SSO login has expired%s%s: run `aws sso login --profile %s`",
               not_refreshed.len ? " and was not refreshed: " : "", buf_c(&not_refreshed), profile);
    return -1;
}

int creds_sso_token(const struct creds_options *o, const char *session, const char *start_url,
                    const char *region, const char *profile, struct buf *token,
                    int64_t *ret_expires_ms, struct buf *why)
{
    struct token t = {
        .o = o, .region = region, .path = cache_path(o, session ? session : start_url)};
    int result = -1;

    if (!t.path)
        buf_add_c(why, "SSO: HOME is not set, so the token cache cannot be found");
    else if (load(&t, why) < 0)
        buf_printf(why, ": run `aws sso login --profile %s`", profile);
    else
        result = ensure_fresh(&t, profile, why);
    if (result == 0) {
        buf_add_c(token, text_of(&t, "accessToken"));
        if (ret_expires_ms)
            *ret_expires_ms = t.expires_ms;
    }
    json_decref(t.cache);
    free(t.path);
    return result;
}
