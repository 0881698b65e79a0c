/*
 * The role of an EC2 instance, and its Region, by version 2 of its metadata service only: version 1
 * gives credentials to whoever can make the machine send a GET.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "aws/creds/ask.h"
#include "aws/creds/source.h"
#include "aws/endpoint.h"
#include "base/mem.h"
#include "base/secret.h"

/* Off EC2 nobody answers at that address: one second is all that may cost. */
enum { ATTEMPTS = 3, TIMEOUT_MS = 1000, NAME_MAX_BYTES = 256 };

static const char *setting(const struct creds_options *o, const char *variable, const char *key,
                           struct buf *scratch)
{
    const char *value = creds_env(o, variable, scratch);
    const struct profile_section *s =
        aws_profiles_find(o->profiles, PROFILE_KIND_PROFILE, o->profile);

    if (!value)
        value = profile_get(s, key);
    return value && *value ? value : NULL;
}

int creds_instance_endpoint(const struct creds_options *o, struct buf *url, struct buf *why)
{
    CLEANUP(buf_release) struct buf scratch = {0};
    const char *endpoint =
        setting(o, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint", &scratch);
    const struct aws_endpoint_params params = {.custom = endpoint};
    const char *mode;
    struct err err = {0};

    if (endpoint) {
        if (aws_endpoint(url, &params, &err) == 0)
            return 0;
        buf_printf(why, "EC2 metadata: %s", err.text);
        return -1;
    }
    mode = setting(o, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                   "ec2_metadata_service_endpoint_mode", &scratch);
    if (mode && strcasecmp(mode, "IPv4") != 0 && strcasecmp(mode, "IPv6") != 0) {
        buf_printf(why, "EC2 metadata: \"%.40s\" is no endpoint mode, expected IPv4 or IPv6", mode);
        return -1;
    }
    buf_add_c(url, mode && strcasecmp(mode, "IPv6") == 0 ? "http://[fd00:ec2::254]"
                                                         : "http://169.254.169.254");
    return 0;
}

struct instance {
    const struct creds_options *o;
    struct creds_question q;
    struct buf token;
};

static int get_token(struct instance *i, int *ret_status, struct buf *why)
{
    struct aws_request r;
    struct aws_reply reply = {0};
    int result;

    aws_request_init(&r, "imds", "token", "PUT", AWS_READS);
    aws_request_path(&r, "/latest/api/token");
    aws_request_header(&r, "x-aws-ec2-metadata-token-ttl-seconds", STR("21600"));
    result = creds_ask(i->o, &i->q, &r, &reply, ret_status, why);
    if (result == 0) {
        buf_add_str(&i->token, str_trim(buf_str(&reply.body)));
        secret_add(buf_str(&i->token));
    }
    aws_reply_release(&reply);
    return result;
}

#define ROLES "/latest/meta-data/iam/security-credentials/"

/* `name` is the last segment of the path. */
static int get(const struct instance *i, const char *path, const char *name, struct aws_reply *ret,
               int *ret_status, struct buf *why)
{
    struct aws_request r;

    aws_request_init(&r, "imds", "metadata", "GET", AWS_READS);
    aws_request_path(&r, path);
    aws_request_segment(&r, name);
    aws_request_header(&r, "x-aws-ec2-metadata-token", buf_str(&i->token));
    return creds_ask(i->o, &i->q, &r, ret, ret_status, why);
}

static enum creds_found ask_role(const struct instance *i, const char *role, struct aws_creds *ret,
                                 struct buf *why)
{
    struct aws_reply reply = {0};
    int result = get(i, ROLES, role, &reply, NULL, why);

    if (result == 0) {
        buf_printf(why, "EC2 metadata: role %s: ", role);
        result = creds_read_json(ret, buf_str(&reply.body), "Token", why);
        mem_wipe(reply.body.data, reply.body.len);
    }
    aws_reply_release(&reply);
    if (result < 0)
        return CREDS_FAILED;
    buf_clear(why);
    snprintf(ret->source, sizeof(ret->source), "EC2 instance role %.100s", role);
    return CREDS_FOUND;
}

static enum creds_found ask(struct instance *i, struct aws_creds *ret, struct buf *why)
{
    CLEANUP(mem_freep) char *role = NULL;
    struct aws_reply reply = {0};
    struct str rest, name = {0};
    int status = 0;

    if (get_token(i, &status, why) < 0) {
        if (status == 403)
            buf_add_c(why, " (switched off on this instance)");
        return status ? CREDS_FAILED : CREDS_ABSENT;
    }
    if (get(i, ROLES, "", &reply, &status, why) < 0) {
        if (status != 404)
            return CREDS_FAILED;
        buf_clear(why);
        buf_add_c(why, "EC2 metadata: this instance has no role");
        return CREDS_ABSENT;
    }
    rest = str_trim(buf_str(&reply.body));
    if (str_cut(&rest, '\n', &name)) /* several: the first, as the SDKs do */
        name = str_trim(name);
    role = mem_dup_n(name.data ? name.data : "", name.len);
    aws_reply_release(&reply);
    if (!*role || strlen(role) > NAME_MAX_BYTES) {
        buf_add_c(why, "EC2 metadata: the role's name is empty or too long");
        return CREDS_FAILED;
    }
    return ask_role(i, role, ret, why);
}

/* CREDS_FOUND: there may be a service to ask. */
static enum creds_found begin(struct instance *i, const struct creds_options *o,
                              struct buf *endpoint, struct buf *why)
{
    CLEANUP(buf_release) struct buf scratch = {0};
    const char *disabled = creds_env(o, "AWS_EC2_METADATA_DISABLED", &scratch);

    if (disabled && strcasecmp(disabled, "true") == 0) {
        buf_add_c(why, "EC2 metadata: AWS_EC2_METADATA_DISABLED is true");
        return CREDS_ABSENT;
    }
    if (creds_instance_endpoint(o, endpoint, why) < 0)
        return CREDS_FAILED;
    *i = (struct instance){.o = o,
                           .q = {.who = "EC2 metadata",
                                 .endpoint = buf_c(endpoint),
                                 .link_local = true,
                                 .attempts = ATTEMPTS,
                                 .timeout_ms = TIMEOUT_MS,
                                 .connect_ms = TIMEOUT_MS}};
    return CREDS_FOUND;
}

enum creds_found creds_from_instance(const struct creds_options *o, struct aws_creds *ret,
                                     struct buf *why)
{
    CLEANUP(buf_release) struct buf endpoint = {0};
    struct instance i = {0};
    enum creds_found found = begin(&i, o, &endpoint, why);

    if (found == CREDS_FOUND)
        found = ask(&i, ret, why);
    buf_wipe(&i.token);
    return found;
}

int creds_instance_region(const struct creds_options *o, struct buf *region, struct buf *why)
{
    CLEANUP(buf_release) struct buf endpoint = {0};
    struct instance i = {0};
    struct aws_reply reply = {0};
    int result = -1;

    if (begin(&i, o, &endpoint, why) == CREDS_FOUND && get_token(&i, NULL, why) == 0)
        result = get(&i, "/latest/meta-data/placement/", "region", &reply, NULL, why);
    if (result == 0)
        buf_add_str(region, str_trim(buf_str(&reply.body)));
    aws_reply_release(&reply);
    buf_wipe(&i.token);
    return result;
}
