#include "local/layers.h"

#include <string.h>

#include "base/str.h"
#include "local/resource.h"
#include "local/rules.h"

void layer_ref_read(struct call *c, const char *arn, struct layer_ref *ret)
{
    struct str fields[8] = {{0}}, rest = str_c(arn), part;
    const char *copies[8] = {""};

    for (size_t i = 0; i < ARRAY_LEN(fields) && str_cut(&rest, ':', &part); i++)
        fields[i] = part;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        copies[i] = arena_dup_str(&c->arena, fields[i]);
    *ret = (struct layer_ref){copies[3], copies[4], copies[6], copies[7]};
}

int layer_name_read(struct call *c, const char **ret_name)
{
    const char *text = c->labels[0];
    struct layer_ref ref;
    struct checks k;

    checks_begin(&k, c);
    check_pattern(&k, text, "layerName", RULE_LAYER_NAME);
    check_length(&k, text, "layerName", 1, 140);
    if (checks_end(&k) < 0)
        return -1;
    *ret_name = text;
    if (strncmp(text, "arn:", 4) != 0)
        return 0;
    layer_ref_read(c, text, &ref);
    *ret_name = ref.name;
    return 0;
}

const char *layer_arn(struct call *c, const char *name, const char *version)
{
    return lambda_arn(c, arena_printf(&c->arena, "layer:%s%s%s", name, version ? ":" : "",
                                      version ? version : ""));
}

static int attach_one(struct call *c, const char *arn, json_t *shown, json_t *zips,
                      json_int_t *unzipped)
{
    struct layer_ref ref;
    struct resource r;

    layer_ref_read(c, arn, &ref);
    if (strcmp(ref.region, c->local->options.region) != 0)
        return fail(c, FAIL_PARAMETER,
                    "Layers are not in the same region as the function. Layers are expected to be "
                    "in region %s.",
                    c->local->options.region);
    if (strcmp(ref.account, c->local->options.account) != 0)
        return fail(c, FAIL_DENIED,
                    "User: %s is not authorized to perform: lambda:GetLayerVersion on resource: "
                    "%s because no resource-based policy allows the lambda:GetLayerVersion action",
                    c->caller_arn, arn);
    if (!resource_get(c, "layer", ref.name, ref.version, &r))
        return fail(c, FAIL_PARAMETER, "Layer version %s does not exist.", arn);
    json_array_append_new(
        shown, json_pack("{ss sO}", "Arn", arn, "CodeSize",
                         json_object_get(json_object_get(r.document, "Content"), "CodeSize")));
    json_array_append_new(zips, json_string(r.zip));
    *unzipped += json_integer_value(json_object_get(r.document, "Unzipped"));
    return 0;
}

static int same_layer_twice(struct call *c, const json_t *arns)
{
    for (size_t i = 0; i < json_array_size(arns); i++)
        for (size_t k = 0; k < i; k++) {
            const char *one = json_string_value(json_array_get(arns, k));
            const char *two = json_string_value(json_array_get(arns, i));
            struct layer_ref a, b;

            layer_ref_read(c, one, &a);
            layer_ref_read(c, two, &b);
            if (strcmp(a.name, b.name) == 0 && strcmp(a.account, b.account) == 0)
                return fail(c, FAIL_PARAMETER,
                            "Two different versions of the same layer are not allowed to be "
                            "referenced in the same function. %s and %s are versions of the same "
                            "layer.",
                            one, two);
        }
    return 0;
}

int layers_attach(struct call *c, const json_t *arns, json_t *config)
{
    json_t *shown = json_array(), *zips = json_array();
    json_int_t unzipped = 0;
    int r = 0;

    for (size_t i = 0; i < json_array_size(arns) && r == 0; i++)
        r = attach_one(c, json_string_value(json_array_get(arns, i)), shown, zips, &unzipped);
    if (r == 0)
        r = same_layer_twice(c, arns);
    json_object_del(config, "Layers");
    json_object_del(config, "LayerZips");
    json_object_del(config, "LayersUnzipped");
    if (r == 0 && json_array_size(shown) > 0) {
        json_object_set(config, "Layers", shown);
        json_object_set(config, "LayerZips", zips);
        json_object_set_new(config, "LayersUnzipped", json_integer(unzipped));
    }
    json_decref(shown);
    json_decref(zips);
    return r;
}

size_t layers_zips(struct call *c, const json_t *config, const char *const **ret)
{
    const json_t *zips = json_object_get(config, "LayerZips");
    const size_t count = json_array_size(zips);
    const char **list = arena_array(&c->arena, count + 1, sizeof(*list));

    for (size_t i = 0; i < count; i++)
        list[i] = arena_dup(&c->arena, json_string_value(json_array_get(zips, i)));
    *ret = list;
    return count;
}
