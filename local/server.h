/*
 * The HTTP server of the local Lambda: libmicrohttpd on loopback, a thread per connection. Requests
 * are collected whole, then handed to local_handle().
 */
#ifndef LOCAL_SERVER_H
#define LOCAL_SERVER_H

#include "base/err.h"
#include "local/local.h"

enum { SERVER_CONNECTIONS_MAX = 2000 };

struct server;

/* Listens on 127.0.0.1; port 0 picks a free one. ERR_IO when the port is taken. */
int server_start(struct server **ret, struct local *l, unsigned port, struct err *err);
unsigned server_port(const struct server *s);

/* Takes no new connection, closes those that are open once their request is answered. */
void server_stop(struct server *s); /* NULL is fine */

/* Takes no new connection; those that are open go on. Before server_stop. */
void server_quiesce(struct server *s);

#endif
