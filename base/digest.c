#include "base/digest.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/buf.h"
#include "base/codec.h"

void sha256(unsigned char out[SHA256_SIZE], struct str bytes)
{
    unsigned len = 0;
    const int ok =
        EVP_Digest(bytes.data ? bytes.data : "", bytes.len, out, &len, EVP_sha256(), NULL);

    assert(ok == 1 && len == SHA256_SIZE);
    (void)ok;
}

void hmac_sha256(unsigned char out[SHA256_SIZE], struct str key, struct str bytes)
{
    unsigned len = 0;

    assert(key.len <= INT_MAX);
    HMAC(EVP_sha256(), key.data ? key.data : "", (int)key.len,
         (const unsigned char *)(bytes.data ? bytes.data : ""), bytes.len, out, &len);
    assert(len == SHA256_SIZE);
}

static void encode(char *out, size_t size, struct str bytes, int (*codec)(struct buf *, struct str))
{
    unsigned char raw[SHA256_SIZE];
    struct buf text = {0};

    sha256(raw, bytes);
    codec(&text, (struct str){(const char *)raw, sizeof(raw)});
    assert(text.len + 1 == size);
    memcpy(out, text.data, size);
    buf_release(&text);
}

void sha256_hex(char out[SHA256_HEX_SIZE], struct str bytes)
{
    encode(out, SHA256_HEX_SIZE, bytes, hex_encode);
}

void sha256_base64(char out[SHA256_BASE64_SIZE], struct str bytes)
{
    encode(out, SHA256_BASE64_SIZE, bytes, base64_encode);
}

void sha1_hex(char out[SHA1_HEX_SIZE], struct str bytes)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    const int ok = EVP_Digest(bytes.data ? bytes.data : "", bytes.len, raw, &len, EVP_sha1(), NULL);
    struct buf text = {0};

    assert(ok == 1);
    (void)ok;
    hex_encode(&text, (struct str){(const char *)raw, len});
    assert(text.len + 1 == SHA1_HEX_SIZE);
    memcpy(out, text.data, SHA1_HEX_SIZE);
    buf_release(&text);
}
