#include "promote/wake.h"

#include <string.h>

#include "lambda/invoke.h"

int wake_is_needed(struct aws_client *client, const char *function, const char *version,
                   bool *ret_needed, struct function_info *ret, struct err *err)
{
    if (function_get(client, function, version, ret, err) < 0)
        return -1;
    *ret_needed = strcmp(ret->state_name, "Inactive") == 0;
    return 0;
}

int wake(struct aws_client *client, const char *function, const char *alias, const char *version,
         struct function_info *ret, struct err *err)
{
    const struct invoke_request call = {.function = function,
                                        .qualifier = alias,
                                        .type = INVOKE_REQUEST_RESPONSE,
                                        .payload = STR("{}"),
                                        .timeout_ms = 10000};
    struct invoke_reply reply = {0};
    struct err why = {0};
    bool needed;
    int result;

    /* Once more: a caller may have woken it meanwhile, and then {} would reach its code. */
    if (wake_is_needed(client, function, version, &needed, ret, err) < 0)
        return -1;
    if (!needed)
        return 0;
    result = invoke(client, &call, &reply, &why);
    if (result == 0 && invoke_reply_error(&reply, &why) < 0 && why.kind == ERR_DENIED)
        result = -1;
    invoke_reply_release(&reply);
    if (result < 0 && why.kind != ERR_CONFLICT)
        return err_set(err, why.kind, "%s", why.text);
    return function_get(client, function, version, ret, err);
}
