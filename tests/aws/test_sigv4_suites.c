/* The signer against every vector of AWS's own C signer and of botocore, when they are there. */
#include "tests/test.h"

#include <dirent.h>
#include <stdio.h>

#include <jansson.h>

#include "base/file.h"
#include "tests/aws/sigv4_vector.h"

static char root[512];

static struct str trimmed(const struct buf *b)
{
    return str_trim(buf_str(b));
}

static void assert_same(const char *folder, const char *what, struct str got, struct str want)
{
    if (!str_eq(got, want))
        fail_msg("%s: %s is\n%.*s\nand should be\n%.*s", folder, what, STR_ARG(got), STR_ARG(want));
}

/* "2015-08-30T12:36:00Z" -> "20150830T123600Z" */
static void basic_date(char out[SIGV4_DATE_SIZE], const char *rfc3339)
{
    size_t n = 0;

    for (; *rfc3339 && n + 1 < SIGV4_DATE_SIZE; rfc3339++)
        if (*rfc3339 != '-' && *rfc3339 != ':')
            out[n++] = *rfc3339;
    out[n] = '\0';
}

static void check(const char *folder, const char *expected_request, const char *expected_text,
                  const struct sigv4_request *r, const struct sigv4_key *key,
                  struct sigv4_result *ret)
{
    struct buf want = {0};

    assert_int_equal(sigv4_sign(ret, r, key), 0);
    assert_true(sigv4_vector_file(&want, folder, expected_request));
    assert_same(folder, "canonical request", buf_str(&ret->canonical_request), trimmed(&want));
    assert_true(sigv4_vector_file(&want, folder, expected_text));
    assert_same(folder, "string to sign", buf_str(&ret->string_to_sign), trimmed(&want));
    buf_release(&want);
}

static void aws_c_auth_case(const char *folder)
{
    struct sigv4_vector v = {0};
    struct buf text = {0};
    struct sigv4_result result = {0};
    char date[SIGV4_DATE_SIZE], hash[SHA256_HEX_SIZE];
    const char *id, *secret, *token = NULL, *region, *service, *timestamp;
    int normalize = 0, sign_body = 0, omit_token = 0;
    json_t *context;

    assert_true(sigv4_vector_file(&text, folder, "context.json"));
    context = json_loadb(text.data, text.len, 0, NULL);
    assert_int_equal(json_unpack(context, "{s{ss ss s?s} ss ss ss sb sb s?b}", "credentials",
                                 "access_key_id", &id, "secret_access_key", &secret, "token",
                                 &token, "region", &region, "service", &service, "timestamp",
                                 &timestamp, "normalize", &normalize, "sign_body", &sign_body,
                                 "omit_session_token", &omit_token),
                     0);
    basic_date(date, timestamp);
    assert_true(sigv4_vector_file(&text, folder, "request.txt"));
    sigv4_vector_parse(&v, buf_str(&text));
    sha256_hex(hash, v.body);
    sigv4_vector_header(&v, STR("X-Amz-Date"), str_c(date));
    if (token && !omit_token)
        sigv4_vector_header(&v, STR("X-Amz-Security-Token"), str_c(token));
    if (sign_body)
        sigv4_vector_header(&v, STR("x-amz-content-sha256"), str_c(hash));

    const struct sigv4_request r = {.method = v.method,
                                    .target = v.target,
                                    .headers = v.headers,
                                    .header_count = v.header_count,
                                    .payload_sha256 = str_c(hash),
                                    .keep_path = !normalize};
    const struct sigv4_key key = {str_c(id), str_c(secret), str_c(region), str_c(service),
                                  str_c(date)};

    check(folder, "header-canonical-request.txt", "header-string-to-sign.txt", &r, &key, &result);
    assert_true(sigv4_vector_file(&text, folder, "header-signature.txt"));
    assert_same(folder, "signature", str_c(result.signature), trimmed(&text));
    sigv4_result_release(&result);
    sigv4_vector_release(&v);
    json_decref(context);
    buf_release(&text);
}

static void botocore_case(const char *folder)
{
    struct sigv4_vector v = {0};
    struct buf text = {0}, authorization = {0};
    struct sigv4_result result = {0};
    const char *name = strrchr(folder, '/') + 1;
    char file[5][300], hash[SHA256_HEX_SIZE];
    static const char *const endings[] = {"req", "creq", "sts", "authz"};
    const struct sigv4_key key = {STR("AKIDEXAMPLE"),
                                  STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), STR("us-east-1"),
                                  STR("service"), STR("20150830T123600Z")};

    for (size_t i = 0; i < ARRAY_LEN(endings); i++)
        snprintf(file[i], sizeof(file[i]), "%s.%s", name, endings[i]);
    assert_true(sigv4_vector_file(&text, folder, file[0]));
    sigv4_vector_parse(&v, buf_str(&text));
    sha256_hex(hash, v.body);
    if (strcmp(name, "get-vanilla-with-session-token") == 0) /* botocore's test adds it, too */
        sigv4_vector_header(
            &v, STR("X-Amz-Security-Token"),
            STR("6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"));

    const struct sigv4_request r = {.method = v.method,
                                    .target = v.target,
                                    .headers = v.headers,
                                    .header_count = v.header_count,
                                    .payload_sha256 = str_c(hash)};

    check(folder, file[1], file[2], &r, &key, &result);
    sigv4_authorization(&authorization, &result, key.access_key);
    assert_true(sigv4_vector_file(&text, folder, file[3]));
    assert_same(folder, "authorization", buf_str(&authorization), trimmed(&text));
    sigv4_result_release(&result);
    sigv4_vector_release(&v);
    buf_release(&text);
    buf_release(&authorization);
}

/* Every folder below `folder` that holds a file ending in `mark` is a case. Returns their number.
 */
static int each_case(const char *folder, const char *mark, void (*run)(const char *folder))
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        char path[1024];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (file_is_dir(path)) {
            count += each_case(path, mark, run);
        } else if (str_ends(str_c(entry->d_name), str_c(mark))) {
            run(folder);
            count++;
        }
    }
    closedir(dir);
    return count;
}

static void every_vector_of_aws_c_auth_passes(void **state)
{
    char folder[600];

    (void)state;
    snprintf(folder, sizeof(folder), "%s/aws-c-auth/v4", root);
    assert_int_equal(each_case(folder, "context.json", aws_c_auth_case), 38);
}

static void every_vector_of_botocore_passes(void **state)
{
    char folder[600];

    (void)state;
    snprintf(folder, sizeof(folder), "%s/botocore-aws4", root);
    assert_int_equal(each_case(folder, ".req", botocore_case), 34);
}

int main(void)
{
    const char *suites = getenv("SMOKEGATE_SUITES");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_of_aws_c_auth_passes),
        cmocka_unit_test(every_vector_of_botocore_passes),
    };

    snprintf(root, sizeof(root), "%s/sigv4", suites ? suites : "");
    if (!file_is_dir(root)) {
        printf("skipped: no SigV4 vectors at %s\n", root);
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
