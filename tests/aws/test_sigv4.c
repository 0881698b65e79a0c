/* The signer against vectors written down here (recomputed with botocore) and its own inverse. */
#include "tests/test.h"

#include <stdio.h>

#include "aws/sigv4.h"

static const struct sigv4_key KEY = {
    .access_key = STR_INIT("AKIDEXAMPLE"),
    .secret_key = STR_INIT("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
    .region = STR_INIT("us-east-1"),
    .service = STR_INIT("service"),
    .date = STR_INIT("20150830T123600Z"),
};
static const char EMPTY_HASH[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static const struct sigv4_header HEADERS[] = {
    {STR_INIT("Host"), STR_INIT("example.amazonaws.com")},
    {STR_INIT("X-Amz-Date"), STR_INIT("20150830T123600Z")},
};

static struct sigv4_result sign(const char *method, const char *target)
{
    const struct sigv4_request r = {.method = str_c(method),
                                    .target = str_c(target),
                                    .headers = HEADERS,
                                    .header_count = ARRAY_LEN(HEADERS),
                                    .payload_sha256 = str_c(EMPTY_HASH)};
    struct sigv4_result ret = {0};

    assert_int_equal(sigv4_sign(&ret, &r, &KEY), 0);
    return ret;
}

static void it_signs_what_aws_published(void **state)
{
    static const struct {
        const char *method, *target, *signature;
    } rows[] = {
        {"GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
        {"GET", "/?Param2=value2&Param1=value1",
         "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
        {"POST", "/?Param1=value1",
         "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct sigv4_result r = sign(rows[i].method, rows[i].target);

        assert_string_equal(r.signature, rows[i].signature);
        sigv4_result_release(&r);
    }
}

static void paths_and_queries_are_canonical_for_every_spelling(void **state)
{
    static const struct {
        const char *target, *path, *query;
    } rows[] = {
        {"", "/", ""},
        {"/2015-03-31/functions/f%3ASmoke", "/2015-03-31/functions/f%253ASmoke", ""},
        {"/functions/f:Smoke", "/functions/f%3ASmoke", ""},
        {"/a//b/./c/../d/", "/a/b/d/", ""},
        {"/../..", "/", ""},
        {"/x?Qualifier=%24LATEST", "/x", "Qualifier=%24LATEST"},
        {"/x?Qualifier=$LATEST", "/x", "Qualifier=%24LATEST"},
        {"/x?Marker=a%2Fb%2Bc%3D", "/x", "Marker=a%2Fb%2Bc%3D"},
        {"/x?Marker=a%2fb", "/x", "Marker=a%2Fb"},
        {"/x?list", "/x", "list="},
        {"/x?", "/x", ""},
        {"/x?tagKeys=b&tagKeys=a&b=1&a=2", "/x", "a=2&b=1&tagKeys=a&tagKeys=b"},
        {"/x?a=1=2", "/x", "a=1%3D2"},
        {"/x?a+b=c+d", "/x", "a%2Bb=c%2Bd"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct sigv4_result r = sign("GET", rows[i].target);
        char want[256];

        snprintf(want, sizeof(want), "GET\n%s\n%s\nhost:", rows[i].path, rows[i].query);
        assert_memory_equal(buf_c(&r.canonical_request), want, strlen(want));
        sigv4_result_release(&r);
    }
}

static void a_server_finds_the_same_signature_from_what_it_received(void **state)
{
    const struct sigv4_header received[] = {
        {STR("X-Amz-Date"), STR("20150830T123600Z")}, /* another order, more headers */
        {STR("Accept"), STR("*/*")},
        {STR("HOST"), STR(" example.amazonaws.com ")},
    };
    struct sigv4_result sent = sign("GET", "/f?b=1&a=2"), found = {0};
    struct buf header = {0};
    struct sigv4_parts parts;

    (void)state;
    sigv4_authorization(&header, &sent, KEY.access_key);
    assert_true(sigv4_parse(buf_str(&header), &parts));
    assert_true(str_eq_c(parts.access_key, "AKIDEXAMPLE"));
    assert_true(str_eq_c(parts.day, "20150830"));
    assert_true(str_eq_c(parts.region, "us-east-1"));
    assert_true(str_eq_c(parts.service, "service"));
    assert_true(str_eq_c(parts.signed_headers, "host;x-amz-date"));

    const struct sigv4_request r = {.method = STR("GET"),
                                    .target = STR("/f?b=1&a=2"),
                                    .headers = received,
                                    .header_count = ARRAY_LEN(received),
                                    .signed_headers = parts.signed_headers,
                                    .payload_sha256 = str_c(EMPTY_HASH)};

    assert_int_equal(sigv4_sign(&found, &r, &KEY), 0);
    assert_string_equal(buf_c(&found.canonical_request), buf_c(&sent.canonical_request));
    assert_true(sigv4_equal(parts.signature, str_c(found.signature)));
    found.signature[63] ^= 1;
    assert_false(sigv4_equal(parts.signature, str_c(found.signature)));
    buf_release(&header);
    sigv4_result_release(&sent);
    sigv4_result_release(&found);
}

static void a_signed_header_that_is_missing_cannot_match(void **state)
{
    const struct sigv4_request r = {.method = STR("GET"),
                                    .target = STR("/"),
                                    .headers = HEADERS,
                                    .header_count = ARRAY_LEN(HEADERS),
                                    .signed_headers = STR("host;x-amz-date;x-amz-target"),
                                    .payload_sha256 = str_c(EMPTY_HASH)};
    struct sigv4_result ret = {0};

    (void)state;
    assert_int_equal(sigv4_sign(&ret, &r, &KEY), -1);
    assert_null(ret.canonical_request.data);
}

static void other_authorization_headers_are_not_taken_apart(void **state)
{
    static const char *const rows[] = {
        "",
        "Bearer abc",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=AKID/20150830/r/s/aws4_request, Signature=00",
        "AWS4-HMAC-SHA256 Credential=AKID/20150830/r/s/aws4_request, SignedHeaders=host",
        "AWS4-HMAC-SHA256 Credential=20150830/r/s/aws4_request, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=AKID/20150830/r/s/aws3, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256-X Credential=A/20150830/r/s/aws4_request, SignedHeaders=h, Signature=0",
        ("AWS4-ECDSA-P256-SHA256 Credential=A/20150830/s/aws4_request, SignedHeaders=h, "
         "Signature=0"),
    };
    struct sigv4_parts parts;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_false(sigv4_parse(str_c(rows[i]), &parts));
}

/* The signature of one request with this key. */
static void sign_one(char out[SHA256_HEX_SIZE], const struct sigv4_key *key)
{
    const struct sigv4_header headers[] = {{STR("host"), STR("example.com")},
                                           {STR("x-amz-date"), key->date}};
    const struct sigv4_request request = {.method = STR("GET"),
                                          .target = STR("/a?b=c"),
                                          .headers = headers,
                                          .header_count = 2,
                                          .payload_sha256 = STR("UNSIGNED-PAYLOAD")};
    struct sigv4_result r = {0};

    assert_int_equal(sigv4_sign(&r, &request, key), 0);
    memcpy(out, r.signature, SHA256_HEX_SIZE);
    sigv4_result_release(&r);
}

static void a_cache_changes_no_signature(void **state)
{
    static const struct {
        const char *region, *service, *date;
    } rows[] = {
        {"eu-west-1", "lambda", "20150830T123600Z"}, {"eu-west-1", "lambda", "20150830T123601Z"},
        {"eu-west-1", "lambda", "20150831T000000Z"}, {"eu-west-2", "lambda", "20150831T000000Z"},
        {"eu-west-2", "sts", "20150831T000000Z"},    {"eu-west-1", "lambda", "20150830T123600Z"},
    };
    struct sigv4_cache cache = {{0}, ""};
    struct buf lengthy = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct sigv4_key key = {STR("AKID"),           STR("secret"),
                                str_c(rows[i].region), str_c(rows[i].service),
                                str_c(rows[i].date),   NULL};
        char without[SHA256_HEX_SIZE], with[SHA256_HEX_SIZE];

        sign_one(without, &key);
        key.cache = &cache;
        sign_one(with, &key);
        assert_string_equal(with, without);
        sign_one(with, &key); /* from the cache now */
        assert_string_equal(with, without);
    }
    assert_string_equal(cache.scope, "20150830/eu-west-1/lambda/aws4_request");
    memset(cache.key, 0, sizeof(cache.key)); /* it is really used */

    const struct sigv4_key spoilt = {STR("AKID"),   STR("secret"),           STR("eu-west-1"),
                                     STR("lambda"), STR("20150830T123600Z"), &cache};
    char with[SHA256_HEX_SIZE], without[SHA256_HEX_SIZE];
    struct sigv4_key plain = spoilt;

    plain.cache = NULL;
    sign_one(with, &spoilt);
    sign_one(without, &plain);
    assert_string_not_equal(with, without);
    while (lengthy.len < sizeof(cache.scope))
        buf_add_c(&lengthy, "region-");
    plain.region = buf_str(&lengthy); /* too long to be kept: derived each time */
    sign_one(without, &plain);
    plain.cache = &cache;
    sign_one(with, &plain);
    assert_string_equal(with, without);
    buf_release(&lengthy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_signs_what_aws_published),
        cmocka_unit_test(paths_and_queries_are_canonical_for_every_spelling),
        cmocka_unit_test(a_server_finds_the_same_signature_from_what_it_received),
        cmocka_unit_test(a_signed_header_that_is_missing_cannot_match),
        cmocka_unit_test(other_authorization_headers_are_not_taken_apart),
        cmocka_unit_test(a_cache_changes_no_signature),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
