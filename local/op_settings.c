/* Small settings of functions: recursion detection, and that no code signing is configured. */
#include "local/call.h"
#include "local/handlers.h"
#include "local/names.h"
#include "local/resource.h"
#include "local/rules.h"
#include "local/store.h"

static int read_function(struct call *c, struct function_ref *ref)
{
    struct function_row row;
    struct checks k;

    checks_begin(&k, c);
    if (function_ref_parse(c, &k, c->labels[0], RULE_FUNCTION_OLD, NULL, RULE_QUALIFIER, ref) < 0)
        return -1;
    return store_function(c, ref->name, &row) ? 0 : fail_function(c, ref->name, NULL);
}

/* Code signing configurations do not exist here, so no function has one. */
int code_signing_of_function(struct call *c)
{
    struct function_ref ref;

    if (read_function(c, &ref) < 0)
        return -1;
    return answer(c, 200, json_pack("{ss}", "FunctionName", ref.name));
}

int recursion_get(struct call *c)
{
    struct function_ref ref;
    struct resource r;

    if (read_function(c, &ref) < 0)
        return -1;
    if (!resource_get(c, "recursion", ref.name, "", &r))
        return answer(c, 200, json_pack("{ss}", "RecursiveLoop", "Terminate"));
    return answer(c, 200, json_incref(r.document));
}

int recursion_put(struct call *c)
{
    static const char *const choices[] = {"Terminate", "Allow"};
    const char *choice = NULL;
    struct function_ref ref;
    struct resource r = {.kind = "recursion", .key = ""};
    struct checks k;

    if (body_string(c, "RecursiveLoop", &choice) < 0)
        return -1;
    checks_begin(&k, c);
    check_present(&k, choice, "recursiveLoop");
    check_enum(&k, choice, "recursiveLoop", choices, ARRAY_LEN(choices));
    if (checks_end(&k) < 0 || read_function(c, &ref) < 0)
        return -1;
    r.owner = ref.name;
    r.document = call_own(c, json_pack("{ss}", "RecursiveLoop", choice));
    resource_put(c, &r);
    return answer(c, 200, json_incref(r.document));
}
