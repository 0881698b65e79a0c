/*
 * The shared config and credentials files: AWS's own INI dialect, with sub-properties and
 * continuation lines. Values may be secrets: they are wiped when released and never shown in
 * messages. https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
#ifndef AWS_PROFILE_H
#define AWS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/env.h"
#include "base/err.h"
#include "base/str.h"

enum { PROFILE_FILE_MAX = 4 << 20 };

enum profile_file { PROFILE_CONFIG, PROFILE_CREDENTIALS };
enum profile_kind {
    PROFILE_KIND_PROFILE,
    PROFILE_KIND_SSO_SESSION,
    PROFILE_KIND_SERVICES,
    /* [a] or [profile a b] of the config file, [profile a] of the other: ignored, empty */
    PROFILE_KIND_MISWRITTEN,
};

struct profile_property {
    char *key;   /* lower case */
    char *value; /* lines of a sub-property block each begin with '\n' */
};

struct profile_section {
    enum profile_kind kind;
    char *name;
    bool prefixed; /* "[profile default]", which hides "[default]" of the same file */
    struct profile_property *items;
    size_t count;
};

/* {0} is empty. */
struct aws_profiles {
    struct profile_section *sections;
    size_t count;
    char *tried; /* the two paths, for messages; NULL before aws_profiles_load */
};

void aws_profiles_release(struct aws_profiles *p);

/* Where the two files are; returns owned, NULL when there is neither variable nor HOME. */
char *aws_profiles_path(const struct aws_env *env, enum profile_file file);

/*
 * Reads both files (config first: the credentials file wins); a missing one is empty. ERR_INPUT
 * with path:line when one is malformed.
 */
int aws_profiles_load(struct aws_profiles *p, const struct aws_env *env, struct err *err);

/*
 * Adds one file's text, the config file's first. `path` is for messages. Beyond AWS's format: as
 * the AWS CLI does, a name with blanks may stand in quotes ([profile "a b"]), and is then known in
 * the credentials file without any; a byte order mark of UTF-8 is passed over.
 */
int aws_profiles_parse(struct aws_profiles *p, struct str text, enum profile_file file,
                       const char *path, struct err *err);

/* Without regard to blanks around the name. */
const struct profile_section *aws_profiles_find(const struct aws_profiles *p,
                                                enum profile_kind kind, const char *name);

/* A property's value, NULL when there is none. `section` may be NULL. */
const char *profile_get(const struct profile_section *section, const char *key);

/* The sub-property `key` of a block "\nkey = value\n...": false when there is none. */
bool profile_sub(const char *block, const char *key, struct str *ret_value);

#endif
