#include "tests/aws/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "tests/aws/script_server.h"
#include "tests/aws/suites.h"

enum { EXCHANGES_MAX = 32 };

struct exchange {
    const json_t *request; /* borrowed from the file */
    char *body;            /* of the request */
    char *status, *answer;
};

struct replay {
    json_t *file;
    struct exchange exchanges[EXCHANGES_MAX];
    struct script_step steps[EXCHANGES_MAX];
    size_t count;
    struct script_server *server;
};

/* ---- reading the recording ---- */

static void append(char **text, const char *more)
{
    struct buf all = {0};

    buf_printf(&all, "%s%s", *text ? *text : "", more);
    free(*text);
    *text = buf_steal(&all);
}

static void take_event(struct replay *r, const json_t *event)
{
    const json_t *action = json_object_get(event, "action");
    const json_t *request = json_object_get(json_object_get(action, "Request"), "request");
    const json_t *response = json_object_get(json_object_get(action, "Response"), "response");
    const json_t *data = json_object_get(action, "Data");
    struct exchange *x = r->count ? &r->exchanges[r->count - 1] : NULL;
    char status[64];

    if (request) {
        r->exchanges[r->count++].request = request;
    } else if (response && x) {
        snprintf(
            status, sizeof(status), "%d Recorded",
            (int)json_integer_value(json_object_get(json_object_get(response, "Ok"), "status")));
        x->status = mem_dup(status);
    } else if (data && x) {
        append(strcmp(suites_text(data, "direction"), "Request") == 0 ? &x->body : &x->answer,
               suites_text(json_object_get(data, "data"), "Utf8"));
    }
}

struct replay *replay_new(const char *path)
{
    struct replay *r = mem_zalloc(sizeof(*r));
    json_t *event;
    size_t i;

    r->file = json_load_file(path, 0, NULL);
    json_array_foreach(json_object_get(r->file, "events"), i, event)
    {
        if (r->count < EXCHANGES_MAX)
            take_event(r, event);
    }
    for (i = 0; i < r->count; i++)
        r->steps[i] =
            (struct script_step){.status = r->exchanges[i].status, .body = r->exchanges[i].answer};
    if (r->count)
        r->server = script_server_start(r->steps, r->count);
    return r;
}

void replay_free(struct replay *r)
{
    if (r->server)
        script_server_stop(r->server);
    for (size_t i = 0; i < r->count; i++) {
        free(r->exchanges[i].body);
        free(r->exchanges[i].status);
        free(r->exchanges[i].answer);
    }
    json_decref(r->file);
    free(r);
}

/* ---- sending ---- */

int replay_send(void *ctx, struct http_pool *pool, const struct http_request *request,
                struct aws_reply *ret, enum retry_end *ret_end, struct err *err)
{
    struct replay *r = ctx;
    struct aws_header headers[24];
    struct http_request here = *request;
    CLEANUP(buf_release) struct buf url = {0};
    const char *host = strstr(request->url, "://") + 3;
    const char *path = host + strcspn(host, "/");

    if (!r->server) {
        *ret_end = RETRY_NOT_SENT;
        return err_set(err, ERR_UNREACHABLE, "nobody answers");
    }
    buf_printf(&url, "%s%s", script_server_url(r->server), path);
    memcpy(headers, request->headers, request->header_count * sizeof(headers[0]));
    headers[here.header_count++] = (struct aws_header){"x-recorded-url", str_c(request->url)};
    here.headers = headers;
    here.url = buf_c(&url);
    return http_send(pool, &here, ret, ret_end, err);
}

/* ---- comparing ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The order of parameters is nobody's business, nor is the slash of an empty path. */
static void sort_query(struct buf *out, const char *url)
{
    char *copy = mem_dup(url), *query = strchr(copy, '?'), *parts[32];
    size_t count = 0;

    for (char *p = query; p && count < ARRAY_LEN(parts); p = strchr(p, '&')) {
        *p++ = '\0';
        parts[count++] = p;
    }
    qsort(parts, count, sizeof(parts[0]), by_text);
    buf_add_c(out, copy);
    if (!strchr(strstr(copy, "://") + 3, '/'))
        buf_putc(out, '/');
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%c%s", i ? '&' : '?', parts[i]);
    free(copy);
}

/* A header of the raw request; "" when it is not there. */
static void header_of(struct buf *out, const char *raw, const char *name)
{
    struct str rest = str_c(raw), line;
    const size_t len = strlen(name);

    while (str_cut(&rest, '\n', &line) && str_trim(line).len)
        if (line.len > len && memcmp(line.data, name, len) == 0 && line.data[len] == ':')
            buf_add_str(out, str_trim(str_slice(line, len + 1, line.len)));
}

/*
 * Signed or not. By whom cannot be compared: keys in the recordings were replaced, and a
 * container's token was left out.
 */
static bool same_signing(const json_t *want, const char *raw, struct buf *why)
{
    const json_t *headers = json_object_get(want, "headers");
    const bool wanted = json_object_get(headers, "authorization") != NULL;
    CLEANUP(buf_release) struct buf got = {0};

    header_of(&got, raw, "authorization");
    if (str_starts(buf_str(&got), STR("AWS4-HMAC-SHA256 Credential=")) == wanted)
        return true;
    buf_printf(why, "authorization: \"%s\"", buf_c(&got));
    return false;
}

static bool same_header(const json_t *want, const char *raw, const char *name, struct buf *why)
{
    const char *value = json_string_value(
        json_array_get(json_object_get(json_object_get(want, "headers"), name), 0));
    CLEANUP(buf_release) struct buf got = {0};

    header_of(&got, raw, name);
    if (strcmp(buf_c(&got), value ? value : "") == 0)
        return true;
    buf_printf(why, "%s: \"%s\" instead of \"%s\"", name, buf_c(&got), value ? value : "");
    return false;
}

/*
 * The action, and for AssumeRole the role. Recorded web identity tokens and roles do not belong to
 * the configuration beside them: the recordings were edited.
 */
static bool same_body(const char *want, const char *got)
{
    struct str rest_want = str_c(want), rest_got = str_c(got), a, b;
    const int fields = strstr(want, "Action=AssumeRole&") ? 3 : 1;

    for (int i = 0; i < fields; i++)
        if (str_cut(&rest_want, '&', &a) != str_cut(&rest_got, '&', &b) || !str_eq(a, b))
            return false;
    return true;
}

static bool same_request(const struct exchange *x, const char *raw, struct buf *why)
{
    static const char *const headers[] = {"x-amz-sso_bearer_token", "x-aws-ec2-metadata-token",
                                          "x-aws-ec2-metadata-token-ttl-seconds"};
    CLEANUP(buf_release) struct buf url = {0};
    CLEANUP(buf_release) struct buf got = {0};
    CLEANUP(buf_release) struct buf want = {0};
    const char *method = suites_text(x->request, "method");
    const char *body = strstr(raw, "\r\n\r\n");

    header_of(&url, raw, "x-recorded-url");
    sort_query(&got, buf_c(&url));
    sort_query(&want, suites_text(x->request, "uri"));
    if (strncmp(raw, method, strlen(method)) != 0 || strcmp(buf_c(&got), buf_c(&want)) != 0) {
        buf_printf(why, "%.6s %s instead of %s %s", raw, buf_c(&got), method, buf_c(&want));
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        if (!same_header(x->request, raw, headers[i], why))
            return false;
    if (!same_signing(x->request, raw, why))
        return false;
    if (x->body && !same_body(x->body, body ? body + 4 : "")) {
        buf_printf(why, "body %s instead of %s", body ? body + 4 : "", x->body);
        return false;
    }
    return true;
}

bool replay_check(struct replay *r, struct buf *why)
{
    const size_t sent = r->server ? script_server_requests(r->server) : 0;
    /* The recorded SDK gave up after one attempt here and there; ours asks again. */
    const bool more_is_fine = r->count && r->exchanges[r->count - 1].status[0] == '5';

    if (sent < r->count || (sent > r->count && !more_is_fine)) {
        buf_printf(why, "%zu requests instead of %zu", sent, r->count);
        return false;
    }
    for (size_t i = 0; i < r->count; i++)
        if (!same_request(&r->exchanges[i], script_server_request(r->server, i), why))
            return false;
    return true;
}
