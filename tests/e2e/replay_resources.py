"""The requests behind recorded answers: what functions have beside versions and aliases."""
from replay import ACCOUNT, REGION, package

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
BUCKET = "arn:aws:s3:::bucket"


def allow(t, sid="s3", principal="s3.amazonaws.com", **more):
    return t.op("AddPermission", **{"FunctionName": "f", "StatementId": sid, "Action": "lambda:InvokeFunction", "Principal": principal, **more})


def made(t, key="create_lambda", **more):
    if key in t.recorded:
        t.create(key, **more)
    else:
        t.function("f", **more)


# ---- permissions ----

def permission_aws(t):
    made(t)
    t.check("add_permission", allow(t, SourceArn=BUCKET))
    t.check("get_policy", t.op("GetPolicy", FunctionName="f"))


def remove_permissions(t):
    t.function("f")
    t.check("add_permission_1", allow(t))
    t.check("add_permission_2", allow(t, "sqs", "sqs.amazonaws.com", SourceArn=BUCKET))
    t.check("policy_after_2_add", t.op("GetPolicy", FunctionName="f"))
    t.check("remove_permission_exception_nonexisting_sid", t.op("RemovePermission", FunctionName="f", StatementId="non-existent"))
    t.op("RemovePermission", FunctionName="f", StatementId="sqs")
    t.check("policy_after_removal", t.op("GetPolicy", FunctionName="f"))
    t.check("policy_after_removal_attempt", t.op("GetPolicy", FunctionName="f"))
    t.op("RemovePermission", FunctionName="f", StatementId="s3")
    t.check("get_policy_exception_removed_all", t.op("GetPolicy", FunctionName="f"))


def several_permissions(t):
    t.function("f")
    t.check("add_permission_response_1", allow(t, "logs", "logs.amazonaws.com"))
    t.check("add_permission_response_2", allow(t, "kinesis", "kinesis.amazonaws.com"))
    t.check("policy_after_2_add", t.op("GetPolicy", FunctionName="f"))


def permission_fields(t):
    t.function("f")
    t.check("add_permission_principal_wildcard", allow(t, "wilcard", "*", SourceAccount=ACCOUNT))
    t.check("add_permission_principal_service", allow(t, "lambda", "lambda.amazonaws.com", SourceAccount=ACCOUNT))
    t.check("add_permission_principal_account", allow(t, "account-id", ACCOUNT))
    t.check("add_permission_principal_arn", allow(t, "user-arn", f"arn:aws:iam::{ACCOUNT}:user/me", SourceAccount=ACCOUNT))
    t.check("add_permission_optional_fields",
            allow(t, "urlPermission", "*", Action="lambda:InvokeFunctionUrl", SourceArn=BUCKET, SourceAccount=ACCOUNT,
                  PrincipalOrgID="o-1234567890", FunctionUrlAuthType="NONE"))
    t.check("add_permission_alexa_skill", allow(t, "alexaSkill", "*", EventSourceToken="amzn1.ask.skill.xxxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"))


def permission_exceptions(t):
    t.function("f")
    t.check("add_permission_invalid_statement_id", allow(t, "example.com"))
    t.check("add_permission_fn_qualifier_mismatch", allow(t, "s3", FunctionName=ARN + "f:alias-not-42", Qualifier="42"))
    t.check("add_permission_fn_qualifier_latest", allow(t, FunctionName="f", Qualifier="$LATEST"))
    t.check("add_permission_principal_invalid", allow(t, "lambda", "invalid.nonaws.com"))
    t.check("get_policy_fn_doesnotexist", t.op("GetPolicy", FunctionName="doesnotexist"))
    t.check("get_policy_fn_version_doesnotexist", t.op("GetPolicy", FunctionName="f", Qualifier="666"))
    t.check("add_permission_fn_doesnotexist", allow(t, FunctionName="doesnotexist"))
    t.check("remove_permission_policy_doesnotexist", t.op("RemovePermission", FunctionName="f", StatementId="s3"))
    t.check("add_permission_fn_alias_doesnotexist", allow(t, Qualifier="alias-doesnotexist"))
    t.check("add_permission_fn_version_doesnotexist", allow(t, Qualifier="42"))
    t.check("add_permission_fn_qualifier_invalid", allow(t, Qualifier="invalid-qualifier-with-?-char"))
    t.check("add_permission_fn_qualifier_valid_doesnotexist", allow(t, Qualifier="valid-with-$-but-doesnotexist"))
    allow(t, "s3")
    allow(t, "s3", SourceAccount=ACCOUNT)
    allow(t, "s3_1")
    t.check("add_permission_conflicting_statement_id", allow(t, "s3"))
    t.check("remove_permission_fn_doesnotexist", t.op("RemovePermission", FunctionName="doesnotexist", StatementId="s3"))
    t.check("remove_permission_fn_alias_doesnotexist", t.op("RemovePermission", FunctionName="f", StatementId="s3", Qualifier="alias-doesnotexist"))


# ---- function URLs ----

def url(t, operation, **more):
    return t.op(operation + "FunctionUrlConfig", **{"FunctionName": "f", **more})


def url_lifecycle(t):
    t.function("f")
    t.check("url_creation", url(t, "Create", AuthType="NONE"))
    t.check("failed_duplication", url(t, "Create", AuthType="NONE"))
    t.check("get_url_config", url(t, "Get"))
    t.check("updated_url_config", url(t, "Update", AuthType="AWS_IAM"))
    url(t, "Delete")
    t.check("failed_getter", url(t, "Get"))


def with_alias(t, version_key, alias_key, alias="urlalias", **more):
    recorded = t.recorded[version_key]
    t.function("f", **{k: recorded.get(k) for k in ("Handler", "Timeout", "MemorySize", "Runtime", "Environment")}, **more)
    t.op("GetFunction", FunctionName="f")
    t.check(version_key, t.op("PublishVersion", FunctionName="f"))
    t.check(alias_key, t.op("CreateAlias", FunctionName="f", Name=alias, FunctionVersion="1"))


def url_list(t):
    with_alias(t, "fn_version_result", "create_alias_result")
    t.check("list_function_notfound", t.op("ListFunctionUrlConfigs", FunctionName="doesnotexist"))
    t.check("list_all_empty", t.op("ListFunctionUrlConfigs", FunctionName="f"))
    t.check("url_config_fn", url(t, "Create", AuthType="NONE"))
    t.check("url_config_alias", url(t, "Create", Qualifier="urlalias", AuthType="NONE"))
    t.check("list_all", t.op("ListFunctionUrlConfigs", FunctionName="f"))


def url_exceptions(t):
    with_alias(t, "fn_version_result", "create_alias_result")
    rows = {"name_doesnotexist": {"FunctionName": "doesnotexist"}, "arn_doesnotexist": {"FunctionName": ARN + "doesnotexist"},
            "name_doesnotexist_qualifier": {"FunctionName": "doesnotexist", "Qualifier": "1"}, "qualifier_version": {"Qualifier": "1"},
            "qualifier_version_doesnotexist": {"Qualifier": "2"}, "qualifier_alias_doesnotexist": {"Qualifier": "doesntexist"},
            "qualifier_alias_doesnotmatch_arn": {"FunctionName": ARN + "f:doesnotexist", "Qualifier": "urlalias"},
            "qualifier_latest": {"Qualifier": "$LATEST"}, "config_doesnotexist": {}}
    for operation in ("Create", "Get", "Delete", "Update"):
        for row, params in rows.items():
            key = f"{operation.lower()}_function_url_config_{row}"
            if key in t.recorded and not (key.startswith("delete") and row == "qualifier_alias_doesnotmatch_arn"):
                t.check(key, url(t, operation, **params, **({"AuthType": "NONE"} if operation in ("Create", "Update") else {})))


def url_deletion(t):
    t.function("f")
    t.op("CreateAlias", FunctionName="f", Name="test-alias", FunctionVersion="$LATEST")
    t.check("url_creation", url(t, "Create", AuthType="NONE"))
    t.check("url_with_alias_creation", url(t, "Create", AuthType="NONE", Qualifier="test-alias"))
    t.check("get_url_config", url(t, "Get"))
    t.check("get_url_config_with_alias", url(t, "Get", Qualifier="test-alias"))
    t.check("delete_function_url_config", url(t, "Delete"))
    t.check("get_url_config_after_deletion", url(t, "Get"))
    t.check("get_url_config_with_alias_after_deletion", url(t, "Get", Qualifier="test-alias"))


# ---- concurrency ----

def reserved_exceptions(t):
    t.function("f")
    put = lambda name, n: t.op("PutFunctionConcurrency", FunctionName=name, ReservedConcurrentExecutions=n)
    t.check("put_function_concurrency_with_function_name_doesnotexist", put("doesnotexist", 1))
    t.check("put_function_concurrency_with_function_name_doesnotexist_and_invalid_concurrency", put("doesnotexist", 0))
    t.op("PublishVersion", FunctionName="f")
    t.check("put_function_concurrency_with_qualified_arn", put(ARN + "f:1", 1))


def reserved(t):
    t.function("f")
    put = lambda n: t.op("PutFunctionConcurrency", FunctionName="f", ReservedConcurrentExecutions=n)
    t.check("put_function_concurrency_with_reserved_0", put(0))
    t.check("put_function_concurrency_with_reserved_1", put(1))
    t.check("get_function_concurrency", t.op("GetFunctionConcurrency", FunctionName="f"))
    t.check("delete_response", t.op("DeleteFunctionConcurrency", FunctionName="f"))
    t.check("get_function_concurrency_after_delete", t.op("GetFunctionConcurrency", FunctionName="f"))


def reserved_limits(t):
    t.function("f")
    put = lambda n: t.op("PutFunctionConcurrency", FunctionName="f", ReservedConcurrentExecutions=n)
    t.check("put_function_concurrency_account_limit_exceeded", put(1001))
    t.check("put_function_concurrency_below_unreserved_min_value", put(901))


def provisioned(t, operation, qualifier, function="f", **more):
    return t.op(operation + "ProvisionedConcurrencyConfig", FunctionName=function, Qualifier=qualifier, **more)


def provisioned_exceptions(t):
    recorded = t.recorded["publish_version_result"]
    t.function("f", **{k: recorded.get(k) for k in ("Handler", "Timeout", "MemorySize", "Runtime", "Environment")})
    t.check("publish_version_result", t.op("PublishVersion", FunctionName="f"))
    put = {"ProvisionedConcurrentExecutions": 1}
    for key, params in (
            ("get_provisioned_config_doesnotexist", ("Get", "1")), ("get_provisioned_functionname_doesnotexist", ("Get", "noalias", "doesnotexist")),
            ("get_provisioned_qualifier_doesnotexist", ("Get", "noalias")), ("get_provisioned_version_doesnotexist", ("Get", "10")),
            ("get_provisioned_latest", ("Get", "$LATEST")), ("delete_provisioned_functionname_doesnotexist", ("Delete", "1", "doesnotexist")),
            ("delete_provisioned_qualifier_doesnotexist", ("Delete", "noalias")), ("delete_provisioned_version_doesnotexist", ("Delete", "10")),
            ("delete_provisioned_latest", ("Delete", "$LATEST")), ("delete_provisioned_config_doesnotexist", ("Delete", "1"))):
        t.check(key, provisioned(t, *params))
    t.check("list_provisioned_noconfigs", t.op("ListProvisionedConcurrencyConfigs", FunctionName="f"))
    t.check("list_provisioned_functionname_doesnotexist", t.op("ListProvisionedConcurrencyConfigs", FunctionName="doesnotexist"))
    t.check("put_provisioned_invalid_param_0", provisioned(t, "Put", "1", ProvisionedConcurrentExecutions=0))
    t.check("put_provisioned_functionname_doesnotexist_alias", provisioned(t, "Put", "noalias", "doesnotexist", **put))
    t.check("put_provisioned_functionname_doesnotexist_version", provisioned(t, "Put", "1", "doesnotexist", **put))
    t.check("put_provisioned_qualifier_doesnotexist", provisioned(t, "Put", "doesnotexist", **put))
    t.check("put_provisioned_version_doesnotexist", provisioned(t, "Put", "10", **put))
    t.check("put_provisioned_latest", provisioned(t, "Put", "$LATEST", **put))


def provisioned_lifecycle(t):
    with_alias(t, "publish_version_result", "create_alias_result", "somealias")
    put = {"ProvisionedConcurrentExecutions": 1}
    t.check("put_provisioned_on_version", provisioned(t, "Put", "1", **put))
    t.check("put_provisioned_on_alias_versionconflict", provisioned(t, "Put", "somealias", **put))
    t.check("delete_provisioned_version", provisioned(t, "Delete", "1"))
    t.check("get_provisioned_version_postdelete", provisioned(t, "Get", "1"))
    t.check("put_provisioned_on_alias", provisioned(t, "Put", "somealias", **put))
    t.check("put_provisioned_on_version_conflict", provisioned(t, "Put", "1", **put))
    t.check("delete_alias_result", t.op("DeleteAlias", FunctionName="f", Name="somealias"))
    t.check("get_provisioned_alias_postaliasdelete", provisioned(t, "Get", "somealias"))
    t.check("list_response_postdeletes", t.op("ListProvisionedConcurrencyConfigs", FunctionName="f"))


def provisioned_limits(t):
    t.function("f", Publish=True)
    t.check("put_provisioned_concurrency_account_limit_exceeded", provisioned(t, "Put", "1", ProvisionedConcurrentExecutions=1001))
    t.check("put_provisioned_concurrency_below_unreserved_min_value", provisioned(t, "Put", "1", ProvisionedConcurrentExecutions=901))


# ---- event-invoke configurations ----

def event(t, operation, **more):
    return t.op(operation + "FunctionEventInvokeConfig", **{"FunctionName": "f", **more})


def event_lifecycle(t):
    recorded = t.recorded["publish_version_result"]
    t.function("f", **{k: recorded.get(k) for k in ("Handler", "Timeout", "MemorySize", "Runtime", "Environment")})
    t.check("put_invokeconfig_retries_0", event(t, "Put", MaximumRetryAttempts=0))
    t.check("put_invokeconfig_eventage_60", event(t, "Put", MaximumEventAgeInSeconds=60))
    t.check("update_invokeconfig_eventage_nochange", event(t, "Update", MaximumEventAgeInSeconds=60))
    t.check("update_invokeconfig_retries", event(t, "Update", MaximumRetryAttempts=1))
    t.check("get_invokeconfig", event(t, "Get"))
    t.check("get_invokeconfig_latest", event(t, "Get", Qualifier="$LATEST"))
    t.check("list_single_invokeconfig", t.op("ListFunctionEventInvokeConfigs", FunctionName="f"))
    t.op("GetFunction", FunctionName="f")
    t.check("publish_version_result", t.op("PublishVersion", FunctionName="f"))
    t.check("get_invokeconfig_postpublish", event(t, "Get", Qualifier="1"))
    t.check("put_published_invokeconfig", event(t, "Put", Qualifier="1", MaximumEventAgeInSeconds=120))
    t.check("get_published_invokeconfig", event(t, "Get", Qualifier="1"))
    event(t, "Delete")
    t.check("list_paging_nolimit_postdelete", t.op("ListFunctionEventInvokeConfigs", FunctionName="f"))


def event_exceptions(t):
    with_alias(t, "fn_version_result", "fn_alias_result", "eventinvokealias")
    t.function("other")
    one = {"MaximumRetryAttempts": 1}
    success = lambda arn: {"DestinationConfig": {"OnSuccess": {"Destination": arn}}}
    rows = (
        ("put_functionname_name_notfound", "Put", {"FunctionName": "doesnotexist", **one}),
        ("put_functionname_arn_notfound", "Put", {"FunctionName": ARN + "doesnotexist", **one}),
        ("put_functionname_nootherargs", "Put", {}),
        ("put_destination_lambda_doesntexist", "Put", success(ARN + "doesnotexist")), ("put_destination_recursive", "Put", success(ARN + "f")),
        ("put_destination_other_lambda", "Put", success(ARN + "other")),
        ("put_destination_invalid_service_arn", "Put", success(f"arn:aws:iam:{REGION}:{ACCOUNT}:function:f")),
        ("put_destination_success_no_destination_arn", "Put", {"DestinationConfig": {"OnSuccess": {}}}),
        ("put_destination_failure_no_destination_arn", "Put", {"DestinationConfig": {"OnFailure": {}}}),
        ("put_destination_invalid_arn_pattern", "Put",
         {"DestinationConfig": {"OnFailure": {"Destination": f"arn:aws:_-/!lambda:{REGION}:{ACCOUNT}:function:f"}}}),
        ("put_destination_latest", "Put", one), ("put_destination_latest_explicit_qualifier", "Put", {"Qualifier": "$LATEST", **one}),
        ("put_destination_version", "Put", {"Qualifier": "1", **one}),
        ("put_alias_functionname_qualifier", "Put", {"Qualifier": "eventinvokealias", **one}),
        ("put_alias_doesnotexist", "Put", {"Qualifier": "doesnotexist", **one}),
        ("put_alias_qualifiedarn", "Put", {"FunctionName": ARN + "f:eventinvokealias", **one}),
        ("put_alias_qualifiedarn_qualifier", "Put", {"FunctionName": ARN + "f:eventinvokealias", "Qualifier": "eventinvokealias", **one}),
        ("put_alias_qualifiedarn_qualifierconflict", "Put", {"FunctionName": ARN + "f:eventinvokealias", "Qualifier": "x", **one}),
        ("put_alias_shorthand", "Put", {"FunctionName": "f:eventinvokealias", **one}),
        ("put_version_shorthand", "Put", {"FunctionName": "f:1", **one}),
        ("put_shorthand_qualifier_match", "Put", {"FunctionName": "f:$LATEST", "Qualifier": "$LATEST", **one}),
        ("put_shorthand_qualifier_mismatch_1", "Put", {"FunctionName": "f:$LATEST", "Qualifier": "1", **one}),
        ("put_maxevent_maxvalue_result", "Put", {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 21600}),
        ("put_pre_overwrite", "Put", {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60}),
        ("put_post_overwrite", "Put", {"MaximumRetryAttempts": 0}), ("get_post_overwrite", "Get", {}),
        ("pre_update_response", "Put", {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60}),
        ("update_response", "Update", {"MaximumRetryAttempts": 0}), ("update_response_existing", "Update", {"MaximumRetryAttempts": 0}),
        ("delete_latest", "Delete", {}), ("delete_version", "Delete", {"Qualifier": "1"}),
        ("delete_alias", "Delete", {"Qualifier": "eventinvokealias"}), ("delete_function_not_found", "Delete", {}),
        ("delete_function_doesnotexist", "Delete", {"FunctionName": "doesnotexist"}), ("get_function_doesnotexist", "Get", {"FunctionName": "doesnotexist"}),
        ("get_qualifier_doesnotexist", "Get", {"Qualifier": "doesnotexist"}),
        ("get_eventinvokeconfig_doesnotexist", "Get", {"Qualifier": "eventinvokealias"}),
        ("update_eventinvokeconfig_function_doesnotexist", "Update", {"FunctionName": "doesnotexist", **one}),
        ("update_eventinvokeconfig_config_doesnotexist_with_qualifier", "Update", {"Qualifier": "eventinvokealias", **one}),
        ("update_eventinvokeconfig_config_doesnotexist_without_qualifier", "Update", one))
    for key, operation, params in rows:
        t.check(key, event(t, operation, **params))
    t.check("list_configs_postdelete", t.op("ListFunctionEventInvokeConfigs", FunctionName="f"))
    t.check("list_function_doesnotexist", t.op("ListFunctionEventInvokeConfigs", FunctionName="doesnotexist"))


PLAYS = {
    "TestLambdaPermissions::test_add_lambda_permission_aws": permission_aws,
    "TestLambdaPermissions::test_remove_multi_permissions": remove_permissions,
    "TestLambdaPermissions::test_create_multiple_lambda_permissions": several_permissions,
    "TestLambdaPermissions::test_add_lambda_permission_fields": permission_fields,
    "TestLambdaPermissions::test_permission_exceptions": permission_exceptions,
    "TestLambdaUrl::test_url_config_lifecycle": url_lifecycle,
    "TestLambdaUrl::test_url_config_list_paging": url_list,
    "TestLambdaUrl::test_url_config_exceptions": url_exceptions,
    "TestLambdaUrl::test_url_config_deletion_without_qualifier": url_deletion,
    "TestLambdaReservedConcurrency::test_function_concurrency_exceptions": reserved_exceptions,
    "TestLambdaReservedConcurrency::test_function_concurrency": reserved,
    "TestLambdaReservedConcurrency::test_function_concurrency_limits": reserved_limits,
    "TestLambdaProvisionedConcurrency::test_provisioned_concurrency_exceptions": provisioned_exceptions,
    "TestLambdaProvisionedConcurrency::test_lambda_provisioned_lifecycle": provisioned_lifecycle,
    "TestLambdaProvisionedConcurrency::test_provisioned_concurrency_limits": provisioned_limits,
    "TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_lifecycle": event_lifecycle,
    "TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_exceptions": event_exceptions,
}


def play_for(test):
    return PLAYS.get(test)
