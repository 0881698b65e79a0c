/* A SigV4 test vector: a request in text, as aws-c-auth and botocore write them. */
#ifndef TESTS_AWS_SIGV4_VECTOR_H
#define TESTS_AWS_SIGV4_VECTOR_H

#include "aws/sigv4.h"
#include "base/arena.h"
#include "base/buf.h"

enum { VECTOR_HEADERS_MAX = 32 };

struct sigv4_vector {
    struct arena arena;
    struct str method, target, body;
    struct sigv4_header headers[VECTOR_HEADERS_MAX];
    size_t header_count;
};

/* Takes "GET /path?x HTTP/1.1", header lines (continued by a leading blank), empty line, body
 * apart. */
void sigv4_vector_parse(struct sigv4_vector *v, struct str text);
void sigv4_vector_header(struct sigv4_vector *v, struct str name, struct str value);
void sigv4_vector_release(struct sigv4_vector *v);

/* Reads folder/name into `out`; false when there is no such file. */
bool sigv4_vector_file(struct buf *out, const char *folder, const char *name);

#endif
