/*
 * A Lambda extension over bare sockets, for the executor's tests. What it does is the name it was
 * started by: "both", "invoke", "none" say which events it registers for, others how it fails. It
 * writes to its output what it is told.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char head[65536], id[128];
static const char *name, *body;

/* One request on a connection of its own; returns the status, 0 when there was no answer. */
static int call(const char *method, const char *path, const char *headers, const char *content)
{
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API"), *colon = api ? strchr(api, ':') : NULL;
    struct sockaddr_in to = {.sin_family = AF_INET};
    const int s = socket(AF_INET, SOCK_STREAM, 0);
    char request[4096];
    size_t have = 0;
    ssize_t n;
    int len;

    if (!colon || s < 0)
        _exit(99);
    to.sin_port = htons((unsigned short)strtol(colon + 1, NULL, 10));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(s, (struct sockaddr *)&to, sizeof(to)) < 0)
        _exit(98);
    len = snprintf(request, sizeof(request),
                   "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                   "Lambda-Extension-Identifier: %s\r\n%sContent-Length: %zu\r\n\r\n%s",
                   method, path, id, headers, strlen(content), content);
    if (send(s, request, (size_t)len, MSG_NOSIGNAL) != len)
        _exit(97);
    while (have < sizeof(head) - 1 && (n = recv(s, head + have, sizeof(head) - 1 - have, 0)) > 0)
        have += (size_t)n;
    close(s);
    head[have] = '\0';
    body = strstr(head, "\r\n\r\n");
    body = body ? body + 4 : "";
    return have ? (int)strtol(head + 9, NULL, 10) : 0;
}

static void say(const char *what, int status)
{
    fprintf(stderr, "%s %s: %d %s\n", name, what, status, body);
}

static int enrol(const char *events)
{
    static const char line[] = "Lambda-Extension-Identifier: ";
    char headers[256];
    const char *at = NULL;
    int status;

    snprintf(headers, sizeof(headers),
             "Lambda-Extension-Name: %s\r\nLambda-Extension-Accept-Feature: accountId\r\n", name);
    status = call("POST", "/2020-01-01/extension/register", headers, events);
    for (const char *p = strstr(head, "\r\n"); p && !at; p = strstr(p + 2, "\r\n"))
        if (strncasecmp(p + 2, line, sizeof(line) - 1) == 0)
            at = p + 2 + sizeof(line) - 1;
    if (at)
        snprintf(id, sizeof(id), "%.*s", (int)strcspn(at, "\r"), at);
    say("register", status);
    return status;
}

static void fail_with(const char *path)
{
    say("error",
        call("POST", path, "Lambda-Extension-Function-Error-Type: Shop.NoLight\r\n", "{}"));
    _exit(0);
}

static void pause_ms(long ms)
{
    const struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&ts, NULL);
}

/* Requests that are refused, each with its reason. */
static void misbehave(void)
{
    char right[sizeof(id)];

    enrol("not json");
    enrol("{\"events\":[\"RESTART\"]}");
    id[0] = '\0';
    say("next", call("GET", "/2020-01-01/extension/event/next", "", ""));
    snprintf(id, sizeof(id), "nobody");
    say("next", call("GET", "/2020-01-01/extension/event/next", "", ""));
    enrol("{\"events\":[\"INVOKE\"]}");
    snprintf(right, sizeof(right), "%s", id);
    enrol("{\"events\":[\"INVOKE\"]}");
    snprintf(id, sizeof(id), "%s", right);
    say("error", call("POST", "/2020-01-01/extension/init/error", "", "{}"));
    say("logs", call("PUT", "/2020-08-15/logs", "", "{}"));
    say("telemetry", call("PUT", "/2022-07-01/telemetry", "", "{}"));
}

static void on_event(void)
{
    if (strcmp(name, "slow") == 0)
        pause_ms(300);
    if (strcmp(name, "dies") == 0)
        _exit(7);
    if (strcmp(name, "gives-up") == 0)
        fail_with("/2020-01-01/extension/exit/error");
    if (strcmp(name, "never-done") == 0)
        pause_ms(60000);
    if (strcmp(name, "short-lived") == 0)
        alarm(1); /* once it waits for the next event */
    if (strstr(body, "SHUTDOWN"))
        _exit(0);
}

int main(int argc, char **argv)
{
    const char *slash = argc ? strrchr(argv[0], '/') : NULL;
    const char *events = "{\"events\":[\"INVOKE\",\"SHUTDOWN\"]}";

    name = slash ? slash + 1 : "";
    if (getenv("_HANDLER") || getenv("AWS_LAMBDA_LOG_GROUP_NAME") || !getenv("AWS_REGION"))
        return 96;
    if (strcmp(name, "crashes") == 0)
        return 3;
    if (strcmp(name, "silent") == 0)
        pause_ms(60000);
    if (strcmp(name, "refused") == 0)
        misbehave();
    else if (strcmp(name, "invoke") == 0)
        enrol("{\"events\":[\"INVOKE\"]}");
    else if (strcmp(name, "none") == 0)
        enrol("{\"events\":[]}");
    else
        enrol(events);
    if (strcmp(name, "cannot-begin") == 0)
        fail_with("/2020-01-01/extension/init/error");
    if (strcmp(name, "leaves") == 0)
        return 0;
    for (;;) {
        const int status = call("GET", "/2020-01-01/extension/event/next", "", "");

        say("event", status);
        if (status != 200)
            return 5;
        on_event();
    }
}
