#include "lambda/call.h"

int lambda_call(struct aws_client *client, struct aws_request *r, lambda_reader *read, void *ret,
                struct err *err)
{
    struct aws_reply reply = {0};
    int result = aws_call(client, r, &reply, err);

    if (result == 0 && read) {
        result = read(buf_str(&reply.body), ret, err);
        if (result < 0)
            err_ctx(err, "%s %s", r->operation, r->resource);
    }
    aws_reply_release(&reply);
    aws_request_release(r);
    return result;
}
