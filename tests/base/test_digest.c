#include "base/digest.h"

#include "tests/test.h"

static void sha256_matches_fips_180(void **state)
{
    char hex[SHA256_HEX_SIZE], b64[SHA256_BASE64_SIZE];

    (void)state;
    sha256_hex(hex, STR("abc"));
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_hex(hex, STR(""));
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_base64(b64, STR("abc"));
    assert_string_equal(b64, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

/* RFC 4231, test case 2. */
static void hmac_matches_rfc_4231(void **state)
{
    static const unsigned char want[] = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e};
    unsigned char got[SHA256_SIZE];

    (void)state;
    hmac_sha256(got, STR("Jefe"), STR("what do ya want for nothing?"));
    assert_memory_equal(got, want, sizeof(want));
}

static void sha1_of_a_start_url_names_its_cache_file(void **state)
{
    char hex[SHA1_HEX_SIZE];

    (void)state;
    sha1_hex(hex, STR("https://ssotest.awsapps.com/start"));
    assert_string_equal(hex, "dace00cba5f8355ec9d274ceb2bcebdfbeed0e12");
}

static void crc32_is_that_of_zip_files(void **state)
{
    (void)state;
    assert_int_equal(crc32_of(STR("123456789")), 0xcbf43926);
    assert_int_equal(crc32_of(STR("")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc32_is_that_of_zip_files),
        cmocka_unit_test(sha256_matches_fips_180),
        cmocka_unit_test(hmac_matches_rfc_4231),
        cmocka_unit_test(sha1_of_a_start_url_names_its_cache_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
