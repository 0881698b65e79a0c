#include "promote/deploy.h"

#include <string.h>

#include <jansson.h>

static int take(const json_t *told, char ret[LAMBDA_VERSION_SIZE], struct err *err)
{
    const char *text = json_string_value(told);
    const size_t len = text ? strlen(text) : 0;

    if (len == 0 || len >= LAMBDA_VERSION_SIZE || strspn(text, "0123456789") != len)
        return err_set(err, ERR_REFUSED,
                       "the command's last line tells a version that is none: expected the number "
                       "of a published version as text, such as {\"version\": \"12\"}");
    memcpy(ret, text, len + 1);
    return 0;
}

static json_t *last_line(struct str out)
{
    const struct str line = str_last_line(out);

    return str_starts(line, STR("{")) ? json_loadb(line.data, line.len, 0, NULL) : NULL;
}

static bool is_key(const char *const *keys, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static int unreadable(struct str line, struct err *err)
{
    if (!str_starts(line, STR("{")) || str_find(line, STR("\"version"), 0) == (size_t)-1)
        return 0;
    return err_set(err, ERR_REFUSED,
                   "the command's last line seems to tell a version and is no JSON: %.*s",
                   (int)(line.len < 100 ? line.len : 100), line.data);
}

int deploy_check_versions(struct str out, const char *const *keys, size_t count, struct err *err)
{
    json_t *root = last_line(out), *told = json_object_get(root, "versions");
    const char *key;
    json_t *value;
    int result = root ? 0 : unreadable(str_last_line(out), err);

    if (told && !json_is_object(told))
        result = err_set(err, ERR_REFUSED,
                         "the command's last line tells \"versions\" that are no object: expected "
                         "{\"versions\": {\"%s\": \"12\", ...}}",
                         keys[0]);
    json_object_foreach(told, key, value)
    {
        if (result == 0 && !is_key(keys, count, key))
            result = err_set(err, ERR_REFUSED,
                             "the command tells a version of \"%.64s\", which is none of its "
                             "functions: they are called as in the project file, such as \"%s\"",
                             key, keys[0]);
    }
    json_decref(root);
    return result;
}

int deploy_read_version(struct str out, const char *key, bool alone, char ret[LAMBDA_VERSION_SIZE],
                        struct err *err)
{
    json_t *root = last_line(out);
    const json_t *one = json_object_get(root, "version");
    const json_t *own = json_object_get(json_object_get(root, "versions"), key);
    int result = 0;

    ret[0] = '\0';
    if (one && !alone)
        result = err_set(err, ERR_REFUSED,
                         "the command is for several functions and tells one version: expected "
                         "{\"versions\": {\"%s\": \"12\", ...}}",
                         key);
    else if (one || own)
        result = take(one ? one : own, ret, err);
    json_decref(root);
    return result;
}
