/* Private to lambda/: send a request, read the reply, release both. */
#ifndef LAMBDA_CALL_H
#define LAMBDA_CALL_H

#include "aws/client.h"

enum { LAMBDA_PAGES_MAX = 1000 }; /* a list that never ends is no list */

/* `read` gets the body and `ret`; NULL when the answer has none. Releases the request. */
typedef int lambda_reader(struct str body, void *ret, struct err *err);
int lambda_call(struct aws_client *client, struct aws_request *r, lambda_reader *read, void *ret,
                struct err *err);

#endif
