/*
 * The receipt sender of the sample shop: consumes a queue. The event is a batch of SQS records
 * whose bodies are orders; what cannot be processed is reported back by messageId, so that SQS
 * delivers only that again (ReportBatchItemFailures).
 */
#include <stdio.h>
#include <string.h>

#include "runtime.h"

static int send_receipt(const json_t *record, char *why, size_t size)
{
    const char *body = json_string_value(json_object_get(record, "body"));
    json_t *order = json_loads(body ? body : "", 0, NULL);
    const char *id = json_string_value(json_object_get(order, "id"));
    const char *email = json_string_value(json_object_get(order, "email"));
    int r = -1;

    if (!order)
        snprintf(why, size, "the body is not a JSON object");
    else if (!id || strncmp(id, "ord_", 4) != 0)
        snprintf(why, size, "no order id");
    else if (!email || !strchr(email, '@'))
        snprintf(why, size, "no e-mail address");
    else {
        fprintf(stderr, "receipt for %s sent\n", id); /* the address itself stays out of the log */
        r = 0;
    }
    json_decref(order);
    return r;
}

static json_t *handle(const json_t *event, const char *request_id, struct runtime_error *error)
{
    const json_t *records = json_object_get(event, "Records"), *record;
    json_t *failures = json_array();
    size_t i, sent = 0;

    (void)request_id;
    if (!json_is_array(records)) {
        runtime_fail(error, "ValidationError", "the event has no Records: not a queue's");
        json_decref(failures);
        return NULL;
    }
    json_array_foreach(records, i, record)
    {
        const char *id = json_string_value(json_object_get(record, "messageId"));
        char why[64];

        if (send_receipt(record, why, sizeof(why)) == 0) {
            sent++;
            continue;
        }
        fprintf(stderr, "message %s: %s\n", id ? id : "?", why);
        json_array_append_new(failures, json_pack("{s:s}", "itemIdentifier", id ? id : ""));
    }
    return json_pack("{s:o, s:I}", "batchItemFailures", failures, "sent", (json_int_t)sent);
}

int main(void)
{
    return runtime_run(handle);
}
