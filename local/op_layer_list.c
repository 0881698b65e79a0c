/* ListLayerVersions and ListLayers. */
#include <string.h>

#include "local/call.h"
#include "local/config_check.h"
#include "local/handlers.h"
#include "local/layers.h"
#include "local/page.h"
#include "local/resource.h"
#include "local/rules.h"

struct filter {
    const char *runtime, *architecture; /* NULL: any */
};

static int read_filter(struct call *c, struct filter *f)
{
    static const char *const known[] = {"x86_64", "arm64"};
    struct checks k;

    f->runtime = call_query(c, "CompatibleRuntime");
    f->architecture = call_query(c, "CompatibleArchitecture");
    checks_begin(&k, c);
    check_enum(&k, f->runtime, "compatibleRuntime", lambda_runtimes, lambda_runtime_count);
    check_enum(&k, f->architecture, "compatibleArchitecture", known, ARRAY_LEN(known));
    return checks_end(&k);
}

static bool lists(const struct resource *r, const char *key, const char *wanted)
{
    const json_t *list = json_object_get(r->document, key);

    for (size_t i = 0; wanted && i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), wanted) == 0)
            return true;
    return !wanted;
}

static bool matches(const struct resource *r, const struct filter *f)
{
    return lists(r, "CompatibleRuntimes", f->runtime) &&
           lists(r, "CompatibleArchitectures", f->architecture);
}

static json_t *layer_item(const struct resource *r)
{
    json_t *item = json_copy(r->document);

    json_object_del(item, "Content");
    json_object_del(item, "Unzipped");
    json_object_del(item, "LayerArn");
    return item;
}

/*
 * The newest versions below `below` that match, as many as there is room for, and whether there are
 * more. What does not match is read as well, but never all at once.
 */
static size_t newest(struct call *c, const char *layer, int64_t below, const struct filter *f,
                     size_t room, struct resource *ret, bool *ret_more)
{
    size_t found = 0, count;

    *ret_more = false;
    do {
        struct resource *rows;

        count = resource_list_down(c, "layer", layer, below, room + 1, &rows);
        for (size_t i = 0; i < count && !*ret_more; i++) {
            below = rows[i].number;
            if (!matches(&rows[i], f))
                continue;
            if (found == room)
                *ret_more = true;
            else
                ret[found++] = rows[i];
        }
    } while (count == room + 1 && !*ret_more);
    return found;
}

int layer_list_versions(struct call *c)
{
    const char *name;
    struct filter filter;
    struct resource rows[PAGE_MAX];
    struct page page;
    json_t *list, *document;
    size_t count;
    bool more;

    if (layer_name_read(c, &name) < 0 || read_filter(c, &filter) < 0 ||
        page_read(c, PAGE_MAX, &page) < 0)
        return -1;
    count = newest(c, name, page.number >= 0 ? page.number : INT64_MAX, &filter, page.limit, rows,
                   &more);
    list = json_array();
    document = json_pack("{so}", "LayerVersions", list);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, layer_item(&rows[i]));
    if (more)
        page_next(document, "", rows[count - 1].number, "");
    return answer(c, 200, document);
}

int layer_list(struct call *c)
{
    const char *layer, *last = "";
    struct filter filter;
    struct page page;
    json_t *list, *document;

    if (read_filter(c, &filter) < 0 || page_read(c, PAGE_MAX, &page) < 0)
        return -1;
    list = json_array();
    document = json_pack("{so}", "Layers", list);
    layer = page.text;
    while ((layer = resource_next_owner(c, "layer", layer)) != NULL) {
        struct resource r;
        bool more;

        if (!newest(c, layer, INT64_MAX, &filter, 1, &r, &more))
            continue;
        if (json_array_size(list) == page.limit) {
            page_next(document, last, 0, "");
            break;
        }
        last = layer;
        json_array_append_new(list, json_pack("{ss ss so}", "LayerName", layer, "LayerArn",
                                              layer_arn(c, layer, NULL), "LatestMatchingVersion",
                                              layer_item(&r)));
    }
    return answer(c, 200, document);
}
