/*
 * A client whose waits cost no time, and a server that answers it from a script: for the tests of
 * how a call goes.
 */
#ifndef TESTS_AWS_CALL_FIXTURE_H
#define TESTS_AWS_CALL_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include "aws/client.h"
#include "tests/aws/script_server.h"

/* Waits cost no time; wall time may be wrong by `skew_ms`. */
struct fake_time {
    int64_t slept_ms, skew_ms;
};

struct fixture {
    struct script_server *server;
    struct aws_client *client;
    struct fake_time time;
    struct clock clock;
    struct aws_request request;
    struct aws_reply reply;
    struct err err;
};

/* Makes f->clock one of f->time, for a client with options of its own. */
void fixture_clock(struct fixture *f);

/* A server and a client for it, or a client alone. End them with fixture_end(). */
void fixture_begin(struct fixture *f, const struct script_step *steps, size_t count);
void fixture_begin_at(struct fixture *f, const char *url);
#define BEGIN(f, steps) fixture_begin(f, steps, ARRAY_LEN(steps))

/* Makes f->request one that reads or changes the alias "a:b$" of the function "orders". */
void fixture_ask(struct fixture *f, enum aws_effect effect);
/* The same, and calls it: as aws_call(). */
int fixture_call(struct fixture *f, enum aws_effect effect);
/* Up to 26 such requests that differ in their path; release them. */
void fixture_ask_many(struct fixture *f, struct aws_request *requests, size_t count,
                      enum aws_effect effect);

/* Every part of it that there is. */
void fixture_end(struct fixture *f);

#endif
