/*
 * Warm invocations of a C bootstrap through the whole of smokegate-local: HTTP, signature, alias
 * lookup, Runtime API. The bare process is the same exchange of bytes with a child over a loopback
 * connection and nothing in between. usage: bench_local BUILD_DIR
 */
#define _GNU_SOURCE /* strcasestr, wait4 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/bench/bench.h"
#include "tests/local/support.h"

enum { CALLS = 5000, CALLERS = 4, WARM_CALLS = 500 };

static void die(const char *what)
{
    fprintf(stderr, "bench_local: %s\n", what);
    exit(1);
}

/* ---- sockets ---- */

static int dial(unsigned port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    const int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s < 0 || connect(s, (struct sockaddr *)&to, sizeof(to)) < 0)
        die("cannot connect");
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return s;
}

static void send_all(int s, struct str bytes)
{
    while (bytes.len) {
        const ssize_t n = send(s, bytes.data, bytes.len, MSG_NOSIGNAL);

        if (n <= 0)
            die("the connection broke");
        bytes = str_slice(bytes, (size_t)n, bytes.len);
    }
}

/* Reads one reply; dies unless its status is the one that is wanted. */
static void expect_reply(int s, int status)
{
    char head[16384];
    size_t have = 0, body;
    const char *end = NULL, *length;

    while (!end) {
        const ssize_t n = recv(s, head + have, sizeof(head) - 1 - have, 0);

        if (n <= 0)
            die("the server closed the connection");
        have += (size_t)n;
        head[have] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    if (strtol(head + 9, NULL, 10) != status)
        die(head);
    length = strcasestr(head, "\r\ncontent-length:");
    body = length ? (size_t)strtoul(length + 17, NULL, 10) : 0;
    have -= (size_t)(end + 4 - head);
    while (have < body) {
        const ssize_t n = recv(s, head, sizeof(head) < body - have ? sizeof(head) : body - have, 0);

        if (n <= 0)
            die("the server closed the connection");
        have += (size_t)n;
    }
}

/* A signed request; the signature holds for minutes, so the same bytes may be sent again. */
static struct buf request_of(const char *method, const char *target, unsigned port, struct str body)
{
    char date[SIGV4_DATE_SIZE], digest[SHA256_HEX_SIZE], host[64];
    struct sigv4_header headers[2];
    struct sigv4_request r = {
        .method = str_c(method), .target = str_c(target), .headers = headers, .header_count = 2};
    struct sigv4_key key = {STR("local"), STR("local"), STR("us-east-1"), STR("lambda"), {0}};
    struct sigv4_result signature = {0};
    struct buf authorization = {0}, out = {0};

    clock_format_basic(date, sizeof(date), clock_wall(&clock_system));
    snprintf(host, sizeof(host), "127.0.0.1:%u", port);
    sha256_hex(digest, body);
    headers[0] = (struct sigv4_header){STR("host"), str_c(host)};
    headers[1] = (struct sigv4_header){STR("x-amz-date"), str_c(date)};
    r.payload_sha256 = str_c(digest);
    key.date = str_c(date);
    if (sigv4_sign(&signature, &r, &key) < 0)
        die("cannot sign");
    sigv4_authorization(&authorization, &signature, key.access_key);
    buf_printf(&out,
               "%s %s HTTP/1.1\r\nhost: %s\r\nx-amz-date: %s\r\nauthorization: %s\r\n"
               "content-type: application/json\r\ncontent-length: %zu\r\n\r\n",
               method, target, host, date, buf_c(&authorization), body.len);
    buf_add_str(&out, body);
    buf_release(&authorization);
    sigv4_result_release(&signature);
    return out;
}

/* ---- latencies ---- */

static void say_latency(const char *who, const char *what, double *times, size_t count)
{
    char name[64];

    qsort(times, count, sizeof(*times), bench_by_time);
    snprintf(name, sizeof(name), "%s p50", what);
    bench_say(who, name, times[count / 2]);
    snprintf(name, sizeof(name), "%s p99", what);
    bench_say(who, name, times[count * 99 / 100]);
}

static void serve_bare(int listener)
{
    char bytes[4096];
    const int s = accept(listener, NULL, NULL), on = 1;
    ssize_t n;

    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    while ((n = recv(s, bytes, sizeof(bytes), 0)) > 0)
        send_all(s, (struct str){bytes, (size_t)n});
    _exit(0);
}

static double bare(double *times)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof(at);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    char bytes[512];
    pid_t pid;
    int s;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0 || bind(listener, (struct sockaddr *)&at, sizeof(at)) < 0 ||
        listen(listener, 1) < 0 || getsockname(listener, (struct sockaddr *)&at, &len) < 0)
        die("cannot listen");
    pid = fork();
    if (pid == 0)
        serve_bare(listener);
    s = dial(ntohs(at.sin_port));
    memset(bytes, 'x', sizeof(bytes));
    for (int i = -WARM_CALLS; i < CALLS; i++) {
        const double start = bench_now_ns();
        size_t got = 0;

        send_all(s, (struct str){bytes, sizeof(bytes)});
        while (got < sizeof(bytes)) {
            const ssize_t n = recv(s, bytes, sizeof(bytes) - got, 0);

            if (n <= 0)
                die("the child closed the connection");
            got += (size_t)n;
        }
        if (i >= 0)
            times[i] = bench_now_ns() - start;
    }
    close(s);
    close(listener);
    waitpid(pid, NULL, 0);
    say_latency("smokegate", "bare process", times, CALLS);
    return times[CALLS / 2];
}

static void one_caller(const struct buf *request, unsigned port, double *times, double bare_p50)
{
    const int s = dial(port);

    for (int i = -WARM_CALLS; i < CALLS; i++) {
        const double start = bench_now_ns();

        send_all(s, buf_str(request));
        expect_reply(s, 200);
        if (i >= 0)
            times[i] = bench_now_ns() - start;
    }
    close(s);
    say_latency("smokegate", "invoke", times, CALLS);
    bench_say("smokegate", "invoke added p50", times[CALLS / 2] - bare_p50);
}

struct caller {
    const struct buf *request;
    unsigned port;
    int calls;
};

static void *call(void *ctx)
{
    const struct caller *c = ctx;
    const int s = dial(c->port);

    for (int i = 0; i < c->calls; i++) {
        send_all(s, buf_str(c->request));
        expect_reply(s, 200);
    }
    close(s);
    return NULL;
}

static double call_at_once(const struct buf *request, unsigned port, int calls)
{
    struct caller c = {request, port, calls};
    pthread_t threads[CALLERS];
    const double start = bench_now_ns();

    for (int i = 0; i < CALLERS; i++)
        if (pthread_create(&threads[i], NULL, call, &c) != 0)
            die("cannot start a thread");
    for (int i = 0; i < CALLERS; i++)
        pthread_join(threads[i], NULL);
    return (bench_now_ns() - start) / (calls * CALLERS);
}

/* ---- the server ---- */

static pid_t start_server(const char *build, const char *state, unsigned *ret_port)
{
    char *program = path_join(build, "local/smokegate-local"), *colon = NULL, line[256] = "";
    char *argv[] = {program, mem_dup("--state"), mem_dup(state), NULL}, *envp[] = {NULL};
    posix_spawn_file_actions_t actions;
    int out[2];
    pid_t pid;
    FILE *f;

    if (pipe(out) < 0)
        die("cannot make a pipe");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    if (posix_spawn(&pid, program, &actions, NULL, argv, envp) != 0)
        die("cannot start smokegate-local");
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    f = fdopen(out[0], "r");
    if (!f || !fgets(line, sizeof(line), f) || !(colon = strrchr(line, ':')))
        die("smokegate-local does not serve");
    *ret_port = (unsigned)strtoul(colon + 1, NULL, 10);
    fclose(f);
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
    return pid;
}

/* Processor time is the one figure that does not depend on what else the machine does. */
static void end_server(pid_t server)
{
    const double calls = WARM_CALLS + CALLS + CALLERS * (WARM_CALLS + CALLS);
    struct rusage used;

    kill(server, SIGTERM);
    if (wait4(server, NULL, 0, &used) != server)
        die("smokegate-local does not end");
    bench_say("smokegate", "invoke server user",
              ((double)used.ru_utime.tv_sec * 1e9 + (double)used.ru_utime.tv_usec * 1e3) / calls);
    bench_say("smokegate", "invoke server system",
              ((double)used.ru_stime.tv_sec * 1e9 + (double)used.ru_stime.tv_usec * 1e3) / calls);
}

static void create_function(const char *dir, unsigned port)
{
    struct package p;
    struct buf zip = {0}, body = {0}, request;
    const int s = dial(port);

    support_puppet(&p, dir);
    if (file_read(&zip, p.zip_path, 0, NULL) < 0)
        die("cannot read the package");
    buf_add_c(&body, "{\"FunctionName\":\"puppet\",\"Runtime\":\"provided.al2023\","
                     "\"Handler\":\"bootstrap\",\"Role\":\"arn:aws:iam::123456789012:role/r\","
                     "\"Code\":{\"ZipFile\":\"");
    base64_encode(&body, buf_str(&zip));
    buf_add_c(&body, "\"}}");
    request = request_of("POST", "/2015-03-31/functions", port, buf_str(&body));
    send_all(s, buf_str(&request));
    expect_reply(s, 201);
    close(s);
    buf_release(&zip);
    buf_release(&body);
    buf_release(&request);
}

int main(int argc, char **argv)
{
    char *dir, *state;
    double *times = mem_array(CALLS, sizeof(*times)), bare_p50, each;
    struct buf request;
    unsigned port = 0;
    pid_t server;

    if (argc != 2 || setenv("SMOKEGATE_BUILD", argv[1], 1) < 0)
        return 2;
    bare_p50 = bare(times);
    dir = support_dir();
    state = path_join(dir, "state");
    server = start_server(argv[1], state, &port);
    create_function(dir, port);
    request =
        request_of("POST", "/2015-03-31/functions/puppet/invocations", port,
                   STR("{\"do\":\"echo\",\"pad\":\"0123456789012345678901234567890123456789\"}"));
    one_caller(&request, port, times, bare_p50);
    call_at_once(&request, port, WARM_CALLS);
    each = call_at_once(&request, port, CALLS);
    bench_say("smokegate", "invoke each, 4 at once", each);
    fprintf(stderr, "%.0f warm invocations a second, 4 at once\n", 1e9 / each);
    end_server(server);
    buf_release(&request);
    support_remove(dir);
    free(state);
    free(times);
    return 0;
}
