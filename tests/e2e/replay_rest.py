"""The requests behind recorded answers: what is left of tags, permissions, images, sizes, mappings and networks."""
from replay import ACCOUNT, REGION, package
from replay_errors import kafka, kafka_without_access
from replay_resources import event

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
REPOSITORY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/"
BUCKET = "arn:aws:s3:::bucket"


def get(t, key, **more):
    return t.check(key, t.op("GetFunction", FunctionName="f", **more))


def config(t, key):
    return t.check(key, t.op("GetFunctionConfiguration", FunctionName="f"))


# ---- tags ----

def tag_function(t):
    def both(step):
        t.check("list_tags_response_" + step, t.op("ListTags", Resource=ARN + "f"))
        get(t, "get_fn_response_" + step)
    t.function("f", Tags={"key_a": "value_a"})
    t.op("GetFunction", FunctionName="f")
    both("postfncreate")
    t.check("tag_resource_response", t.op("TagResource", Resource=ARN + "f", Tags={f"key_{k}": f"value_{k}" for k in "bcde"}))
    both("postaddtags")
    t.check("tag_resource_overwrite", t.op("TagResource", Resource=ARN + "f", Tags={"key_c": "value_x"}))
    both("overwrite")
    t.op("UntagResource", Resource=ARN + "f", TagKeys=["key_c", "key_d"])
    both("postuntag")
    t.op("UntagResource", Resource=ARN + "f", TagKeys=["key_a", "key_b", "key_e"])
    both("postuntagall")
    t.op("DeleteFunction", FunctionName="f")
    t.check("list_tags_postdelete", t.op("ListTags", Resource=ARN + "f"))


def tag_capacity_provider(t):
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:capacity-provider:not-there"
    t.check("aliased_arn_exception", t.op("TagResource", Resource=arn + ":alias", Tags={"A": "B"}))
    t.check("invalid_arn_exception", t.op("TagResource", Resource=arn.replace("capacity-provider", "foobar"), Tags={"A": "B"}))


# ---- permissions ----

def allow(t, sid="s3", **more):
    return t.op("AddPermission", **{"FunctionName": "f", "StatementId": sid, "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com",
                                    "SourceArn": BUCKET, **more})


def policy(t, key, **more):
    t.check(key, t.op("GetPolicy", FunctionName="f", **more))


def stale_permission(t):
    t.function("f")
    t.check("add_permission_revision_exception", allow(t, RevisionId="wrong"))


def permission_of_versions(t):
    t.function("f")
    t.op("GetFunction", FunctionName="f")
    t.check("add_permission", allow(t))
    policy(t, "get_policy")
    t.check("publish_version_result", t.op("PublishVersion", FunctionName="f"))
    get(t, "get_function_result_after_publishing")
    policy(t, "get_policy_after_publishing_latest")
    policy(t, "get_policy_after_publishing_new_version", Qualifier="1")
    allow(t, Qualifier="1")
    policy(t, "get_policy_version", Qualifier="1")
    t.check("create_alias_response", t.op("CreateAlias", FunctionName="f", Name="permission-alias", FunctionVersion="1"))
    t.check("get_alias", t.op("GetAlias", FunctionName="f", Name="permission-alias"))
    t.check("add_permission_alias_revision_exception", allow(t, Qualifier="permission-alias", RevisionId="wrong"))
    allow(t, Qualifier="permission-alias")
    policy(t, "get_policy_alias", Qualifier="permission-alias")
    policy(t, "get_policy_after_adding_to_new_version")
    allow(t, "s3_2")
    policy(t, "get_policy_after_adding_2")


# ---- container images ----

def image(t, name="repo", **more):
    t.bindings.values["<repo_uri>"] = REPOSITORY + "repo"
    t.bindings.values["<repo_uri_2>"] = REPOSITORY + "repo2"
    return t.function("f", PackageType="Image", Code={"ImageUri": f"{REPOSITORY}{name}:latest"}, Runtime=None, Handler=None, Timeout=None,
                      Environment={"Variables": {"CUSTOM_ENV": "test"}}, **more)


def image_lifecycle(t):
    t.check("create-image-response", image(t))
    get(t, "get-function-code-response")
    config(t, "get-function-config-response")
    t.check("image-to-zipfile-error", t.op("UpdateFunctionCode", FunctionName="f", ZipFile=package()))
    t.check("update-function-code-response", t.op("UpdateFunctionCode", FunctionName="f", ImageUri=REPOSITORY + "repo2:latest"))
    get(t, "get-function-code-response-after-update")
    config(t, "get-function-config-response-after-update")


def zip_is_no_image(t):
    t.create("create-image-response")
    get(t, "get-function-code-response")
    config(t, "get-function-config-response")
    t.check("zipfile-to-image-error", t.op("UpdateFunctionCode", FunctionName="f", ImageUri=REPOSITORY + "repo:latest"))
    get(t, "get-function-code-response-after-update")
    config(t, "get-function-config-response-after-update")


def image_config(t):
    t.check("create-image-with-config-response",
            image(t, ImageConfig={"EntryPoint": ["sh"], "Command": ["-c", "echo test"], "WorkingDirectory": "/app1"}))
    get(t, "get-function-code-with-config-response")
    config(t, "get-function-config-with-config-response")
    t.check("update-function-code-response", t.op("UpdateFunctionConfiguration", FunctionName="f", ImageConfig={
        "Command": ["-c", "echo test1"], "WorkingDirectory": "/app1"}))
    get(t, "get-function-code-response-after-update")
    config(t, "get-function-config-response-after-update")
    t.check("update-function-code-delete-imageconfig-response", t.op("UpdateFunctionConfiguration", FunctionName="f", ImageConfig={}))
    get(t, "get-function-code-response-after-delete-imageconfig")
    config(t, "get-function-config-response-after-delete-imageconfig")


def image_versions(t):
    t.check("create_image_response", image(t, Publish=True))
    get(t, "get_function_result")
    t.check("list_versions_result", t.op("ListVersionsByFunction", FunctionName="f"))
    t.check("first_update_response", t.op("UpdateFunctionConfiguration", FunctionName="f", Description="Second version :)"))
    get(t, "first_update_get_function")
    t.check("invalid_sha_publish", t.op("PublishVersion", FunctionName="f", CodeSha256="a" * 64, Description="Second version description :)"))
    t.check("first_publish_response", t.op("PublishVersion", FunctionName="f", Description="Second version description :)"))
    t.check("second_update_response", t.op("UpdateFunctionConfiguration", FunctionName="f", Description="Third version :)"))
    get(t, "second_update_get_function")
    t.check("second_publish_response", t.op("PublishVersion", FunctionName="f", Description="Third version description :)"))


# ---- sizes ----

def unzipped_too_large(t):
    t.check("invalid_param_exc", t.function("f", Code={"ZipFile": package("x" * 262144001, deflate=True)}))


def nearly_too_large(t):
    t.create("create_function_large_zip", Code={"ZipFile": package("x" * 260000000, deflate=True)})


def variables(t):
    for key, recorded in t.recorded.items():
        if "Error" in recorded:
            t.check(key, t.function("f", Environment={"Variables": {"SMALL_VAR": "ok", "LARGE_VAR": "x" * 4064}}))
        else:
            t.create(key)


# ---- mappings, events, networks ----

def kafka_mappings(t):
    t.function("f")
    t.check("missing-source-access-configuration", kafka_without_access(t))
    t.check("duplicate-source", (kafka(t), kafka(t))[1])
    t.check("multiple-duplicate-source", kafka(t, ("kafka:1000", "kafka:2000")))


def shorthand_qualifiers(t):
    """The rest of test_lambda_eventinvokeconfig_exceptions, on a function of its own."""
    t.function("f", Publish=True)
    t.op("CreateAlias", FunctionName="f", Name="eventinvokealias", FunctionVersion="1")
    one = {"MaximumRetryAttempts": 1}
    for key, name, qualifier in (("put_alias_shorthand_qualifier", "f:eventinvokealias", "eventinvokealias"),
                                 ("put_alias_shorthand_qualifierconflict", "f:eventinvokealias", "x"),
                                 ("put_shorthand_qualifier_mismatch_2", "f:$LATEST", "eventinvokealias"),
                                 ("put_shorthand_qualifier_mismatch_3", "f:1", "$LATEST")):
        t.check(key, event(t, "Put", FunctionName=name, Qualifier=qualifier, **one))
    t.check("second_overwrite_existing_response", event(t, "Put", MaximumRetryAttempts=0))


def network(t):
    one, two = ({"SubnetIds": [f"subnet-{i}"], "SecurityGroupIds": [f"sg-{i}"]} for i in "12")
    t.create("create_response", VpcConfig=one)
    get(t, "get_function_response")
    t.check("update_vpcconfig_update_response", t.op("UpdateFunctionConfiguration", FunctionName="f", VpcConfig=two))
    get(t, "update_vpcconfig_get_function_response")
    t.check("delete_vpcconfig_update_response", t.op("UpdateFunctionConfiguration", FunctionName="f", VpcConfig={"SubnetIds": [], "SecurityGroupIds": []}))
    get(t, "delete_vpcconfig_get_function_response")


def bad_subnet(t):
    t.check("create-response-invalid-format-subnet-id", t.function("f", VpcConfig={"SubnetIds": ["bad"], "SecurityGroupIds": []}))


def bad_group(t):
    t.check("create-response-invalid-format-security-group", t.function("f", VpcConfig={"SubnetIds": [], "SecurityGroupIds": ["bad"]}))


def snap_start_invalid(t):
    t.check("create_function_invalid_snapstart_apply", t.function("f", SnapStart={"ApplyOn": "invalidOption"}))


PLAYS = {
    "TestLambdaTags::test_tag_lifecycle": tag_function,
    "TestLambdaTag::test_tag_exceptions[capacity_provider]": tag_capacity_provider,
    "TestLambdaPermissions::test_lambda_permission_fn_versioning": permission_of_versions,
    "TestLambdaRevisions::test_function_revisions_permissions": stale_permission,
    "TestLambdaImages::test_lambda_image_crud": image_lifecycle,
    "TestLambdaImages::test_lambda_zip_file_to_image": zip_is_no_image,
    "TestLambdaImages::test_lambda_image_and_image_config_crud": image_config,
    "TestLambdaImages::test_lambda_image_versions": image_versions,
    "TestLambdaSizeLimits::test_oversized_lambda": unzipped_too_large,
    "TestLambdaSizeLimits::test_oversized_unzipped_lambda": unzipped_too_large,
    "TestLambdaSizeLimits::test_large_lambda": nearly_too_large,
    "TestLambdaSizeLimits::test_large_environment_fails_multiple_keys": variables,
    "TestLambdaSizeLimits::test_lambda_envvars_near_limit_succeeds": variables,
    "TestLambdaEventSourceMappings::test_create_event_source_self_managed": kafka_mappings,
    "TestLambdaFunction::test_vpc_config": network,
    "TestLambdaFunction::test_invalid_vpc_config_subnet": bad_subnet,
    "TestLambdaFunction::test_invalid_vpc_config_security_group": bad_group,
    "TestLambdaSnapStart::test_snapstart_exceptions": snap_start_invalid,
    "TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_exceptions": shorthand_qualifiers,
}


def play_for(test):
    return PLAYS.get(test)
