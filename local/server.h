/*
 * The HTTP server of the local Lambda: libmicrohttpd on loopback, a thread per connection. Requests
 * are collected whole, then handed to local_handle().
 */
#ifndef LOCAL_SERVER_H
#define LOCAL_SERVER_H

#include "base/err.h"
#include "local/local.h"

/*
 * Longer than the pools of clients keep what they do not use (Go 90 s, Java 60 s, libcurl 118 s),
 * so that none of them sends into a connection that is just being closed.
 */
enum { SERVER_CONNECTIONS_MAX = 2000, SERVER_SILENCE_MS = 180000 };

struct server;

/*
 * Listens on 127.0.0.1; port 0 picks a free one. Who connects waits until server_start().
 * *ret_socket is to be closed or handed over. ERR_IO when the port is taken.
 */
int server_listen(unsigned port, int *ret_socket, unsigned *ret_port, struct err *err);

/*
 * Serves what connects to a socket of server_listen(), which it takes. A connection on which
 * nothing comes for `silence_ms` (whole seconds, rounded up; 0: for ever) is closed, unless a
 * request is being answered; so is one that takes nothing of its answer for so long. ERR_IO.
 */
int server_start(struct server **ret, struct local *l, int listening, int64_t silence_ms,
                 struct err *err);

/* Takes no new connection, closes those that are open once their request is answered. */
void server_stop(struct server *s); /* NULL is fine */

/* Takes no new connection; those that are open go on. Before server_stop. */
void server_quiesce(struct server *s);

#endif
