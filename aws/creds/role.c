/* Being somebody else: AssumeRole and AssumeRoleWithWebIdentity. */
#include <stdio.h>
#include <string.h>

#include "aws/creds/ask.h"
#include "aws/creds/source.h"
#include "aws/sts.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"

enum { ATTEMPTS = 3, TIMEOUT_MS = 10000, CONNECT_MS = 5000, TOKEN_MAX = 64 << 10 };

static const char *session_name(const struct creds_options *o, const struct creds_role *role,
                                char *out, size_t size)
{
    if (role->session_name && *role->session_name)
        return role->session_name;
    snprintf(out, size, "smokegate-%lld", (long long)clock_wall(o->clock));
    return out;
}

/* "role promoter (by profile base (static keys))" */
static void name_source(struct aws_creds *c, const char *arn, const char *by)
{
    const char *slash = strrchr(arn, '/');

    snprintf(c->source, sizeof(c->source), "role %.60s by %.80s", slash ? slash + 1 : arn, by);
}

static enum creds_found ask_sts(const struct creds_options *o, const struct aws_creds *by,
                                struct aws_request *request, struct aws_creds *ret, struct buf *why)
{
    struct aws_error error = {{0}};
    const struct creds_question q = {.who = "STS",
                                     .endpoint = o->sts_endpoint,
                                     .region = o->region,
                                     .by = by,
                                     .attempts = ATTEMPTS,
                                     .timeout_ms = TIMEOUT_MS,
                                     .connect_ms = CONNECT_MS,
                                     .error = &error};
    struct aws_reply reply = {0};
    int result;

    if (!o->sts_endpoint) {
        aws_request_release(request);
        buf_add_c(why, "no Region to ask STS in: give --region, AWS_REGION or `region` in the "
                       "profile");
        return CREDS_FAILED;
    }
    result = creds_ask(o, &q, request, &reply, NULL, why);
    if (result == 0)
        result = sts_read_credentials(ret, buf_str(&reply.body), why);
    if (reply.body.data)
        mem_wipe(reply.body.data, reply.body.len);
    aws_reply_release(&reply);
    if (result == 0)
        return CREDS_FOUND;
    return by && aws_error_refuses_credentials(&error) ? CREDS_REFUSED : CREDS_FAILED;
}

enum creds_found creds_assume_role(const struct creds_options *o, const struct creds_role *role,
                                   const struct aws_creds *by, struct aws_creds *ret,
                                   struct buf *why)
{
    char name[64], code[32] = "", source[sizeof(by->source)];
    struct sts_role sts = {.arn = role->arn,
                           .session_name = session_name(o, role, name, sizeof(name)),
                           .external_id = role->external_id,
                           .duration_seconds = role->duration_seconds};
    struct aws_creds fresh = {0};
    enum creds_found found;
    struct aws_request r;

    buf_printf(why, "role %s: ", role->arn);
    if (role->mfa_serial) {
        sts.mfa_serial = role->mfa_serial;
        sts.mfa_code = code;
        if (!o->ask_mfa || !o->ask_mfa(o->ask_mfa_ctx, role->mfa_serial, code, sizeof(code))) {
            buf_printf(why, "needs the code of the MFA device %s and nobody gave it",
                       role->mfa_serial);
            return CREDS_FAILED;
        }
    }
    sts_assume_role_request(&r, &sts);
    found = ask_sts(o, by, &r, &fresh, why);
    if (found != CREDS_FOUND)
        return found;
    buf_clear(why);
    memcpy(source, by->source, sizeof(source));
    aws_creds_release(ret);
    *ret = fresh;
    name_source(ret, role->arn, source);
    return CREDS_FOUND;
}

enum creds_found creds_web_identity(const struct creds_options *o, const struct creds_role *role,
                                    const char *token_file, const char *who, struct aws_creds *ret,
                                    struct buf *why)
{
    CLEANUP(buf_wipe) struct buf token = {0};
    char name[64];
    const struct sts_role sts = {.arn = role->arn,
                                 .session_name = session_name(o, role, name, sizeof(name)),
                                 .duration_seconds = role->duration_seconds};
    struct aws_creds fresh = {0};
    struct aws_request r;
    struct err err = {0};

    buf_printf(why, "%s: role %s by web identity: ", who, role->arn);
    if (file_read(&token, token_file, TOKEN_MAX, &err) < 0) {
        buf_add_c(why, err.text);
        return CREDS_FAILED;
    }
    secret_add(str_trim(buf_str(&token)));
    sts_web_identity_request(&r, &sts, str_trim(buf_str(&token)));
    if (ask_sts(o, NULL, &r, &fresh, why) != CREDS_FOUND)
        return CREDS_FAILED;
    buf_clear(why);
    aws_creds_release(ret);
    *ret = fresh;
    name_source(ret, role->arn, who);
    return CREDS_FOUND;
}

enum creds_found creds_from_web_identity(const struct creds_options *o, struct aws_creds *ret,
                                         struct buf *why)
{
    CLEANUP(buf_release) struct buf file = {0};
    CLEANUP(buf_release) struct buf arn = {0};
    CLEANUP(buf_release) struct buf name = {0};
    const char *token_file = creds_env(o, "AWS_WEB_IDENTITY_TOKEN_FILE", &file);
    const struct creds_role role = {.arn = creds_env(o, "AWS_ROLE_ARN", &arn),
                                    .session_name = creds_env(o, "AWS_ROLE_SESSION_NAME", &name)};

    if (!token_file) {
        buf_add_c(why, "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set");
        return CREDS_ABSENT;
    }
    if (!role.arn) {
        buf_add_c(why, "web identity: AWS_WEB_IDENTITY_TOKEN_FILE needs AWS_ROLE_ARN beside it");
        return CREDS_FAILED;
    }
    return creds_web_identity(o, &role, token_file, "web identity", ret, why);
}
