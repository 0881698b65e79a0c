/* Private to aws/http*.c: an exchange from its set-up to its end. */
#ifndef AWS_HTTP_PRIVATE_H
#define AWS_HTTP_PRIVATE_H

#include "aws/curl.h"
#include "aws/http.h"

enum { HTTP_IDLE_MAX = 64 };

struct http_pool {
    CURLSH *share;
    CURL *idle[HTTP_IDLE_MAX]; /* a handle keeps its connections and its parsed CA bundle */
    size_t idle_count;
    bool system_ca_is_file;
};

struct http_exchange {
    struct http_pool *pool;
    CURL *easy;
    struct curl_slist *headers;
    struct aws_reply reply;
    char error[CURL_ERROR_SIZE];
    char where[256]; /* scheme://host:port, for messages */
    enum aws_effect effect;
    int64_t timeout_ms;
    bool quiet;
    unsigned sends;       /* how often curl was about to write the request */
    size_t header_bytes;  /* of all there were, interim answers' too */
    const char *too_long; /* which part of the answer is; NULL: none */
    bool resend_refused;
    bool own_ca; /* a CA bundle was named */
};

#endif
