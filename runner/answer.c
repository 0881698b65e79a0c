#include "runner/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

static const char *const kind_names[] = {
    [ANSWER_SUCCESS] = "success",       [ANSWER_FUNCTION_ERROR] = "function_error",
    [ANSWER_INIT_ERROR] = "init_error", [ANSWER_TIMEOUT] = "timeout",
    [ANSWER_THROTTLED] = "throttled",   [ANSWER_SERVICE_ERROR] = "service_error",
    [ANSWER_TRANSPORT] = "transport",   [ANSWER_WRONG_VERSION] = "wrong_version",
};

const char *answer_kind_name(enum answer_kind kind)
{
    return kind_names[kind];
}

bool answer_kind_find(const char *name, enum answer_kind *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(kind_names); i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *ret = (enum answer_kind)i;
            return true;
        }
    }
    return false;
}

bool answer_is_functions(enum answer_kind kind)
{
    switch (kind) {
    case ANSWER_SUCCESS:
    case ANSWER_FUNCTION_ERROR:
    case ANSWER_INIT_ERROR:
    case ANSWER_TIMEOUT:
        return true;
    case ANSWER_THROTTLED:
    case ANSWER_SERVICE_ERROR:
    case ANSWER_TRANSPORT:
    case ANSWER_WRONG_VERSION:
        break;
    }
    return false;
}

void answer_init(struct answer *a)
{
    *a = (struct answer){.report = {-1, -1, -1, -1, -1}};
}

void answer_release(struct answer *a)
{
    invoke_reply_release(&a->reply);
    json_doc_free(a->doc);
    json_doc_free(a->error_doc);
    json_decref(a->text);
    json_decref(a->log_text);
    *a = (struct answer){0};
}

/* ---- the REPORT line ---- */

/* The number behind "\tLabel: " of the line, or -1. */
static double field(struct str line, const char *label)
{
    size_t at = str_find(line, str_c(label), 0);
    char digits[32];
    struct str rest;

    if (at == (size_t)-1)
        return -1;
    rest = str_slice(line, at + strlen(label), line.len);
    snprintf(digits, sizeof(digits), "%.*s", (int)(rest.len < 31 ? rest.len : 31), rest.data);
    return digits[0] >= '0' && digits[0] <= '9' ? strtod(digits, NULL) : -1;
}

struct report_line report_line_read(struct str log)
{
    struct report_line r = {-1, -1, -1, -1, -1};
    struct str rest = log, line;

    while (str_cut(&rest, '\n', &line)) {
        if (!str_starts(line, STR("REPORT RequestId:")))
            continue;
        r.duration_ms = field(line, "\tDuration: ");
        r.billed_ms = field(line, "\tBilled Duration: ");
        r.init_ms = field(line, "\tInit Duration: ");
        r.memory_bytes = field(line, "\tMemory Size: ");
        r.max_memory_bytes = field(line, "\tMax Memory Used: ");
        if (r.memory_bytes >= 0) /* Lambda's MB are MiB */
            r.memory_bytes *= 1048576.0;
        if (r.max_memory_bytes >= 0)
            r.max_memory_bytes *= 1048576.0;
    }
    return r;
}

/* ---- typing ---- */

static void copy(char *out, size_t size, const json_t *text)
{
    secret_copy(out, size,
                json_is_string(text)
                    ? (struct str){json_string_value(text), json_string_length(text)}
                    : STR(""));
}

/* The function failed: errorType tells how.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
static enum answer_kind function_failure(struct answer *a)
{
    static const char *const init_types[] = {
        "Runtime.ImportModuleError", "Runtime.HandlerNotFound",      "Runtime.UserCodeSyntaxError",
        "Runtime.InvalidEntrypoint", "Runtime.MalformedHandlerName", "Runtime.InitError",
        "Runtime.InvalidWorkingDir", "Runtime.NoSuchHandler",        "Extension.InitError"};
    const struct json_doc *doc;
    json_t *error = answer_error(a, &doc);

    if (error) {
        copy(a->error_type, sizeof(a->error_type), json_object_get(error, "errorType"));
        copy(a->error_message, sizeof(a->error_message), json_object_get(error, "errorMessage"));
    }
    if (strcmp(a->error_type, "Sandbox.Timedout") == 0 ||
        strstr(a->error_message, "Task timed out after"))
        return ANSWER_TIMEOUT;
    for (size_t i = 0; i < ARRAY_LEN(init_types); i++)
        if (strcmp(a->error_type, init_types[i]) == 0)
            return ANSWER_INIT_ERROR;
    return ANSWER_FUNCTION_ERROR;
}

static void service_refused(struct answer *a)
{
    struct err err = {0};

    invoke_reply_error(&a->reply, &err);
    snprintf(a->reason, sizeof(a->reason), "%s", err.text);
    a->kind = aws_error_is_throttle(&a->reply.error) ? ANSWER_THROTTLED : ANSWER_SERVICE_ERROR;
}

void answer_of_reply(struct answer *a, struct invoke_reply *reply, const char *want_version)
{
    a->reply = *reply;
    *reply = (struct invoke_reply){0};
    a->duration_us = a->reply.timing.total_us;
    a->report = report_line_read(buf_str(&a->reply.log));
    a->cold_start = a->report.init_ms >= 0;
    if (a->reply.status < 200 || a->reply.status > 299) {
        service_refused(a);
    } else if (want_version && *want_version && *a->reply.executed_version &&
               strcmp(a->reply.executed_version, want_version) != 0) {
        a->kind = ANSWER_WRONG_VERSION;
        snprintf(a->reason, sizeof(a->reason),
                 "version %s answered, the alias points to version %s: not yet propagated",
                 a->reply.executed_version, want_version);
    } else if (*a->reply.function_error) {
        a->kind = function_failure(a);
    } else {
        a->kind = ANSWER_SUCCESS;
    }
}

void answer_of_error(struct answer *a, const struct err *err)
{
    a->kind = ANSWER_TRANSPORT;
    snprintf(a->reason, sizeof(a->reason), "%s", err->text);
}

/* ---- the payload ---- */

/* Bytes that are not UTF-8 become U+FFFD, so that regexes and reports can look at the rest. */
static json_t *as_text(struct str bytes)
{
    CLEANUP(buf_release) struct buf clean = {0};
    json_t *text = json_stringn(bytes.data ? bytes.data : "", bytes.len);

    for (size_t i = 0; !text && i < bytes.len;) {
        size_t n = 0;

        for (size_t len = 1; len <= 4 && i + len <= bytes.len && n == 0; len++) {
            json_t *one = json_stringn(bytes.data + i, len);

            if (one)
                n = len;
            json_decref(one);
        }
        buf_add(&clean, n ? bytes.data + i : "\xEF\xBF\xBD", n ? n : 3);
        i += n ? n : 1;
    }
    return text ? text : json_stringn(buf_c(&clean), clean.len);
}

json_t *answer_payload(struct answer *a, const struct json_doc **ret_doc)
{
    struct str payload = buf_str(&a->reply.payload);
    struct err err = {0};

    *ret_doc = NULL;
    if (payload.len == 0)
        return NULL;
    if (!a->parsed) {
        a->parsed = true;
        json_doc_parse(&a->doc, payload, "response", JSON_READ_DUPLICATES, &err);
    }
    if (!a->doc)
        return answer_text(a);
    *ret_doc = a->doc;
    return json_doc_root(a->doc).value;
}

json_t *answer_error(struct answer *a, const struct json_doc **ret_doc)
{
    struct err err = {0};
    json_t *payload;

    if (a->reply.failure.len == 0) {
        payload = answer_payload(a, ret_doc);
        return *ret_doc ? payload : NULL;
    }
    *ret_doc = NULL;
    if (!a->error_doc && json_doc_parse(&a->error_doc, buf_str(&a->reply.failure), "response",
                                        JSON_READ_DUPLICATES, &err) < 0)
        return NULL;
    *ret_doc = a->error_doc;
    return json_doc_root(a->error_doc).value;
}

json_t *answer_text(struct answer *a)
{
    if (!a->text)
        a->text = as_text(buf_str(&a->reply.payload));
    return a->text;
}

json_t *answer_log(struct answer *a)
{
    if (!a->log_text)
        a->log_text = as_text(buf_str(&a->reply.log));
    return a->log_text;
}
