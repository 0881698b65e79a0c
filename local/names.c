#include "local/names.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "local/route.h"

enum { QUALIFIER_MAX = 128 };

int64_t version_number(const char *qualifier)
{
    unsigned long long number;

    if (!qualifier || strcmp(qualifier, "$LATEST") == 0)
        return 0;
    if (!str_to_u64(str_c(qualifier), INT64_MAX, &number) || number == 0)
        return -1;
    return (int64_t)number;
}

const char *version_name(struct call *c, int64_t number)
{
    return number == 0 ? "$LATEST" : arena_printf(&c->arena, "%lld", (long long)number);
}

/* What the service answers to a caller of another account, whose policies it does not know. */
static int other_account(struct call *c, const char *text)
{
    return fail(c, FAIL_DENIED, "User: %s is not authorized to perform: lambda:%s on resource: %s",
                c->caller_arn, c->route->name, text);
}

struct parts {
    struct str region, account, name, qualifier;
};

/* The text satisfies the service's pattern, so the parts can be told by their place. */
static struct parts split(struct str text)
{
    struct parts p = {{0}};
    struct str fields[8], rest = text, part;
    size_t count = 0, at = 0;

    while (count < ARRAY_LEN(fields) && str_cut(&rest, ':', &part))
        fields[count++] = part;
    if (count > 3 && str_eq(fields[0], STR("arn"))) {
        p.region = fields[3];
        at = 4;
    }
    /* "123456789012:function:name", "123456789012:name", "function:name" */
    if (count > at + 1 && fields[at].len == 12 &&
        str_to_u64(fields[at], 999999999999ULL, &(unsigned long long){0}))
        p.account = fields[at++];
    if (count > at + 1 && str_eq(fields[at], STR("function")))
        at++;
    if (at < count)
        p.name = fields[at++];
    if (at < count)
        p.qualifier = fields[at];
    return p;
}

int function_ref_parse(struct call *c, struct checks *checks, const char *text,
                       enum rule_pattern pattern, const char *qualifier,
                       enum rule_pattern qualifier_pattern, struct function_ref *ret)
{
    const struct local_options *o = &c->local->options;
    struct parts p;

    check_length(checks, qualifier, "qualifier", 1, QUALIFIER_MAX);
    if (qualifier && strlen(qualifier) <= QUALIFIER_MAX)
        check_pattern(checks, qualifier, "qualifier", qualifier_pattern);
    if (pattern == RULE_FUNCTION_NEW)
        check_length(checks, text, "functionName", 1, 140);
    check_pattern(checks, text, "functionName", pattern);
    if (checks_end(checks) < 0)
        return -1;
    p = split(str_c(text));
    if (p.region.len && !str_eq_c(p.region, o->region))
        return fail(c, FAIL_NOT_FOUND,
                    "Functions from '%.*s' are not reachable in this region ('%s')",
                    STR_ARG(p.region), o->region);
    if (p.account.len && !str_eq_c(p.account, o->account))
        return other_account(c, text);
    if (p.qualifier.len && qualifier && !str_eq_c(p.qualifier, qualifier))
        return fail(c, FAIL_PARAMETER,
                    "The derived qualifier from the function name does not match the specified "
                    "qualifier.");
    ret->name = arena_dup_str(&c->arena, p.name);
    ret->qualifier = p.qualifier.len ? arena_dup_str(&c->arena, p.qualifier) : qualifier;
    return 0;
}

int function_ref_read(struct call *c, bool with_query, struct function_ref *ret)
{
    struct checks checks;

    checks_begin(&checks, c);
    return function_ref_parse(c, &checks, c->labels[0], RULE_FUNCTION_NAME,
                              with_query ? call_query(c, "Qualifier") : NULL, RULE_QUALIFIER, ret);
}
