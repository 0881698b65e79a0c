/* The first byte says whose answer the rest is: every reader of Lambda's replies takes it or
 * refuses it. */
#include <assert.h>

#include "lambda/account.h"
#include "lambda/alias.h"
#include "lambda/function.h"
#include "lambda/layer.h"
#include "lambda/policy.h"
#include "lambda/qualified.h"
#include "lambda/source.h"
#include "lambda/version.h"
#include "tests/fuzz/fuzz.h"

static int one(uint8_t which, struct str body, struct err *err)
{
    union {
        struct account_settings account;
        struct alias alias;
        struct function_info function;
        struct layer_version layer;
    } ret;
    struct policy policy;
    int result;

    switch (which % 6) {
    case 0:
        return account_settings_read(body, &ret.account, err);
    case 1:
        return alias_read(body, &ret.alias, err);
    case 2:
        return function_read(body, &ret.function, err);
    case 3:
        return function_get_read(body, &ret.function, err);
    case 4:
        return layer_read(body, &ret.layer, err);
    default:
        result = policy_read(body, &policy, err);
        if (result == 0)
            policy_release(&policy);
        return result;
    }
}

static int list(uint8_t which, struct str body, struct err *err)
{
    struct alias_list aliases = {0};
    struct version_list versions = {0};
    struct layer_version_list layers = {0};
    struct event_source_list sources = {0};
    struct function_url_list urls = {0};
    struct event_invoke_list invokes = {0};
    struct provisioned_list provisions = {0};
    struct buf marker = {0};
    int result;

    switch (which % 7) {
    case 0:
        result = alias_list_read(body, &aliases, &marker, err);
        break;
    case 1:
        result = version_list_read(body, &versions, &marker, err);
        break;
    case 2:
        result = layer_version_list_read(body, &layers, &marker, err);
        break;
    case 3:
        result = event_source_list_read(body, &sources, &marker, err);
        break;
    case 4:
        result = function_url_list_read(body, &urls, &marker, err);
        break;
    case 5:
        result = event_invoke_list_read(body, &invokes, &marker, err);
        break;
    default:
        result = provisioned_list_read(body, &provisions, &marker, err);
        break;
    }
    alias_list_release(&aliases);
    version_list_release(&versions);
    layer_version_list_release(&layers);
    event_source_list_release(&sources);
    function_url_list_release(&urls);
    event_invoke_list_release(&invokes);
    provisioned_list_release(&provisions);
    buf_release(&marker);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct str body;
    uint8_t which;
    int result;

    if (size == 0)
        return 0;
    body = (struct str){(const char *)data + 1, size - 1};
    which = (uint8_t)(data[0] - '0');
    result = which < 6 ? one(which, body, &err) : list(which, body, &err);
    assert(result == 0 || (err.kind != ERR_NONE && err.text[0]));
    return 0;
}
