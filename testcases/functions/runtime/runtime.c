#include "runtime.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

struct bytes {
    char *data;
    size_t len;
};

struct invocation {
    struct bytes event;
    char request_id[64];
};

void runtime_fail(struct runtime_error *error, const char *type, const char *fmt, ...)
{
    va_list ap;

    snprintf(error->type, sizeof(error->type), "%s", type);
    va_start(ap, fmt);
    vsnprintf(error->message, sizeof(error->message), fmt, ap);
    va_end(ap);
}

static size_t on_body(char *data, size_t size, size_t count, void *to)
{
    struct bytes *b = to;
    char *grown = realloc(b->data, b->len + size * count + 1);

    if (!grown)
        return 0;
    b->data = grown;
    memcpy(b->data + b->len, data, size * count);
    b->len += size * count;
    b->data[b->len] = '\0';
    return size * count;
}

static size_t on_header(char *line, size_t size, size_t count, void *to)
{
    static const char name[] = "Lambda-Runtime-Aws-Request-Id:";
    struct invocation *inv = to;
    const size_t len = size * count, skip = sizeof(name) - 1;

    if (len > skip && strncasecmp(line, name, skip) == 0)
        if (sscanf(line + skip, " %63[0-9A-Za-z-]", inv->request_id) != 1)
            return 0;
    return len;
}

/* The next event may take days to come: no timeout. Returns 0, or -1 when the API is gone. */
static int next(CURL *curl, const char *api, struct invocation *inv)
{
    char url[256];

    snprintf(url, sizeof(url), "http://%s/2018-06-01/runtime/invocation/next", api);
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &inv->event);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, inv);
    return curl_easy_perform(curl) == CURLE_OK && inv->request_id[0] ? 0 : -1;
}

static int post(CURL *curl, const char *api, const char *request_id, const char *what,
                const char *error_type, const char *body)
{
    char url[256], header[128];
    struct bytes ignored = {0};
    struct curl_slist *headers = NULL;
    CURLcode r;

    snprintf(url, sizeof(url), "http://%s/2018-06-01/runtime/invocation/%s/%s", api, request_id,
             what);
    headers = curl_slist_append(NULL, "Content-Type: application/json");
    if (error_type) {
        snprintf(header, sizeof(header), "Lambda-Runtime-Function-Error-Type: %s", error_type);
        headers = curl_slist_append(headers, header);
    }
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &ignored);
    r = curl_easy_perform(curl);
    curl_slist_free_all(headers);
    free(ignored.data);
    return r == CURLE_OK ? 0 : -1;
}

static int answer(CURL *curl, const char *api, const char *request_id, json_t *result)
{
    char *body = json_dumps(result, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    const int r = post(curl, api, request_id, "response", NULL, body ? body : "null");

    free(body);
    json_decref(result);
    return r;
}

static int refuse(CURL *curl, const char *api, const char *request_id,
                  const struct runtime_error *error)
{
    json_t *body = json_pack("{s:s, s:s, s:[]}", "errorType", error->type, "errorMessage",
                             error->message, "stackTrace");
    char *text = json_dumps(body, JSON_COMPACT);
    const int r = post(curl, api, request_id, "error", error->type, text ? text : "{}");

    free(text);
    json_decref(body);
    return r;
}

static int serve_one(CURL *curl, const char *api, runtime_handler *handler)
{
    struct invocation inv = {0};
    struct runtime_error error = {0};
    json_error_t why;
    json_t *event = NULL, *result = NULL;
    int r = next(curl, api, &inv);

    if (r == 0) {
        event =
            json_loadb(inv.event.data ? inv.event.data : "", inv.event.len, JSON_DECODE_ANY, &why);
        if (event)
            result = handler(event, inv.request_id, &error);
        else
            runtime_fail(&error, "Runtime.UnmarshalError", "the event is not JSON: %s", why.text);
        r = result ? answer(curl, api, inv.request_id, result)
                   : refuse(curl, api, inv.request_id, &error);
    }
    json_decref(event);
    free(inv.event.data);
    return r;
}

int runtime_run(runtime_handler *handler)
{
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
    CURL *curl;

    if (!api) {
        fputs("AWS_LAMBDA_RUNTIME_API is not set: this program is started by Lambda\n", stderr);
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = curl_easy_init();
    while (curl && serve_one(curl, api, handler) == 0)
        ;
    curl_easy_cleanup(curl);
    return 1;
}
