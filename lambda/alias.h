/*
 * Aliases. Every write carries what it was decided upon: give the revision id that was read, and a
 * write that somebody else overtook is refused with ERR_PRECONDITION.
 * https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html
 */
#ifndef LAMBDA_ALIAS_H
#define LAMBDA_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/client.h"
#include "base/err.h"

enum {
    LAMBDA_NAME_SIZE = 160, /* function and alias names: at most 140 and 128 */
    LAMBDA_ARN_SIZE = 320,
    LAMBDA_VERSION_SIZE = 32, /* "$LATEST" or decimal digits */
    LAMBDA_REVISION_SIZE = 64,
    LAMBDA_DESCRIPTION_SIZE = 1025, /* 256 characters of up to 4 bytes */
    LAMBDA_SHA256_SIZE = 65,
    ALIAS_WEIGHTS_MAX = 4, /* Lambda takes one; more may show while it shifts by itself */
};

/* A plain value. */
struct alias {
    char name[LAMBDA_NAME_SIZE];
    char arn[LAMBDA_ARN_SIZE];
    char version[LAMBDA_VERSION_SIZE];
    char description[LAMBDA_DESCRIPTION_SIZE];
    char revision_id[LAMBDA_REVISION_SIZE];
    struct alias_weight {
        char version[LAMBDA_VERSION_SIZE];
        double weight;
    } weights[ALIAS_WEIGHTS_MAX]; /* the additional versions */
    size_t weight_count;
};

enum alias_weights {
    ALIAS_WEIGHTS_KEEP = 0,
    ALIAS_WEIGHTS_CLEAR,
    ALIAS_WEIGHTS_SET, /* to the one of weight_version, weight */
};

struct alias_change {
    const char *function, *alias;
    const char *version;     /* NULL: keep (not for create) */
    const char *description; /* NULL: keep */
    enum alias_weights weights;
    const char *weight_version;
    double weight;
    const char *revision_id; /* NULL: unconditional (not for create) */
};

struct alias_list {
    struct alias *items;
    size_t count;
};

/* ERR_NOT_FOUND: no such alias or no such function (aws_client_error() tells the message). */
int alias_get(struct aws_client *client, const char *function, const char *alias, struct alias *ret,
              struct err *err);

/* Create-if-absent: ERR_CONFLICT when it exists. ERR_UNKNOWN: read back. */
int alias_create(struct aws_client *client, const struct alias_change *change, struct alias *ret,
                 struct err *err);

/* ERR_PRECONDITION: the revision moved. ERR_UNKNOWN: read back. */
int alias_update(struct aws_client *client, const struct alias_change *change, struct alias *ret,
                 struct err *err);

/* Unconditional, as Lambda has it; succeeds when there is none. */
int alias_delete(struct aws_client *client, const char *function, const char *alias,
                 struct err *err);

/* All pages; `version` NULL: of every version. ERR_LIMIT beyond 10,000. */
int alias_list(struct aws_client *client, const char *function, const char *version,
               struct alias_list *ret, struct err *err);
void alias_list_release(struct alias_list *list);

/* ---- pure: builders and readers ---- */

void alias_get_request(struct aws_request *r, const char *function, const char *alias);
void alias_create_request(struct aws_request *r, const struct alias_change *change);
void alias_update_request(struct aws_request *r, const struct alias_change *change);
void alias_delete_request(struct aws_request *r, const char *function, const char *alias);
void alias_list_request(struct aws_request *r, const char *function, const char *version,
                        const char *marker);
int alias_read(struct str body, struct alias *ret, struct err *err);
/* Appends to `list`; `ret_marker` (cleared first) gets NextMarker, empty on the last page. */
int alias_list_read(struct str body, struct alias_list *list, struct buf *ret_marker,
                    struct err *err);

#endif
