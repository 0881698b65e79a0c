/*
 * Private to aws/: one source of the credentials chain. Each says whether it has credentials,
 * whether it was set up at all, and why not, for the message that lists what was tried.
 */
#ifndef AWS_CREDS_SOURCE_H
#define AWS_CREDS_SOURCE_H

#include "aws/creds.h"

enum creds_found {
    CREDS_FOUND,
    CREDS_ABSENT, /* not set up: the next source is asked; the reason is in `why` */
    CREDS_FAILED, /* set up and did not work: the chain ends, `why` says how */
};

/* `why` gets one clause without a full stop, e.g. "AWS_ACCESS_KEY_ID is not set". */
typedef enum creds_found creds_source(const struct creds_options *o, struct aws_creds *ret,
                                      struct buf *why);

creds_source creds_from_environment;
creds_source creds_from_profile;

#endif
