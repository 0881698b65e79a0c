/*
 * Versions: numbered, immutable copies of $LATEST.
 * https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
 */
#ifndef LAMBDA_VERSION_H
#define LAMBDA_VERSION_H

#include <stddef.h>

#include "aws/client.h"
#include "base/err.h"
#include "lambda/function.h"

struct version_publish {
    const char *function;
    const char *code_sha256; /* refused (ERR_REFUSED, 400) when $LATEST has other code; NULL: any */
    const char *revision_id; /* ERR_PRECONDITION when $LATEST moved on; NULL: any */
    const char *description; /* NULL: none */
};

struct version_list {
    struct function_info *items; /* $LATEST first, then as Lambda lists them; no states */
    size_t count;
};

/*
 * When nothing changed since the last version, Lambda answers that version again. ERR_UNKNOWN: list
 * the versions and look. The new version may be Pending: function_wait().
 */
int version_publish(struct aws_client *client, const struct version_publish *publish,
                    struct function_info *ret, struct err *err);

/* All pages. ERR_LIMIT beyond 10,000. */
int version_list(struct aws_client *client, const char *function, struct version_list *ret,
                 struct err *err);
void version_list_release(struct version_list *list);

/* Deletes one version; ERR_CONFLICT when an alias refers to it. Refuses (ERR_INTERNAL) $LATEST. */
int version_delete(struct aws_client *client, const char *function, const char *version,
                   struct err *err);

/* ---- pure: builders and readers ---- */

void version_publish_request(struct aws_request *r, const struct version_publish *publish);
void version_list_request(struct aws_request *r, const char *function, const char *marker);
void version_delete_request(struct aws_request *r, const char *function, const char *version);
int version_list_read(struct str body, struct version_list *list, struct buf *ret_marker,
                      struct err *err);

#endif
