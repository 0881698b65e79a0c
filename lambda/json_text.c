#include "lambda/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/error.h"
#include "base/buf.h"
#include "base/codec.h"

json_t *lambda_parse(struct str body, const char *operation, struct err *err)
{
    char title[128];
    json_error_t why;
    json_t *root = json_loadb(body.data ? body.data : "", body.len, JSON_ALLOW_NUL, &why);

    if (json_is_object(root))
        return root;
    if (aws_is_html(body, title, sizeof(title)))
        err_set(err, ERR_UNKNOWN,
                "lambda %s: the answer is an HTML page%s%s%s: is there a proxy in between?",
                operation, title[0] ? " (\"" : "", title, title[0] ? "\")" : "");
    else if (root)
        err_set(err, ERR_UNKNOWN, "lambda %s: the answer is no JSON object", operation);
    else
        err_set(err, ERR_UNKNOWN, "lambda %s: the answer is no JSON: %s", operation, why.text);
    json_decref(root);
    return NULL;
}

int lambda_text(char *out, size_t size, const json_t *object, const char *key, struct err *err)
{
    const json_t *v = json_object_get(object, key);

    if (!v || json_is_null(v)) {
        out[0] = '\0';
        return 0;
    }
    if (!json_is_string(v))
        return err_set(err, ERR_UNKNOWN, "lambda: member %s of the answer is no string", key);
    if (json_string_length(v) >= size || strlen(json_string_value(v)) != json_string_length(v))
        return err_set(err, ERR_UNKNOWN, "lambda: member %s of the answer is longer than %zu bytes",
                       key, size - 1);
    memcpy(out, json_string_value(v), json_string_length(v) + 1);
    return 0;
}

void lambda_prose(char *out, size_t size, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    snprintf(out, size, "%s", text ? text : "");
}

int64_t lambda_integer(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *v = json_object_get(object, key);

    return json_is_integer(v) ? (int64_t)json_integer_value(v) : otherwise;
}

void lambda_put(json_t *object, const char *key, const char *text)
{
    if (text)
        json_object_set_new(object, key, json_string(text));
}

void lambda_put_zip(json_t *object, struct str zip)
{
    CLEANUP(buf_release) struct buf text = {0};

    if (!zip.data)
        return;
    base64_encode(&text, zip);
    json_object_set_new(object, "ZipFile", json_stringn(buf_c(&text), text.len));
}

void lambda_put_list(json_t *object, const char *key, const char *const *items, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(items[i]));
    json_object_set_new(object, key, list);
}

void lambda_body(struct aws_request *r, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);

    aws_request_json(r, str_c(text));
    free(text);
    json_decref(object);
}

void lambda_begin_at(struct aws_request *r, const char *api, const char *operation,
                     const char *method, enum aws_effect effect, const char *function)
{
    aws_request_init(r, "lambda", operation, method, effect);
    aws_request_resource(r, function);
    aws_request_path(r, api);
    aws_request_path(r, "/functions/");
    aws_request_segment(r, function);
    r->quota = AWS_QUOTA_CONTROL;
}

void lambda_begin(struct aws_request *r, const char *operation, const char *method,
                  enum aws_effect effect, const char *function)
{
    lambda_begin_at(r, "/2015-03-31", operation, method, effect, function);
}
