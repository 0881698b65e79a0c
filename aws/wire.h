/*
 * What goes over the wire, as lines of the debug log: request and status lines, headers, bodies.
 * What is secret by its place is left out here (signatures, presigned URLs, environment variables
 * of functions, code); what is secret by its value is masked by base/log.h.
 */
#ifndef AWS_WIRE_H
#define AWS_WIRE_H

#include <stdbool.h>

#include "aws/request.h"
#include "base/buf.h"

enum { WIRE_BODY_MAX = 4096 };

/*
 * Appends at most WIRE_BODY_MAX bytes of a body as one line: line ends and other controls are
 * escaped, "Variables" objects and "ZipFile", "Location" and credential strings become "***",
 * what is no text is only counted.
 */
void wire_body(struct buf *out, struct str body);

/* Appends a header's value: of an AWS signature only who signed what. */
void wire_header(struct buf *out, const char *name, struct str value);

/* Nothing happens while nobody listens to the log. `quiet`: no bodies (credentials). */
void wire_log_request(const char *method, const char *url, const struct aws_header *headers,
                      size_t count, struct str body, bool quiet);
void wire_log_reply(const struct aws_reply *reply, bool quiet);

#endif
