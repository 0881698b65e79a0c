/* How an exchange ended: what came, or what to tell and do about it. */
#include <stdio.h>
#include <string.h>

#include <openssl/x509_vfy.h>

#include "aws/http_private.h"
#include "aws/wire.h"
#include "base/log.h"

static enum retry_end how_far(const struct http_exchange *x, CURLcode result)
{
    if (x->too_long)
        return RETRY_HOPELESS;
    if (x->sends)
        return RETRY_NO_ANSWER;
    switch ((int)result) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
        return RETRY_HOPELESS;
    default:
        return RETRY_NOT_SENT;
    }
}

/* What to do about it, where libcurl's words do not tell. */
static const char *advice(const struct http_exchange *x, CURLcode result)
{
    long verify = X509_V_OK, proxy = 0;

    curl_easy_getinfo(x->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
    if (proxy == 407)
        return "; the proxy wants to know who asks: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT";
    if (result == CURLE_SSL_CACERT_BADFILE && x->own_ca)
        return "; AWS_CA_BUNDLE (or ca_bundle in the profile) names a file of PEM certificates";
    if (strstr(x->error, "unsupported protocol") || strstr(x->error, "protocol version"))
        return "; the other side knows no TLS 1.2";
    if (result != CURLE_PEER_FAILED_VERIFICATION)
        return "";
    curl_easy_getinfo(x->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
    switch (verify) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return x->own_ca ? "; AWS_CA_BUNDLE (or ca_bundle in the profile) does not hold its issuer"
                         : "; if its issuer is to be trusted, name a file with the issuer's "
                           "certificate in AWS_CA_BUNDLE";
    default:
        return "";
    }
}

/*
 * An answer came and is of no use. A change may have been carried out: its caller has to find out.
 */
static int refuse_answer(const struct http_exchange *x, struct err *err)
{
    const enum err_kind kind = x->effect == AWS_CHANGES ? ERR_UNKNOWN : ERR_LIMIT;
    const bool body = strcmp(x->too_long, "answer") == 0;

    return err_set(err, kind, "%s: the %s %s longer than %zu bytes", x->where, x->too_long,
                   body ? "is" : "are", body ? x->reply.body.max : (size_t)HTTP_HEADERS_MAX_BYTES);
}

static int explain(const struct http_exchange *x, CURLcode result, enum retry_end end,
                   struct err *err)
{
    const char *why = x->error[0] ? x->error : curl_easy_strerror(result);

    if (x->too_long)
        return refuse_answer(x, err);
    if (x->resend_refused)
        return err_set(err, ERR_UNKNOWN,
                       "%s: the connection ended without an answer (not sent again, it may have "
                       "been carried out)",
                       x->where);
    if (end == RETRY_NO_ANSWER)
        return err_set(err, ERR_UNKNOWN, "%s: %s after the request was sent: %s", x->where,
                       result == CURLE_OPERATION_TIMEDOUT ? "no answer in time" : "no whole answer",
                       why);
    return err_set(err, ERR_UNREACHABLE, "%s: %s%s", x->where, why, advice(x, result));
}

/* We ask for no encoding, so what is encoded was so by someone in between: it is not unpacked. */
static bool is_encoded(const struct http_exchange *x, struct err *err)
{
    struct str encoding;

    if (!aws_reply_header(&x->reply, "content-encoding", &encoding) || encoding.len == 0 ||
        str_eq(encoding, STR("identity")))
        return false;
    err_set(err, ERR_UNKNOWN,
            "%s: the answer is encoded (Content-Encoding: %.*s), and nobody asked for that: is "
            "there a proxy in between?",
            x->where, STR_ARG(str_slice(encoding, 0, 40)));
    return true;
}

static void measure(struct http_exchange *x)
{
    curl_off_t connect = 0, first = 0, total = 0;
    long status = 0;

    curl_easy_getinfo(x->easy, CURLINFO_APPCONNECT_TIME_T, &connect);
    if (connect == 0)
        curl_easy_getinfo(x->easy, CURLINFO_CONNECT_TIME_T, &connect);
    curl_easy_getinfo(x->easy, CURLINFO_STARTTRANSFER_TIME_T, &first);
    curl_easy_getinfo(x->easy, CURLINFO_TOTAL_TIME_T, &total);
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    x->reply.timing = (struct aws_timing){.connect_us = (int64_t)connect,
                                          .first_byte_us = (int64_t)first,
                                          .total_us = (int64_t)total};
    x->reply.status = (int)status;
    x->reply.attempts = 1;
}

/* "Failed to connect to HOST port PORT after ...": is it somebody in between? */
static bool is_of_proxy(const struct http_exchange *x)
{
    static const char begin[] = "Failed to connect to ";
    const char *at = strstr(x->error, begin);
    char host[256];

    if (!at)
        return false;
    at += strlen(begin);
    snprintf(host, sizeof(host), "%.*s", (int)strcspn(at, " "), at);
    return !strstr(x->where, host);
}

/*
 * Of a password that is not percent-encoded, libcurl quotes all, or takes a piece for the host:
 * what stands between an "@" and a "/".
 */
static void hide_proxy(struct http_exchange *x, CURLcode result)
{
    const char *what = NULL;

    if (strstr(x->error, "nsupported proxy"))
        what = "";
    else if (result == CURLE_COULDNT_RESOLVE_PROXY)
        what = "the proxy's host is not known; ";
    else if (is_of_proxy(x))
        what = "the proxy cannot be reached; ";
    if (what)
        snprintf(x->error, sizeof(x->error),
                 "%sHTTPS_PROXY or ALL_PROXY: expected http://USER:PASSWORD@HOST:PORT, with "
                 "percent-encoding for what is special in the password",
                 what);
}

int http_exchange_finish(struct http_exchange *x, CURLcode result, struct aws_reply *ret,
                         enum retry_end *ret_end, struct err *err)
{
    const enum retry_end end = result == CURLE_OK ? RETRY_ANSWERED : how_far(x, result);

    measure(x);
    hide_proxy(x, result);
    if (end == RETRY_ANSWERED && is_encoded(x, err)) {
        if (ret_end)
            *ret_end = RETRY_HOPELESS;
        return -1;
    }
    if (ret_end)
        *ret_end = end;
    if (end != RETRY_ANSWERED) {
        explain(x, result, end, err);
        log_debug("< %s: curl %d %s", x->where, (int)result, x->error);
        return -1;
    }
    wire_log_reply(&x->reply, x->quiet);
    *ret = x->reply;
    x->reply = (struct aws_reply){0};
    return 0;
}

/* ---- dates ---- */

bool http_reply_date(const struct aws_reply *r, const char *name, int64_t *ret_wall_ms)
{
    struct str value;
    char date[64];
    time_t at;

    if (!aws_reply_header(r, name, &value))
        return false;
    snprintf(date, sizeof(date), "%.*s", STR_ARG(value));
    at = curl_getdate(date, NULL);
    if (at < 0)
        return false;
    *ret_wall_ms = (int64_t)at * 1000;
    return true;
}

bool http_reply_clock(const struct aws_reply *r, int64_t wall_ms, int64_t *ret_offset_ms)
{
    const int64_t first = 1420070400000, last = 4102444800000; /* 2015 and 2100 begin */
    int64_t date;

    if (!http_reply_date(r, "date", &date) || date < first || date > last)
        return false;
    *ret_offset_ms = date - wall_ms;
    return true;
}
