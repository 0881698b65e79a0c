/*
 * Credentials of a container: ECS tasks, CodeBuild, EKS Pod Identity.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
#include <stdio.h>
#include <string.h>

#include "aws/creds/ask.h"
#include "aws/creds/source.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"

enum { ATTEMPTS = 3, TIMEOUT_MS = 2000, TOKEN_MAX = 64 << 10 };

/* scheme://host[:port] and what follows it; false when it is no such URL. */
static bool split(const char *url, struct str *ret_origin, struct str *ret_host,
                  const char **ret_rest)
{
    const struct str all = str_c(url);
    const size_t from = str_find(all, STR("://"), 0) + 3;
    size_t end, host_end;

    if (!str_starts(all, STR("http://")) && !str_starts(all, STR("https://")))
        return false;
    end = from + strcspn(url + from, "/?#");
    host_end =
        url[from] == '[' ? from + strcspn(url + from, "]") + 1 : from + strcspn(url + from, ":/?#");
    if (host_end <= from || host_end > end || memchr(url + from, '@', end - from))
        return false;
    *ret_origin = str_slice(all, 0, end);
    *ret_host = str_slice(all, from, host_end);
    *ret_rest = url + end;
    return true;
}

/* Plain http may carry credentials inside this machine or host only. */
static bool is_allowed(struct str origin, struct str host)
{
    static const char *const link_local[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
    CLEANUP(mem_freep) char *name = mem_dup_n(host.data, host.len);

    for (size_t i = 0; i < ARRAY_LEN(link_local); i++)
        if (strcmp(name, link_local[i]) == 0)
            return true;
    return str_starts(origin, STR("https://")) || http_is_loopback(name);
}

int creds_container_url(const struct creds_options *o, struct buf *url, struct buf *why)
{
    CLEANUP(buf_release) struct buf scratch = {0};
    const char *relative = creds_env(o, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", &scratch);
    struct str origin, host;
    const char *full, *rest;

    buf_clear(url);
    if (relative) {
        buf_printf(url, "http://169.254.170.2%s%s", relative[0] == '/' ? "" : "/", relative);
        return 0;
    }
    full = creds_env(o, "AWS_CONTAINER_CREDENTIALS_FULL_URI", &scratch);
    if (!full)
        return 0;
    if (!split(full, &origin, &host, &rest)) {
        buf_printf(why, "AWS_CONTAINER_CREDENTIALS_FULL_URI \"%.200s\" is no URL with a host",
                   full);
        return -1;
    }
    if (!is_allowed(origin, host)) {
        buf_printf(why,
                   "AWS_CONTAINER_CREDENTIALS_FULL_URI: %.*s may not be asked over plain http "
                   "(https, this machine, 169.254.170.2, 169.254.170.23 and fd00:ec2::23 may)",
                   STR_ARG(host));
        return -1;
    }
    buf_add_c(url, full);
    return 0;
}

/* 0; `token` stays empty when none is set up. */
static int read_token(const struct creds_options *o, struct buf *token, struct buf *why)
{
    CLEANUP(buf_wipe) struct buf scratch = {0};
    CLEANUP(buf_wipe) struct buf text = {0};
    const char *file = creds_env(o, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &scratch);
    struct str value;
    struct err err = {0};

    if (file && file_read(&text, file, TOKEN_MAX, &err) < 0) {
        buf_printf(why, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: %s", err.text);
        return -1;
    }
    if (!file && creds_env(o, "AWS_CONTAINER_AUTHORIZATION_TOKEN", &scratch))
        buf_add_str(&text, buf_str(&scratch));
    value = str_trim(buf_str(&text));
    if (value.len && (memchr(value.data, '\n', value.len) || memchr(value.data, '\r', value.len))) {
        buf_add_c(why, "the authorization token holds a line end");
        return -1;
    }
    buf_add_str(token, value);
    secret_add(value);
    return 0;
}

static int ask(const struct creds_options *o, const char *url, struct str token,
               struct aws_creds *ret, struct buf *why)
{
    CLEANUP(mem_freep) char *endpoint = NULL;
    struct creds_question q = {.who = "container",
                               .link_local = true,
                               .attempts = ATTEMPTS,
                               .timeout_ms = TIMEOUT_MS,
                               .connect_ms = TIMEOUT_MS};
    struct str origin, host;
    const char *rest;
    struct aws_request r;
    struct aws_reply reply = {0};
    int result;

    if (!split(url, &origin, &host, &rest))
        return -1;
    endpoint = mem_dup_n(origin.data, origin.len);
    q.endpoint = endpoint;
    aws_request_init(&r, "container", "credentials", "GET", AWS_READS);
    aws_request_path(&r, *rest == '/' ? "" : "/");
    aws_request_path(&r, rest);
    aws_request_header(&r, "accept", STR("application/json"));
    if (token.len)
        aws_request_header(&r, "authorization", token);
    result = creds_ask(o, &q, &r, &reply, NULL, why);
    if (result == 0) {
        buf_add_c(why, "container: ");
        result = creds_read_json(ret, buf_str(&reply.body), "Token", why);
        mem_wipe(reply.body.data, reply.body.len);
    }
    aws_reply_release(&reply);
    return result;
}

enum creds_found creds_from_container(const struct creds_options *o, struct aws_creds *ret,
                                      struct buf *why)
{
    CLEANUP(buf_release) struct buf url = {0};
    CLEANUP(buf_wipe) struct buf token = {0};

    if (creds_container_url(o, &url, why) < 0)
        return CREDS_FAILED;
    if (url.len == 0) {
        buf_add_c(why, "container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not "
                       "set");
        return CREDS_ABSENT;
    }
    if (read_token(o, &token, why) < 0 || ask(o, buf_c(&url), buf_str(&token), ret, why) < 0)
        return CREDS_FAILED;
    buf_clear(why);
    snprintf(ret->source, sizeof(ret->source), "container (%.100s)", buf_c(&url));
    return CREDS_FOUND;
}
