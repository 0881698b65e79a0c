/*
 * Answers every request on loopback with what a Lambda would say, the same each time:
 *     fixed_server [DELAY_MS]      prints its port, serves until stdin ends
 * One thread, epoll, keep-alive. It must cost less than what it measures.
 */
#include <assert.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

enum { CONNECTIONS_MAX = 2048, REQUEST_MAX = 64 << 10 };

static const char alias_body[] =
    "{\"AliasArn\":\"arn:aws:lambda:us-east-1:123456789012:function:f:Smoke\",\"Name\":\"Smoke\","
    "\"FunctionVersion\":\"7\",\"Description\":\"\",\"RevisionId\":\"r-0000001\"}";
static const char configuration_body[] = "{\"FunctionName\":\"f\",\"Version\":\"7\",\"Timeout\":3}";
static const char invoked_headers[] =
    "x-amzn-RequestId: 7f1c0000-0000-4000-8000-000000000000\r\nX-Amz-Executed-Version: 7\r\n"
    "X-Amz-Log-Result: U1RBUlQgUmVxdWVzdElkOiAxCkVORCBSZXF1ZXN0SWQ6IDEK\r\n";
static const char invoked_body[] =
    "{\"statusCode\":200,\"headers\":{\"content-type\":\"application/json\"},\"body\":"
    "\"{\\\"id\\\":\\\"ord_1\\\",\\\"total\\\":19.98}\"}";

static char alias[1024], configuration[1024], invoked[1024];

static void prepare(char out[1024], const char *headers, const char *body)
{
    snprintf(out, 1024,
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n%s",
             headers, strlen(body), body);
}

struct connection {
    char in[REQUEST_MAX];
    size_t len;
    int64_t answer_at; /* 0: nothing owed */
    const char *answer;
};

static struct connection *connections[CONNECTIONS_MAX];
static int64_t delay_ms;

/* The bytes of the first whole request, or 0. */
static size_t whole_request(const struct connection *c)
{
    const char *end = memmem(c->in, c->len, "\r\n\r\n", 4);
    const char *length = memmem(c->in, c->len, "Content-Length: ", 16);
    size_t total;

    if (!end)
        return 0;
    total =
        (size_t)(end + 4 - c->in) + (length && length < end ? strtoul(length + 16, NULL, 10) : 0);
    return c->len >= total ? total : 0;
}

static void answer(int fd, struct connection *c)
{
    if (send(fd, c->answer, strlen(c->answer), MSG_NOSIGNAL) < 0)
        c->len = 0;
    c->answer_at = 0;
}

static void take(int fd, struct connection *c)
{
    size_t n;

    assert(c); /* told to gcc, for builds with UBSan */
    while (!c->answer_at && (n = whole_request(c)) > 0) {
        c->answer = c->in[0] == 'P'                    ? invoked
                    : memmem(c->in, n, "/aliases/", 9) ? alias
                                                       : configuration;
        memmove(c->in, c->in + n, c->len - n);
        c->len -= n;
        if (delay_ms && c->answer == invoked)
            c->answer_at = clock_mono(&clock_system) + delay_ms;
        else
            answer(fd, c);
    }
}

static void drop(int fd)
{
    free(connections[fd]);
    connections[fd] = NULL;
    close(fd);
}

static void read_some(int fd)
{
    struct connection *c = connections[fd];
    ssize_t n = recv(fd, c->in + c->len, sizeof(c->in) - c->len, MSG_DONTWAIT);

    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        drop(fd);
        return;
    }
    c->len += (size_t)n;
    take(fd, c);
}

/* Answers what is due; returns how long until the next is. */
static int answer_due(int highest)
{
    int64_t now = clock_mono(&clock_system), wait = 1000;

    if (!delay_ms)
        return 1000;
    for (int fd = 0; fd <= highest; fd++) {
        struct connection *c = connections[fd];

        if (!c || !c->answer_at)
            continue;
        if (c->answer_at <= now) {
            answer(fd, c);
            take(fd, c);
        } else if (c->answer_at - now < wait) {
            wait = c->answer_at - now;
        }
    }
    return (int)wait;
}

static int listen_somewhere(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (const struct sockaddr *)&a, sizeof(a)) != 0 || listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) != 0)
        exit(1);
    printf("%d\n", ntohs(a.sin_port));
    fflush(stdout);
    return fd;
}

static void watch(int epoll, int fd)
{
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};

    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
}

static int accept_one(int listener, int epoll)
{
    int one = 1, fd = accept(listener, NULL, NULL);

    if (fd < 0 || fd >= CONNECTIONS_MAX)
        exit(1);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    connections[fd] = mem_zalloc(sizeof(struct connection));
    watch(epoll, fd);
    return fd;
}

int main(int argc, char **argv)
{
    int epoll = epoll_create1(0), listener = listen_somewhere(), highest = 0;
    struct epoll_event events[256];

    prepare(alias, "", alias_body);
    prepare(configuration, "", configuration_body);
    prepare(invoked, invoked_headers, invoked_body);
    delay_ms = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    watch(epoll, listener);
    watch(epoll, STDIN_FILENO);
    for (;;) {
        int n = epoll_wait(epoll, events, 256, answer_due(highest));

        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;

            if (fd == STDIN_FILENO)
                return 0;
            if (fd == listener) {
                fd = accept_one(listener, epoll);
                highest = fd > highest ? fd : highest;
            } else {
                read_some(fd);
            }
        }
    }
}
