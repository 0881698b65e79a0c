#include "aws/creds/creds.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/secret.h"

void aws_creds_release(struct aws_creds *c)
{
    mem_wipe_free(c->access_key);
    mem_wipe_free(c->secret_key);
    mem_wipe_free(c->session_token);
    mem_wipe_free(c->cache);
    *c = (struct aws_creds){0};
}

void aws_creds_set(struct aws_creds *c, struct str access_key, struct str secret_key,
                   struct str token, int64_t expires_ms)
{
    struct aws_creds made = {
        .access_key = mem_dup_n(access_key.data, access_key.len),
        .secret_key = mem_dup_n(secret_key.data, secret_key.len),
        .session_token = token.len ? mem_dup_n(token.data, token.len) : NULL,
        .cache = mem_zalloc(sizeof(struct sigv4_cache)),
        .expires_ms = expires_ms,
    };

    aws_creds_release(c);
    *c = made;
    /* The embedded Lambda's public "local" is no secret, and masking the word would spoil every
     * text. */
    if (!str_eq(secret_key, STR("local")))
        secret_add(secret_key);
    if (token.len)
        secret_add(token);
}

static bool is_number(struct str s)
{
    unsigned long long n;

    return s.len && s.len < 20 && str_to_u64(s, (unsigned long long)-1, &n);
}

void aws_creds_set_account(struct aws_creds *c, struct str text)
{
    struct str rest = text, part = {0};

    if (str_starts(text, STR("arn:")))
        for (int i = 0; i < 5; i++)
            if (!str_cut(&rest, ':', &part))
                return;
    if (!part.data)
        part = text;
    if (is_number(part))
        snprintf(c->account, sizeof(c->account), "%.*s", STR_ARG(part));
}
