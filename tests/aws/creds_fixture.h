/* A chain of credentials with a home of its own, a clock that stands, and one server for all. */
#ifndef TESTS_AWS_CREDS_FIXTURE_H
#define TESTS_AWS_CREDS_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include "aws/creds/chain.h"
#include "tests/aws/fake_home.h"
#include "tests/aws/script_server.h"

enum { HOUR_MS = 3600 * 1000 };

#define NOW 1700000000000 /* 2023-11-14T22:13:20Z */

struct creds_fixture {
    struct fake_home home;
    struct aws_profiles profiles;
    struct script_server *server;
    struct http_pool *http;
    struct creds_options o;
    struct creds_chain *chain;
    const struct aws_creds *creds;
    int64_t now_ms;
    int64_t set_back_ms; /* by how much the wall clock was */
    struct clock clock;
    struct err err;
};

/* Options for a chain with this text as its config file; whatever is asked goes to the server. */
void creds_begin(struct creds_fixture *f, const char *config, const struct script_step *steps,
                 size_t count);
void creds_set_env(struct creds_fixture *f, const char *name, const char *value);
/* Writes a file below the home; returns its path, owned. */
char *creds_write_home(struct creds_fixture *f, const char *name, const char *text);
/* creds_chain_get() of f->chain, which is made of f->o at the first call. */
int creds_get(struct creds_fixture *f);
void creds_end(struct creds_fixture *f);

/* A role that wants MFA. */
#define MFA_CONFIG                                                                                 \
    "[default]\nrole_arn=arn:aws:iam::1:role/A\nsource_profile=b\n"                                \
    "mfa_serial=arn:aws:iam::1:mfa/me\n"                                                           \
    "[profile b]\naws_access_key_id=AKIAB\naws_secret_access_key=secretB\n"

/* What STS and a container answer. */
#define STS(key, secret, token, expiration)                                                        \
    "<R><Credentials><AccessKeyId>" key "</AccessKeyId><SecretAccessKey>" secret                   \
    "</SecretAccessKey><SessionToken>" token "</SessionToken><Expiration>" expiration              \
    "</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::222222222222:assumed-role/r/s"  \
    "</Arn></AssumedRoleUser></R>"

#define INSTANCE(key, expiration)                                                                  \
    "{\"AccessKeyId\":\"" key "\",\"SecretAccessKey\":\"secret\",\"Token\":\"token\","             \
    "\"Expiration\":\"" expiration "\"}"

#endif
