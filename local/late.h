/*
 * Calls that are carried out after their connection was closed: the mutation whose client believes
 * it lost. Those still waiting when the server ends are dropped.
 */
#ifndef LOCAL_LATE_H
#define LOCAL_LATE_H

#include <stdint.h>

#include "local/http.h"

enum { LATE_MAX = 256 };

struct local;
struct late_calls;

struct late_calls *late_calls_new(struct local *l);
void late_calls_free(struct late_calls *q); /* waits for those that run; NULL is fine */

/* Copies the request. More than LATE_MAX at once: the call is lost, as in a crash. */
void late_calls_add(struct late_calls *q, const struct http_request *request, int64_t after_ms);

#endif
