#include "base/digest.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include <pthread.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/library.h"

#define SONAME_OF(major)  SONAME_OF_(major)
#define SONAME_OF_(major) "libcrypto.so." #major
#define SONAME            SONAME_OF(OPENSSL_VERSION_MAJOR)

LIBRARY_NOTE(note, SONAME, "digests and signatures", "required");

static struct {
    __typeof__(&EVP_Digest) digest;
    __typeof__(&EVP_sha256) sha256;
    __typeof__(&EVP_sha1) sha1;
    __typeof__(&HMAC) hmac;
} crypto;

static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static void load(void)
{
    void *library = library_open(SONAME);

    library_symbol(library, "EVP_Digest", &crypto.digest);
    library_symbol(library, "EVP_sha256", &crypto.sha256);
    library_symbol(library, "EVP_sha1", &crypto.sha1);
    library_symbol(library, "HMAC", &crypto.hmac);
}

void sha256(unsigned char out[SHA256_SIZE], struct str bytes)
{
    unsigned len = 0;
    int ok;

    pthread_once(&loaded, load);
    ok = crypto.digest(bytes.data ? bytes.data : "", bytes.len, out, &len, crypto.sha256(), NULL);
    assert(ok == 1 && len == SHA256_SIZE);
    (void)ok;
}

void hmac_sha256(unsigned char out[SHA256_SIZE], struct str key, struct str bytes)
{
    unsigned len = 0;

    pthread_once(&loaded, load);
    assert(key.len <= INT_MAX);
    crypto.hmac(crypto.sha256(), key.data ? key.data : "", (int)key.len,
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
    struct buf text = {0};
    int ok;

    pthread_once(&loaded, load);
    ok = crypto.digest(bytes.data ? bytes.data : "", bytes.len, raw, &len, crypto.sha1(), NULL);
    assert(ok == 1);
    (void)ok;
    hex_encode(&text, (struct str){(const char *)raw, len});
    assert(text.len + 1 == SHA1_HEX_SIZE);
    memcpy(out, text.data, SHA1_HEX_SIZE);
    buf_release(&text);
}

/* Four bits at a time: small, and fast enough for what fits into a package or a response. */
uint32_t crc32_of(struct str bytes)
{
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                       0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                       0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = 0xffffffffu;

    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (unsigned char)bytes.data[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}
