#include "aws/sts.h"

#include <stdio.h>

#include "aws/xml.h"
#include "base/clock.h"

#define VERSION "2011-06-15"

/* ---- builders ---- */

static void begin(struct aws_request *r, struct buf *form, const char *operation)
{
    /* All three may be asked again: a session more does no harm. */
    aws_request_init(r, "sts", operation, "POST", AWS_READS);
    aws_request_form(r, form, operation, VERSION);
}

static void put_role(struct buf *form, const struct sts_role *role)
{
    aws_request_pair(form, "RoleArn", role->arn);
    aws_request_pair(form, "RoleSessionName", role->session_name);
    aws_request_pair(form, "ExternalId", role->external_id);
    aws_request_pair(form, "DurationSeconds", role->duration_seconds);
    aws_request_pair(form, "SerialNumber", role->mfa_serial);
    aws_request_pair(form, "TokenCode", role->mfa_code);
}

void sts_assume_role_request(struct aws_request *r, const struct sts_role *role)
{
    struct buf form = {0};

    begin(r, &form, "AssumeRole");
    aws_request_resource(r, role->arn);
    put_role(&form, role);
    aws_request_form_end(r, &form);
}

void sts_web_identity_request(struct aws_request *r, const struct sts_role *role, struct str token)
{
    CLEANUP(buf_wipe) struct buf text = {0};
    struct buf form = {0};

    begin(r, &form, "AssumeRoleWithWebIdentity");
    aws_request_resource(r, role->arn);
    put_role(&form, role);
    buf_add_str(&text, token);
    aws_request_pair(&form, "WebIdentityToken", buf_c(&text));
    aws_request_form_end(r, &form);
    r->unsigned_ = true;
}

void sts_caller_identity_request(struct aws_request *r)
{
    struct buf form = {0};

    begin(r, &form, "GetCallerIdentity");
    aws_request_form_end(r, &form);
}

/* ---- readers ---- */

int sts_read_credentials(struct aws_creds *ret, struct str xml, struct buf *why)
{
    struct str credentials, access_key, secret_key, token, expiration, user, arn;
    int64_t expires;

    if (!xml_find(xml, "Credentials", &credentials) ||
        !xml_find(credentials, "AccessKeyId", &access_key) ||
        !xml_find(credentials, "SecretAccessKey", &secret_key) ||
        !xml_find(credentials, "SessionToken", &token) ||
        !xml_find(credentials, "Expiration", &expiration)) {
        buf_add_c(why, "the answer has no whole <Credentials>");
        return -1;
    }
    if (!clock_parse_rfc3339(expiration, &expires)) {
        buf_printf(why, "Expiration \"%.*s\" is no date", STR_ARG(str_slice(expiration, 0, 40)));
        return -1;
    }
    aws_creds_set(ret, access_key, secret_key, token, expires);
    if (xml_find(xml, "AssumedRoleUser", &user) && xml_find(user, "Arn", &arn))
        aws_creds_set_account(ret, arn);
    return 0;
}

int sts_read_caller_identity(struct str xml, struct sts_identity *ret, struct err *err)
{
    struct sts_identity id = {{0}};
    const struct {
        const char *name;
        char *out;
        size_t size;
    } members[] = {{"Account", id.account, sizeof(id.account)},
                   {"Arn", id.arn, sizeof(id.arn)},
                   {"UserId", id.user_id, sizeof(id.user_id)}};

    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        struct str text;

        if (!xml_find(xml, members[i].name, &text) || text.len == 0 || text.len >= members[i].size)
            return err_set(err, ERR_UNKNOWN, "the answer has no <%s>", members[i].name);
        snprintf(members[i].out, members[i].size, "%.*s", STR_ARG(text));
    }
    *ret = id;
    return 0;
}

int sts_caller_identity(struct aws_client *client, struct sts_identity *ret, struct err *err)
{
    struct aws_request r;
    struct aws_reply reply = {0};
    int result;

    sts_caller_identity_request(&r);
    result = aws_call(client, &r, &reply, err);
    if (result == 0 && sts_read_caller_identity(buf_str(&reply.body), ret, err) < 0)
        result = err_ctx(err, "sts GetCallerIdentity");
    aws_reply_release(&reply);
    aws_request_release(&r);
    return result;
}
