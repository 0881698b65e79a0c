/*
 * The part of STS that SDKs and smokegate ask: GetCallerIdentity, AssumeRole and
 * AssumeRoleWithWebIdentity. The query protocol: a form in, XML out.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "local/auth.h"
#include "local/call.h"
#include "local/handlers.h"

enum { DURATION_S = 3600, DURATION_MIN_S = 900, DURATION_MAX_S = 43200 };

/* The form is a query string in the body. */
static const char *field(struct call *c, const char *name)
{
    struct http_request form = {.query = c->request->body};

    return http_query(&form, &c->arena, name);
}

static void xml_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            buf_add_c(out, "&amp;");
        else if (*text == '<')
            buf_add_c(out, "&lt;");
        else if (*text == '>')
            buf_add_c(out, "&gt;");
        else if (*text == '"')
            buf_add_c(out, "&quot;");
        else
            buf_putc(out, *text);
    }
}

static struct buf *start_answer(struct call *c, int status)
{
    http_reply_clear(c->reply);
    c->reply->status = status;
    c->reply->content_type = "text/xml";
    return &c->reply->body;
}

static void element(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, "<%s>", name);
    xml_text(out, text);
    buf_printf(out, "</%s>", name);
}

static int refuse(struct call *c, int status, const char *code, const char *message)
{
    struct buf *out = start_answer(c, status);

    buf_add_c(out, "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
                   "<Type>Sender</Type>");
    element(out, "Code", code);
    element(out, "Message", message);
    buf_printf(out, "</Error><RequestId>%s</RequestId></ErrorResponse>", c->request_id);
    return -1;
}

static void open_result(struct buf *out, const char *action)
{
    buf_printf(out, "<%sResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><%sResult>",
               action, action);
}

static int close_result(struct call *c, struct buf *out, const char *action)
{
    buf_printf(out, "</%sResult><ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata>",
               action, c->request_id);
    buf_printf(out, "</%sResponse>", action);
    return 0;
}

static int caller_identity(struct call *c)
{
    struct buf *out = start_answer(c, 200);

    open_result(out, "GetCallerIdentity");
    element(out, "Arn", c->caller_arn);
    element(out, "UserId", "AIDALOCALLOCALLOCAL00");
    element(out, "Account", c->local->options.account);
    return close_result(c, out, "GetCallerIdentity");
}

/* ---- temporary credentials ---- */

struct session {
    const char *access_key, *secret_key, *token, *arn, *expires;
};

static const char *random_text(struct call *c, const char *prefix, size_t words)
{
    struct buf text = {0};
    const char *copy;

    buf_add_c(&text, prefix);
    for (size_t i = 0; i < words; i++)
        buf_printf(&text, "%016llX", (unsigned long long)rand_u64());
    copy = arena_dup(&c->arena, buf_c(&text));
    buf_release(&text);
    return copy;
}

static int new_session(struct call *c, const char *role, const char *name, struct session *ret)
{
    const char *duration = field(c, "DurationSeconds");
    unsigned long long seconds = DURATION_S;
    const char *path = strstr(role, ":role/");
    const char *role_name = path ? strrchr(path, '/') + 1 : NULL;
    char expires[40];

    if (!role_name || strncmp(role, "arn:", 4) != 0)
        return refuse(c, 400, "ValidationError", "RoleArn is not the ARN of a role");
    if (duration &&
        (!str_to_u64(str_c(duration), DURATION_MAX_S, &seconds) || seconds < DURATION_MIN_S))
        return refuse(c, 400, "ValidationError",
                      "DurationSeconds must be from 900 to 43200 seconds");
    clock_format_rfc3339(expires, sizeof(expires), c->now_ms + (int64_t)seconds * 1000, false);
    *ret = (struct session){
        .access_key = random_text(c, "ASIA", 1),
        .secret_key = random_text(c, "", 3),
        .token = random_text(c, "local", 8),
        .arn = arena_printf(&c->arena, "arn:aws:sts::%.12s:assumed-role/%s/%s",
                            strncmp(role, "arn:aws:iam::", 13) == 0 ? role + 13
                                                                    : c->local->options.account,
                            role_name, name),
        .expires = arena_dup(&c->arena, expires),
    };
    local_lock(c->local);
    db_begin(c->local->db);
    auth_add_session(c, ret->access_key, ret->secret_key, ret->token, ret->arn,
                     c->now_ms + (int64_t)seconds * 1000);
    if (db_commit(c->local->db, NULL) < 0) {
        local_unlock(c->local);
        return refuse(c, 500, "InternalFailure", "the session could not be stored");
    }
    local_unlock(c->local);
    return 0;
}

static int assume(struct call *c, const char *action)
{
    const char *role = field(c, "RoleArn"), *name = field(c, "RoleSessionName");
    const bool web = strcmp(action, "AssumeRoleWithWebIdentity") == 0;
    struct session s = {0};
    struct buf *out;

    if (!role || !name || (web && !field(c, "WebIdentityToken")))
        return refuse(c, 400, "ValidationError", "a required parameter is missing");
    if (new_session(c, role, name, &s) < 0)
        return -1;
    out = start_answer(c, 200);
    open_result(out, action);
    buf_add_c(out, "<Credentials>");
    element(out, "AccessKeyId", s.access_key);
    element(out, "SecretAccessKey", s.secret_key);
    element(out, "SessionToken", s.token);
    element(out, "Expiration", s.expires);
    buf_add_c(out, "</Credentials><AssumedRoleUser>");
    element(out, "AssumedRoleId", arena_printf(&c->arena, "AROALOCAL:%s", name));
    element(out, "Arn", s.arn);
    buf_add_c(out, "</AssumedRoleUser>");
    if (web)
        element(out, "SubjectFromWebIdentityToken", "local");
    return close_result(c, out, action);
}

int sts_call(struct call *c)
{
    const char *action = field(c, "Action");

    /* The token is what proves a web identity: that call alone is not signed. */
    if (action && strcmp(action, "AssumeRoleWithWebIdentity") == 0)
        return assume(c, action);
    if (auth_check(c, "sts") < 0) {
        json_t *body = json_loads(buf_c(&c->reply->body), 0, NULL);
        const char *type = http_reply_get(c->reply, "x-amzn-ErrorType");

        call_own(c, body);
        type = arena_dup(&c->arena, type);
        return refuse(c, 403, type, json_string_value(json_object_get(body, "message")));
    }
    if (action && strcmp(action, "GetCallerIdentity") == 0)
        return caller_identity(c);
    if (action && strcmp(action, "AssumeRole") == 0)
        return assume(c, action);
    return refuse(c, 400, "InvalidAction",
                  arena_printf(&c->arena, "smokegate-local knows no action %s of STS",
                               action ? action : "(none)"));
}
