/*
 * What came back from one invocation, typed. An answer is made from the reply (or from the error
 * when there was none) and is then only looked at: expectations, verdicts and reports all read this
 * value.
 */
#ifndef RUNNER_ANSWER_H
#define RUNNER_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/err.h"
#include "json/reader.h"
#include "lambda/invoke.h"

enum answer_kind {
    ANSWER_SUCCESS,
    ANSWER_FUNCTION_ERROR,
    ANSWER_INIT_ERROR, /* the function did not come up */
    ANSWER_TIMEOUT,    /* the function's own: Sandbox.Timedout */
    ANSWER_THROTTLED,
    ANSWER_SERVICE_ERROR, /* any other no of the service: 4xx, 5xx */
    ANSWER_TRANSPORT,     /* nothing usable came back */
    ANSWER_WRONG_VERSION, /* from another version than the one under test */
};

/* The REPORT line of the log tail; -1: not told. */
struct report_line {
    double duration_ms, billed_ms, init_ms;
    double memory_bytes, max_memory_bytes;
};

struct answer {
    enum answer_kind kind;
    struct invoke_reply reply; /* owned; zero for ANSWER_TRANSPORT */
    int64_t duration_us;       /* from the start of the request to the last byte */
    struct report_line report;
    bool cold_start;           /* the REPORT line tells an Init Duration */
    char error_type[128];      /* errorType of a function error; "" */
    char error_message[512];   /* errorMessage, masked and cut when longer */
    char reason[ERR_TEXT_MAX]; /* why there is nothing to judge; "" */
    /* Parsed when first asked for: */
    bool parsed;
    struct json_doc *doc; /* NULL: the payload is not JSON */
    json_t *text;         /* then: the payload as a string (invalid bytes as U+FFFD) */
    json_t *log_text;
    struct json_doc *error_doc; /* of reply.failure */
};

void answer_init(struct answer *a);
void answer_release(struct answer *a); /* a zeroed one is fine */

/* Takes the reply. `want_version` is what the alias was read to be; "" or NULL: not known. */
void answer_of_reply(struct answer *a, struct invoke_reply *reply, const char *want_version);
void answer_of_error(struct answer *a, const struct err *err);

/* "success", "function_error", "throttled"... */
const char *answer_kind_name(enum answer_kind kind);
bool answer_kind_find(const char *name, enum answer_kind *ret);

/* Is it the function that spoke (also by failing), and not what stands before it? */
bool answer_is_functions(enum answer_kind kind);

/*
 * The payload: its JSON value (*ret_doc is set), or its text as a string (*ret_doc NULL), or NULL
 * when it is empty. Borrowed.
 */
json_t *answer_payload(struct answer *a, const struct json_doc **ret_doc);
/*
 * The error of a function that failed: the payload, or what ended a response stream. NULL when it
 * is not JSON. Borrowed.
 */
json_t *answer_error(struct answer *a, const struct json_doc **ret_doc);
/* The payload, and the log tail, as a string. Borrowed. */
json_t *answer_text(struct answer *a);
json_t *answer_log(struct answer *a);

/* Pure: the last REPORT line of a log tail. */
struct report_line report_line_read(struct str log);

#endif
