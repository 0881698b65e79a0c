#include "local/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "local/rules.h"

static bool read_marker(struct call *c, const char *marker, struct page *page)
{
    struct buf plain = {0};
    json_t *parts;
    const char *text = NULL, *text2 = NULL;
    json_int_t number;
    bool ok = base64_decode(&plain, str_c(marker)) == 0;

    parts = ok ? json_loadb(plain.data ? plain.data : "", plain.len, 0, NULL) : NULL;
    ok = parts && json_unpack(parts, "[sIs]", &text, &number, &text2) == 0;
    if (ok) {
        page->text = arena_dup(&c->arena, text);
        page->text2 = arena_dup(&c->arena, text2);
        page->number = number;
    }
    json_decref(parts);
    buf_release(&plain);
    return ok;
}

int page_read(struct call *c, size_t most, struct page *ret)
{
    const char *items = call_query(c, "MaxItems"), *marker = call_query(c, "Marker");
    unsigned long long count = most;
    struct checks k;

    *ret = (struct page){.limit = most, .text = "", .text2 = "", .number = -1};
    if (items && !str_to_u64(str_c(items), UINT32_MAX, &count))
        return fail(c, FAIL_SERIALIZATION, "MaxItems is not an Integer");
    checks_begin(&k, c);
    check_range(&k, (json_int_t)count, "maxItems", 1, PAGE_ITEMS_MAX);
    if (checks_end(&k) < 0)
        return -1;
    if (marker && marker[0] && !read_marker(c, marker, ret))
        return fail(c, FAIL_PARAMETER, "Invalid marker");
    if (count < most)
        ret->limit = (size_t)count;
    return 0;
}

void page_next(json_t *document, const char *text, int64_t number, const char *text2)
{
    json_t *parts = json_pack("[sIs]", text, (json_int_t)number, text2);
    char *plain = json_dumps(parts, JSON_COMPACT);
    struct buf marker = {0};

    base64_encode(&marker, str_c(plain));
    json_object_set_new(document, "NextMarker", json_string(buf_c(&marker)));
    buf_release(&marker);
    free(plain);
    json_decref(parts);
}
