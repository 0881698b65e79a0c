#include "local/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/log.h"
#include "base/mem.h"
#include "local/dispatch.h"
#include "local/stream.h"

/* A body that is too big is read to its end up to this, so that its sender sees the answer. */
enum { BODY_DROPPED_MAX = 256 << 20 };

/* JSON may be 2,048 deep before jansson refuses it, and it reads by recursion. */
enum {
    STREAM_BLOCK = 64 << 10,
    THREAD_STACK = 2 << 20,
    BACKLOG = 511,
    MEMORY_PER_CONNECTION = 128 << 10
};

struct server {
    struct MHD_Daemon *daemon;
    struct local *local;
    unsigned silence_s;
    int quiet; /* the listening socket that server_quiesce took over; -1: none */
};

/* One request while it comes in. */
struct incoming {
    char *target;
    bool started, refused;
    bool absurd; /* longer than anybody would wait for */
    struct buf body;
    bool body_too_big;
    struct sigv4_header headers[HTTP_HEADERS_MAX];
    size_t header_count;
};

/* libmicrohttpd decodes the URL; signatures are made over what was sent. */
static void *see_target(void *ctx, const char *uri, struct MHD_Connection *connection)
{
    struct incoming *in = mem_zalloc(sizeof(*in));

    (void)ctx;
    (void)connection;
    in->target = mem_dup(uri);
    buf_init(&in->body, HTTP_BODY_MAX);
    return in;
}

/*
 * How long nothing may come. 0: for ever, while we make the answer: libmicrohttpd looks at the time
 * of the last byte that came when the answer is ready, too, and would throw it away.
 */
static void allow_silence(struct MHD_Connection *connection, unsigned seconds)
{
    MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, seconds);
}

static void forget(void *ctx, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode why)
{
    const struct server *s = ctx;
    struct incoming *in = *state;

    if (why == MHD_REQUEST_TERMINATED_COMPLETED_OK)
        allow_silence(connection, s->silence_s);
    if (!in)
        return;
    buf_release(&in->body);
    free(in->target);
    free(in);
    *state = NULL;
}

/* ---- refusing what one server reads one way and another server another way ---- */

struct framing {
    unsigned lengths, encodings;
    bool too_long, absurd;
};

static enum MHD_Result see_header(void *ctx, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct framing *f = ctx;
    unsigned long long length;

    (void)kind;
    if (strcasecmp(name, "Content-Length") == 0) {
        f->lengths++;
        f->absurd = !str_to_u64(str_c(value), BODY_DROPPED_MAX, &length);
        f->too_long = f->absurd || length > HTTP_BODY_MAX;
    }
    if (strcasecmp(name, "Transfer-Encoding") == 0)
        f->encodings++;
    return MHD_YES;
}

static enum MHD_Result send_text(struct MHD_Connection *connection, unsigned status,
                                 const char *type, const char *text)
{
    struct buf body = {0};
    struct MHD_Response *response;
    enum MHD_Result r;

    buf_printf(&body, "{\"message\":\"%s\"}", text);
    response = MHD_create_response_from_buffer(body.len, body.data, MHD_RESPMEM_MUST_COPY);
    buf_release(&body);
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "Connection", "close");
    MHD_add_response_header(response, "x-amzn-ErrorType", type);
    r = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return r;
}

static enum MHD_Result start(struct MHD_Connection *connection, struct incoming *in)
{
    struct framing f = {0};

    MHD_get_connection_values(connection, MHD_HEADER_KIND, see_header, &f);
    in->started = true;
    if (f.lengths > 1 || (f.lengths && f.encodings) || f.encodings > 1) {
        in->refused = true;
        return send_text(connection, 400, "BadRequestException",
                         "Content-Length must stand once, and not with Transfer-Encoding");
    }
    in->body_too_big = f.too_long;
    in->absurd = f.absurd;
    return MHD_YES;
}

static enum MHD_Result collect(struct incoming *in, const char *data, size_t *size)
{
    if (!in->body_too_big && buf_add(&in->body, data, *size) < 0) {
        in->body_too_big = true;
        buf_clear(&in->body);
    }
    *size = 0;
    return MHD_YES;
}

/* ---- answering ---- */

static enum MHD_Result keep_header(void *ctx, enum MHD_ValueKind kind, const char *name,
                                   size_t name_len, const char *value, size_t value_len)
{
    struct incoming *in = ctx;

    (void)kind;
    if (in->header_count == HTTP_HEADERS_MAX)
        return MHD_NO;
    in->headers[in->header_count++] =
        (struct sigv4_header){{name, name_len}, {value ? value : "", value_len}};
    return MHD_YES;
}

/* A body that comes bit by bit, and where it goes. */
struct outgoing {
    struct http_stream *stream;
    struct MHD_Connection *connection;
    unsigned silence_s;
};

/* The function may be silent as long as it likes; whoever does not take what it said may not. */
static ssize_t read_stream(void *ctx, uint64_t position, char *out, size_t max)
{
    const struct outgoing *o = ctx;
    size_t n;

    (void)position;
    allow_silence(o->connection, 0);
    n = http_stream_read(o->stream, out, max);
    allow_silence(o->connection, o->silence_s); /* from now on */
    return n ? (ssize_t)n : MHD_CONTENT_READER_END_OF_STREAM;
}

static void free_stream(void *ctx)
{
    struct outgoing *o = ctx;

    http_stream_free(o->stream);
    free(o);
}

static struct MHD_Response *make_response(const struct server *s, struct MHD_Connection *connection,
                                          struct http_reply *reply)
{
    const size_t len = reply->body.len;
    struct MHD_Response *response;

    if (reply->stream) {
        struct outgoing *o = mem_zalloc(sizeof(*o));

        *o = (struct outgoing){STEAL(reply->stream), connection, s->silence_s};
        response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, o,
                                                     free_stream);
    } else {
        char *body = buf_steal(&reply->body);

        response = MHD_create_response_from_buffer(len, body, MHD_RESPMEM_MUST_FREE);
    }
    if (reply->content_type)
        MHD_add_response_header(response, "Content-Type", reply->content_type);
    for (size_t i = 0; i < reply->header_count; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    return response;
}

static enum MHD_Result finish(struct server *s, struct MHD_Connection *connection,
                              struct incoming *in, const char *method)
{
    struct http_request request = {.method = str_c(method),
                                   .target = str_c(in->target),
                                   .headers = in->headers,
                                   .body_too_big = in->body_too_big};
    struct http_reply reply = {0};
    struct MHD_Response *response;
    enum MHD_Result r;
    bool streams;

    allow_silence(connection, 0);
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, keep_header, in);
    request.header_count = in->header_count;
    request.body = buf_str(&in->body);
    http_split_target(&request);
    local_handle(s->local, &request, &reply);
    if (reply.cut == HTTP_CUT_CLOSE) {
        http_reply_release(&reply);
        return MHD_NO; /* closes the connection */
    }
    streams = reply.stream != NULL;
    response = make_response(s, connection, &reply);
    r = MHD_queue_response(connection, (unsigned)reply.status, response);
    if (!streams)
        allow_silence(connection, s->silence_s);
    MHD_destroy_response(response);
    http_reply_release(&reply);
    return r;
}

static enum MHD_Result serve(void *ctx, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *data,
                             size_t *size, void **state)
{
    struct incoming *in = *state;

    (void)url;
    (void)version;
    if (!in)
        return MHD_NO;
    if (!in->started) {
        const enum MHD_Result r = start(connection, in);

        if (r != MHD_YES || !in->absurd || in->refused)
            return r;
        in->refused = true; /* answered before "100 Continue" */
        return finish(ctx, connection, in, method);
    }
    if (*size)
        return collect(in, data, size);
    if (in->refused)
        return MHD_YES;
    return finish(ctx, connection, in, method);
}

PRINTF_LIKE(2, 0) static void log_line(void *ctx, const char *fmt, va_list ap)
{
    struct buf line = {0};

    (void)ctx;
    if (!log_enabled())
        return;
    buf_vprintf(&line, fmt, ap);
    log_debug("http: %s", buf_c(&line));
    buf_release(&line);
}

/* ---- starting and stopping ---- */

/*
 * Our own socket: libmicrohttpd reuses addresses with SO_REUSEPORT, and then a second server on the
 * same port would get half of the first one's requests. SO_REUSEADDR lets a server begin at once
 * where one was killed, and no more.
 */
static int open_port(unsigned port, unsigned *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t len = sizeof(address);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK); /* nothing beyond this machine, ever */
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
        bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
        listen(fd, BACKLOG) == 0 && getsockname(fd, (struct sockaddr *)&address, &len) == 0) {
        *ret_port = ntohs(address.sin_port);
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

int server_listen(unsigned port, int *ret_socket, unsigned *ret_port, struct err *err)
{
    const int fd = open_port(port, ret_port);

    if (fd < 0)
        return err_sys(err, ERR_IO, errno,
                       "cannot listen on 127.0.0.1:%u (--port 0 picks a free one)", port);
    *ret_socket = fd;
    return 0;
}

int server_start(struct server **ret, struct local *l, int listening, int64_t silence_ms,
                 struct err *err)
{
    struct server *s = mem_zalloc(sizeof(*s));

    s->local = l;
    s->silence_s = (unsigned)((silence_ms + 999) / 1000);
    s->quiet = -1;
    s->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
            MHD_USE_ERROR_LOG,
        0, NULL, NULL, serve, s, MHD_OPTION_EXTERNAL_LOGGER, log_line, NULL,
        MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_URI_LOG_CALLBACK, see_target, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, forget, s, MHD_OPTION_CONNECTION_TIMEOUT, s->silence_s,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTIONS_MAX, MHD_OPTION_THREAD_STACK_SIZE,
        (size_t)THREAD_STACK, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_PER_CONNECTION,
        MHD_OPTION_END);
    if (!s->daemon) {
        free(s);
        close(listening);
        return err_set(err, ERR_IO, "cannot start the HTTP server");
    }
    *ret = s;
    return 0;
}

void server_quiesce(struct server *s)
{
    if (s->quiet < 0)
        s->quiet = MHD_quiesce_daemon(s->daemon);
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    MHD_stop_daemon(s->daemon);
    if (s->quiet >= 0)
        close(s->quiet);
    free(s);
}
