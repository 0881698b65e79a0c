#include "local/route.h"

#include <string.h>

#include "base/codec.h"
#include "local/code.h"
#include "local/handlers.h"

#define F1 "/2015-03-31/functions/{}"

/* In the order of the model's URIs; a row with a query stands before the same path without one. */
static const struct route routes[] = {
    {"CreateEventSourceMapping", "POST", "/2015-03-31/event-source-mappings", NULL, mapping_create},
    {"ListEventSourceMappings", "GET", "/2015-03-31/event-source-mappings", NULL, mapping_list},
    {"DeleteEventSourceMapping", "DELETE", "/2015-03-31/event-source-mappings/{}", NULL,
     mapping_delete},
    {"GetEventSourceMapping", "GET", "/2015-03-31/event-source-mappings/{}", NULL, mapping_get},
    {"UpdateEventSourceMapping", "PUT", "/2015-03-31/event-source-mappings/{}", NULL,
     mapping_update},
    {"CreateFunction", "POST", "/2015-03-31/functions", NULL, function_create,
     .prepare = code_prepare},
    {"ListFunctions", "GET", "/2015-03-31/functions", NULL, function_list, .flags = ROUTE_READS},
    {"DeleteFunction", "DELETE", F1, NULL, function_delete},
    {"GetFunction", "GET", F1, NULL, function_get, QUOTA_GET_FUNCTION, ROUTE_READS},
    {"CreateAlias", "POST", F1 "/aliases", NULL, alias_create},
    {"ListAliases", "GET", F1 "/aliases", NULL, alias_list, .flags = ROUTE_READS},
    {"DeleteAlias", "DELETE", F1 "/aliases/{}", NULL, alias_delete},
    {"GetAlias", "GET", F1 "/aliases/{}", NULL, alias_get, .flags = ROUTE_READS},
    {"UpdateAlias", "PUT", F1 "/aliases/{}", NULL, alias_update},
    {"UpdateFunctionCode", "PUT", F1 "/code", NULL, function_update_code, .prepare = code_prepare},
    {"GetFunctionConfiguration", "GET", F1 "/configuration", NULL, function_get_configuration,
     .flags = ROUTE_READS},
    {"UpdateFunctionConfiguration", "PUT", F1 "/configuration", NULL,
     function_update_configuration},
    {"Invoke", "POST", F1 "/invocations", NULL, function_invoke, QUOTA_INVOKE,
     ROUTE_RAW_BODY | ROUTE_UNLOCKED},
    {"AddPermission", "POST", F1 "/policy", NULL, permission_add},
    {"GetPolicy", "GET", F1 "/policy", NULL, permission_get, QUOTA_GET_POLICY},
    {"RemovePermission", "DELETE", F1 "/policy/{}", NULL, permission_remove},
    {"ListVersionsByFunction", "GET", F1 "/versions", NULL, version_list, .flags = ROUTE_READS},
    {"PublishVersion", "POST", F1 "/versions", NULL, version_publish},
    {"InvokeAsync", "POST", "/2014-11-13/functions/{}/invoke-async"},
    {"GetAccountSettings", "GET", "/2016-08-19/account-settings", NULL, account_settings,
     .flags = ROUTE_READS},
    {"ListTags", "GET", "/2017-03-31/tags/{}", NULL, tags_list},
    {"TagResource", "POST", "/2017-03-31/tags/{}", NULL, tags_add},
    {"UntagResource", "DELETE", "/2017-03-31/tags/{}", NULL, tags_remove},
    {"DeleteFunctionConcurrency", "DELETE", "/2017-10-31/functions/{}/concurrency", NULL,
     concurrency_delete},
    {"PutFunctionConcurrency", "PUT", "/2017-10-31/functions/{}/concurrency", NULL,
     concurrency_put},
    {"GetLayerVersionByArn", "GET", "/2018-10-31/layers", "find=LayerVersion", layer_get_by_arn},
    {"ListLayers", "GET", "/2018-10-31/layers", NULL, layer_list},
    {"ListLayerVersions", "GET", "/2018-10-31/layers/{}/versions", NULL, layer_list_versions},
    {"PublishLayerVersion", "POST", "/2018-10-31/layers/{}/versions", NULL, layer_publish,
     .prepare = code_prepare},
    {"DeleteLayerVersion", "DELETE", "/2018-10-31/layers/{}/versions/{}", NULL, layer_delete},
    {"GetLayerVersion", "GET", "/2018-10-31/layers/{}/versions/{}", NULL, layer_get},
    {"AddLayerVersionPermission", "POST", "/2018-10-31/layers/{}/versions/{}/policy", NULL,
     layer_permission_add},
    {"GetLayerVersionPolicy", "GET", "/2018-10-31/layers/{}/versions/{}/policy", NULL,
     layer_permission_get},
    {"RemoveLayerVersionPermission", "DELETE", "/2018-10-31/layers/{}/versions/{}/policy/{}", NULL,
     layer_permission_remove},
    {"DeleteFunctionEventInvokeConfig", "DELETE", "/2019-09-25/functions/{}/event-invoke-config",
     NULL, event_config_delete},
    {"GetFunctionEventInvokeConfig", "GET", "/2019-09-25/functions/{}/event-invoke-config", NULL,
     event_config_get},
    {"PutFunctionEventInvokeConfig", "PUT", "/2019-09-25/functions/{}/event-invoke-config", NULL,
     event_config_put},
    {"UpdateFunctionEventInvokeConfig", "POST", "/2019-09-25/functions/{}/event-invoke-config",
     NULL, event_config_update},
    {"ListFunctionEventInvokeConfigs", "GET", "/2019-09-25/functions/{}/event-invoke-config/list",
     NULL, event_config_list},
    {"GetFunctionConcurrency", "GET", "/2019-09-30/functions/{}/concurrency", NULL,
     concurrency_get},
    {"DeleteProvisionedConcurrencyConfig", "DELETE",
     "/2019-09-30/functions/{}/provisioned-concurrency", NULL, provisioned_delete},
    {"ListProvisionedConcurrencyConfigs", "GET", "/2019-09-30/functions/{}/provisioned-concurrency",
     "List=ALL", provisioned_list},
    {"GetProvisionedConcurrencyConfig", "GET", "/2019-09-30/functions/{}/provisioned-concurrency",
     NULL, provisioned_get},
    {"PutProvisionedConcurrencyConfig", "PUT", "/2019-09-30/functions/{}/provisioned-concurrency",
     NULL, provisioned_put},
    {"CreateCodeSigningConfig", "POST", "/2020-04-22/code-signing-configs"},
    {"ListCodeSigningConfigs", "GET", "/2020-04-22/code-signing-configs"},
    {"DeleteCodeSigningConfig", "DELETE", "/2020-04-22/code-signing-configs/{}"},
    {"GetCodeSigningConfig", "GET", "/2020-04-22/code-signing-configs/{}"},
    {"UpdateCodeSigningConfig", "PUT", "/2020-04-22/code-signing-configs/{}"},
    {"ListFunctionsByCodeSigningConfig", "GET", "/2020-04-22/code-signing-configs/{}/functions"},
    {"DeleteFunctionCodeSigningConfig", "DELETE", "/2020-06-30/functions/{}/code-signing-config"},
    {"GetFunctionCodeSigningConfig", "GET", "/2020-06-30/functions/{}/code-signing-config", NULL,
     code_signing_of_function},
    {"PutFunctionCodeSigningConfig", "PUT", "/2020-06-30/functions/{}/code-signing-config"},
    {"GetRuntimeManagementConfig", "GET", "/2021-07-20/functions/{}/runtime-management-config"},
    {"PutRuntimeManagementConfig", "PUT", "/2021-07-20/functions/{}/runtime-management-config"},
    {"CreateFunctionUrlConfig", "POST", "/2021-10-31/functions/{}/url", NULL, url_create},
    {"DeleteFunctionUrlConfig", "DELETE", "/2021-10-31/functions/{}/url", NULL, url_delete},
    {"GetFunctionUrlConfig", "GET", "/2021-10-31/functions/{}/url", NULL, url_get},
    {"UpdateFunctionUrlConfig", "PUT", "/2021-10-31/functions/{}/url", NULL, url_update},
    {"ListFunctionUrlConfigs", "GET", "/2021-10-31/functions/{}/urls", NULL, url_list},
    {"InvokeWithResponseStream", "POST", "/2021-11-15/functions/{}/response-streaming-invocations",
     NULL, function_invoke_stream, QUOTA_INVOKE, ROUTE_RAW_BODY | ROUTE_UNLOCKED},
    {"GetFunctionRecursionConfig", "GET", "/2024-08-31/functions/{}/recursion-config", NULL,
     recursion_get},
    {"PutFunctionRecursionConfig", "PUT", "/2024-08-31/functions/{}/recursion-config", NULL,
     recursion_put},
    {"CreateCapacityProvider", "POST", "/2025-11-30/capacity-providers"},
    {"ListCapacityProviders", "GET", "/2025-11-30/capacity-providers"},
    {"DeleteCapacityProvider", "DELETE", "/2025-11-30/capacity-providers/{}"},
    {"GetCapacityProvider", "GET", "/2025-11-30/capacity-providers/{}"},
    {"UpdateCapacityProvider", "PUT", "/2025-11-30/capacity-providers/{}"},
    {"ListFunctionVersionsByCapacityProvider", "GET",
     "/2025-11-30/capacity-providers/{}/function-versions"},
    {"GetFunctionScalingConfig", "GET", "/2025-11-30/functions/{}/function-scaling-config"},
    {"PutFunctionScalingConfig", "PUT", "/2025-11-30/functions/{}/function-scaling-config"},
    {"SendDurableExecutionCallbackFailure", "POST",
     "/2025-12-01/durable-execution-callbacks/{}/fail", .flags = ROUTE_RAW_BODY},
    {"SendDurableExecutionCallbackHeartbeat", "POST",
     "/2025-12-01/durable-execution-callbacks/{}/heartbeat"},
    {"SendDurableExecutionCallbackSuccess", "POST",
     "/2025-12-01/durable-execution-callbacks/{}/succeed", .flags = ROUTE_RAW_BODY},
    {"GetDurableExecution", "GET", "/2025-12-01/durable-executions/{}"},
    {"CheckpointDurableExecution", "POST", "/2025-12-01/durable-executions/{}/checkpoint"},
    {"GetDurableExecutionHistory", "GET", "/2025-12-01/durable-executions/{}/history"},
    {"GetDurableExecutionState", "GET", "/2025-12-01/durable-executions/{}/state"},
    {"StopDurableExecution", "POST", "/2025-12-01/durable-executions/{}/stop"},
    {"ListDurableExecutionsByFunction", "GET", "/2025-12-01/functions/{}/durable-executions"},
    {"STS", "POST", "/", NULL, sts_call, QUOTA_NONE,
     ROUTE_RAW_BODY | ROUTE_UNLOCKED | ROUTE_OWN_AUTH},
};

const struct route *route_at(size_t i)
{
    return i < ARRAY_LEN(routes) ? &routes[i] : NULL;
}

/* Older clients end some collection paths with a slash ("/2015-03-31/functions/"). */
static struct str without_last_slash(struct str path)
{
    if (path.len > 1 && path.data[path.len - 1] == '/')
        path.len--;
    return path;
}

static bool path_matches(const char *pattern, struct str path, struct str labels[CALL_LABELS_MAX])
{
    struct str want = str_c(pattern), have = path, part, found;
    size_t count = 0;

    while (str_cut(&want, '/', &part)) {
        if (!str_cut(&have, '/', &found))
            return false;
        if (!str_eq(part, STR("{}"))) {
            if (!str_eq(part, found))
                return false;
            continue;
        }
        if (found.len == 0 || count == CALL_LABELS_MAX)
            return false;
        labels[count++] = found;
    }
    return !str_cut(&have, '/', &found);
}

static bool query_matches(const char *wanted, struct str query)
{
    struct str part;

    if (!wanted)
        return true;
    while (query.data && str_cut(&query, '&', &part))
        if (str_eq_c(part, wanted))
            return true;
    return false;
}

static const char *label(struct arena *arena, struct str text)
{
    struct buf plain = {0};
    const char *copy;

    percent_decode(&plain, text);
    copy = arena_dup(arena, buf_c(&plain));
    buf_release(&plain);
    return copy;
}

const struct route *route_find(const struct http_request *request, struct arena *arena,
                               const char *labels[CALL_LABELS_MAX], bool *ret_other_method)
{
    const struct str path = without_last_slash(request->path);
    bool other = false;

    for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
        struct str raw[CALL_LABELS_MAX] = {{0}};

        if (!path_matches(routes[i].path, path, raw))
            continue;
        if (!str_eq_c(request->method, routes[i].method)) {
            other = true;
            continue;
        }
        if (!query_matches(routes[i].query, request->query))
            continue;
        for (size_t k = 0; k < CALL_LABELS_MAX; k++)
            labels[k] = raw[k].data ? label(arena, raw[k]) : NULL;
        return &routes[i];
    }
    *ret_other_method = other;
    return NULL;
}
