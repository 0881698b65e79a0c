#include "runner/same_as.h"

#include <string.h>

#include "json/equal.h"
#include "json/strict.h"
#include "runner/diff.h"
#include "runner/print.h"
#include "runner/snapshot.h"

struct same_as *same_as_compile(struct check_compiler *c, struct json_ref at)
{
    static const struct strict_key keys[] = {{"alias", STRICT_STRING, true},
                                             {"ignore", STRICT_ARRAY, false}};
    struct json_ref got[ARRAY_LEN(keys)] = {at};
    struct same_as *s = arena_alloc(c->arena, sizeof(*s));

    s->at = at;
    if (!json_is_string(at.value) && !json_is_object(at.value)) {
        check_refuse(c, at, "\"same_as\" wants an alias or an object, found %s",
                     strict_type_name(at.value));
        return NULL;
    }
    if (json_is_object(at.value) &&
        !strict_object(at, "same_as", keys, ARRAY_LEN(keys), got, c->faults))
        return NULL;
    s->alias = template_text(c->scope, got[0], c->arena, c->faults);
    if (!s->alias || !ignore_compile(c, got[1], &s->ignored, &s->ignored_count))
        return NULL;
    return s;
}

static void tell(const struct same_as *s, struct answer *ours, struct answer *other,
                 const struct json_doc *our_doc, const struct json_doc *other_doc,
                 struct check_run *run)
{
    CLEANUP(buf_release) struct buf diff = {0};
    struct trail trail = {NULL, str_c(arena_printf(run->arena, "same_as %s", s->alias))};

    if (our_doc && other_doc)
        diff_values(&diff, other_doc, json_doc_root(other_doc).value, our_doc,
                    json_doc_root(our_doc).value);
    check_record(run, s->at, "same_as", &trail,
                 print_clip(run->arena, buf_str(&other->reply.payload), CHECK_SHOWN_MAX),
                 print_clip(run->arena, buf_str(&ours->reply.payload), CHECK_SHOWN_MAX),
                 arena_printf(run->arena, "%s (version %s) answers otherwise", s->alias,
                              other->reply.executed_version),
                 diff.len ? buf_c(&diff) : NULL);
}

enum check_result same_as_run(const struct same_as *s, struct answer *ours, struct answer *other,
                              struct check_run *run)
{
    CLEANUP(json_doc_freep)
    struct json_doc *our_doc = ignore_apply(ours, s->ignored, s->ignored_count);
    CLEANUP(json_doc_freep)
    struct json_doc *other_doc = ignore_apply(other, s->ignored, s->ignored_count);
    bool same = strcmp(ours->reply.function_error, other->reply.function_error) == 0;

    if (our_doc && other_doc)
        same = same && json_equal_exact(our_doc, json_doc_root(our_doc).value, other_doc,
                                        json_doc_root(other_doc).value);
    else
        same = same && str_eq(buf_str(&ours->reply.payload), buf_str(&other->reply.payload));
    if (same)
        return CHECK_OK;
    tell(s, ours, other, our_doc, other_doc, run);
    return CHECK_FAILED;
}
