"""The requests behind recorded answers: layers, tags, event source mappings, logging, sizes."""
import re

from replay import ACCOUNT, REGION, package

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
LAYER = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue"
STREAM = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/table/stream/2026-01-01T00:00:00.000"


def layer(t, name="l", code="layer", **more):
    return t.op("PublishLayerVersion", LayerName=name, Content={"ZipFile": package(code)}, **more)


def layer_lifecycle(t):
    t.function("f")
    t.op("GetFunction", FunctionName="f")
    get = lambda: t.op("GetFunctionConfiguration", FunctionName="f")
    t.check("get_fn_result", t.op("GetFunction", FunctionName="f"))
    t.check("get_fn_config_result", get())
    told = {"CompatibleRuntimes": ["python3.12"], "CompatibleArchitectures": ["x86_64"], "Description": "my layer", "LicenseInfo": "free"}
    t.check("publish_result", layer(t, **told))
    t.check("publish_result_2", layer(t, **told))
    t.check("update_fn_config", t.op("UpdateFunctionConfiguration", FunctionName="f", Layers=[LAYER + "l:1"]))
    t.check("get_fn_config", get())
    t.check("get_layer_ver_result", t.op("GetLayerVersion", LayerName="l", VersionNumber=1))
    t.check("get_layer_by_arn_version", t.op("GetLayerVersionByArn", Arn=LAYER + "l:1"))
    t.check("list_layer_versions_predelete", t.op("ListLayerVersions", LayerName="l"))
    t.check("delete_layer_1", t.op("DeleteLayerVersion", LayerName="l", VersionNumber=1))
    t.check("get_fn_config_postdelete", get())
    t.check("delete_layer_2", t.op("DeleteLayerVersion", LayerName="l", VersionNumber=2))
    t.check("list_layer_versions_postdelete", t.op("ListLayerVersions", LayerName="l"))
    t.check("publish_result_3", layer(t, **told))


def layer_exceptions(t):
    t.check("publish_result", layer(t, CompatibleRuntimes=["python3.12"], CompatibleArchitectures=["x86_64"]))
    get = lambda name, version: t.op("GetLayerVersion", LayerName=name, VersionNumber=version)
    delete = lambda name, version: t.op("DeleteLayerVersion", LayerName=name, VersionNumber=version)
    t.check("list_layers_exc_compatibleruntime_invalid", t.op("ListLayers", CompatibleRuntime="runtimedoesnotexist"))
    t.check("list_layers_exc_compatiblearchitecture_invalid", t.op("ListLayers", CompatibleArchitecture="archdoesnotexist"))
    t.check("list_nonexistent_layer", t.op("ListLayerVersions", LayerName="layerdoesnotexist"))
    t.check("get_layer_version_exc_layer_doesnotexist", get("doesnotexist", 1))
    t.check("get_layer_version_exc_layer_version_doesnotexist_negative", get("l", -1))
    t.check("get_layer_version_exc_layer_version_doesnotexist_zero", get("l", 0))
    t.check("get_layer_version_exc_layer_version_doesnotexist_2", get("l", 2))
    t.check("get_layer_version_by_arn_exc_invalidarn", t.op("GetLayerVersionByArn", Arn=LAYER + "l"))
    t.check("get_layer_version_by_arn_exc_nonexistentversion", t.op("GetLayerVersionByArn", Arn=LAYER + "l:2"))
    t.check("delete_nonexistent_response", delete("doesnotexist", 1))
    t.check("delete_nonexistent_version_response", delete("l", 2))
    t.check("delete_layer_response", delete("l", 1))
    t.check("delete_layer_again_response", delete("l", 1))
    t.check("delete_layer_version_exc_layerversion_invalid_version", delete("l", -1))
    t.check("publish_empty_result", layer(t, "l2"))
    t.check("publish_layer_version_exc_invalid_runtime_arch", layer(t, CompatibleRuntimes=["invalidruntime"], CompatibleArchitectures=["invalidarch"]))
    t.check("publish_layer_version_exc_partially_invalid_values",
            layer(t, CompatibleRuntimes=["invalidruntime", "invalidruntime2", "nodejs20.x"], CompatibleArchitectures=["invalidarch", "x86_64"]))


def layer_function_exceptions(t):
    for key in ("publish_result", "publish_result_2"):
        t.check(key, layer(t, CompatibleArchitectures=["x86_64"]))
    t.check("publish_result_3", layer(t, CompatibleArchitectures=["x86_64"]))
    t.function("f")
    t.op("GetFunction", FunctionName="f")
    t.check("get_fn_result", t.op("GetFunction", FunctionName="f"))
    attach = lambda *versions: t.op("UpdateFunctionConfiguration", FunctionName="f", Layers=list(versions))
    t.check("two_layer_versions_single_function_exc", attach(LAYER + "l:1", LAYER + "l:2"))
    t.check("three_layer_versions_single_function_exc", attach(LAYER + "l:1", LAYER + "l:2", LAYER + "l:3"))
    t.check("two_identical_layer_versions_single_function_exc", attach(LAYER + "l:1", LAYER + "l:1"))
    t.check("add_nonexistent_layer_exc", attach(LAYER + "doesnotexist:1"))
    t.check("add_nonexistent_layer_version_exc", attach(LAYER + "l:9"))
    t.check("add_layer_arn_without_version_exc", attach(LAYER + "l"))
    t.check("create_function_with_layer_in_different_region", t.function("g", Layers=[LAYER.replace(REGION, "eu-west-1") + "l:1"]))


def layer_quota(t):
    for i in range(6):
        layer(t, f"l{i}")
    t.check("create_function_with_six_layers", t.function("f", Layers=[LAYER + f"l{i}:1" for i in range(6)]))


def layer_compatibilities(t):
    recorded = t.recorded["publish_result"]
    t.check("publish_result", layer(t, CompatibleRuntimes=recorded["CompatibleRuntimes"], CompatibleArchitectures=recorded["CompatibleArchitectures"]))


def share(t, sid="s1", name="l", version=1, action="lambda:GetLayerVersion", **more):
    return t.op("AddLayerVersionPermission", LayerName=name, VersionNumber=version, StatementId=sid, Action=action, Principal="*", **more)


def layer_policy(t):
    get = lambda: t.op("GetLayerVersionPolicy", LayerName="l", VersionNumber=1)
    t.check("publish_result", layer(t, CompatibleRuntimes=["python3.12"], CompatibleArchitectures=["x86_64"]))
    t.check("add_policy_s1", share(t))
    t.check("get_layer_version_policy", get())
    t.check("add_policy_s2", share(t, "s2"))
    t.check("get_layer_version_policy_postadd2", get())
    t.check("remove_s2", t.op("RemoveLayerVersionPermission", LayerName="l", VersionNumber=1, StatementId="s2"))
    t.check("get_layer_version_policy_postdeletes2", get())


def layer_policy_exceptions(t):
    get = lambda name="l", version=1: t.op("GetLayerVersionPolicy", LayerName=name, VersionNumber=version)
    remove = lambda name="l", version=1, sid="s1", **more: t.op("RemoveLayerVersionPermission", LayerName=name, VersionNumber=version, StatementId=sid, **more)
    t.check("publish_result", layer(t, CompatibleRuntimes=["python3.12"], CompatibleArchitectures=["x86_64"]))
    t.check("layer_permission_nopolicy_get", get())
    t.check("add_layer_permission_result", share(t))
    t.check("layer_permission_action_invalid", share(t, "s2", action="*"))
    t.check("layer_permission_duplicate_statement", share(t))
    t.check("layer_permission_wrong_revision", share(t, "s2", RevisionId="wrong"))
    t.check("layer_permission_layername_doesnotexist_add", share(t, name="l-doesnotexist"))
    t.check("layer_permission_layername_doesnotexist_get", get("l-doesnotexist"))
    t.check("layer_permission_layername_doesnotexist_remove", remove("l-doesnotexist"))
    t.check("layer_permission_layerversion_doesnotexist_add", share(t, version=2))
    t.check("layer_permission_layerversion_doesnotexist_get", get(version=2))
    t.check("layer_permission_layerversion_doesnotexist_remove", remove(version=2))
    t.check("layer_permission_statementid_doesnotexist_remove", remove(sid="doesnotexist"))
    t.check("layer_permission_wrong_revision_remove", remove(RevisionId="wrong"))


# ---- tags ----

def tag_lifecycle(t, mapping=False):
    t.function("f")
    arn = ARN + "f"
    if mapping:
        arn = t.op("CreateEventSourceMapping", FunctionName="f", EventSourceArn=QUEUE)[1]["EventSourceMappingArn"]
    steps = (("tag_single_response", {"A": "tag-a"}), ("tag_multiple_response", {"B": "tag-b", "C": "tag-c"}),
             ("tag_overlap_response", {"C": "tag-c-newsuffix", "D": "tag-d"}), ("untag_single_response", ["A"]),
             ("untag_multiple_response", ["B", "C"]), ("untag_nonexisting_response", ["F"]),
             ("untag_existing_and_nonexisting_response", ["D", "F"]))
    for key, what in steps:
        t.check(key, t.op("TagResource", Resource=arn, Tags=what) if isinstance(what, dict) else t.op("UntagResource", Resource=arn, TagKeys=what))
        t.check(key + "_listtags", t.op("ListTags", Resource=arn))


def tag_on_create(t):
    t.function("f", **{"Tags": {"testtag": "custom"}, **echo(t.recorded["get_function_result"]["Configuration"])})
    t.check("get_function_result", t.op("GetFunction", FunctionName="f"))
    t.check("list_tags_result", t.op("ListTags", Resource=ARN + "f"))


def echo(recorded):
    return {k: recorded.get(k) for k in ("Handler", "Timeout", "MemorySize", "Runtime", "Environment")}


def tag_missing(t):
    t.function("f", **echo(t.recorded["pre_delete_get_function"]["Configuration"]))
    t.check("pre_delete_get_function", t.op("GetFunction", FunctionName="f"))
    t.op("DeleteFunction", FunctionName="f")
    tag_calls(t, ARN + "f")


def tag_calls(t, arn):
    t.check("not_found_exception_tag", t.op("TagResource", Resource=arn, Tags={"A": "B"}))
    t.check("not_found_exception_untag", t.op("UntagResource", Resource=arn, TagKeys=["A"]))
    t.check("not_found_exception_list", t.op("ListTags", Resource=arn))


def tag_exceptions_of(t, kind):
    name = "00000000-0000-0000-0000-000000000000" if kind == "event-source-mapping" else "not-there"
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:{kind}:{name}"
    tag_calls(t, arn)
    t.check("aliased_arn_exception", t.op("TagResource", Resource=arn + ":alias", Tags={"A": "B"}))
    t.check("invalid_arn_exception", t.op("TagResource", Resource=arn.replace(kind, "foobar"), Tags={"A": "B"}))


def tag_exceptions(t):
    t.function("f")
    tag = lambda arn, tags: t.op("TagResource", Resource=arn, Tags=tags)
    t.check("tag_lambda_invalidarn", tag("arn:aws:something", {"key_a": "value_a"}))
    t.check("tag_lambda_doesnotexist", tag(ARN + "doesnotexist", {"key_a": "value_a"}))
    t.check("tag_lambda_qualifier_doesnotexist", tag(ARN + "f:v1", {"key_a": "value_a"}))
    t.check("list_tag_lambda_empty", t.op("ListTags", Resource=ARN + "f"))
    t.check("untag_nomatch", t.op("UntagResource", Resource=ARN + "f", TagKeys=["somekey"]))
    t.check("untag_empty_keys", t.op("UntagResource", Resource=ARN + "f", TagKeys=[]))
    t.check("tag_empty_tags", tag(ARN + "f", {}))


def tag_limits(t):
    t.function("f", **echo(t.recorded["get_fn_response"]["Configuration"]))
    t.check("tag_lambda_too_many_tags", t.op("TagResource", Resource=ARN + "f", Tags={f"{k}_key": f"{k}_value" for k in range(51)}))
    t.check("tag_response", t.op("TagResource", Resource=ARN + "f", Tags={f"{k}_key": f"{k}_value" for k in range(50)}))
    t.check("list_tags_response", t.op("ListTags", Resource=ARN + "f"))
    t.check("get_fn_response", t.op("GetFunction", FunctionName="f"))
    t.check("tag_lambda_too_many_tags_additional", t.op("TagResource", Resource=ARN + "f", Tags={"a_key": "a_value"}))
    t.check("create_function_invalid_tags", t.function("g", Tags={f"{k}_key": f"{k}_value" for k in range(51)}))


def tag_versions(t):
    t.function("f", Publish=True)
    t.check("tag_resource_exception", t.op("TagResource", Resource=ARN + "f:1", Tags={"key_a": "value_a"}))
    t.check("tag_resource_latest_exception", t.op("TagResource", Resource=ARN + "f:$LATEST", Tags={"key_a": "value_a"}))


# ---- event source mappings ----

def mapping(t, source=QUEUE, **more):
    return t.op("CreateEventSourceMapping", **{"FunctionName": "f", "EventSourceArn": source, **more})


def mapping_exceptions(t):
    uuid = "00000000-0000-0000-0000-000000000000"
    t.function("f")
    t.check("get_unknown_uuid", t.op("GetEventSourceMapping", UUID=uuid))
    t.check("delete_unknown_uuid", t.op("DeleteEventSourceMapping", UUID=uuid))
    t.check("update_unknown_uuid", t.op("UpdateEventSourceMapping", UUID=uuid, Enabled=False))
    t.check("create_no_event_source_arn", t.op("CreateEventSourceMapping", FunctionName="doesnotexist"))
    t.check("create_unknown_params", mapping(t, FunctionName="doesnotexist"))
    t.check("destination_config_failure", mapping(t, DestinationConfig={"OnFailure": {"Destination": QUEUE}}))


def mapping_lifecycle(t):
    t.function("f")
    _, made = mapping(t, STREAM, MaximumRetryAttempts=1, BatchSize=1, MaximumBatchingWindowInSeconds=1, StartingPosition="TRIM_HORIZON",
                      DestinationConfig={"OnFailure": {"Destination": QUEUE}})
    t.check("create_response", (202, made))
    t.check("get_response", t.op("GetEventSourceMapping", UUID=made["UUID"]))
    if "delete_function_response" in t.recorded:
        t.check("delete_function_response", t.op("DeleteFunction", FunctionName="f"))
        t.check("get_response_post_delete", t.op("GetEventSourceMapping", UUID=made["UUID"]))
    t.check("delete_response", t.op("DeleteEventSourceMapping", UUID=made["UUID"]))


def mapping_names(t):
    t.function("f", Publish=True)
    t.op("CreateAlias", FunctionName="f", Name="myalias", FunctionVersion="1")
    for key, name in (("name_only", "f"), ("partial_arn_latest", f"{ACCOUNT}:function:f:$LATEST"), ("partial_arn_version", f"{ACCOUNT}:function:f:1"),
                      ("partial_arn_alias", f"{ACCOUNT}:function:f:myalias"), ("full_arn_latest", ARN + "f"), ("full_arn_version", ARN + "f:1"),
                      ("full_arn_alias", ARN + "f:myalias")):
        _, made = mapping(t, FunctionName=name)
        t.check(key + "_create_esm", (202, made))
        t.op("DeleteEventSourceMapping", UUID=made["UUID"])


def mapping_validation(t):
    t.function("f")
    source = STREAM.replace("dynamodb", "kinesis") if "incompatible_starting_position" not in t.recorded else STREAM
    t.check("no_starting_position", mapping(t, source))
    t.check("invalid_starting_position", mapping(t, source, StartingPosition="invalid"))
    if "incompatible_starting_position" in t.recorded:
        t.check("incompatible_starting_position", mapping(t, source, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=1741010802))


def mapping_tagged(t):
    t.function("f")
    _, made = mapping(t, Tags={"testtag": "custom"})
    t.check("list_tags_result", t.op("ListTags", Resource=made["EventSourceMappingArn"]))


# ---- logging, recursion, SnapStart, sizes ----

def logging_steps(t, change, back=None):
    first = t.recorded["create_response"].get("CreateFunctionResponse", t.recorded["create_response"])
    t.create("create_response", LoggingConfig={"LogFormat": first["LoggingConfig"]["LogFormat"]})
    t.check("get_function_response", t.op("GetFunction", FunctionName="f"))
    config = lambda: t.op("GetFunctionConfiguration", FunctionName="f")
    t.check("function_config", config())
    t.check("updated_config", t.op("UpdateFunctionConfiguration", FunctionName="f", LoggingConfig=change))
    t.check("received_config", config())
    if back:
        t.check("updated_config_v2", t.op("UpdateFunctionConfiguration", FunctionName="f", LoggingConfig=back))
        t.check("received_config_v2", config())


PARTIAL = ({"LogFormat": "JSON"}, {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"}, {"LogFormat": "JSON", "SystemLogLevel": "DEBUG"},
           {"LogGroup": "cool_lambda"})


def recursion(t):
    t.function("f")
    for key in t.recorded:
        if key == "put_recursion_config_response":
            t.check(key, t.op("PutFunctionRecursionConfig", FunctionName="f", RecursiveLoop="Allow"))
        elif key == "put_recursion_invalid_value_error":
            t.check(key, t.op("PutFunctionRecursionConfig", FunctionName="f", RecursiveLoop="InvalidValue"))
        else:
            t.check(key, t.op("GetFunctionRecursionConfig", FunctionName="f"))


def snap_start(t):
    t.create("create_function_response")
    t.check("get_function_response_latest", t.op("GetFunction", FunctionName="f"))
    t.op("PublishVersion", FunctionName="f", Description="version1")
    t.check("get_function_response_version_1", t.op("GetFunction", FunctionName="f", Qualifier="1"))


def snap_start_update(t):
    t.create("create_function_response")
    t.op("GetFunction", FunctionName="f")
    t.check("update_function_response", t.op("UpdateFunctionConfiguration", FunctionName="f", SnapStart={"ApplyOn": "PublishedVersions"}))


def too_big_request(t):
    t.check("invalid_param_exc", t.function("f", Code={"ZipFile": b"\0" * 52700000}))


def too_big_zip(t):
    t.check("invalid_param_exc", t.function("f", Code={"ZipFile": b"\0" * 52428801}))


PLAYS = {
    "TestLambdaLayer::test_layer_lifecycle": layer_lifecycle,
    "TestLambdaLayer::test_layer_exceptions": layer_exceptions,
    "TestLambdaLayer::test_layer_function_exceptions": layer_function_exceptions,
    "TestLambdaLayer::test_layer_function_quota_exception": layer_quota,
    "TestLambdaLayer::test_layer_policy_lifecycle": layer_policy,
    "TestLambdaLayer::test_layer_policy_exceptions": layer_policy_exceptions,
    "TestLambdaTag::test_tag_lifecycle": tag_lifecycle,
    "TestLambdaTag::test_tag_lifecycle[lambda_function]": tag_lifecycle,
    "TestLambdaTag::test_tag_lifecycle[event_source_mapping]": lambda t: tag_lifecycle(t, True),
    "TestLambdaTag::test_create_tag_on_fn_create": tag_on_create,
    "TestLambdaTag::test_create_tag_on_esm_create": mapping_tagged,
    "TestLambdaTag::test_tag_nonexisting_resource": tag_missing,
    "TestLambdaTag::test_tag_exceptions[lambda_function]": lambda t: tag_exceptions_of(t, "function"),
    "TestLambdaTag::test_tag_exceptions[event_source_mapping]": lambda t: tag_exceptions_of(t, "event-source-mapping"),
    "TestLambdaTags::test_tag_exceptions": tag_exceptions,
    "TestLambdaTags::test_tag_limits": tag_limits,
    "TestLambdaTags::test_tag_versions": tag_versions,
    "TestLambdaEventSourceMappings::test_event_source_mapping_exceptions": mapping_exceptions,
    "TestLambdaEventSourceMappings::test_event_source_mapping_lifecycle": mapping_lifecycle,
    "TestLambdaEventSourceMappings::test_event_source_mapping_lifecycle_delete_function": mapping_lifecycle,
    "TestLambdaEventSourceMappings::test_function_name_variations": mapping_names,
    "TestLambdaEventSourceMappings::test_create_event_source_validation": mapping_validation,
    "TestLambdaEventSourceMappings::test_create_event_source_validation_kinesis": mapping_validation,
    "TestLoggingConfig::test_function_advanced_logging_configuration": lambda t: logging_steps(t, {"LogGroup": "cool_lambda"}),
    "TestLoggingConfig::test_advanced_logging_configuration_format_switch": lambda t: logging_steps(t, {"LogFormat": "JSON"}, {"LogFormat": "Text"}),
    "TestLambdaSizeLimits::test_oversized_request_create_lambda": too_big_request,
    "TestLambdaSizeLimits::test_oversized_zipped_create_lambda": too_big_zip,
}


def play_for(test):
    partial = re.fullmatch(r"TestLoggingConfig::test_function_partial_advanced_logging_configuration_update\[partial_config(\d)\]", test)
    if partial:
        return lambda t: logging_steps(t, PARTIAL[int(partial[1])])
    if test.startswith("TestLambdaLayer::test_layer_compatibilities"):
        return layer_compatibilities
    if test.startswith("TestLambdaRecursion::"):
        return recursion
    if test.startswith("TestLambdaSnapStart::test_snapstart_lifecycle"):
        return snap_start
    if test.startswith("TestLambdaSnapStart::test_snapstart_update_function_configuration"):
        return snap_start_update
    return PLAYS.get(test)
