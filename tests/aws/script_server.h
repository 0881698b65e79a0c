/*
 * A tiny HTTP server on loopback that answers a script: one step a request, whatever it asks. For
 * what a real service does seldom: cut, silence, nonsense, throttling.
 */
#ifndef TESTS_AWS_SCRIPT_SERVER_H
#define TESTS_AWS_SCRIPT_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct script_step {
    const char *status;  /* "200 OK"; NULL: read the request and close without a byte */
    const char *headers; /* lines ending in \r\n; NULL: none */
    const char *body;    /* NULL: empty */
    int delay_ms;        /* before answering; cut short when the server stops */
    bool close;          /* say so, and close the connection behind the answer */
    bool cut;            /* announce ten bytes more than are sent, then close */
    void (*raw)(int fd); /* writes all of the answer instead, until script_server_put() fails */
};

struct script_server;

/* Steps are borrowed; after the last one it is repeated. */
struct script_server *script_server_start(const struct script_step *steps, size_t count);
struct script_server *script_server_start6(const struct script_step *steps,
                                           size_t count); /* on ::1; NULL: no IPv6 here */
void script_server_stop(struct script_server *s);

const char *script_server_url(const struct script_server *s); /* "http://127.0.0.1:PORT" */
size_t script_server_requests(struct script_server *s);       /* how many came whole */

/* The bytes of request i as received; "" when there was none. Valid until stop. */
const char *script_server_request(struct script_server *s, size_t i);

/* For `raw`: all of the text; false when the other side is gone. */
bool script_server_put(int fd, const char *text, size_t len);

/* A port of this machine that nobody listens on. */
int script_server_free_port(void);

#endif
