/*
 * What calls functions, as far as Lambda itself knows: event source mappings and function URLs.
 * Both are bound to what they were created with: a bare function, a version or an alias.
 * https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
 * https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionUrlConfigs.html
 */
#ifndef LAMBDA_SOURCE_H
#define LAMBDA_SOURCE_H

#include <stddef.h>

#include "aws/client.h"
#include "base/err.h"
#include "lambda/alias.h"

enum { LAMBDA_URL_SIZE = 256, SOURCE_ARN_SIZE = 1100, SOURCE_ID_SIZE = 64 };

/* A plain value. */
struct event_source {
    char id[SOURCE_ID_SIZE];
    char function_arn[LAMBDA_ARN_SIZE]; /* with the qualifier it was created with */
    char source_arn[SOURCE_ARN_SIZE];   /* of the queue, stream, table...; "": self-managed Kafka */
    char state[32];                     /* Enabled, Disabled, Creating... */
};

struct event_source_list {
    struct event_source *items;
    size_t count;
};

/*
 * All mappings of the Region, or of one function. Whether `function` without qualifier finds those
 * of its aliases is not documented: list all and compare ARNs (lambda/arn.h) to be sure.
 */
int event_source_list(struct aws_client *client, const char *function,
                      struct event_source_list *ret, struct err *err);
void event_source_list_release(struct event_source_list *list);

struct function_url {
    char function_arn[LAMBDA_ARN_SIZE]; /* with the alias, when it is an alias's */
    char url[LAMBDA_URL_SIZE];
    char auth_type[16];   /* NONE: anybody, AWS_IAM */
    char invoke_mode[32]; /* BUFFERED, RESPONSE_STREAM */
};

struct function_url_list {
    struct function_url *items;
    size_t count;
};

/* Of the function and all of its aliases. */
int function_url_list(struct aws_client *client, const char *function,
                      struct function_url_list *ret, struct err *err);
void function_url_list_release(struct function_url_list *list);

/* ---- pure: builders and readers ---- */

void event_source_list_request(struct aws_request *r, const char *function, const char *marker);
int event_source_list_read(struct str body, struct event_source_list *list, struct buf *ret_marker,
                           struct err *err);
void function_url_list_request(struct aws_request *r, const char *function, const char *marker);
int function_url_list_read(struct str body, struct function_url_list *list, struct buf *ret_marker,
                           struct err *err);

#endif
