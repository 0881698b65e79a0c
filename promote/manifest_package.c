#include "promote/manifest_private.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "json/strict.h"

enum { ZIP, DIR, S3, IMAGE, COMMAND, KINDS, TIMEOUT = KINDS, KEYS };

/* Shorter than the default lease: who deploys for longer says so, and gives a longer lease. */
enum { COMMAND_DEFAULT_MS = 10 * 60 * 1000, COMMAND_MAX_MS = 6 * 3600 * 1000 };

static const struct strict_key keys[KEYS] = {
    [ZIP] = {"zip", STRICT_STRING, false},        [DIR] = {"dir", STRICT_STRING, false},
    [S3] = {"s3", STRICT_OBJECT, false},          [IMAGE] = {"image", STRICT_STRING, false},
    [COMMAND] = {"command", STRICT_ARRAY, false}, [TIMEOUT] = {"timeout", STRICT_STRING, false},
};

static const enum package_kind kinds[KINDS] = {
    [ZIP] = PACKAGE_ZIP,     [DIR] = PACKAGE_DIR,         [S3] = PACKAGE_S3,
    [IMAGE] = PACKAGE_IMAGE, [COMMAND] = PACKAGE_COMMAND,
};

/* ---- shape ---- */

static bool read_s3(struct manifest_reader *r, struct json_ref at, struct raw_package *p)
{
    static const struct strict_key s3_keys[] = {{"bucket", STRICT_STRING, true},
                                                {"key", STRICT_STRING, true},
                                                {"version", STRICT_STRING, false}};
    struct json_ref got[ARRAY_LEN(s3_keys)];
    bool whole = strict_object(at, "\"s3\"", s3_keys, ARRAY_LEN(s3_keys), got, r->faults);

    for (size_t i = 0; i < ARRAY_LEN(s3_keys); i++)
        whole = (!got[i].value || manifest_plain_text(r, got[i], s3_keys[i].name)) && whole;
    p->bucket = got[0];
    p->key = got[1];
    p->version = got[2];
    return whole;
}

static bool read_command(struct manifest_reader *r, struct json_ref at)
{
    if (json_array_size(at.value) == 0) {
        json_fault(r->faults, at.doc, json_ref_start(at),
                   "\"command\" wants the program and its arguments, found an empty array");
        return false;
    }
    return manifest_strings_only(r, at, "\"command\"");
}

static bool read_kind(struct manifest_reader *r, int which, struct json_ref at,
                      struct raw_package *p)
{
    p->value = at;
    if (which == S3)
        return read_s3(r, at, p);
    if (which == COMMAND)
        return read_command(r, at);
    return manifest_plain_text(r, at, keys[which].name);
}

void manifest_read_package(struct manifest_reader *r, struct json_ref at,
                           struct raw_package *package)
{
    struct json_ref got[KEYS];
    int which = -1;

    *package = (struct raw_package){.written = at.value != NULL, .at = at};
    if (!at.value || !strict_object(at, "\"package\"", keys, KEYS, got, r->faults))
        return;
    for (int i = 0; i < KINDS; i++) {
        if (!got[i].value)
            continue;
        if (which >= 0) {
            json_fault(r->faults, at.doc, json_ref_key(got[i]),
                       "a package is one thing, found both \"%s\" and \"%s\"", keys[which].name,
                       keys[i].name);
            return;
        }
        which = i;
    }
    if (which < 0)
        json_fault(r->faults, at.doc, json_ref_start(at),
                   "a package is one of zip, dir, s3, image, command: found none");
    else if (got[TIMEOUT].value && which != COMMAND)
        json_fault(r->faults, at.doc, json_ref_key(got[TIMEOUT]),
                   "\"timeout\" is for a \"command\", found it beside \"%s\"", keys[which].name);
    else if (read_kind(r, which, got[which], package))
        package->kind = kinds[which];
    package->timeout = got[TIMEOUT];
}

bool package_same_command(const struct package *a, const struct package *b)
{
    size_t i = 0;

    if (a->kind != PACKAGE_COMMAND || b->kind != PACKAGE_COMMAND)
        return false;
    while (a->argv[i] && b->argv[i] && strcmp(a->argv[i], b->argv[i]) == 0)
        i++;
    return !a->argv[i] && !b->argv[i];
}

/* ---- values ---- */

static void resolve_path(struct expander *x, const struct manifest *m, struct json_ref at,
                         struct package *ret)
{
    CLEANUP(mem_freep) char *path = NULL;

    ret->shown = expand_text(x, at);
    if (!ret->shown)
        return;
    path = path_join(m->dir, ret->shown);
    ret->path = arena_dup(x->arena, path);
}

/* A tag can be moved to another image between test and flip; a digest cannot. */
static void resolve_image(struct expander *x, struct json_ref at, struct package *ret)
{
    const char *digest;

    ret->image = ret->shown = expand_text(x, at);
    if (!ret->image || x->release_missing)
        return;
    digest = strstr(ret->image, "@sha256:");
    if (digest && digest != ret->image && strlen(digest + 8) == 64 &&
        strspn(digest + 8, "0123456789abcdef") == 64)
        return;
    fault_hint(fault_once(x->faults, at, json_ref_start(at),
                          "the image \"%s\" is not pinned by its digest", ret->image),
               "write REPOSITORY@sha256: and its 64 hexadecimal digits: a tag may be moved "
               "between the test and the flip");
}

static int64_t command_timeout(struct expander *x, struct json_ref at)
{
    int64_t ms;

    if (!at.value)
        return COMMAND_DEFAULT_MS;
    if (clock_parse_duration(str_c(json_string_value(at.value)), &ms) && ms >= 1000 &&
        ms <= COMMAND_MAX_MS)
        return ms;
    fault_once(x->faults, at, json_ref_start(at),
               "\"timeout\" wants a duration from \"1s\" to \"6h\", found \"%s\"",
               json_string_value(at.value));
    return COMMAND_DEFAULT_MS;
}

static void resolve_command(struct expander *x, struct json_ref at, struct package *ret)
{
    const char **argv = arena_array(x->arena, json_array_size(at.value) + 1, sizeof(*argv));

    for (struct json_child c = json_child_first(at); c.ref.value; c = json_child_next(c))
        argv[c.at] = expand_text(x, c.ref);
    ret->argv = argv;
    ret->shown = argv[0];
}

static void resolve_s3(struct expander *x, const struct raw_package *raw, struct package *ret)
{
    ret->bucket = expand_text(x, raw->bucket);
    ret->key = expand_text(x, raw->key);
    if (raw->version.value)
        ret->object_version = expand_text(x, raw->version);
    if (ret->bucket && ret->key)
        ret->shown = arena_printf(x->arena, "s3://%s/%s", ret->bucket, ret->key);
}

void manifest_resolve_package(struct expander *x, const struct manifest *m,
                              const struct raw_package *raw, struct package *ret)
{
    ret->kind = raw->kind;
    ret->at = raw->at;
    x->release_missing = false;
    switch (raw->kind) {
    case PACKAGE_NONE:
        break;
    case PACKAGE_ZIP:
    case PACKAGE_DIR:
        resolve_path(x, m, raw->value, ret);
        break;
    case PACKAGE_S3:
        resolve_s3(x, raw, ret);
        break;
    case PACKAGE_IMAGE:
        resolve_image(x, raw->value, ret);
        break;
    case PACKAGE_COMMAND:
        resolve_command(x, raw->value, ret);
        ret->timeout_ms = command_timeout(x, raw->timeout);
        ret->release = m->release;
        x->release_missing = !m->release; /* nothing else says what it deploys */
        break;
    }
    ret->needs_release = x->release_missing;
}
