#include "local/auth.h"

#include <stdio.h>
#include <string.h>

#include "aws/sigv4.h"

struct signer {
    const char *secret, *token, *arn;
};

static int refuse(struct call *c, const char *type, const char *message)
{
    json_t *body = json_pack("{ss}", "message", message);

    answer(c, 403, body);
    http_reply_header(c->reply, "x-amzn-ErrorType", type);
    return -1;
}

static int bad_signature(struct call *c, const char *message)
{
    return refuse(c, "InvalidSignatureException", message);
}

void auth_add_session(struct call *c, const char *access_key, const char *secret_key,
                      const char *token, const char *arn, int64_t expires_ms)
{
    struct db *db = c->local->db;

    db_run(db, "DELETE FROM session WHERE expires_ms < ?", "i", c->now_ms);
    db_run(db,
           "INSERT INTO session (access_key, secret_key, token, arn, expires_ms)"
           " VALUES (?, ?, ?, ?, ?)",
           "ssssi", access_key, secret_key, token, arn, expires_ms);
}

static bool find_session(struct call *c, const char *access_key, struct signer *ret)
{
    struct db *db = c->local->db;
    struct db_query *q;
    bool found;

    local_lock(c->local);
    q = db_query(db,
                 "SELECT secret_key, token, arn FROM session"
                 " WHERE access_key = ? AND expires_ms > ?",
                 "si", access_key, c->now_ms);
    found = db_step(db, q);
    if (found) {
        *ret = (struct signer){db_text(q, 0, &c->arena), db_text(q, 1, &c->arena),
                               db_text(q, 2, &c->arena)};
        db_done(q);
    }
    local_unlock(c->local);
    return found;
}

static const char *user_arn(struct call *c, const char *name)
{
    return arena_printf(&c->arena, "arn:aws:iam::%s:user/%s", c->local->options.account, name);
}

/* Functions are given the default key with a token, as Lambda's have one (execute_runtime.c). */
static const char *functions_token(const char *id, struct str token)
{
    return strcmp(id, "local") == 0 && str_eq(token, STR("local")) ? "local" : NULL;
}

static bool find_signer(struct call *c, struct str access_key, struct str token, struct signer *ret)
{
    const struct local_options *o = &c->local->options;

    for (size_t i = 0; i < o->key_count; i++)
        if (str_eq_c(access_key, o->keys[i].id)) {
            *ret = (struct signer){.secret = o->keys[i].secret,
                                   .token = functions_token(o->keys[i].id, token),
                                   .arn = user_arn(c, o->keys[i].id)};
            return true;
        }
    return find_session(c, arena_dup_str(&c->arena, access_key), ret);
}

/* "20260131T120000Z" */
static bool parse_basic(struct str text, int64_t *ret_ms)
{
    char rfc[32];

    if (text.len != SIGV4_DATE_SIZE - 1)
        return false;
    snprintf(rfc, sizeof(rfc), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", text.data, text.data + 4,
             text.data + 6, text.data + 9, text.data + 11, text.data + 13);
    return clock_parse_rfc3339(str_c(rfc), ret_ms);
}

static int check_date(struct call *c, struct str date, struct str day)
{
    int64_t then;
    char now[SIGV4_DATE_SIZE], limit[SIGV4_DATE_SIZE];

    if (!parse_basic(date, &then))
        return bad_signature(c, "Date must be in ISO-8601 'basic format'. See "
                                "http://en.wikipedia.org/wiki/ISO_8601");
    clock_format_basic(now, sizeof(now), c->now_ms);
    if (then < c->now_ms - AUTH_SKEW_MS) {
        clock_format_basic(limit, sizeof(limit), c->now_ms - AUTH_SKEW_MS);
        return bad_signature(c,
                             arena_printf(&c->arena,
                                          "Signature expired: %.*s is now earlier than %s (%s - 5 "
                                          "min.)",
                                          STR_ARG(date), limit, now));
    }
    if (then > c->now_ms + AUTH_SKEW_MS) {
        clock_format_basic(limit, sizeof(limit), c->now_ms + AUTH_SKEW_MS);
        return bad_signature(c,
                             arena_printf(&c->arena,
                                          "Signature not yet current: %.*s is still later than %s "
                                          "(%s + 5 min.)",
                                          STR_ARG(date), limit, now));
    }
    if (!str_eq(str_slice(date, 0, 8), day))
        return bad_signature(
            c, arena_printf(&c->arena,
                            "Date in Credential scope does not match YYYYMMDD from ISO-8601 "
                            "version of date from HTTP: '%.*s' != '%.8s', from '%.*s'.",
                            STR_ARG(day), date.data, STR_ARG(date)));
    return 0;
}

static int check_scope(struct call *c, const struct sigv4_parts *p, const char *service)
{
    struct str list = p->signed_headers, part;
    bool host = false;

    if (!str_eq_c(p->service, service))
        return bad_signature(
            c, arena_printf(&c->arena, "Credential should be scoped to correct service: '%s'.",
                            service));
    if (strcmp(service, "lambda") == 0 && !str_eq_c(p->region, c->local->options.region))
        return bad_signature(c, arena_printf(&c->arena,
                                             "Credential should be scoped to a valid region, not "
                                             "'%.*s'. This one is '%s'.",
                                             STR_ARG(p->region), c->local->options.region));
    while (str_cut(&list, ';', &part))
        host = host || str_eq(part, STR("host"));
    if (!host)
        return bad_signature(
            c, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    return 0;
}

static int check_signature(struct call *c, const struct sigv4_parts *p, const char *secret,
                           struct str date)
{
    char hash[SHA256_HEX_SIZE];
    const struct sigv4_request request = {
        .method = c->request->method,
        .target = c->request->target,
        .headers = c->request->headers,
        .header_count = c->request->header_count,
        .signed_headers = p->signed_headers,
        .payload_sha256 = {hash, SHA256_HEX_SIZE - 1},
    };
    const struct sigv4_key key = {p->access_key, str_c(secret), p->region, p->service, date};
    struct sigv4_result r = {{0}};
    int result = 0;

    sha256_hex(hash, c->request->body);
    if (sigv4_sign(&r, &request, &key) < 0)
        return bad_signature(c, "The request signature we calculated does not match the signature "
                                "you provided: a signed header is missing from the request.");
    if (!sigv4_equal((struct str){r.signature, SHA256_HEX_SIZE - 1}, p->signature))
        result = bad_signature(
            c, arena_printf(&c->arena,
                            "The request signature we calculated does not match the signature you "
                            "provided. Check your AWS Secret Access Key and signing method. "
                            "Consult the service documentation for details.\n\nThe Canonical "
                            "String for this request should have been\n'%s'\n\nThe String-to-Sign "
                            "should have been\n'%s'\n",
                            buf_c(&r.canonical_request), buf_c(&r.string_to_sign)));
    sigv4_result_release(&r);
    return result;
}

int auth_check(struct call *c, const char *service)
{
    const struct str header = http_header(c->request, "authorization");
    const struct str date = http_header(c->request, "x-amz-date");
    const struct str token = http_header(c->request, "x-amz-security-token");
    struct sigv4_parts parts;
    struct signer signer;

    c->caller_arn = user_arn(c, "local");
    if (c->local->options.no_auth)
        return 0;
    if (!header.data)
        return refuse(c, "MissingAuthenticationTokenException", "Missing Authentication Token");
    if (!sigv4_parse(header, &parts))
        return refuse(c, "IncompleteSignatureException",
                      "Authorization header requires 'Credential', 'SignedHeaders' and "
                      "'Signature' parameters, and the algorithm AWS4-HMAC-SHA256.");
    if (!find_signer(c, parts.access_key, token, &signer) ||
        !str_eq(token, str_c(signer.token ? signer.token : "")))
        return refuse(c, "UnrecognizedClientException",
                      "The security token included in the request is invalid.");
    if (check_scope(c, &parts, service) < 0 || check_date(c, date, parts.day) < 0 ||
        check_signature(c, &parts, signer.secret, date) < 0)
        return -1;
    c->caller_arn = signer.arn;
    return 0;
}
