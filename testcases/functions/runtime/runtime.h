/*
 * A Lambda custom runtime in one small file: asks the Runtime API for the next event, calls the
 * handler, posts its answer or its error, and does it again. `bootstrap` executables link it; they
 * run on provided.al2023 and on the local Lambda alike.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <jansson.h>

/* How a handler refuses an event. Texts are copied. */
struct runtime_error {
    char type[64]; /* "" means none */
    char message[256];
};

void runtime_fail(struct runtime_error *error, const char *type, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Returns the answer (owned by the runtime from then on), or NULL after runtime_fail().
 * `request_id` is the invocation's. What is written to stderr goes to the function's log.
 */
typedef json_t *runtime_handler(const json_t *event, const char *request_id,
                                struct runtime_error *error);

/* Serves until the Runtime API goes away. Returns the exit code of the process. */
int runtime_run(runtime_handler *handler);

#endif
