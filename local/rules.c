#include "local/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/pattern.h"

/* Word for word as the service spells them in its messages. */
static const char *const texts[RULE_PATTERNS] = {
    [RULE_FUNCTION_NAME] =
        "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?"
        "(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?",
    [RULE_FUNCTION_NEW] =
        "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?"
        "(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?",
    [RULE_FUNCTION_OLD] =
        "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?"
        "(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?",
    [RULE_QUALIFIER] = "\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+",
    [RULE_ALIAS_QUALIFIER] = "((?!^\\d+$)^[0-9a-zA-Z-_]+$)",
    [RULE_ALIAS_NAME] = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)",
    [RULE_VERSION] = "(\\$LATEST|[0-9]+)",
    [RULE_WEIGHT_VERSION] = "[0-9]+",
    [RULE_ROLE] = "arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
    [RULE_STATEMENT_ID] = "([a-zA-Z0-9-_]+)",
    [RULE_LAYER_ARN] =
        "(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:"
        "\\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+",
    [RULE_LAYER_VERSION_ARN] =
        "(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:"
        "\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:"
        "[a-zA-Z0-9-_]+)",
    [RULE_LAYER_NAME] =
        "((arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+)|(arn:[a-zA-Z0-9-]+"
        ":lambda:::awslayer:[a-zA-Z0-9-_]+))|[a-zA-Z0-9-_]+",
    [RULE_HANDLER] = "[^\\s]+",
    [RULE_TAGGABLE_ARN] =
        "arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:"
        "(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|"
        "code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-"
        "[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)",
    [RULE_DESTINATION] =
        "$|kafka://([^.]([a-zA-Z0-9\\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:"
        "((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)",
    [RULE_ACTION] = "(lambda:[*]|lambda:[a-zA-Z]+|[*])",
    [RULE_LAYER_ACTION] = "lambda:GetLayerVersion",
    [RULE_SUBNET] = "subnet-[0-9a-z]*",
    [RULE_SECURITY_GROUP] = "sg-[0-9a-zA-Z]*",
    [RULE_VARIABLE] = "[a-zA-Z]([a-zA-Z0-9_])+",
};

struct rules {
    struct pattern *compiled[RULE_PATTERNS];
};

struct rules *rules_new(void)
{
    return mem_zalloc(sizeof(struct rules));
}

void rules_free(struct rules *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < RULE_PATTERNS; i++)
        pattern_free(r->compiled[i]);
    free(r);
}

const char *rule_text(enum rule_pattern pattern)
{
    return texts[pattern];
}

bool rule_matches(struct call *c, enum rule_pattern pattern, const char *value)
{
    struct pattern **p = &c->local->rules->compiled[pattern];

    if (!*p && pattern_compile(p, str_c(texts[pattern]), PATTERN_PCRE2, PATTERN_FULL, NULL, NULL))
        return false;
    return pattern_match(*p, str_c(value)) == PATTERN_MATCH;
}

void checks_begin(struct checks *k, struct call *c)
{
    *k = (struct checks){.call = c};
}

static void add(struct checks *k, const char *at, const char *value)
{
    buf_add_c(&k->text, k->count++ ? "; " : "");
    if (value)
        buf_printf(&k->text, "Value '%s' at '%s' failed to satisfy constraint: ", value, at);
    else
        buf_printf(&k->text, "Value null at '%s' failed to satisfy constraint: ", at);
}

void check_failed(struct checks *k, const char *at, const char *value, const char *must)
{
    add(k, at, value);
    buf_add_c(&k->text, must);
}

void check_failed_secret(struct checks *k, const char *at, const char *must)
{
    buf_printf(&k->text, "%sValue at '%s' failed to satisfy constraint: %s", k->count++ ? "; " : "",
               at, must);
}

void check_present(struct checks *k, const void *value, const char *at)
{
    if (!value)
        check_failed(k, at, NULL, "Member must not be null");
}

void check_length(struct checks *k, const char *value, const char *at, size_t min, size_t max)
{
    const size_t len = value ? strlen(value) : 0;

    if (!value || (len >= min && len <= max))
        return;
    add(k, at, value);
    buf_printf(&k->text, "Member must have length %s than or equal to %zu",
               len < min ? "greater" : "less", len < min ? min : max);
}

void check_pattern(struct checks *k, const char *value, const char *at, enum rule_pattern pattern)
{
    if (!value || rule_matches(k->call, pattern, value))
        return;
    add(k, at, value);
    buf_printf(&k->text, "Member must satisfy regular expression pattern: %s", texts[pattern]);
}

void check_range(struct checks *k, json_int_t value, const char *at, json_int_t min, json_int_t max)
{
    if (value >= min && value <= max)
        return;
    add(k, at, arena_printf(&k->call->arena, "%" JSON_INTEGER_FORMAT, value));
    buf_printf(&k->text, "Member must have value %s than or equal to %" JSON_INTEGER_FORMAT,
               value < min ? "greater" : "less", value < min ? min : max);
}

void check_enum(struct checks *k, const char *value, const char *at, const char *const *allowed,
                size_t count)
{
    for (size_t i = 0; value && i < count; i++)
        if (strcmp(allowed[i], value) == 0)
            return;
    if (!value)
        return;
    add(k, at, value);
    buf_add_c(&k->text, "Member must satisfy enum value set: [");
    for (size_t i = 0; i < count; i++)
        buf_printf(&k->text, "%s%s", i ? ", " : "", allowed[i]);
    buf_add_c(&k->text, "]");
}

int checks_end_as(struct checks *k, enum fail kind)
{
    int r = 0;

    if (k->count)
        r = fail(k->call, kind, "%u validation error%s detected: %s", k->count,
                 k->count == 1 ? "" : "s", buf_c(&k->text));
    buf_release(&k->text);
    return r;
}

int checks_end(struct checks *k)
{
    return checks_end_as(k, FAIL_VALIDATION);
}
