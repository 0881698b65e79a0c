"""The requests behind recorded answers: functions, versions, aliases, revisions."""
import re

from replay import ACCOUNT, REGION, package

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"


def function_lifecycle(t):
    t.create("create_response")
    t.check("get_function_response", t.op("GetFunction", FunctionName="f"))
    t.check("update_func_conf_response", t.op("UpdateFunctionConfiguration", FunctionName="f", Runtime="python3.11", Description="Changed-Description",
                                              MemorySize=512, Timeout=10, Environment={"Variables": {"ENV_A": "a"}}))
    t.check("get_function_response_postupdate", t.op("GetFunction", FunctionName="f"))
    t.check("update_code_response", t.op("UpdateFunctionCode", FunctionName="f", ZipFile=package("two")))
    t.check("get_function_response_postcodeupdate", t.op("GetFunction", FunctionName="f"))
    t.check("delete_response", t.op("DeleteFunction", FunctionName="f"))
    t.check("delete_postdelete", t.op("GetFunction", FunctionName="f"))


def redundant_updates(t):
    t.create("create_response")
    t.op("GetFunction", FunctionName="f")
    t.check("first_update_result", t.op("UpdateFunctionConfiguration", FunctionName="f", Description="1st update description"))
    t.check("get_fn_config_result", t.op("GetFunctionConfiguration", FunctionName="f"))
    t.check("get_fn_result", t.op("GetFunction", FunctionName="f"))
    t.check("redundant_update_result", t.op("UpdateFunctionConfiguration", FunctionName="f", Description="1st update description"))
    t.check("get_fn_result_after_redundant_update", t.op("GetFunction", FunctionName="f"))


OPERATIONS = {"delete_function": "DeleteFunction", "get_function": "GetFunction", "get_function_configuration": "GetFunctionConfiguration",
              "get_function_event_invoke_config": "GetFunctionEventInvokeConfig", "get_function_url_config": "GetFunctionUrlConfig",
              "get_function_concurrency": "GetFunctionConcurrency", "get_function_code_signing_config": "GetFunctionCodeSigningConfig",
              "invoke": "Invoke", "create_function": "CreateFunction"}


def arn_qualifier_mismatch(t, which):
    operation = OPERATIONS[which]
    t.check("not_match_exception", t.op(operation, FunctionName=ARN + "some-function:1", Qualifier="$LATEST"))
    t.check("match_exception", t.op(operation, FunctionName=ARN + "some-function:$LATEST", Qualifier="$LATEST"))


def nonexisting_version(t, which):
    t.function("f")
    t.check("version_not_found_exception", t.op(OPERATIONS[which], FunctionName="f", Qualifier="1221"))


def delete_nonexisting_version(t):
    t.check("delete_function_response_non_existent", t.op("DeleteFunction", FunctionName="f"))
    t.check("delete_function_response_non_existent_with_qualifier", t.op("DeleteFunction", FunctionName="f", Qualifier="1"))


def nonexisting_function(t, which):
    t.check("not_found_exception", t.op(OPERATIONS[which], FunctionName="not-there"))


def wrong_region(t, which):
    t.bindings.values["<wrong-region>"] = "eu-west-1"
    t.check("wrong_region_exception", t.op(OPERATIONS[which], FunctionName=ARN.replace(REGION, "eu-west-1") + "f"))


def code_location_zipfile(t):
    t.create("create-response-zip-file")
    t.check("get-function-response", t.op("GetFunction", FunctionName="f"))
    t.slow("UpdateFunctionCode")
    t.check("update-function-response", t.op("UpdateFunctionCode", FunctionName="f", ZipFile=package("two")))
    t.check("get-function-response-updated", t.op("GetFunction", FunctionName="f"))


def s3_errors(t):
    t.check("create-error-wrong-bucket", t.function("f", Code={"S3Bucket": "b", "S3Key": "k"}))
    t.function("f")
    t.check("update-error-wrong-bucket", t.op("UpdateFunctionCode", FunctionName="f", S3Bucket="b", S3Key="k"))


def create_exceptions(t):
    t.check("invalid_role_arn_exc", t.function("f", Role="r1"))
    t.check("invalid_runtime_exc", t.function("f", Runtime="non-existent-runtime"))
    t.check("uppercase_runtime_exc", t.function("f", Runtime="PYTHON3.9"))
    t.check("multiple_architectures", t.function("f", Architectures=["x86_64", "arm64"]))
    t.check("uppercase_architecture", t.function("f", Architectures=["X86_64"]))
    t.check("invalid_zip_exc", t.function("f", Code={"ZipFile": b"this is not a zipfile, just a random string"}))


def update_exceptions(t):
    t.function("f")
    for key, change in (("invalid_role_arn_exc", {"Role": "r1"}), ("invalid_runtime_exc", {"Runtime": "non-existent-runtime"}),
                        ("uppercase_runtime_exc", {"Runtime": "PYTHON3.9"})):
        t.check(key, t.op("UpdateFunctionConfiguration", FunctionName="f", **change))


def deprecated_runtime(t, runtime):
    t.check("deprecation_error", t.function("f", Runtime=runtime))


def list_functions(t):
    t.create("create_response_1", "f1", Publish=True)
    t.create("create_response_2", "f2", Code={"ZipFile": package("two")})
    t.op("ListFunctions")
    t.check("list_functions_invalid_functionversion", t.op("ListFunctions", FunctionVersion="invalid"))
    t.check("list_all", t.op("ListFunctions", FunctionVersion="ALL"))
    t.check("list_default", t.op("ListFunctions"))


def concurrent_updates(t, operation, **change):
    t.slow(operation)
    t.create("create-function-response")
    t.op("GetFunction", FunctionName="f")
    t.op(operation, FunctionName="f", **change)
    t.check("update-during-in-progress-update-exc", t.op(operation, FunctionName="f", **change))


def t_of(t, key):
    """The timeout the recorded function was made with."""
    recorded = t.recorded[key]
    return recorded.get("CreateFunctionResponse", recorded).get("Timeout", 3)


def function_arns(t):
    t.create("create-function-arn-response", ARN + "f1")
    t.create("create-function-partial-arn-response", f"{ACCOUNT}:function:f2", Code={"ZipFile": package("two")})
    t.check("invalid_function_name_exc", t.function("invalid:function:name"))
    t.check("long_function_name_exc", t.function("a" * 65))
    t.check("long_function_arn_exc", t.function(ARN + "a" * 100))
    t.check("function_arn_other_region_exc", t.function(ARN.replace(REGION, "ap-southeast-1") + "f3"))
    t.check("function_arn_other_account_exc", t.function(ARN.replace(ACCOUNT, "123456789012") + "f3"))


def invalid_invoke(t):
    t.check("invoke_function_name_pattern_exc", t.op("Invoke", FunctionName=f"arn:aws:lambda:{REGION}:123400000000@function:myfn", Payload=b"{}"))


def name_validation(t, name, which):
    a = "a"
    full = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
    bad = f"arn:aws:lambda:invalid-region:{ACCOUNT}:function:"
    rows = {
        "function_name_is_single_invalid": ("*", None), "invalid_characters_in_function_name": ("my-function!", None),
        "invalid_characters_in_qualifier": ("my-function", "invalid!"), "qualifier_too_long0": ("my-function", a * 129),
        "qualifier_too_long": ("my-function", a * 129), "invalid_account_id_in_partial_arn": ("invalid-account:function:my-function", None),
        "invalid_region_in_arn": (bad + "my-function", None), "non_lambda_arn": (f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance:i-1234567890abcdef0", None),
        "function_name_too_long": (a * 65, None), "function_name_too_long_and_invalid_region": (bad + "my-function" + a * 170, None),
        "full_arn_and_qualifier_too_long_and_invalid_region": (bad + "my-function-" + a * 170, a * 129),
        "qualifier_too_long1": ("my-function:" + a * 65, None), "full_arn_with_multiple_qualifiers": (full + "my-function:1:2", None),
        "incomplete_arn": ("arn:aws:lambda:" + f"{REGION}:{ACCOUNT}:function", None), "partial_arn_with_extra_qualifier": ("function:my-function:$LATEST:extra", None),
        "latest_version_with_additional_qualifier": (full + "my-function:$LATEST", "1"), "lowercase_latest_qualifier": (full + "my-function", "$latest"),
        "missing_region_in_arn": (f"arn:aws:lambda::{ACCOUNT}:function:my-function", None),
        "missing_account_id_in_arn": (f"arn:aws:lambda:{REGION}::function:my-function", None),
        "misspelled_latest_in_arn": (full + "my-function:$LATES", None), "function_name_and_qualifier_too_long": ("my-function:" + a * 65, None),
    }
    function, qualifier = rows[name]
    key = which + "_exception"
    if key not in t.recorded:
        return
    if which == "create_function":
        t.check(key, t.function(function + (":" + qualifier if qualifier else "")))
    elif which == "delete_function":
        recorded = str(t.recorded[key])
        if "<a:len(140)>" + "a" * 30 in recorded:
            t.recorded[key] = {k: [e.replace("<a:len(140)>" + "a" * 30, "a" * 170) for e in v] if k == "Errors" else v
                               for k, v in t.recorded[key].items()}
        t.check(key, t.op("DeleteFunction", FunctionName=function, **({"Qualifier": qualifier} if qualifier else {})))
    else:
        t.check(key, t.op(OPERATIONS[which], FunctionName=function, **({"Qualifier": qualifier} if qualifier else {}),
                          **({"Payload": b"{}"} if which == "invoke" else {})))


# ---- versions ----

def publish_on_create(t):
    t.create("create_response", "f", Publish=True)
    t.check("get_function_result", t.op("GetFunction", FunctionName="f"))
    t.check("get_function_version_result", t.op("GetFunction", FunctionName="f", Qualifier="1"))
    t.check("get_function_latest_result", t.op("GetFunction", FunctionName="f", Qualifier="$LATEST"))
    t.check("list_versions_result", t.op("ListVersionsByFunction", FunctionName="f"))
    t.check("repeated_publish_response", t.op("PublishVersion", FunctionName="f", Description="Repeated version description :)"))
    t.check("list_versions_result_after_publish", t.op("ListVersionsByFunction", FunctionName="f"))


def version_lifecycle(t):
    t.create("create_response")
    t.check("get_function_result", t.op("GetFunction", FunctionName="f"))
    t.check("list_versions_result", t.op("ListVersionsByFunction", FunctionName="f"))
    t.check("first_update_response", t.op("UpdateFunctionConfiguration", FunctionName="f", Description="First version :)"))
    t.check("first_update_get_function", t.op("GetFunction", FunctionName="f"))
    t.check("first_publish_response", t.op("PublishVersion", FunctionName="f", Description="First version description :)"))
    t.check("first_publish_get_function", t.op("GetFunction", FunctionName="f", Qualifier="1"))
    t.check("first_publish_get_function_config", t.op("GetFunctionConfiguration", FunctionName="f", Qualifier="1"))
    t.check("second_update_response", t.op("UpdateFunctionConfiguration", FunctionName="f", Description="Second version :))"))
    t.check("first_publish_get_function_after_update", t.op("GetFunction", FunctionName="f", Qualifier="1"))
    t.op("GetFunction", FunctionName="f")
    t.check("second_publish_response", t.op("PublishVersion", FunctionName="f"))
    t.check("third_publish_response", t.op("PublishVersion", FunctionName="f", Description="Third version description :)))"))
    t.check("list_versions_result_after_third_publish", t.op("ListVersionsByFunction", FunctionName="f"))
    t.op("DeleteFunction", FunctionName="f", Qualifier="1")
    t.check("list_versions_result_after_deletion_of_first_version", t.op("ListVersionsByFunction", FunctionName="f"))


def wrong_revision(t):
    t.create("create_response")
    t.check("get_fn_response", t.op("GetFunction", FunctionName="f"))
    t.check("publish_wrong_revisionid_exc", t.op("PublishVersion", FunctionName="f", RevisionId="doesntexist"))
    revision = t.op("GetFunction", FunctionName="f")[1]["Configuration"]["RevisionId"]
    t.check("publish_result", t.op("PublishVersion", FunctionName="f", RevisionId=revision))


def wrong_sha(t):
    t.create("create_response")
    _, got = t.op("GetFunction", FunctionName="f")
    t.check("get_fn_response", (200, got))
    t.check("publish_wrong_sha256_exc", t.op("PublishVersion", FunctionName="f", CodeSha256="somenonexistentsha256"))
    t.check("publish_result", t.op("PublishVersion", FunctionName="f", CodeSha256=got["Configuration"]["CodeSha256"]))


def publish_with_update(t):
    t.create("create_response")
    t.check("get_function_result", t.op("GetFunction", FunctionName="f"))
    t.slow("UpdateFunctionCode")
    t.check("update_function_code_result", t.op("UpdateFunctionCode", FunctionName="f", ZipFile=package("two"), Publish=True))
    t.check("get_function_version_result", t.op("GetFunction", FunctionName="f", Qualifier="1"))
    t.check("get_function_latest_result", t.op("GetFunction", FunctionName="f", Qualifier="$LATEST"))


# ---- aliases ----

def two_versions(t):
    t.create("create_response", Publish=t.recorded["create_response"]["Version"] == "1")
    t.op("GetFunction", FunctionName="f")
    t.check("publish_v1", t.op("PublishVersion", FunctionName="f"))
    t.op("UpdateFunctionConfiguration", FunctionName="f", Environment={"Variables": {"testenv": "prod"}})
    t.check("publish_v2", t.op("PublishVersion", FunctionName="f"))


def alias_lifecycle(t):
    two_versions(t)
    make = lambda name, version, **more: t.op("CreateAlias", FunctionName="f", Name=name, FunctionVersion=version, **more)
    get = lambda name: t.op("GetAlias", FunctionName="f", Name=name)
    t.check("create_alias_1_1", make("aliasname1_1", "1", Description="custom-alias", RoutingConfig={"AdditionalVersionWeights": {"2": 0.2}}))
    t.check("get_alias_1_1", get("aliasname1_1"))
    t.check("get_function_alias_1_1", t.op("GetFunction", FunctionName="f", Qualifier="aliasname1_1"))
    t.check("get_function_byarn_alias_1_1", t.op("GetFunction", FunctionName=ARN + "f:aliasname1_1"))
    t.check("get_function_alias_notfound_exc", t.op("GetFunction", FunctionName="f", Qualifier="aliasdoesnotexist"))
    t.check("get_function_alias_byarn_notfound_exc", t.op("GetFunction", FunctionName=ARN + "f:aliasdoesnotexist"))
    t.check("create_alias_1_2", make("aliasname1_2", "1", Description="custom-alias"))
    t.check("get_alias_1_2", get("aliasname1_2"))
    t.check("create_alias_1_3", make("aliasname1_3", "1"))
    t.check("get_alias_1_3", get("aliasname1_3"))
    t.check("create_alias_2", make("aliasname2", "2", Description="custom-alias"))
    t.check("get_alias_2", get("aliasname2"))
    t.check("list_aliases_for_fnname", t.op("ListAliases", FunctionName="f"))
    t.check("update_alias_1_1", t.op("UpdateAlias", FunctionName="f", Name="aliasname1_1", RoutingConfig={"AdditionalVersionWeights": {}}))
    t.check("get_alias_1_1_after_update", get("aliasname1_1"))
    t.check("list_aliases_for_fnname_after_update", t.op("ListAliases", FunctionName="f"))
    t.check("update_alias_1_2", t.op("UpdateAlias", FunctionName="f", Name="aliasname1_2"))
    t.check("get_alias_1_2_after_update", get("aliasname1_2"))
    t.check("list_aliases_for_fnname_after_update_2", t.op("ListAliases", FunctionName="f"))
    t.check("list_aliases_for_version", t.op("ListAliases", FunctionName="f", FunctionVersion="1"))
    t.check("delete_alias_response", t.op("DeleteAlias", FunctionName="f", Name="aliasname1_1"))
    t.check("list_aliases_for_fnname_afterdelete", t.op("ListAliases", FunctionName="f"))


def invalid_routing(t):
    two_versions(t)
    make = lambda weights, version="1", function="f", name="custom": t.op(
        "CreateAlias", FunctionName=function, Name=name, FunctionVersion=version,
        **({} if weights is None else {"RoutingConfig": {"AdditionalVersionWeights": weights}}))
    t.check("routing_config_exc_toomany", make({"1": 0.8, "2": 0.2}))
    t.check("routing_config_exc_toohigh", make({"2": 2.0}))
    t.check("routing_config_exc_subzero", make({"2": -1.0}))
    t.check("routing_config_exc_sameversion", make({"1": 0.5}))
    t.check("target_version_doesnotexist", make({"2": 0.5}, "10"))
    t.check("routing_config_exc_version_doesnotexist", make({"10": 0.5}))
    t.check("target_version_exc_version_latest", make({"2": 0.5}, "$LATEST"))
    t.check("routing_config_exc_version_latest", make({"$LATEST": 0.5}))
    t.check("create-alias-latest", make(None, "$LATEST", name="custom-latest"))
    t.check("routing_config_exc_fn_doesnotexist", make({"2": 0.5}, function="f-unknown"))
    t.check("create_alias_empty_routingconfig", make({}, name="custom-empty-routingconfig"))
    t.check("create_alias_response", make({"2": 0.5}))
    t.check("routing_config_exc_already_exist", make({"2": 0.5}))
    t.check("alias_does_not_exist_esc", t.op("GetAlias", FunctionName="f", Name="non-existent"))


def alias_naming(t):
    t.create("create_response")
    t.op("GetFunction", FunctionName="f")
    t.check("publish_v1", t.op("PublishVersion", FunctionName="f"))
    t.check("create_alias_date", t.op("CreateAlias", FunctionName="f", Name="2024-01-02", FunctionVersion="1", Description="custom-alias"))
    t.check("get_alias_date", t.op("GetAlias", FunctionName="f", Name="2024-01-02"))
    t.check("create_alias_number_exception", t.op("CreateAlias", FunctionName="f", Name="2024", FunctionVersion="1", Description="custom-alias"))


def missing_alias(t, operation, key):
    recorded = t.recorded["create_response"]
    t.create("create_response")
    t.check(key, t.op(operation, FunctionName="f", Name="non-existent"))


# ---- revisions ----

def revisions_basic(t):
    t.create("create_function_response_rev1")
    t.check("get_function_response_rev2", t.op("GetFunction", FunctionName="f"))
    revision = lambda: t.op("GetFunction", FunctionName="f")[1]["Configuration"]["RevisionId"]
    t.check("update_function_revision_exception", t.op("UpdateFunctionCode", FunctionName="f", ZipFile=package(), RevisionId="wrong"))
    t.check("update_function_code_response_rev3", t.op("UpdateFunctionCode", FunctionName="f", ZipFile=package(), RevisionId=revision()))
    t.check("get_function_response_rev4", t.op("GetFunction", FunctionName="f"))
    t.check("update_function_configuration_revision_exception",
            t.op("UpdateFunctionConfiguration", FunctionName="f", Runtime="python3.11", RevisionId="wrong"))
    t.check("update_function_configuration_response_rev5",
            t.op("UpdateFunctionConfiguration", FunctionName="f", Runtime="python3.8", RevisionId=revision()))
    t.check("get_function_response_rev6", t.op("GetFunction", FunctionName="f"))


def revisions_version_and_alias(t):
    t.create("create_function_response_rev1")
    t.check("get_function_active_rev2", t.op("GetFunction", FunctionName="f"))
    t.check("publish_version_revision_exception", t.op("PublishVersion", FunctionName="f", RevisionId="wrong"))
    t.check("publish_version_response_rev_v1", t.op("PublishVersion", FunctionName="f"))
    t.check("get_function_published_version_rev_v2", t.op("GetFunction", FunctionName="f", Qualifier="1"))
    t.check("get_function_latest_rev3", t.op("GetFunction", FunctionName="f"))
    t.check("create_alias_response_rev_a1", t.op("CreateAlias", FunctionName="f", Name="revision_alias", FunctionVersion="1"))
    t.check("get_function_latest_rev4", t.op("GetFunction", FunctionName="f"))
    t.check("update_alias_revision_exception", t.op("UpdateAlias", FunctionName="f", Name="revision_alias", FunctionVersion="1", RevisionId="wrong"))
    t.check("update_alias_response_rev_a2", t.op("UpdateAlias", FunctionName="f", Name="revision_alias", Description="something changed"))


def environment_limits(t, key, variables):
    t.check(key, t.function("f", Environment={"Variables": variables}))


PLAYS = {
    "TestLambdaFunction::test_function_lifecycle": function_lifecycle,
    "TestLambdaFunction::test_redundant_updates": redundant_updates,
    "TestLambdaFunction::test_delete_on_nonexisting_version": delete_nonexisting_version,
    "TestLambdaFunction::test_lambda_code_location_zipfile": code_location_zipfile,
    "TestLambdaFunction::test_lambda_code_location_s3_errors": s3_errors,
    "TestLambdaFunction::test_create_lambda_exceptions": create_exceptions,
    "TestLambdaFunction::test_update_lambda_exceptions": update_exceptions,
    "TestLambdaFunction::test_list_functions": list_functions,
    "TestLambdaFunction::test_lambda_concurrent_code_updates": lambda t: concurrent_updates(t, "UpdateFunctionCode", ZipFile=package("two")),
    "TestLambdaFunction::test_lambda_concurrent_config_updates": lambda t: concurrent_updates(t, "UpdateFunctionConfiguration", Timeout=9),
    "TestLambdaFunction::test_function_arns": function_arns,
    "TestLambdaFunction::test_invalid_invoke": invalid_invoke,
    "TestLambdaVersions::test_publish_version_on_create": publish_on_create,
    "TestLambdaVersions::test_version_lifecycle": version_lifecycle,
    "TestLambdaVersions::test_publish_with_wrong_revisionid": wrong_revision,
    "TestLambdaVersions::test_publish_with_wrong_sha256": wrong_sha,
    "TestLambdaVersions::test_publish_with_update": publish_with_update,
    "TestLambdaAlias::test_alias_lifecycle": alias_lifecycle,
    "TestLambdaAlias::test_notfound_and_invalid_routingconfigs": invalid_routing,
    "TestLambdaAlias::test_alias_naming": alias_naming,
    "TestLambdaAlias::test_non_existent_alias_deletion": lambda t: missing_alias(t, "DeleteAlias", "delete_alias_response"),
    "TestLambdaAlias::test_non_existent_alias_update": lambda t: missing_alias(t, "UpdateAlias", "update_alias_response"),
    "TestLambdaRevisions::test_function_revisions_basic": revisions_basic,
    "TestLambdaRevisions::test_function_revisions_version_and_alias": revisions_version_and_alias,
    "TestLambdaSizeLimits::test_large_environment_variables_fails":
        lambda t: environment_limits(t, "failed_create_fn_result", {"LARGE_VAR": re.search("x{100,}", str(t.recorded))[0]}),
}


def play_for(test):
    """The play of a test, parametrised ones included; None when there is none."""
    if test in PLAYS:
        return PLAYS[test]
    name, _, parameter = test.partition("[")
    parameter = parameter.rstrip("]")
    name = name.split("::")[-1]
    if name == "test_ops_with_arn_qualifier_mismatch":
        return lambda t: arn_qualifier_mismatch(t, parameter)
    if name == "test_ops_on_nonexisting_version":
        return lambda t: nonexisting_version(t, parameter)
    if name == "test_ops_on_nonexisting_fn":
        return lambda t: nonexisting_function(t, parameter)
    if name == "test_get_function_wrong_region":
        return lambda t: wrong_region(t, parameter)
    if name == "test_create_deprecated_function_runtime_with_validation_enabled":
        return lambda t: deprecated_runtime(t, parameter)
    if name == "test_function_name_and_qualifier_validation":
        row, _, which = parameter.rpartition("-")
        return lambda t: name_validation(t, row, which)
    return None
