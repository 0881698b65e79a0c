#include "aws/error.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "aws/xml.h"
#include "base/buf.h"
#include "base/secret.h"

static struct str until(struct str s, const char *stops)
{
    size_t i = 0;

    while (i < s.len && !strchr(stops, s.data[i]))
        i++;
    return str_slice(s, 0, i);
}

/* "com.amazonaws.lambda#Name", "Name:http://internal/" and "Name" are all Name. */
static struct str plain_type(struct str type)
{
    const size_t hash = str_find(type, STR("#"), 0);

    if (hash != (size_t)-1)
        type = str_slice(type, hash + 1, type.len);
    return str_trim(until(type, ":,"));
}

static struct str member(const json_t *object, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const json_t *v = json_object_get(object, names[i]);

        if (json_is_string(v))
            return (struct str){json_string_value(v), json_string_length(v)};
    }
    return (struct str){0};
}

static bool read_json(struct aws_error *e, struct str body)
{
    static const char *const messages[] = {"message", "Message", "errorMessage"};
    static const char *const types[] = {"__type", "code", "Code", "error"};
    static const char *const reasons[] = {"Reason", "reason"};
    json_t *root = json_loadb(body.data ? body.data : "", body.len, JSON_ALLOW_NUL, NULL);
    struct str text;

    if (!json_is_object(root)) {
        json_decref(root);
        return false;
    }
    secret_copy(e->message, sizeof(e->message), member(root, messages, ARRAY_LEN(messages)));
    secret_copy(e->reason, sizeof(e->reason), member(root, reasons, ARRAY_LEN(reasons)));
    text = member(root, types, ARRAY_LEN(types));
    if (!e->type[0])
        secret_copy(e->type, sizeof(e->type), plain_type(text));
    json_decref(root);
    return true;
}

/* STS and its like: <ErrorResponse><Error><Code>, <Message>. */
static bool read_xml(struct aws_error *e, struct str body)
{
    CLEANUP(buf_release) struct buf text = {0};
    struct str error, code, message;

    if (!xml_find(body, "Error", &error) || !xml_find(error, "Code", &code))
        return false;
    if (!e->type[0])
        secret_copy(e->type, sizeof(e->type), code);
    if (xml_find(error, "Message", &message))
        xml_decode(&text, message);
    secret_copy(e->message, sizeof(e->message), buf_str(&text));
    return true;
}

static bool starts_with(struct str s, const char *lower)
{
    const size_t len = strlen(lower);

    return s.len >= len && strncasecmp(s.data, lower, len) == 0;
}

bool aws_is_html(struct str body, char *out, size_t size)
{
    struct str page = str_trim(body), title = {0};

    if (starts_with(page, "\xef\xbb\xbf")) /* a byte order mark */
        page = str_trim(str_slice(page, 3, page.len));
    if (!starts_with(page, "<!doctype html") && !starts_with(page, "<html"))
        return false;
    for (size_t i = 0; i < page.len && !title.data; i++)
        if (page.data[i] == '<' && starts_with(str_slice(page, i, page.len), "<title>"))
            title = until(str_slice(page, i + 7, page.len), "<\r\n");
    secret_copy(out, size, str_slice(str_trim(title), 0, 120));
    return true;
}

static void read_other(struct aws_error *e, struct str body)
{
    char title[128];

    if (aws_is_html(body, title, sizeof(title)))
        snprintf(e->message, sizeof(e->message),
                 "an HTML page%s%s%s instead of an answer of AWS: is there a proxy in between?",
                 title[0] ? " (\"" : "", title, title[0] ? "\")" : "");
    else
        secret_copy(e->message, sizeof(e->message), str_trim(until(str_trim(body), "\r\n")));
}

void aws_error_read(struct aws_error *e, int status, struct str type_header, struct str body)
{
    e->status = status;
    secret_copy(e->type, sizeof(e->type), plain_type(type_header));
    if (!read_json(e, body) && !read_xml(e, body))
        read_other(e, body);
}

static bool is_one_of(const char *type, const char *const *types, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

bool aws_error_is_throttle(const struct aws_error *e)
{
    /* The SDKs' list: smithy's retry specification, botocore/retries/standard.py. */
    static const char *const types[] = {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "RequestThrottled",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
    };

    return e->status == 429 || is_one_of(e->type, types, ARRAY_LEN(types));
}

bool aws_error_refuses_credentials(const struct aws_error *e)
{
    static const char *const types[] = {"ExpiredToken", "ExpiredTokenException",
                                        "InvalidClientTokenId", "UnrecognizedClientException"};

    return e->status / 100 == 4 && is_one_of(e->type, types, ARRAY_LEN(types));
}

static bool is_about_credentials(const struct aws_error *e)
{
    static const char *const types[] = {
        "MissingAuthenticationToken",   "MissingAuthenticationTokenException",
        "InvalidSignatureException",    "IncompleteSignature",
        "IncompleteSignatureException", "SignatureDoesNotMatch",
    };

    return aws_error_refuses_credentials(e) ||
           (e->status / 100 == 4 && is_one_of(e->type, types, ARRAY_LEN(types)));
}

/* Lambda tells exactly why it could not run the function: so it did not run it. */
static bool says_it_did_not_run(const struct aws_error *e)
{
    static const char *const vague[] = {"ServiceException",   "InternalFailure",
                                        "InternalError",      "InternalServerError",
                                        "ServiceUnavailable", "ServiceUnavailableException"};

    return e->type[0] && !is_one_of(e->type, vague, ARRAY_LEN(vague));
}

enum err_kind aws_error_kind(const struct aws_error *e, enum aws_effect effect)
{
    if (aws_error_is_throttle(e))
        return ERR_THROTTLED;
    if (is_about_credentials(e))
        return ERR_CREDENTIALS;
    switch (e->status) {
    case 401:
    case 403:
        return ERR_DENIED;
    case 404:
        return ERR_NOT_FOUND;
    case 409:
        return ERR_CONFLICT;
    case 412:
        return ERR_PRECONDITION;
    default:
        break;
    }
    if (e->status >= 500 || e->status == 408) {
        if (effect == AWS_READS)
            return ERR_SERVICE;
        return effect == AWS_INVOKES && says_it_did_not_run(e) ? ERR_SERVICE : ERR_UNKNOWN;
    }
    return ERR_REFUSED;
}

/* What to ask for, as IAM calls it: both ways to invoke are one action. */
static void add_permission(const struct aws_error *e, struct buf *text)
{
    const char *action = strncmp(e->operation, "Invoke", 6) == 0 ? "InvokeFunction" : e->operation;
    const char *service = strcmp(e->service, "monitoring") == 0 ? "cloudwatch" : e->service;

    buf_printf(text, "; needs %s:%s%s%s", service, action, e->resource[0] ? " on " : "",
               e->resource);
}

int aws_error_to_err(const struct aws_error *e, enum aws_effect effect, struct err *err)
{
    CLEANUP(buf_release) struct buf text = {0};

    buf_printf(&text, "%s %s", e->service, e->operation);
    if (e->resource[0])
        buf_printf(&text, " %s", e->resource);
    buf_printf(&text, ": %d", e->status);
    if (e->type[0])
        buf_printf(&text, " %s", e->type);
    if (e->message[0])
        buf_printf(&text, ": %s", e->message);
    if (e->reason[0])
        buf_printf(&text, " (%s)", e->reason);
    if (e->request_id[0])
        buf_printf(&text, " (request id %s)", e->request_id);
    if (aws_error_kind(e, effect) == ERR_DENIED && strncmp(e->type, "AccessDenied", 12) == 0)
        add_permission(e, &text);
    return err_set(err, aws_error_kind(e, effect), "%s", buf_c(&text));
}
