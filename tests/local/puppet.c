/*
 * A function that does what its event says, over bare sockets: the `bootstrap` of the executor's
 * tests. It answers wrongly, late, twice or not at all, which a proper runtime could not.
 *
 * The event is {"do":"WORD","n":N}; PUPPET_INIT in the environment steers the init phase.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int api_port;
static int connection = -1;
static int asked; /* for the next event, already */
static char head[65536], body[65536];
static char request_id[128];

static int dial(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)api_port)};
    const int s = socket(AF_INET, SOCK_STREAM, 0), at_once = 1;

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s < 0 || connect(s, (struct sockaddr *)&to, sizeof(to)) < 0)
        _exit(99);
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once));
    return s;
}

static void put(const char *data, size_t len)
{
    while (len) {
        const ssize_t n = send(connection, data, len, MSG_NOSIGNAL);

        if (n <= 0)
            return; /* the answer tells */
        data += n;
        len -= (size_t)n;
    }
}

/* The value of a header, or NULL; valid until the next reply. */
static const char *header(const char *name)
{
    static char value[4096];
    const size_t len = strlen(name);

    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, len) == 0 && line[2 + len] == ':') {
            const char *from = line + 3 + len + strspn(line + 3 + len, " ");

            snprintf(value, sizeof(value), "%.*s", (int)strcspn(from, "\r"), from);
            return value;
        }
    return NULL;
}

/* Reads one reply; returns its status, 0 when the connection ended. */
static int reply(void)
{
    size_t have = 0, want = 0, got;
    char *end = NULL;

    while (!end && have < sizeof(head) - 1) {
        const ssize_t n = recv(connection, head + have, sizeof(head) - 1 - have, 0);

        if (n <= 0)
            return 0;
        have += (size_t)n;
        head[have] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    if (!end)
        return 0;
    got = have - (size_t)(end + 4 - head);
    memcpy(body, end + 4, got);
    end[2] = '\0';
    if (header("Content-Length"))
        want = (size_t)strtoul(header("Content-Length"), NULL, 10);
    while (got < want && want < sizeof(body)) {
        const ssize_t n = recv(connection, body + got, sizeof(body) - 1 - got, 0);

        if (n <= 0)
            return 0;
        got += (size_t)n;
    }
    body[got] = '\0';
    return (int)strtol(head + 9, NULL, 10);
}

static void ask(void)
{
    static const char request[] =
        "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: a\r\n\r\n";

    put(request, sizeof(request) - 1);
}

static int next(void)
{
    int status;

    if (!asked)
        ask();
    asked = 0;
    status = reply();
    snprintf(request_id, sizeof(request_id), "%s",
             header("Lambda-Runtime-Aws-Request-Id") ? header("Lambda-Runtime-Aws-Request-Id")
                                                     : "");
    return status;
}

static int post(const char *id, const char *what, const char *headers, const char *data, size_t len)
{
    char request[1024];
    const int n = snprintf(request, sizeof(request),
                           "POST /2018-06-01/runtime/%s%s%s HTTP/1.1\r\nHost: a\r\n%s"
                           "Content-Length: %zu\r\n\r\n",
                           id ? "invocation/" : "", id ? id : "", what, headers, len);

    put(request, (size_t)n);
    put(data, len);
    return reply();
}

static int answer(const char *text)
{
    return post(request_id, "/response", "", text, strlen(text));
}

static void pause_ms(long ms)
{
    const struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&ts, NULL);
}

static void chunk(const char *text)
{
    char part[1024];

    put(part, (size_t)snprintf(part, sizeof(part), "%zx\r\n%s\r\n", strlen(text), text));
}

static void stream(const char *trailers)
{
    char request[1024];

    put(request, (size_t)snprintf(request, sizeof(request),
                                  "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\n"
                                  "Host: a\r\nTransfer-Encoding: chunked\r\n"
                                  "Lambda-Runtime-Function-Response-Mode: streaming\r\n\r\n",
                                  request_id));
    chunk("{\"one\":1,");
    pause_ms(30);
    chunk("\"two\":2}");
    put("0\r\n", 3);
    put(trailers, strlen(trailers));
    put("\r\n", 2);
    reply();
}

static void big(long bytes)
{
    char *data = malloc((size_t)bytes + 1);
    char text[64];

    memset(data, 'x', (size_t)bytes);
    data[0] = data[bytes - 1] = '"';
    snprintf(text, sizeof(text), "status %d\n",
             post(request_id, "/response", "", data, (size_t)bytes));
    fputs(text, stderr);
    free(data);
}

/* Children that leave their group and outlive us, unless someone sees to it. */
static void leave_children(void)
{
    for (int i = 0; i < 3; i++) {
        const pid_t pid = fork();

        if (pid == 0) {
            setsid();
            if (fork() == 0) {
                close(connection);
                for (;;)
                    pause();
            }
            _exit(0);
        }
    }
}

static void take_memory(long mb)
{
    for (long i = 0; i < mb; i++) {
        char *block = malloc(1 << 20);

        memset(block, 1, 1 << 20);
        pause_ms(1);
    }
    pause_ms(10000);
}

/* Writes into /tmp until there is no room; answers with the MB that were. */
static void fill_tmp(void)
{
    static char block[1 << 20];
    const int fd = open("/tmp/full", O_CREAT | O_WRONLY, 0600);
    char text[32];
    long mb = 0;

    while (fd >= 0 && write(fd, block, sizeof(block)) == (ssize_t)sizeof(block))
        mb++;
    close(fd);
    unlink("/tmp/full");
    snprintf(text, sizeof(text), "%ld", mb);
    answer(text);
}

extern char **environ;

static void show_place(void)
{
    char text[8192], cwd[512] = "";
    int at, fds = 0;
    struct stat st;

    if (!getcwd(cwd, sizeof(cwd)))
        _exit(98);
    for (int fd = 0; fd < 1024; fd++)
        fds += fcntl(fd, F_GETFD) != -1;
    at = snprintf(text, sizeof(text),
                  "{\"cwd\":\"%s\",\"fds\":%d,\"home\":%d,\"task_writable\":%d,\"tmp_writable\":%d,"
                  "\"opt\":%d,\"env\":[",
                  cwd, fds, stat("/root", &st) == 0 || stat("/home", &st) == 0,
                  open("here", O_CREAT | O_WRONLY, 0600) >= 0,
                  open("/tmp/puppet-was-here", O_CREAT | O_WRONLY, 0600) >= 0,
                  stat("/opt/layer.txt", &st) == 0);
    for (char **e = environ; *e && at < 7000; e++)
        at +=
            snprintf(text + at, sizeof(text) - (size_t)at, "%s\"%s\"", e == environ ? "" : ",", *e);
    snprintf(text + at, sizeof(text) - (size_t)at, "]}");
    answer(text);
}

/* Asks on two connections, as a runtime does whose connection seemed lost; goes on with the one
 * that gets the event. The other one is closed by the server, or refused when it comes after the
 * event has been given out; either may come first. */
static void reconnect(void)
{
    struct pollfd both[2] = {{connection, POLLIN, 0}, {-1, POLLIN, 0}};
    char start[12];

    answer("\"on an old connection\"");
    ask();
    connection = both[1].fd = dial();
    ask();
    while (poll(both, 2, 10000) > 0)
        for (int i = 0; i < 2; i++) {
            if (both[i].fd < 0 || !both[i].revents)
                continue;
            if (recv(both[i].fd, start, sizeof(start), MSG_PEEK | MSG_WAITALL) == sizeof(start) &&
                memcmp(start, "HTTP/1.1 200", sizeof(start)) == 0) {
                connection = both[i].fd;
                close(both[1 - i].fd);
                asked = 1;
                return;
            }
            close(both[i].fd);
            both[i].fd = -1;
        }
    _exit(96);
}

static void act(const char *word, long n)
{
    static int count;
    char text[256], old[128];

    count++;
    if (strcmp(word, "echo") == 0) {
        post(request_id, "/response", "", body, strlen(body));
    } else if (strcmp(word, "count") == 0) {
        snprintf(text, sizeof(text), "{\"count\":%d,\"pid\":%ld}", count, (long)getpid());
        answer(text);
    } else if (strcmp(word, "headers") == 0) {
        snprintf(old, sizeof(old), "%s", header("Lambda-Runtime-Deadline-Ms"));
        snprintf(text, sizeof(text), "{\"deadline\":%s,\"arn\":\"%s\"", old,
                 header("Lambda-Runtime-Invoked-Function-Arn"));
        strncat(text, ",\"context\":", sizeof(text) - strlen(text) - 1);
        strncat(text,
                header("Lambda-Runtime-Client-Context") ? header("Lambda-Runtime-Client-Context")
                                                        : "null",
                sizeof(text) - strlen(text) - 1);
        strncat(text, "}", sizeof(text) - strlen(text) - 1);
        answer(text);
    } else if (strcmp(word, "place") == 0) {
        show_place();
    } else if (strcmp(word, "say") == 0) {
        fprintf(stdout, "to stdout\n");
        fflush(stdout);
        fprintf(stderr, "to stderr, unended");
        answer("null");
    } else if (strcmp(word, "fail") == 0) {
        const char *error = "{\"errorType\":\"Shop.Closed\",\"errorMessage\":\"come back\"}";

        post(request_id, "/error", "Lambda-Runtime-Function-Error-Type: Shop.Closed\r\n", error,
             strlen(error));
    } else if (strcmp(word, "exit") == 0) {
        _exit((int)n);
    } else if (strcmp(word, "signal") == 0) {
        raise((int)n);
    } else if (strcmp(word, "sleep") == 0) {
        pause_ms(n);
        answer("\"slept\"");
    } else if (strcmp(word, "silent") == 0) {
        for (;;)
            pause();
    } else if (strcmp(word, "flood") == 0) {
        for (;;)
            if (write(1, "all work and no play makes jack a dull boy\n", 43) < 0)
                _exit(97);
    } else if (strcmp(word, "twice") == 0) {
        const int first = answer("\"first\""), second = answer("\"second\"");

        fprintf(stderr, "status %d then %d\n", first, second);
    } else if (strcmp(word, "stranger") == 0) {
        fprintf(stderr, "status %d\n",
                post("00000000-0000-4000-8000-000000000000", "/response", "", "1", 1));
        answer("\"mine\"");
    } else if (strcmp(word, "impatient") == 0) {
        snprintf(old, sizeof(old), "%s", request_id);
        fprintf(stderr, "status %d\n", next());
        snprintf(request_id, sizeof(request_id), "%s", old);
        answer("\"patient\"");
    } else if (strcmp(word, "big") == 0) {
        big(n);
    } else if (strcmp(word, "stream") == 0) {
        stream("");
    } else if (strcmp(word, "stream-fail") == 0) {
        stream("Lambda-Runtime-Function-Error-Type: Shop.Burned\r\n"
               "Lambda-Runtime-Function-Error-Body: eyJlcnJvclR5cGUiOiJTaG9wLkJ1cm5lZCJ9\r\n");
    } else if (strcmp(word, "fork") == 0) {
        leave_children();
        answer("\"forked\"");
    } else if (strcmp(word, "memory") == 0) {
        take_memory(n);
        answer("null");
    } else if (strcmp(word, "answer-exit") == 0) {
        answer("\"last words\"");
        _exit(5);
    } else if (strcmp(word, "fill") == 0) {
        fill_tmp();
    } else if (strcmp(word, "half") == 0) {
        put("POST /2018-06-01/runtime/invocation/", 36);
        _exit(6);
    } else if (strcmp(word, "reconnect") == 0) {
        reconnect();
    } else {
        answer("\"unknown word\"");
    }
}

static int enrol(const char *events)
{
    char request[512];

    put(request, (size_t)snprintf(request, sizeof(request),
                                  "POST /2020-01-01/extension/register HTTP/1.1\r\nHost: a\r\n"
                                  "Lambda-Extension-Name: inside\r\nContent-Length: %zu\r\n\r\n%s",
                                  strlen(events), events));
    return reply();
}

/* An internal extension: of our process, as far as Lambda can see. */
static void be_extended(void)
{
    char request[512];
    int n;

    fprintf(stderr, "inside with SHUTDOWN: %d\n", enrol("{\"events\":[\"SHUTDOWN\"]}"));
    if (enrol("{\"events\":[\"INVOKE\"]}") != 200)
        _exit(95);
    n = snprintf(request, sizeof(request),
                 "GET /2020-01-01/extension/event/next HTTP/1.1\r\nHost: a\r\n"
                 "Lambda-Extension-Identifier: %s\r\n\r\n",
                 header("Lambda-Extension-Identifier"));
    if (fork() != 0)
        return;
    connection = dial();
    for (;;) {
        put(request, (size_t)n);
        if (reply() != 200)
            _exit(0);
        fprintf(stderr, "inside: %s\n", body);
    }
}

static void begin(void)
{
    const char *how = getenv("PUPPET_INIT");

    if (!how)
        return;
    fprintf(stderr, "init: %s\n", how);
    if (strcmp(how, "extension") == 0)
        be_extended();
    if (strcmp(how, "exit") == 0)
        _exit(3);
    if (strcmp(how, "silent") == 0)
        for (;;)
            pause();
    if (strcmp(how, "error") == 0) {
        const char *error = "{\"errorType\":\"Shop.NoKeys\",\"errorMessage\":\"lost\"}";

        post(NULL, "init/error", "Lambda-Runtime-Function-Error-Type: Shop.NoKeys\r\n", error,
             strlen(error));
        _exit(1);
    }
}

int main(void)
{
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
    const char *colon = api ? strchr(api, ':') : NULL;

    if (!colon)
        return 2;
    api_port = (int)strtol(colon + 1, NULL, 10);
    connection = dial();
    begin();
    while (next() == 200) {
        char word[32] = "";
        long n = 0;

        if (sscanf(body, "{\"do\":\"%31[a-z-]\",\"n\":%ld", word, &n) < 1)
            snprintf(word, sizeof(word), "echo");
        act(word, n);
    }
    return 4;
}
