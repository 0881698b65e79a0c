"""The requests behind recorded errors that no play makes: one row an error, by the test it was first seen in."""
from replay import ACCOUNT, REGION, package

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/repo@sha256:" + "ab" * 32
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:s"


def image(t):
    t.function("f", PackageType="Image", Code={"ImageUri": IMAGE}, Runtime=None, Handler=None)


def image_version(t):
    image(t)
    return t.op("PublishVersion", FunctionName="f", CodeSha256="a" * 64)


def image_to_zip(t):
    image(t)
    return t.op("UpdateFunctionCode", FunctionName="f", ZipFile=package())


def zip_to_image(t):
    t.function("f")
    return t.op("UpdateFunctionCode", FunctionName="f", ImageUri=IMAGE)


def provisioned(t, count, version="1"):
    return t.op("PutProvisionedConcurrencyConfig", FunctionName="f", Qualifier=version, ProvisionedConcurrentExecutions=count)


def reserved(t, count):
    return t.op("PutFunctionConcurrency", FunctionName="f", ReservedConcurrentExecutions=count)


def reserved_below_provisioned(t):
    t.function("f", Publish=True)
    provisioned(t, 2)
    return reserved(t, 1)


def provisioned_above_reserved(t):
    t.function("f", Publish=True)
    reserved(t, 2)
    provisioned(t, 2)
    t.op("UpdateFunctionConfiguration", FunctionName="f", Timeout=15)
    t.op("PublishVersion", FunctionName="f")
    return provisioned(t, 1, "2")


def throttled(t):
    t.function("f")
    reserved(t, 0)
    return t.op("Invoke", FunctionName="f", Payload=b"{}")


def mapping(t, **more):
    return t.op("CreateEventSourceMapping", **{"FunctionName": "f", "EventSourceArn": QUEUE, **more})


def bad_filter(t):
    t.function("f")
    return mapping(t, FilterCriteria={"Filters": [{"Pattern": "simple string"}]})


def batch_without_window(t):
    t.function("f")
    made = mapping(t)[1]
    return t.op("UpdateEventSourceMapping", UUID=made["UUID"], BatchSize=15)


def mapping_twice(t):
    t.function("f")
    mapping(t)
    return mapping(t)


def kafka(t, servers=("kafka:1000",), **more):
    return t.op("CreateEventSourceMapping", **{
        "FunctionName": "f", "Topics": ["topic"], "StartingPosition": "TRIM_HORIZON",
        "SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": list(servers)}},
        "SourceAccessConfigurations": [{"Type": "BASIC_AUTH", "URI": SECRET}], **more})


def kafka_without_access(t):
    t.function("f")
    return t.op("CreateEventSourceMapping", FunctionName="f", Topics=["topic"], StartingPosition="TRIM_HORIZON",
                SelfManagedEventSource={"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["kafka:1000"]}})


def kafka_twice(t, servers=("kafka:1000",)):
    t.function("f")
    kafka(t, servers)
    return kafka(t, servers)


def stale_policy(t):
    t.function("f", Publish=True)
    t.op("CreateAlias", FunctionName="f", Name="a", FunctionVersion="1")
    return t.op("AddPermission", FunctionName="f", Qualifier="a", StatementId="s", Action="lambda:InvokeFunction", Principal="events.amazonaws.com",
                RevisionId="wrong")


def invoke_missing_alias(t):
    t.function("f")
    return t.op("Invoke", FunctionName="f", Qualifier="non-existent-alias", Payload=b"{}")


def wrong_invoke_mode(t):
    t.function("f")
    return t.op("CreateFunctionUrlConfig", FunctionName="f", AuthType="NONE", InvokeMode="UNKNOWN")


def unzipped_too_large(t):
    return t.function("f", Code={"ZipFile": package("x" * 262144001, deflate=True)})


ROWS = {
    "test_lambda:TestLambdaAliases::test_lambda_alias_moving/invocation_exc_not_existent": invoke_missing_alias,
    "test_lambda:TestLambdaConcurrency::test_lambda_concurrency_block/invoke_latest_first_exc": throttled,
    "test_lambda:TestLambdaConcurrency::test_reserved_provisioned_overlap/reserved_lower_than_provisioned_exc": reserved_below_provisioned,
    "test_lambda:TestLambdaConcurrency::test_reserved_provisioned_overlap/reserved_equals_provisioned_another_provisioned_exc":
        provisioned_above_reserved,
    "test_lambda:TestLambdaURL::test_lambda_url_invalid_invoke_mode/invoke_function_invalid_invoke_type": wrong_invoke_mode,
    "test_lambda_api:TestCodeSigningConfig::test_code_signing_not_found_excs/delete_function_csc_fnnotfound":
        lambda t: t.op("GetFunction", FunctionName="csc-test-doesnotexist"),
    "test_lambda_api:TestLambdaEventSourceMappings::test_create_event_source_self_managed/missing-source-access-configuration": kafka_without_access,
    "test_lambda_api:TestLambdaEventSourceMappings::test_create_event_source_self_managed/duplicate-source": kafka_twice,
    "test_lambda_api:TestLambdaEventSourceMappings::test_create_event_source_self_managed/multiple-duplicate-source":
        lambda t: kafka_twice(t, ("kafka:1000", "kafka:2000")),
    "test_lambda_api:TestLambdaFunction::test_invalid_vpc_config_security_group/create-response-invalid-format-security-group":
        lambda t: t.function("f", VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["not-a-group"]}),
    "test_lambda_api:TestLambdaFunction::test_invalid_vpc_config_subnet/create-response-invalid-format-subnet-id":
        lambda t: t.function("f", VpcConfig={"SubnetIds": ["not-a-subnet"], "SecurityGroupIds": ["sg-1"]}),
    "test_lambda_api:TestLambdaImages::test_lambda_image_crud/image-to-zipfile-error": image_to_zip,
    "test_lambda_api:TestLambdaImages::test_lambda_image_versions/invalid_sha_publish": image_version,
    "test_lambda_api:TestLambdaImages::test_lambda_zip_file_to_image/zipfile-to-image-error": zip_to_image,
    "test_lambda_api:TestLambdaPermissions::test_lambda_permission_fn_versioning/add_permission_alias_revision_exception": stale_policy,
    "test_lambda_api:TestLambdaSizeLimits::test_large_environment_fails_multiple_keys/failured_create_fn_result_multi_key":
        lambda t: t.function("f", Environment={"Variables": {"SMALL_VAR": "ok", "LARGE_VAR": "x" * 4064}}),
    "test_lambda_api:TestLambdaSizeLimits::test_oversized_lambda/invalid_param_exc": unzipped_too_large,
    "test_lambda_api:TestLambdaSnapStart::test_snapstart_exceptions/create_function_invalid_snapstart_apply":
        lambda t: t.function("f", SnapStart={"ApplyOn": "invalidOption"}),
    "test_lambda_api:TestLambdaTag::test_tag_exceptions[capacity_provider]/aliased_arn_exception":
        lambda t: t.op("TagResource", Resource=f"arn:aws:lambda:{REGION}:{ACCOUNT}:capacity-provider:not-there:alias", Tags={"A": "B"}),
    "test_lambda_integration_sqs:TestSQSEventSourceMapping::test_sqs_invalid_event_filter[None]/create_event_source_mapping_exception": bad_filter,
    "test_lambda_integration_sqs:TestSQSEventSourceMapping::test_event_source_mapping_default_batch_size/invalid-update-event-source-mapping":
        batch_without_window,
    "test_lambda_integration_sqs:TestSQSEventSourceMapping::test_duplicate_event_source_mappings/error": mapping_twice,
}

# By what the text begins with.
MISSED = {
    "": "recorded without its text",
    "The code signing configuration cannot be found.": "no code signing configurations here",
    "The Lambda code signing configuration": "no code signing configurations here",
    "Error occurred while DescribeSecurityGroups.": "needs an EC2 that knows security groups",
    "Error occurred while DescribeSubnets.": "needs an EC2 that knows subnets",
    "Error occurred while GetObject. S3 Error Code: NoSuchKey.": "needs an S3; every bucket is missing here",
    "Error occurred while ReceiveMessage.": "nothing is polled, so no queue is missing",
    "Could not parse request body into json: Could not parse payload into json:": "the words of AWS's own JSON parser",
    "Capacity provider not found": "no capacity providers here",
    "1 validation error detected: Value 'runtimedoesnotexist'": "the service lists runtimes here that nobody can use (nasa, byol...)",
}
