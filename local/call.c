#include "local/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "local/route.h"

enum message_key { SAYS_MESSAGE, SAYS_BIG_MESSAGE };

/* Which errors carry a Type and how they spell the text: read off answers recorded from AWS. */
static const struct {
    const char *name;
    int status;
    bool typed;
    enum message_key key;
} failures[] = {
    [FAIL_NOT_FOUND] = {"ResourceNotFoundException", 404, true, SAYS_BIG_MESSAGE},
    [FAIL_CONFLICT] = {"ResourceConflictException", 409, true, SAYS_MESSAGE},
    [FAIL_PRECONDITION] = {"PreconditionFailedException", 412, true, SAYS_MESSAGE},
    [FAIL_PARAMETER] = {"InvalidParameterValueException", 400, true, SAYS_MESSAGE},
    [FAIL_PARAMETER_UNTYPED] = {"InvalidParameterValueException", 400, false, SAYS_MESSAGE},
    [FAIL_VALIDATION] = {"ValidationException", 400, false, SAYS_MESSAGE},
    [FAIL_SERIALIZATION] = {"SerializationException", 400, false, SAYS_MESSAGE},
    [FAIL_CONTENT] = {"InvalidRequestContentException", 400, true, SAYS_MESSAGE},
    [FAIL_TOO_LARGE] = {"RequestEntityTooLargeException", 413, false, SAYS_MESSAGE},
    [FAIL_REQUEST_TOO_LARGE] = {"RequestTooLargeException", 413, true, SAYS_MESSAGE},
    [FAIL_MEDIA_TYPE] = {"UnsupportedMediaTypeException", 415, true, SAYS_MESSAGE},
    [FAIL_TOO_MANY] = {"TooManyRequestsException", 429, true, SAYS_MESSAGE},
    [FAIL_DENIED] = {"AccessDeniedException", 403, false, SAYS_BIG_MESSAGE},
    [FAIL_PROVISIONED_CONFIG] = {"ProvisionedConcurrencyConfigNotFoundException", 404, true,
                                 SAYS_MESSAGE},
    [FAIL_POLICY_LENGTH] = {"PolicyLengthExceededException", 400, true, SAYS_MESSAGE},
    [FAIL_STORAGE] = {"CodeStorageExceededException", 400, true, SAYS_MESSAGE},
    [FAIL_NO_OPERATION] = {"UnknownOperationException", 404, false, SAYS_MESSAGE},
    [FAIL_NOT_IMPLEMENTED] = {"NotImplementedException", 501, true, SAYS_MESSAGE},
    [FAIL_SERVICE] = {"ServiceException", 500, false, SAYS_BIG_MESSAGE},
};

static const char *const message_keys[] = {"message", "Message"};

int answer(struct call *c, int status, json_t *document)
{
    char *text = json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(15));

    http_reply_clear(c->reply);
    c->reply->status = status;
    c->reply->content_type = "application/json";
    buf_add_c(&c->reply->body, text ? text : "{}");
    free(text);
    json_decref(document);
    return 0;
}

int answer_nothing(struct call *c, int status)
{
    http_reply_clear(c->reply);
    c->reply->status = status;
    c->reply->content_type = "application/json";
    return 0;
}

static int give_up(struct call *c, int status, const char *type, json_t *document)
{
    answer(c, status, document);
    http_reply_header(c->reply, "x-amzn-ErrorType", type);
    return -1;
}

int fail(struct call *c, enum fail kind, const char *fmt, ...)
{
    json_t *document = json_object();
    struct buf text = {0};
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    if (failures[kind].typed)
        json_object_set_new(document, "Type",
                            json_string(failures[kind].status >= 500 ? "Service" : "User"));
    json_object_set_new(document, message_keys[failures[kind].key],
                        json_stringn_nocheck(buf_c(&text), text.len));
    buf_release(&text);
    return give_up(c, failures[kind].status, failures[kind].name, document);
}

int fail_throttled(struct call *c, const char *reason, const char *message)
{
    const char *type = failures[FAIL_TOO_MANY].name;

    give_up(c, failures[FAIL_TOO_MANY].status, type,
            json_pack("{ss ss ss}", "Reason", reason, "Type", "User", "message", message));
    http_reply_header(c->reply, "Retry-After", "1");
    return -1;
}

int fail_as(struct call *c, int status, const char *type, const char *message)
{
    for (size_t i = 0; i < ARRAY_LEN(failures); i++)
        if (strcmp(failures[i].name, type) == 0 && failures[i].status == status)
            return fail(c, (enum fail)i, "%s", message);
    return give_up(
        c, status, type,
        json_pack("{ss ss}", "Type", status >= 500 ? "Service" : "User", "message", message));
}

json_t *call_own(struct call *c, json_t *document)
{
    if (!c->owned)
        c->owned = json_array();
    json_array_append_new(c->owned, document ? document : json_null());
    return document;
}

const char *call_query(struct call *c, const char *name)
{
    return http_query(c->request, &c->arena, name);
}

/* ---- members of the body ---- */

static const char *token_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "START_OBJECT";
    case JSON_ARRAY:
        return "START_ARRAY";
    case JSON_STRING:
        return "STRING_VALUE";
    case JSON_INTEGER:
        return "NUMBER_VALUE";
    case JSON_REAL:
        return "DECIMAL_VALUE";
    case JSON_TRUE:
        return "TRUE_VALUE";
    case JSON_FALSE:
        return "FALSE_VALUE";
    case JSON_NULL:
        break;
    }
    return "NULL_VALUE";
}

static json_t *member(struct call *c, const char *name)
{
    json_t *value = json_object_get(c->body, name);

    return json_is_null(value) ? NULL : value;
}

static int wrong_type(struct call *c, const json_t *value, const char *wanted)
{
    return fail(c, FAIL_SERIALIZATION, "%s can not be converted to %s", token_name(value), wanted);
}

int body_string(struct call *c, const char *name, const char **ret)
{
    json_t *value = member(c, name);

    if (value && !json_is_string(value))
        return wrong_type(c, value, "a String");
    if (value)
        *ret = json_string_value(value);
    return 0;
}

int body_bool(struct call *c, const char *name, bool *ret)
{
    json_t *value = member(c, name);

    if (value && !json_is_boolean(value))
        return wrong_type(c, value, "a Boolean");
    if (value)
        *ret = json_is_true(value);
    return 0;
}

int body_integer(struct call *c, const char *name, json_int_t *ret)
{
    json_t *value = member(c, name);

    if (value && !json_is_integer(value))
        return wrong_type(c, value, "an Integer");
    if (value)
        *ret = json_integer_value(value);
    return 0;
}

int body_object(struct call *c, const char *name, json_t **ret)
{
    json_t *value = member(c, name);

    if (value && !json_is_object(value))
        return wrong_type(c, value, "a Structure");
    if (value)
        *ret = value;
    return 0;
}

int body_array(struct call *c, const char *name, json_t **ret)
{
    json_t *value = member(c, name);

    if (value && !json_is_array(value))
        return wrong_type(c, value, "a List");
    if (value)
        *ret = value;
    return 0;
}

/* ---- names ---- */

const char *lambda_arn(struct call *c, const char *resource)
{
    const struct local_options *o = &c->local->options;

    return arena_printf(&c->arena, "arn:aws:lambda:%s:%s:%s", o->region, o->account, resource);
}

const char *function_arn(struct call *c, const char *name, const char *qualifier)
{
    const struct local_options *o = &c->local->options;

    return arena_printf(&c->arena, "arn:aws:lambda:%s:%s:function:%s%s%s", o->region, o->account,
                        name, qualifier ? ":" : "", qualifier ? qualifier : "");
}

void new_revision(char out[UUID_SIZE])
{
    rand_uuid(out, NULL);
}

const char *iso_time(struct call *c, int64_t wall_ms)
{
    char text[40];
    const size_t len = clock_format_rfc3339(text, sizeof(text), wall_ms, true);

    text[len - 1] = '\0'; /* Lambda writes the offset as +0000, not as Z */
    return arena_printf(&c->arena, "%s+0000", text);
}
