#include "tests/local/api.h"

#include <stdio.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/file.h"
#include "tests/test.h"

enum { TEXTS = 32 };

static int64_t wall(void *ctx)
{
    return ((struct api *)ctx)->wall_ms;
}

static int64_t mono(void *ctx)
{
    return ((struct api *)ctx)->mono_ms;
}

static void no_sleep(void *ctx, int64_t ms)
{
    ((struct api *)ctx)->mono_ms += ms;
}

void api_open(struct api *a)
{
    *a = (struct api){.dir = "/tmp/smokegate-test-local-XXXXXX", .wall_ms = 1767225600000};
    assert_non_null(mkdtemp(a->dir));
    a->options = (struct local_options){.state_dir = a->dir,
                                        .account = "123456789012",
                                        .region = "us-east-1",
                                        .no_auth = true,
                                        .seed = 1,
                                        .clock = {mono, wall, no_sleep, a}};
    api_reopen(a);
}

void api_reopen(struct api *a)
{
    struct err err = {0};

    local_close(a->local);
    a->local = NULL;
    if (local_open(&a->local, &a->options, &err) < 0)
        fail_msg("local_open: %s", err.text);
}

void api_close(struct api *a)
{
    local_close(a->local);
    a->local = NULL;
    assert_int_equal(file_remove_tree(a->dir, NULL), 0);
}

static void send(struct api *a, const char *method, const char *target, const char *body,
                 struct http_reply *reply)
{
    struct http_request request = {
        .method = str_c(method), .target = str_c(target), .body = str_c(body)};

    http_split_target(&request);
    local_handle(a->local, &request, reply);
}

json_t *api_call(struct api *a, int status, const char *method, const char *target,
                 const char *body)
{
    struct http_reply reply = {0};
    json_t *document;

    send(a, method, target, body, &reply);
    if (reply.status != status)
        fail_msg("%s %s: %d, expected %d: %s", method, target, reply.status, status,
                 buf_c(&reply.body));
    document = json_loads(buf_c(&reply.body), JSON_DECODE_ANY, NULL);
    http_reply_release(&reply);
    return document ? document : json_null();
}

void api_do(struct api *a, int status, const char *method, const char *target, const char *body)
{
    json_decref(api_call(a, status, method, target, body));
}

/* A ring of copies, so that a test can compare what several calls said. */
static char *keep(const char *text)
{
    static char ring[TEXTS][512];
    static unsigned next;
    char *copy = ring[next++ % TEXTS];

    snprintf(copy, sizeof(ring[0]), "%s", text ? text : "");
    return copy;
}

const char *api_text(struct api *a, int status, const char *method, const char *target,
                     const char *body, const char *member)
{
    json_t *document = api_call(a, status, method, target, body);
    const char *text = keep(json_string_value(json_object_get(document, member)));

    json_decref(document);
    return text;
}

void api_fails(struct api *a, int status, const char *type, const char *text, const char *method,
               const char *target, const char *body)
{
    struct http_reply reply = {0};
    json_t *document;
    const char *said;

    send(a, method, target, body, &reply);
    document = json_loads(buf_c(&reply.body), 0, NULL);
    said = json_string_value(json_object_get(document, "message"));
    if (!said)
        said = json_string_value(json_object_get(document, "Message"));
    assert_non_null(said);
    assert_string_equal(said, text);
    assert_int_equal(reply.status, status);
    assert_string_equal(http_reply_get(&reply, "x-amzn-ErrorType"), type);
    assert_non_null(http_reply_get(&reply, "x-amzn-RequestId"));
    json_decref(document);
    http_reply_release(&reply);
}

const char *api_zip_member(const char *code)
{
    struct buf zip = {0}, text = {0};
    char *copy;

    buf_printf(&zip, "PK%s", code);
    buf_add_c(&text, "\"ZipFile\":\"");
    base64_encode(&text, buf_str(&zip));
    buf_add_c(&text, "\"");
    copy = keep(buf_c(&text));
    buf_release(&zip);
    buf_release(&text);
    return copy;
}

void api_create(struct api *a, const char *name, const char *code)
{
    struct buf body = {0};

    buf_printf(&body,
               "{\"FunctionName\":\"%s\",\"Runtime\":\"provided.al2023\",\"Handler\":\"bootstrap\","
               "\"Role\":\"" API_ROLE "\",\"Code\":{%s}}",
               name, api_zip_member(code));
    api_do(a, 201, "POST", API_FUNCTIONS, buf_c(&body));
    buf_release(&body);
}

void api_update_code(struct api *a, const char *name, const char *code)
{
    struct buf body = {0}, target = {0};

    buf_printf(&body, "{%s}", api_zip_member(code));
    buf_printf(&target, API_FUNCTIONS "/%s/code", name);
    api_do(a, 200, "PUT", buf_c(&target), buf_c(&body));
    buf_release(&body);
    buf_release(&target);
}

const char *api_revision(struct api *a, const char *name)
{
    struct buf target = {0};
    const char *revision;

    buf_printf(&target, API_FUNCTIONS "/%s/configuration", name);
    revision = api_text(a, 200, "GET", buf_c(&target), NULL, "RevisionId");
    buf_release(&target);
    return revision;
}
