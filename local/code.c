#include "local/code.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/file.h"

static const char bad_zip[] =
    "Could not unzip uploaded file. Please check your file, then try to upload again.";

const char *code_path(struct call *c, const char *hex)
{
    return arena_printf(&c->arena, "%s/%s.zip", c->local->zip_dir, hex);
}

static int keep(struct call *c, struct str zip)
{
    struct code *code = arena_alloc(&c->arena, sizeof(*code));
    struct err err = {0};
    const char *path;
    uint64_t unzipped = 0;

    if (zip.len == 0)
        return fail(c, FAIL_PARAMETER, "Uploaded file must be a non-empty zip");
    if (zip.len > CODE_ZIP_MAX)
        return fail(c, FAIL_TOO_LARGE, "Zipped size must be smaller than %d bytes", CODE_ZIP_MAX);
    if (execute_zip_check(zip, &unzipped, &err) < 0) {
        if (err.kind == ERR_LIMIT || unzipped >= EXECUTE_UNZIPPED_MAX)
            return fail(c, FAIL_PARAMETER, "Unzipped size must be smaller than %d bytes",
                        EXECUTE_UNZIPPED_MAX);
        return fail(c, FAIL_PARAMETER, bad_zip);
    }
    sha256_hex(code->hex, zip);
    sha256_base64(code->sha256, zip);
    code->size = (int64_t)zip.len;
    code->unzipped = (int64_t)unzipped;
    path = code_path(c, code->hex);
    if (!file_exists(path) && file_write_atomic(path, zip, 0644, &err) < 0)
        return fail(c, FAIL_SERVICE, "%s", err.text);
    c->code = code;
    return 0;
}

static int take_zip(struct call *c, json_t *holder)
{
    const json_t *text = json_object_get(holder, "ZipFile");
    struct buf zip;
    int r;

    if (!json_is_string(text))
        return fail(c, FAIL_SERIALIZATION, "ZipFile is not a base64 string");
    buf_init(&zip, HTTP_BODY_MAX);
    if (base64_decode(&zip, (struct str){json_string_value(text), json_string_length(text)}) < 0)
        r = fail(c, FAIL_SERIALIZATION, "ZipFile is not a base64 string");
    else
        r = keep(c, buf_str(&zip));
    buf_release(&zip);
    json_object_del(holder, "ZipFile");
    return r;
}

static int take_image(struct call *c, const char *uri)
{
    struct code *code = arena_alloc(&c->arena, sizeof(*code));
    const char *digest = strstr(uri, "@sha256:");

    /* Lambda resolves a tag to a digest; without a registry, the name itself stands for it. */
    if (digest && strlen(digest) == 8 + 64)
        snprintf(code->sha256, sizeof(code->sha256), "%s", digest + 8);
    else
        sha256_hex(code->sha256, str_c(uri));
    code->image_uri = arena_dup(&c->arena, uri);
    c->code = code;
    return 0;
}

int code_prepare(struct call *c)
{
    static const char *const holders[] = {"Code", "Content"};
    json_t *holder = c->body;

    for (size_t i = 0; i < ARRAY_LEN(holders); i++)
        if (json_is_object(json_object_get(c->body, holders[i])))
            holder = json_object_get(c->body, holders[i]);
    if (json_object_get(holder, "ZipFile"))
        return take_zip(c, holder);
    if (json_object_get(holder, "S3Bucket") || json_object_get(holder, "S3Key"))
        return fail(c, FAIL_PARAMETER,
                    "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error "
                    "Message: The specified bucket does not exist");
    if (json_is_string(json_object_get(holder, "ImageUri")))
        return take_image(c, json_string_value(json_object_get(holder, "ImageUri")));
    return 0;
}

/* ---- collecting ---- */

static bool is_zip_name(const char *name, char hex[SHA256_HEX_SIZE])
{
    const size_t len = strlen(name);

    if (len != SHA256_HEX_SIZE - 1 + 4 || strcmp(name + len - 4, ".zip") != 0)
        return false;
    memcpy(hex, name, SHA256_HEX_SIZE - 1);
    hex[SHA256_HEX_SIZE - 1] = '\0';
    return true;
}

void code_collect(struct local *l)
{
    DIR *dir = opendir(l->zip_dir);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        char hex[SHA256_HEX_SIZE];

        if (!is_zip_name(entry->d_name, hex))
            continue;
        if (!db_value(l->db, 1,
                      "SELECT EXISTS (SELECT 1 FROM version WHERE zip = ?1) OR"
                      " EXISTS (SELECT 1 FROM resource WHERE zip = ?1) OR"
                      /* of a layer version that was deleted, but is still attached */
                      " EXISTS (SELECT 1 FROM version WHERE instr(config, ?1))",
                      "s", hex))
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir)
        closedir(dir);
}
