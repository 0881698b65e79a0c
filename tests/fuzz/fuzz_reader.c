/* Any bytes: either a document equal to jansson's, or a refusal with a place inside the text. */
#include <assert.h>
#include <string.h>

#include "json/reader.h"
#include "tests/fuzz/fuzz.h"

static void walk(struct json_ref ref)
{
    const struct json_pos start = json_ref_start(ref), end = json_ref_end(ref);

    assert(start.offset < end.offset && end.offset <= json_doc_text(ref.doc).len);
    for (struct json_child c = json_child_first(ref); c.ref.value; c = json_child_next(c)) {
        const struct json_pos inner = json_ref_start(c.ref);

        assert(inner.offset > start.offset && json_ref_end(c.ref).offset < end.offset);
        walk(c.ref);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct str text = {(const char *)data, size};
    struct json_doc *strict = NULL, *lenient = NULL;
    struct err err = {0};
    json_t *theirs =
        json_loadb(text.data ? text.data : "", size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

    if (json_doc_parse(&strict, text, "f", 0, &err) == 0)
        walk(json_doc_root(strict));
    else
        assert(strncmp(err.text, "f:", 2) == 0);
    if (json_doc_parse(&lenient, text, "f", JSON_READ_DUPLICATES, &err) == 0) {
        walk(json_doc_root(lenient));
        if (theirs && !json_doc_duplicate_count(lenient))
            assert(json_equal(theirs, json_doc_root(lenient).value));
    } else if (size && !memchr(data, 0, size))    /* jansson takes some bare NULs as blanks */
        assert(!theirs || err.kind == ERR_LIMIT); /* only jansson's deeper nesting is more */
    json_decref(theirs);
    json_doc_free(strict);
    json_doc_free(lenient);
    return 0;
}
