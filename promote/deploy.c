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

int deploy_read_version(struct str out, const char *key, bool alone, char ret[LAMBDA_VERSION_SIZE],
                        struct err *err)
{
    const struct str line = str_last_line(out);
    json_t *root = str_starts(line, STR("{")) ? json_loadb(line.data, line.len, 0, NULL) : NULL;
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
