/*
 * The events are shaped as AWS documents them for each service:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
 */
#include "runner/event_template.h"

#include <string.h>

#include "base/suggest.h"
#include "json/strict.h"

const struct event_template event_templates[] = {
    {"apigateway-proxy", "API Gateway REST API, proxy integration (format 1.0)",
     "{\"resource\":\"/{proxy+}\",\"path\":\"/\",\"httpMethod\":\"GET\",\"headers\":{\""
     "accept\":\"application/json\",\"content-type\":\"application/json\",\"host"
     "\":\"example.execute-api.us-east-1.amazonaws.com\"},\"multiValueHeader"
     "s\":{\"accept\":[\"application/json\"],\"content-type\":[\"application/jso"
     "n\"],\"host\":[\"example.execute-api.us-east-1.amazonaws.com\"]},\"query"
     "StringParameters\":null,\"multiValueQueryStringParameters\":null,\"pat"
     "hParameters\":{\"proxy\":\"\"},\"stageVariables\":null,\"requestContext\":{"
     "\"accountId\":\"123456789012\",\"apiId\":\"example\",\"domainName\":\"example"
     ".execute-api.us-east-1.amazonaws.com\",\"domainPrefix\":\"example\",\"ex"
     "tendedRequestId\":\"request-id\",\"httpMethod\":\"GET\",\"identity\":{\"acce"
     "ssKey\":null,\"accountId\":null,\"caller\":null,\"cognitoAuthenticationP"
     "rovider\":null,\"cognitoAuthenticationType\":null,\"cognitoIdentityId\""
     ":null,\"cognitoIdentityPoolId\":null,\"principalOrgId\":null,\"sourceIp"
     "\":\"127.0.0.1\",\"user\":null,\"userAgent\":\"smokegate\",\"userArn\":null},"
     "\"path\":\"/prod/\",\"protocol\":\"HTTP/1.1\",\"requestId\":\"11111111-2222-3"
     "333-4444-555555555555\",\"requestTime\":\"01/Jan/2026:00:00:00 +0000\","
     "\"requestTimeEpoch\":1767225600000,\"resourceId\":\"123456\",\"resourcePa"
     "th\":\"/{proxy+}\",\"stage\":\"prod\"},\"body\":null,\"isBase64Encoded\":fals"
     "e}"},
    {"apigateway-http", "API Gateway HTTP API or function URL (format 2.0)",
     "{\"version\":\"2.0\",\"routeKey\":\"$default\",\"rawPath\":\"/\",\"rawQueryStri"
     "ng\":\"\",\"headers\":{\"accept\":\"application/json\",\"content-type\":\"appl"
     "ication/json\",\"host\":\"example.execute-api.us-east-1.amazonaws.com\""
     "},\"requestContext\":{\"accountId\":\"123456789012\",\"apiId\":\"example\",\""
     "domainName\":\"example.execute-api.us-east-1.amazonaws.com\",\"domainP"
     "refix\":\"example\",\"http\":{\"method\":\"GET\",\"path\":\"/\",\"protocol\":\"HTT"
     "P/1.1\",\"sourceIp\":\"127.0.0.1\",\"userAgent\":\"smokegate\"},\"requestId\""
     ":\"request-id\",\"routeKey\":\"$default\",\"stage\":\"$default\",\"time\":\"01/"
     "Jan/2026:00:00:00 +0000\",\"timeEpoch\":1767225600000},\"isBase64Encod"
     "ed\":false}"},
    {"alb", "Application Load Balancer",
     "{\"requestContext\":{\"elb\":{\"targetGroupArn\":\"arn:aws:elasticloadbal"
     "ancing:us-east-1:123456789012:targetgroup/example/0123456789abcdef"
     "\"}},\"httpMethod\":\"GET\",\"path\":\"/\",\"queryStringParameters\":{},\"head"
     "ers\":{\"accept\":\"application/json\",\"content-type\":\"application/json"
     "\",\"host\":\"example.us-east-1.elb.amazonaws.com\",\"user-agent\":\"smoke"
     "gate\",\"x-forwarded-for\":\"127.0.0.1\",\"x-forwarded-port\":\"443\",\"x-fo"
     "rwarded-proto\":\"https\"},\"body\":\"\",\"isBase64Encoded\":false}"},
    {"sqs", "SQS, one message",
     "{\"Records\":[{\"messageId\":\"11111111-2222-3333-4444-555555555555\",\"r"
     "eceiptHandle\":\"receipt-handle\",\"body\":\"{}\",\"attributes\":{\"Approxim"
     "ateReceiveCount\":\"1\",\"SentTimestamp\":\"1767225600000\",\"SenderId\":\"1"
     "23456789012\",\"ApproximateFirstReceiveTimestamp\":\"1767225600001\"},\""
     "messageAttributes\":{},\"md5OfBody\":\"99914b932bd37a50b983c5e7c90ae93"
     "b\",\"eventSource\":\"aws:sqs\",\"eventSourceARN\":\"arn:aws:sqs:us-east-1"
     ":123456789012:example\",\"awsRegion\":\"us-east-1\"}]}"},
    {"sns", "SNS, one notification",
     "{\"Records\":[{\"EventVersion\":\"1.0\",\"EventSubscriptionArn\":\"arn:aws:"
     "sns:us-east-1:123456789012:example:11111111-2222-3333-4444-5555555"
     "55555\",\"EventSource\":\"aws:sns\",\"Sns\":{\"SignatureVersion\":\"1\",\"Time"
     "stamp\":\"2026-01-01T00:00:00.000Z\",\"Signature\":\"EXAMPLE\",\"SigningCe"
     "rtUrl\":\"EXAMPLE\",\"MessageId\":\"11111111-2222-3333-4444-555555555555"
     "\",\"Message\":\"{}\",\"MessageAttributes\":{},\"Type\":\"Notification\",\"Uns"
     "ubscribeUrl\":\"EXAMPLE\",\"TopicArn\":\"arn:aws:sns:us-east-1:123456789"
     "012:example\",\"Subject\":null}}]}"},
    {"s3-put", "S3, an object was put",
     "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"awsRegio"
     "n\":\"us-east-1\",\"eventTime\":\"2026-01-01T00:00:00.000Z\",\"eventName\":"
     "\"ObjectCreated:Put\",\"userIdentity\":{\"principalId\":\"EXAMPLE\"},\"requ"
     "estParameters\":{\"sourceIPAddress\":\"127.0.0.1\"},\"responseElements\":"
     "{\"x-amz-request-id\":\"EXAMPLE\",\"x-amz-id-2\":\"EXAMPLE\"},\"s3\":{\"s3Sch"
     "emaVersion\":\"1.0\",\"configurationId\":\"example\",\"bucket\":{\"name\":\"ex"
     "ample-bucket\",\"ownerIdentity\":{\"principalId\":\"EXAMPLE\"},\"arn\":\"arn"
     ":aws:s3:::example-bucket\"},\"object\":{\"key\":\"example/key\",\"size\":10"
     "24,\"eTag\":\"0123456789abcdef0123456789abcdef\",\"sequencer\":\"0A1B2C3D"
     "4E5F678901\"}}}]}"},
    {"s3-delete", "S3, an object was deleted",
     "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"awsRegio"
     "n\":\"us-east-1\",\"eventTime\":\"2026-01-01T00:00:00.000Z\",\"eventName\":"
     "\"ObjectRemoved:Delete\",\"userIdentity\":{\"principalId\":\"EXAMPLE\"},\"r"
     "equestParameters\":{\"sourceIPAddress\":\"127.0.0.1\"},\"responseElement"
     "s\":{\"x-amz-request-id\":\"EXAMPLE\",\"x-amz-id-2\":\"EXAMPLE\"},\"s3\":{\"s3"
     "SchemaVersion\":\"1.0\",\"configurationId\":\"example\",\"bucket\":{\"name\":"
     "\"example-bucket\",\"ownerIdentity\":{\"principalId\":\"EXAMPLE\"},\"arn\":\""
     "arn:aws:s3:::example-bucket\"},\"object\":{\"key\":\"example/key\",\"seque"
     "ncer\":\"0A1B2C3D4E5F678901\"}}}]}"},
    {"eventbridge", "EventBridge, a custom event",
     "{\"version\":\"0\",\"id\":\"11111111-2222-3333-4444-555555555555\",\"detail"
     "-type\":\"example\",\"source\":\"example\",\"account\":\"123456789012\",\"time"
     "\":\"2026-01-01T00:00:00Z\",\"region\":\"us-east-1\",\"resources\":[],\"deta"
     "il\":{}}"},
    {"scheduled", "EventBridge, a schedule",
     "{\"version\":\"0\",\"id\":\"11111111-2222-3333-4444-555555555555\",\"detail"
     "-type\":\"Scheduled Event\",\"source\":\"aws.events\",\"account\":\"12345678"
     "9012\",\"time\":\"2026-01-01T00:00:00Z\",\"region\":\"us-east-1\",\"resource"
     "s\":[\"arn:aws:events:us-east-1:123456789012:rule/example\"],\"detail\""
     ":{}}"},
    {"dynamodb-stream", "DynamoDB stream, one insert",
     "{\"Records\":[{\"eventID\":\"1\",\"eventVersion\":\"1.1\",\"dynamodb\":{\"Appro"
     "ximateCreationDateTime\":1767225600,\"Keys\":{\"Id\":{\"N\":\"101\"}},\"NewI"
     "mage\":{\"Message\":{\"S\":\"New item!\"},\"Id\":{\"N\":\"101\"}},\"SequenceNumb"
     "er\":\"111\",\"SizeBytes\":26,\"StreamViewType\":\"NEW_AND_OLD_IMAGES\"},\"a"
     "wsRegion\":\"us-east-1\",\"eventName\":\"INSERT\",\"eventSourceARN\":\"arn:a"
     "ws:dynamodb:us-east-1:123456789012:table/example/stream/2026-01-01"
     "T00:00:00.000\",\"eventSource\":\"aws:dynamodb\"}]}"},
    {"kinesis", "Kinesis, one record",
     "{\"Records\":[{\"kinesis\":{\"kinesisSchemaVersion\":\"1.0\",\"partitionKey"
     "\":\"1\",\"sequenceNumber\":\"495903382714902566085596925383615710959215"
     "75989136588898\",\"data\":\"e30=\",\"approximateArrivalTimestamp\":176722"
     "5600.0},\"eventSource\":\"aws:kinesis\",\"eventVersion\":\"1.0\",\"eventID\""
     ":\"shardId-000000000006:4959033827149025660855969253836157109592157"
     "5989136588898\",\"eventName\":\"aws:kinesis:record\",\"invokeIdentityArn"
     "\":\"arn:aws:iam::123456789012:role/example\",\"awsRegion\":\"us-east-1\""
     ",\"eventSourceARN\":\"arn:aws:kinesis:us-east-1:123456789012:stream/e"
     "xample\"}]}"},
    {"cognito-pre-signup", "Cognito, before a user signs up",
     "{\"version\":\"1\",\"region\":\"us-east-1\",\"userPoolId\":\"us-east-1_EXAMPL"
     "E\",\"userName\":\"example\",\"callerContext\":{\"awsSdkVersion\":\"1\",\"clie"
     "ntId\":\"example\"},\"triggerSource\":\"PreSignUp_SignUp\",\"request\":{\"us"
     "erAttributes\":{\"email\":\"user@example.com\"},\"validationData\":null},"
     "\"response\":{\"autoConfirmUser\":false,\"autoVerifyEmail\":false,\"autoV"
     "erifyPhone\":false}}"},
};

const size_t event_template_count = ARRAY_LEN(event_templates);

/* RFC 7396, section 2; `patch` is an object. Changes `target`. */
static void merge_patch(json_t *target, json_t *patch)
{
    const char *key;
    json_t *value;

    json_object_foreach(patch, key, value)
    {
        json_t *old = json_object_get(target, key);

        if (json_is_null(value)) {
            json_object_del(target, key);
        } else if (json_is_object(value)) {
            json_t *into = json_is_object(old) ? json_incref(old) : json_object();

            merge_patch(into, value);
            json_object_set_new(target, key, into);
        } else {
            json_object_set(target, key, value);
        }
    }
}

static json_t *template_named(struct check_compiler *c, struct json_ref at)
{
    const char *name = json_string_value(at.value), *names[ARRAY_LEN(event_templates)], *near;
    struct fault *fault;

    for (size_t i = 0; i < event_template_count; i++) {
        names[i] = event_templates[i].name;
        if (strcmp(names[i], name) == 0)
            return json_loads(event_templates[i].json, 0, NULL);
    }
    near = suggest_nearest(str_c(name), names, event_template_count);
    fault = json_fault(c->faults, at.doc, json_ref_start(at), "there is no event \"%s\"", name);
    if (near)
        fault_hint(fault, "did you mean \"%s\"?", near);
    else
        fault_hint(fault, "`smokegate list --events` prints them");
    return NULL;
}

json_t *event_template_build(struct check_compiler *c, struct json_ref at)
{
    static const struct strict_key keys[] = {{"template", STRICT_STRING, true},
                                             {"overrides", STRICT_OBJECT, false}};
    struct json_ref got[ARRAY_LEN(keys)] = {at};
    json_t *event, *patch;

    if (json_is_object(at.value) &&
        !strict_object(at, "event", keys, ARRAY_LEN(keys), got, c->faults))
        return NULL;
    event = template_named(c, got[0]);
    if (!event || !json_is_object(at.value) || !got[1].value)
        return event;
    patch = template_tree(c->scope, got[1], true, c->faults);
    if (!patch) {
        json_decref(event);
        return NULL;
    }
    merge_patch(event, patch);
    json_decref(patch);
    return event;
}
