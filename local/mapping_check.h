/* What CreateEventSourceMapping and UpdateEventSourceMapping refuse, in AWS's words. */
#ifndef LOCAL_MAPPING_CHECK_H
#define LOCAL_MAPPING_CHECK_H

#include "local/call.h"

enum { MAPPINGS_MAX = 10000 };

enum source { SOURCE_QUEUE, SOURCE_STREAM, SOURCE_KAFKA, SOURCE_NONE };

/* All return 0, or -1 after fail(). `document` is the mapping as it would be. */
int mapping_check_window(struct call *c, const json_t *document, enum source source);
int mapping_check_filters(struct call *c); /* of the body */
int mapping_check_position(struct call *c, const char *arn, const char *position,
                           enum source source);

/* Another mapping of the same source (`arn`, or NULL: servers and topics of the body) and function.
 */
int mapping_check_duplicate(struct call *c, const char *arn, const char *function_arn_text,
                            const char *name);

#endif
