/* PublishVersion and ListVersionsByFunction. */
#include <string.h>

#include "local/call.h"
#include "local/config.h"
#include "local/handlers.h"
#include "local/page.h"
#include "local/publish.h"
#include "local/rules.h"
#include "local/store.h"

static int check_sha(struct call *c, const struct version *latest, const char *sha)
{
    const char *current = json_string_value(json_object_get(latest->config, "CodeSha256"));

    if (!sha || !sha[0] || strcmp(sha, current) == 0)
        return 0;
    return fail(c, FAIL_PARAMETER,
                "CodeSHA256 (%s) is different from current CodeSHA256 in $LATEST (%s). Please try "
                "again with the CodeSHA256 in $LATEST.",
                sha, current);
}

int version_publish(struct call *c)
{
    const char *revision = NULL, *sha = NULL, *description = NULL;
    struct function_ref ref;
    struct function_row row;
    struct version latest, v;
    struct checks k;
    int64_t before;

    if (function_ref_read(c, false, &ref) < 0 || body_string(c, "RevisionId", &revision) < 0 ||
        body_string(c, "CodeSha256", &sha) < 0 || body_string(c, "Description", &description) < 0)
        return -1;
    checks_begin(&k, c);
    check_length(&k, description, "description", 0, 256);
    if (checks_end(&k) < 0 || latest_for_change(c, &ref, revision, &row, &latest) < 0 ||
        check_sha(c, &latest, sha) < 0)
        return -1;
    before = row.published ? row.published_version : -1;
    if (publish_new(c, &row, &latest, description, false, &v) < 0)
        return -1;
    if (v.number != before) { /* publishing is a change of $LATEST, too */
        char fresh[UUID_SIZE];

        new_revision(fresh);
        latest.revision = fresh;
        store_version_put(c, &latest);
    }
    return answer(c, 201, config_answer(c, &v, version_name(c, v.number), CONFIG_WHOLE));
}

int version_list(struct call *c)
{
    struct function_ref ref;
    struct function_row row;
    struct page page;
    struct version *versions;
    json_t *list, *document;
    size_t count;

    if (function_ref_read(c, false, &ref) < 0 || page_read(c, PAGE_MAX, &page) < 0)
        return -1;
    if (!store_function(c, ref.name, &row))
        return fail_function(c, ref.name, NULL);
    count = store_versions(c, ref.name, NULL, page.number, false, page.limit + 1, &versions);
    list = json_array();
    document = json_pack("{so}", "Versions", list);
    for (size_t i = 0; i < count && i < page.limit; i++)
        json_array_append_new(
            list, config_answer(c, &versions[i], version_name(c, versions[i].number), CONFIG_ITEM));
    if (count > page.limit)
        page_next(document, ref.name, versions[page.limit - 1].number, "");
    return answer(c, 200, document);
}
