#include "tests/aws/script_server.h"

#include <assert.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

enum { REQUESTS_MAX = 64 };

struct script_server {
    const struct script_step *steps;
    size_t step_count;
    int listener;
    char url[64];
    pthread_t thread;
    pthread_mutex_t lock;
    int stop_pipe[2];
    struct buf requests[REQUESTS_MAX];
    size_t count;
};

/* False when the server shall stop. */
static bool wait_readable(const struct script_server *s, int fd, int ms)
{
    struct pollfd p[2] = {{.fd = s->stop_pipe[0], .events = POLLIN}, {.fd = fd, .events = POLLIN}};

    poll(p, fd >= 0 ? 2 : 1, ms);
    return !p[0].revents;
}

static bool is_whole(const struct buf *b)
{
    const char *end = strstr(buf_c(b), "\r\n\r\n"), *length;

    if (!end)
        return false;
    length = strstr(b->data, "Content-Length: ");
    return b->len >= (size_t)(end + 4 - b->data) +
                         (length && length < end ? strtoul(length + 16, NULL, 10) : 0);
}

static bool read_request(struct script_server *s, int fd, struct buf *in)
{
    char chunk[4096];
    ssize_t n;

    while (!is_whole(in)) {
        if (!wait_readable(s, fd, -1) || (n = recv(fd, chunk, sizeof(chunk), 0)) <= 0)
            return false;
        buf_add(in, chunk, (size_t)n);
    }
    return true;
}

bool script_server_put(int fd, const char *text, size_t len)
{
    while (len) {
        const ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

/* Returns whether the connection stays. */
static bool answer(const struct script_server *s, int fd, const struct script_step *step)
{
    struct buf out = {0};
    const size_t length = step->body ? strlen(step->body) : 0;

    if (step->raw) {
        step->raw(fd);
        return false;
    }
    if (step->delay_ms && !wait_readable(s, -1, step->delay_ms))
        return false;
    if (!step->status)
        return false;
    buf_printf(&out, "HTTP/1.1 %s\r\n%s%sContent-Length: %zu\r\n\r\n%s", step->status,
               step->headers ? step->headers : "", step->close ? "Connection: close\r\n" : "",
               length + (step->cut ? 10 : 0), step->body ? step->body : "");
    script_server_put(fd, out.data, out.len);
    buf_release(&out);
    return !step->close && !step->cut;
}

static void serve(struct script_server *s, int fd)
{
    struct buf in = {0};

    while (read_request(s, fd, &in)) {
        const struct script_step *step;

        pthread_mutex_lock(&s->lock);
        assert(s->count < REQUESTS_MAX);
        step = &s->steps[s->count < s->step_count ? s->count : s->step_count - 1];
        s->requests[s->count++] = in;
        pthread_mutex_unlock(&s->lock);
        in = (struct buf){0};
        if (!answer(s, fd, step))
            break;
    }
    buf_release(&in);
    close(fd);
}

static void *run(void *ctx)
{
    struct script_server *s = ctx;

    while (wait_readable(s, s->listener, -1)) {
        const int fd = accept(s->listener, NULL, NULL);

        if (fd >= 0)
            serve(s, fd);
    }
    return NULL;
}

/* -1: there is no such family here. */
static int listen_somewhere(int family, int *ret_port)
{
    struct sockaddr_in a4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr *a = family == AF_INET ? (struct sockaddr *)&a4 : (struct sockaddr *)&a6;
    socklen_t len = family == AF_INET ? sizeof(a4) : sizeof(a6);
    const int fd = socket(family, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, a, len) != 0 || listen(fd, 16) != 0 || getsockname(fd, a, &len) != 0) {
        if (family == AF_INET)
            abort();
        close(fd);
        return -1;
    }
    *ret_port = ntohs(family == AF_INET ? a4.sin_port : a6.sin6_port);
    return fd;
}

static struct script_server *start(int family, const struct script_step *steps, size_t count)
{
    struct script_server *s = mem_zalloc(sizeof(*s));
    int port = 0;

    s->steps = steps;
    s->step_count = count;
    s->listener = listen_somewhere(family, &port);
    if (s->listener < 0) {
        free(s);
        return NULL;
    }
    snprintf(s->url, sizeof(s->url), family == AF_INET ? "http://127.0.0.1:%d" : "http://[::1]:%d",
             port);
    pthread_mutex_init(&s->lock, NULL);
    if (pipe(s->stop_pipe) != 0 || pthread_create(&s->thread, NULL, run, s) != 0)
        abort();
    return s;
}

struct script_server *script_server_start(const struct script_step *steps, size_t count)
{
    return start(AF_INET, steps, count);
}

struct script_server *script_server_start6(const struct script_step *steps, size_t count)
{
    return start(AF_INET6, steps, count);
}

void script_server_stop(struct script_server *s)
{
    if (write(s->stop_pipe[1], "x", 1) != 1)
        abort();
    pthread_join(s->thread, NULL);
    close(s->stop_pipe[0]);
    close(s->stop_pipe[1]);
    close(s->listener);
    for (size_t i = 0; i < s->count; i++)
        buf_release(&s->requests[i]);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

const char *script_server_url(const struct script_server *s)
{
    return s->url;
}

size_t script_server_requests(struct script_server *s)
{
    size_t count;

    pthread_mutex_lock(&s->lock);
    count = s->count;
    pthread_mutex_unlock(&s->lock);
    return count;
}

const char *script_server_request(struct script_server *s, size_t i)
{
    const char *text;

    pthread_mutex_lock(&s->lock);
    text = i < s->count ? buf_c(&s->requests[i]) : "";
    pthread_mutex_unlock(&s->lock);
    return text;
}

int script_server_free_port(void)
{
    int port;

    close(listen_somewhere(AF_INET, &port));
    return port;
}
