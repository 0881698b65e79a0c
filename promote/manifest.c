#include "promote/manifest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "promote/manifest_private.h"

static const char file_name[] = "smokegate.json";

enum { FUNCTION_NAME_MAX = 64, ALIAS_NAME_MAX = 128, PARENTS_MAX = 256 };

/* ---- finding ---- */

static bool is_file(const char *path)
{
    return file_exists(path) && !file_is_dir(path);
}

static bool is_root(const char *dir)
{
    CLEANUP(mem_freep) char *above = path_join(dir, "..");
    struct stat here, up;

    /* A folder above that cannot be looked at ends the search as well. */
    return stat(dir, &here) < 0 || stat(above, &up) < 0 ||
           (here.st_dev == up.st_dev && here.st_ino == up.st_ino);
}

char *manifest_find(const char *from, struct err *err)
{
    CLEANUP(mem_freep) char *dir = mem_dup(*from ? from : ".");

    for (int i = 0; i < PARENTS_MAX; i++) {
        char *path = path_join(dir, file_name), *up;

        if (is_file(path))
            return path;
        free(path);
        if (is_root(dir))
            break;
        up = path_join(dir, "..");
        free(dir);
        dir = up;
    }
    err_set(err, ERR_INPUT,
            "no %s here or in a folder above; \"smokegate init\" makes one, -p FILE names one",
            file_name);
    return NULL;
}

/* ---- names ---- */

bool manifest_name_ok(struct str name, size_t max)
{
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    return name.len > 0 && name.len <= max;
}

bool manifest_function_name_ok(struct str name)
{
    return manifest_name_ok(name, FUNCTION_NAME_MAX);
}

bool manifest_alias_name_ok(struct str name)
{
    bool number = true;

    for (size_t i = 0; i < name.len; i++)
        number = number && name.data[i] >= '0' && name.data[i] <= '9';
    return manifest_name_ok(name, ALIAS_NAME_MAX) && !number;
}

/* ---- looking up ---- */

const struct manifest_environment *manifest_environment(const struct manifest *m, const char *name,
                                                        struct err *err)
{
    const char *names[MANIFEST_ENVIRONMENTS_MAX];
    CLEANUP(buf_release) struct buf known = {0};
    const char *near;

    for (size_t i = 0; i < m->environment_count; i++) {
        if (strcmp(m->environments[i].name, name) == 0)
            return &m->environments[i];
        names[i] = m->environments[i].name;
        buf_printf(&known, "%s%s", i ? ", " : "", names[i]);
    }
    near = suggest_nearest(str_c(name), names, m->environment_count);
    if (near)
        err_set(err, ERR_USAGE, "there is no environment \"%s\" in %s: did you mean \"%s\"?", name,
                m->file, near);
    else
        err_set(err, ERR_USAGE, "there is no environment \"%s\" in %s, which has %s", name, m->file,
                buf_c(&known));
    return NULL;
}

const struct manifest_function *manifest_function(const struct manifest_environment *e,
                                                  const char *key)
{
    for (size_t i = 0; i < e->function_count; i++)
        if (strcmp(e->functions[i].key, key) == 0)
            return &e->functions[i];
    return NULL;
}

const struct manifest_layer *manifest_layer(const struct manifest_environment *e, const char *key)
{
    for (size_t i = 0; i < e->layer_count; i++)
        if (strcmp(e->layers[i].key, key) == 0)
            return &e->layers[i];
    return NULL;
}

/* ---- life ---- */

struct manifest *manifest_load(const char *path, const struct manifest_options *options,
                               struct faults *faults)
{
    CLEANUP(mem_freep) char *dir = path_dir(path);
    struct json_doc *doc = json_doc_load_faults(path, MANIFEST_FILE_MAX, faults);

    return doc ? manifest_read(doc, dir, options, faults) : NULL;
}

void manifest_free(struct manifest *m)
{
    if (!m)
        return;
    json_doc_free(m->doc);
    arena_release(&m->private_->arena);
    free(m->private_);
    free(m);
}

void manifest_freep(struct manifest **m)
{
    manifest_free(*m);
}
