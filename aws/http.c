#include "aws/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "aws/http_private.h"
#include "aws/wire.h"
#include "base/file.h"
#include "base/mem.h"

enum { CA_CACHE_SECONDS = 24 * 3600 };

/* ---- pool ---- */

struct http_pool *http_pool_new(void)
{
    struct http_pool *pool = mem_zalloc(sizeof(*pool));
    const curl_version_info_data *info;

    curl_begin();
    info = curl_version_info(CURLVERSION_NOW);
    pool->system_ca_is_file =
        info->age >= CURLVERSION_NINTH && info->cainfo && file_exists(info->cainfo);
    pool->share = curl_share_init();
    if (pool->share) {
        curl_share_setopt(pool->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
        curl_share_setopt(pool->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    }
    return pool;
}

void http_pool_free(struct http_pool *pool)
{
    if (!pool)
        return;
    for (size_t i = 0; i < pool->idle_count; i++)
        curl_easy_cleanup(pool->idle[i]);
    curl_share_cleanup(pool->share);
    curl_global_cleanup();
    free(pool);
}

static CURL *take_handle(struct http_pool *pool)
{
    return pool->idle_count ? pool->idle[--pool->idle_count] : curl_easy_init();
}

static void give_handle(struct http_pool *pool, CURL *easy)
{
    if (!easy)
        return;
    curl_easy_reset(easy); /* drops every pointer into the exchange, keeps the connections */
    if (pool->idle_count < HTTP_IDLE_MAX)
        pool->idle[pool->idle_count++] = easy;
    else
        curl_easy_cleanup(easy);
}

/* ---- what curl calls ---- */

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    struct http_exchange *x = ctx;

    if (buf_add(&x->reply.body, data, size * count) == 0)
        return size * count;
    x->too_long = "answer";
    return 0;
}

static size_t on_header(char *data, size_t size, size_t count, void *ctx)
{
    struct http_exchange *x = ctx;
    const struct str line = str_trim((struct str){data, size * count});
    const size_t start = x->reply.headers.len;

    x->header_bytes += size * count;
    if (x->header_bytes > HTTP_HEADERS_MAX_BYTES) {
        x->too_long = "headers of the answer";
        return 0;
    }
    if (str_starts(line, STR("HTTP/"))) { /* 100 Continue came before */
        buf_clear(&x->reply.headers);
        return size * count;
    }
    if (line.len == 0)
        return size * count;
    buf_add_str(&x->reply.headers, line);
    buf_putc(&x->reply.headers, '\n');
    for (char *p = x->reply.headers.data + start; *p && *p != ':'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return size * count;
}

/*
 * Called before every write of the request. When a re-used connection ends without an answer,
 * libcurl sends the request again on a new one, be it a POST or not; the function could run twice.
 * Curl_retry_request() in curl's lib/transfer.c; there is no option to switch it off.
 */
static int on_send(void *ctx, char *remote, char *local, int remote_port, int local_port)
{
    struct http_exchange *x = ctx;

    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    if (x->sends++ && x->effect != AWS_READS) {
        x->resend_refused = true;
        return CURL_PREREQFUNC_ABORT;
    }
    return CURL_PREREQFUNC_OK;
}

/* ---- set-up ---- */

bool http_is_loopback(const char *host)
{
    struct str h = str_c(host);
    unsigned long long part;

    if (str_starts(h, STR("[")) && str_ends(h, STR("]")))
        h = str_slice(h, 1, h.len - 1);
    if (str_eq(h, STR("::1")) || (h.len == 9 && strncasecmp(h.data, "localhost", 9) == 0))
        return true;
    if (!str_starts(h, STR("127.")))
        return false;
    for (int i = 0; i < 4; i++) { /* 127.0.0.1.example.com is not */
        struct str digits;

        if (!str_cut(&h, '.', &digits) || digits.len > 3 || !str_to_u64(digits, 255, &part))
            return false;
    }
    return !h.data || h.len == 0;
}

static int check_url(struct http_exchange *x, const struct http_request *r, bool *ret_loopback,
                     struct err *err)
{
    CURLU *u = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL;
    int result = 0;

    if (!u || curl_url_set(u, CURLUPART_URL, r->url, CURLU_PATH_AS_IS) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK ||
        (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)) {
        result = err_set(err, ERR_INPUT, "\"%.200s\" is not an http or https URL", r->url);
    } else {
        *ret_loopback = http_is_loopback(host);
        snprintf(x->where, sizeof(x->where), "%s://%s:%s", scheme, host, port);
        if (strcmp(scheme, "http") == 0 && !*ret_loopback && !r->insecure_http)
            result = err_set(err, ERR_INPUT,
                             "%s: plain http goes to this machine only, elsewhere credentials and "
                             "payloads would be readable; use https or --insecure-http",
                             x->where);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(u);
    return result;
}

static void add_header(struct http_exchange *x, const char *name, struct str value)
{
    CLEANUP(buf_release) struct buf line = {0};

    /* curl takes "Name;" for a header that is sent without a value */
    buf_printf(&line, value.len ? "%s: %.*s" : "%s;%.*s", name, STR_ARG(value));
    x->headers = curl_slist_append(x->headers, buf_c(&line));
}

static void set_headers(struct http_exchange *x, const struct http_request *r)
{
    bool typed = false;

    for (size_t i = 0; i < r->header_count; i++) {
        add_header(x, r->headers[i].name, r->headers[i].value);
        typed = typed || strcasecmp(r->headers[i].name, "content-type") == 0;
    }
    x->headers = curl_slist_append(x->headers, "Expect:");
    if (!typed)
        x->headers = curl_slist_append(x->headers, "Content-Type:");
    curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers);
}

static void set_method(CURL *easy, const struct http_request *r)
{
    if (strcmp(r->method, "GET") == 0) {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body.data ? r->body.data : "");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
}

static void set_tls(struct http_exchange *x, const struct http_request *r)
{
    /*
     * With a folder of certificates as well, every handshake reads it anew and libcurl cannot keep
     * the parsed store: 25 times slower with 128 connections.
     */
    if (r->ca_bundle)
        curl_easy_setopt(x->easy, CURLOPT_CAINFO, r->ca_bundle);
    if (r->ca_bundle || x->pool->system_ca_is_file)
        curl_easy_setopt(x->easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(x->easy, CURLOPT_CA_CACHE_TIMEOUT, (long)CA_CACHE_SECONDS);
    curl_easy_setopt(x->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

static void set_up(struct http_exchange *x, const struct http_request *r, bool loopback)
{
    CURL *easy = x->easy;

    curl_easy_setopt(easy, CURLOPT_URL, r->url);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    /* TLS servers are offered HTTP/2; in someone's multi, requests then share a connection. */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_SHARE, x->pool->share);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* A TLS record. Buffers are wiped whole (aws/curl.c): of the usual 64 KiB most would become
       memory that is in use only for that. */
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 30L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 15L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(r->connect_ms < r->timeout_ms ? r->connect_ms : r->timeout_ms));
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (r->effect != AWS_READS) /* the older a connection, the likelier it is dead */
        curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 30L);
    if (r->no_proxy || loopback)
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_USERAGENT,
                     r->user_agent ? r->user_agent : "smokegate/" SMOKEGATE_VERSION);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, x);
    set_tls(x, r);
    set_method(easy, r);
    set_headers(x, r);
}

int http_exchange_new(struct http_exchange **ret, struct http_pool *pool,
                      const struct http_request *request, struct err *err)
{
    struct http_exchange *x = mem_zalloc(sizeof(*x));
    bool loopback = false;

    x->pool = pool;
    x->effect = request->effect;
    x->timeout_ms = request->timeout_ms;
    x->quiet = request->quiet;
    x->own_ca = request->ca_bundle != NULL;
    buf_init(&x->reply.body,
             request->max_reply_bytes ? request->max_reply_bytes : HTTP_REPLY_MAX_BYTES);
    if (check_url(x, request, &loopback, err) < 0) {
        http_exchange_free(x);
        return -1;
    }
    x->easy = take_handle(pool);
    if (!x->easy) {
        http_exchange_free(x);
        return err_set(err, ERR_INTERNAL, "curl_easy_init failed");
    }
    set_up(x, request, loopback);
    wire_log_request(request->method, request->url, request->headers, request->header_count,
                     request->body, request->quiet);
    *ret = x;
    return 0;
}

void http_exchange_free(struct http_exchange *x)
{
    if (!x)
        return;
    give_handle(x->pool, x->easy);
    curl_slist_free_all(x->headers);
    aws_reply_release(&x->reply);
    free(x);
}

CURL *http_exchange_easy(struct http_exchange *x)
{
    return x->easy;
}

/* ---- both in one ---- */

int http_send(struct http_pool *pool, const struct http_request *request, struct aws_reply *ret,
              enum retry_end *ret_end, struct err *err)
{
    struct http_exchange *x;
    int result;

    if (ret_end)
        *ret_end = RETRY_HOPELESS;
    if (http_exchange_new(&x, pool, request, err) < 0)
        return -1;
    result = http_exchange_finish(x, curl_easy_perform(x->easy), ret, ret_end, err);
    http_exchange_free(x);
    return result;
}
