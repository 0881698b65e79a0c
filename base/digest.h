/*
 * SHA-256 over OpenSSL, plain and keyed (HMAC, RFC 2104); SHA-1 for names of files. libcrypto is
 * opened by the first call, from whatever thread: see base/library.h.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/err.h"
#include "base/str.h"

enum { SHA256_SIZE = 32, SHA256_HEX_SIZE = 65, SHA256_BASE64_SIZE = 45, SHA1_HEX_SIZE = 41 };

void sha256(unsigned char out[SHA256_SIZE], struct str bytes);
void sha256_hex(char out[SHA256_HEX_SIZE], struct str bytes);
void hmac_sha256(unsigned char out[SHA256_SIZE], struct str key, struct str bytes);

/* Lambda's CodeSha256 is this of the zip: base64(sha256(bytes)). */
void sha256_base64(char out[SHA256_BASE64_SIZE], struct str bytes);

/* The AWS CLI names the files of its SSO token cache by this. Protects nothing. */
void sha1_hex(char out[SHA1_HEX_SIZE], struct str bytes);

/* CRC-32 as in IEEE 802.3: of zip entries and of the frames of an event stream. Without libcrypto.
 */
uint32_t crc32_of(struct str bytes);

#endif
