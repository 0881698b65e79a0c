/*
 * Private to aws/creds/: one question to a service or metadata endpoint, asked again while it is
 * busy.
 */
#ifndef AWS_CREDS_ASK_H
#define AWS_CREDS_ASK_H

#include "aws/creds/source.h"
#include "aws/request.h"

struct creds_question {
    const char *who;            /* "STS", "EC2 metadata": begins the clause that says why not */
    const char *endpoint;       /* http(s)://host[:port], no slash at the end */
    const char *region;         /* of the signature */
    const struct aws_creds *by; /* NULL: unsigned */
    bool link_local;            /* never through a proxy, plain http is fine */
    unsigned attempts;
    int64_t timeout_ms, connect_ms; /* of one attempt */
    struct aws_error *error;        /* gets what the service said in the end; NULL: nobody asks */
};

/*
 * Releases the request. 0: the answer is 2xx, in `ret`. Else -1 and a clause in `why`; `ret_status`
 * (may be NULL) is the HTTP status, 0 when nothing came.
 */
int creds_ask(const struct creds_options *o, const struct creds_question *q,
              struct aws_request *request, struct aws_reply *ret, int *ret_status, struct buf *why);

/*
 * Credentials as JSON: credential_process, containers and EC2 write the same members but for the
 * token's name. Sets no source. -1 and a clause when one is missing or it is no JSON.
 */
int creds_read_json(struct aws_creds *ret, struct str text, const char *token_member,
                    struct buf *why);

#endif
