/* ListTags, TagResource, UntagResource: of functions and of event source mappings. */
#include <string.h>

#include "base/str.h"
#include "local/call.h"
#include "local/handlers.h"
#include "local/resource.h"
#include "local/rules.h"
#include "local/store.h"

enum { TAGS_MAX = 50, KEYS_MAX = 200 };

/* What the ARN names, with its tags. */
struct tagged {
    struct function_row function; /* name NULL: it is a mapping */
    struct resource mapping;
    json_t *tags;
};

static int find_function(struct call *c, struct str name, struct str qualifier, struct tagged *ret)
{
    const char *text = arena_dup_str(&c->arena, name);

    if (qualifier.len)
        return fail(c, FAIL_PARAMETER,
                    "Tags on function aliases and versions are not supported. Please specify a "
                    "function ARN.");
    if (!store_function(c, text, &ret->function))
        return fail_function(c, text, NULL);
    ret->tags = ret->function.tags;
    return 0;
}

static int find_tagged(struct call *c, struct tagged *ret)
{
    const char *arn = c->labels[0];
    struct str fields[8] = {{0}}, rest = str_c(arn), part;
    struct checks k;

    *ret = (struct tagged){.tags = NULL};
    checks_begin(&k, c);
    check_pattern(&k, arn, "resource", RULE_TAGGABLE_ARN);
    if (checks_end(&k) < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(fields) && str_cut(&rest, ':', &part); i++)
        fields[i] = part;
    if (str_eq(fields[5], STR("function")))
        return find_function(c, fields[6], fields[7], ret);
    if (!str_eq(fields[5], STR("event-source-mapping")))
        return fail(c, FAIL_NOT_IMPLEMENTED,
                    "smokegate-local keeps tags of functions and event "
                    "source mappings only");
    if (!resource_get(c, "mapping", "", arena_dup_str(&c->arena, fields[6]), &ret->mapping))
        return fail(c, FAIL_NOT_FOUND, "Event source mapping not found: %s", arn);
    ret->tags = json_object_get(ret->mapping.document, "Tags");
    if (!ret->tags) {
        ret->tags = json_object();
        json_object_set_new(ret->mapping.document, "Tags", ret->tags);
    }
    return 0;
}

/* Recorded from Lambda: $LATEST gets another RevisionId with every change of tags. */
static void touch_latest(struct call *c, const char *function)
{
    struct version latest;
    char revision[UUID_SIZE];

    if (!store_version(c, function, VERSION_LATEST, &latest))
        return;
    new_revision(revision);
    latest.revision = revision;
    store_version_put(c, &latest);
}

static void put_tagged(struct call *c, const struct tagged *t)
{
    if (t->function.name) {
        store_function_put(c, &t->function);
        touch_latest(c, t->function.name);
    } else {
        resource_put(c, &t->mapping);
    }
}

int tags_list(struct call *c)
{
    struct tagged t;

    if (find_tagged(c, &t) < 0)
        return -1;
    return answer(c, 200, json_pack("{sO}", "Tags", t.tags));
}

int tags_check(struct call *c, json_t *tags)
{
    const char *key;
    json_t *value;

    json_object_foreach(tags, key, value)
    {
        if (!json_is_string(value))
            return fail(c, FAIL_SERIALIZATION,
                        "the value of tag %s can not be converted to a "
                        "String",
                        key);
    }
    if (json_object_size(tags) > TAGS_MAX)
        return fail(c, FAIL_PARAMETER, "Number of tags exceeds resource tag limit.");
    return 0;
}

int tags_add(struct call *c)
{
    json_t *tags = NULL;
    struct tagged t;

    if (body_object(c, "Tags", &tags) < 0)
        return -1;
    if (json_object_size(tags) == 0)
        return fail(c, FAIL_PARAMETER, "An error occurred and the request cannot be processed.");
    if (find_tagged(c, &t) < 0)
        return -1;
    json_object_update(t.tags, tags);
    if (tags_check(c, t.tags) < 0)
        return -1;
    put_tagged(c, &t);
    return answer_nothing(c, 204);
}

int tags_remove(struct call *c)
{
    const char *keys[KEYS_MAX];
    const size_t count = http_query_all(c->request, &c->arena, "tagKeys", keys, KEYS_MAX);
    struct checks k;
    struct tagged t;

    checks_begin(&k, c);
    check_present(&k, count ? keys : NULL, "tagKeys");
    if (checks_end(&k) < 0 || find_tagged(c, &t) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        json_object_del(t.tags, keys[i]);
    put_tagged(c, &t);
    return answer_nothing(c, 204);
}
