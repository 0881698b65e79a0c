#include "runner/scope.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/secret.h"
#include "base/suggest.h"
#include "runner/print.h"

enum { NESTING_MAX = 16, TEMPLATE_OUT_MAX = 16 << 20 };

/* What one text's expansion carries along. */
struct expansion {
    struct scope *scope;
    const struct template_source *source;
    enum template_quote quote;
    struct faults *faults;
    size_t at;      /* byte of the source text the current {{ stands at */
    unsigned depth; /* variables inside variables */
};

bool template_has(struct str text)
{
    return text.len >= 4 && str_find(text, STR("{{"), 0) != (size_t)-1;
}

/* ---- faults ---- */

static struct fault *fault_at(const struct expansion *x, const char *text)
{
    const struct template_source *src = x->source;
    unsigned line = 1, column = 1;
    size_t start = 0, end;
    struct fault *fault;

    if (src->string.value)
        return json_fault(x->faults, src->string.doc, json_ref_inside(src->string, x->at), "%s",
                          text);
    for (size_t i = 0; i < x->at && i < src->text.len; i++) {
        if (src->text.data[i] == '\n') {
            line++;
            column = 1;
            start = i + 1;
        } else if (((unsigned char)src->text.data[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    end = str_find(src->text, STR("\n"), start);
    fault = faults_add(x->faults, src->file, line, column, "%s", text);
    fault_source(fault, str_slice(src->text, start, end == (size_t)-1 ? src->text.len : end));
    return fault;
}

static json_t *refuse(const struct expansion *x, const char *fmt, ...) PRINTF_LIKE(2, 3);
static json_t *refuse(const struct expansion *x, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    fault_at(x, text);
    return NULL;
}

/* Every name that could have been meant, for "did you mean". */
static void suggest_name(const struct expansion *x, struct str name, struct fault *fault)
{
    enum { MAX = 256 };
    const struct scope *s = x->scope;
    json_t *places[] = {
        s->config->set_variables,    s->capture_names,  s->row,
        s->case_variables,           s->file_variables, s->config->environment_variables,
        s->config->project_variables};
    const char *names[MAX] = {"uuid", "now", "environment", "function", "alias"};
    size_t count = 5;
    const char *near, *key;
    json_t *value;

    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        json_object_foreach(places[i], key, value) if (count < MAX) names[count++] = key;
    near = suggest_nearest(name, names, count);
    if (near)
        fault_hint(fault, "did you mean {{%s}}?", near);
    else
        fault_hint(fault,
                   "define it under \"variables\", or give --set %.*s=VALUE; {{{{ is a literal {{",
                   STR_ARG(name));
}

/* ---- names ---- */

static json_t *find(struct scope *s, const char *name)
{
    json_t *value;

    if ((value = json_object_get(s->config->set_variables, name)))
        return value;
    if ((value = json_object_get(s->captures, name)))
        return value;
    if ((value = json_object_get(s->row, name))) {
        s->used_row = true;
        return value;
    }
    if ((value = json_object_get(s->case_variables, name)) ||
        (value = json_object_get(s->file_variables, name)) ||
        (value = json_object_get(s->config->environment_variables, name)))
        return value;
    if ((value = json_object_get(s->config->project_variables, name)))
        return value;
    return strcmp(name, "function") == 0 ? s->function : NULL;
}

static json_t *expand_text(struct expansion *x, struct str text);

/* A variable's value may use variables itself. Returns owned. */
static json_t *expand_variable(struct expansion *x, json_t *value)
{
    json_t *out, *item;
    const char *key;
    size_t i;

    if (x->depth >= NESTING_MAX)
        return refuse(x, "variables use each other in a circle");
    switch (json_typeof(value)) {
    case JSON_STRING: {
        struct str text = {json_string_value(value), json_string_length(value)};

        if (!template_has(text))
            return json_incref(value);
        x->depth++;
        out = expand_text(x, text);
        x->depth--;
        return out;
    }
    case JSON_ARRAY:
        out = json_array();
        json_array_foreach(value, i, item)
        {
            json_t *child = expand_variable(x, item);

            if (!child) {
                json_decref(out);
                return NULL;
            }
            json_array_append_new(out, child);
        }
        return out;
    case JSON_OBJECT:
        out = json_object();
        json_object_foreach(value, key, item)
        {
            json_t *child = expand_variable(x, item);

            if (!child) {
                json_decref(out);
                return NULL;
            }
            json_object_set_new(out, key, child);
        }
        return out;
    case JSON_INTEGER:
    case JSON_REAL:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        break;
    }
    return json_incref(value);
}

/* ".member" and "[3]" behind a name. Takes `value`. */
static json_t *reach(struct expansion *x, json_t *value, struct str whole, struct str rest)
{
    while (value && rest.len) {
        json_t *inner = NULL;
        size_t n;

        if (rest.data[0] == '[') {
            unsigned long long i;

            n = str_find(rest, STR("]"), 1);
            if (n != (size_t)-1 && str_to_u64(str_slice(rest, 1, n), 1u << 30, &i))
                inner = json_array_get(value, (size_t)i);
            n = n == (size_t)-1 ? rest.len : n + 1;
        } else {
            struct str key;

            for (n = 1; n < rest.len && rest.data[n] != '.' && rest.data[n] != '['; n++)
                ;
            key = str_slice(rest, 1, n);
            inner = json_object_getn(value, key.data, key.len);
        }
        if (!inner) {
            size_t upto = (size_t)(rest.data - whole.data);

            refuse(x, "{{%.*s}}: there is no %.*s in %.*s, which is %s %s", STR_ARG(whole), (int)n,
                   rest.data, (int)upto, whole.data,
                   json_is_object(value) || json_is_array(value) ? "an" : "a",
                   json_is_object(value)  ? "object"
                   : json_is_array(value) ? "array"
                                          : "plain value");
            json_decref(value);
            return NULL;
        }
        json_incref(inner);
        json_decref(value);
        value = inner;
        rest = str_slice(rest, n, rest.len);
    }
    return value;
}

static const char *from_environment(const struct expansion *x, const char *name)
{
    const struct aws_env *env = &x->scope->config->env;

    return env->get ? env->get(env->ctx, name) : NULL;
}

static json_t *of_environment(const struct expansion *x, const char *name)
{
    const char *value = from_environment(x, name);
    json_t *text;

    if (!value)
        return refuse(x, "{{env.%s}}: the environment variable %s is not set", name, name);
    text = json_string(value);
    return text ? text : refuse(x, "{{env.%s}}: its value is not UTF-8", name);
}

static json_t *of_secret(const struct expansion *x, const char *name)
{
    const char *value = from_environment(x, name);
    json_t *text;

    if (!value)
        value = json_string_value(json_object_get(x->scope->config->secrets, name));
    if (!value)
        return refuse(
            x, "{{secret.%s}}: neither the environment variable %s nor the secrets file has it",
            name, name);
    if (!secret_add(str_c(value)))
        return refuse(
            x,
            "{{secret.%s}}: its value is shorter than %d bytes and could not be masked in "
            "reports; {{env.%s}} is for values that may be seen",
            name, SECRET_MIN, name);
    text = json_string(value);
    return text ? text : refuse(x, "{{secret.%s}}: its value is not UTF-8", name);
}

static json_t *of_now(const struct expansion *x, struct str rest)
{
    int64_t at = x->scope->now_ms, span = 0;
    char text[40];

    if (rest.len && ((rest.data[0] != '+' && rest.data[0] != '-') ||
                     !clock_parse_duration(str_trim(str_slice(rest, 1, rest.len)), &span)))
        return refuse(x, "{{now%.*s}}: expected a duration such as {{now+5m}}", STR_ARG(rest));
    at += rest.len && rest.data[0] == '-' ? -span : span;
    clock_format_rfc3339(text, sizeof(text), at, false);
    return json_string(text);
}

static json_t *of_random(const struct expansion *x, const char *name)
{
    long long low, high;
    int end = 0;

    if (sscanf(name, "random.int(%lld,%lld)%n", &low, &high, &end) != 2 || end == 0 || name[end] ||
        low > high || low < -(1LL << 52) || high > 1LL << 52)
        return refuse(x, "{{%s}}: expected {{random.int(LOW,HIGH)}}", name);
    return json_integer(low + (long long)rng_below(&x->scope->rng, (uint64_t)(high - low) + 1));
}

static json_t *of_variable(struct expansion *x, struct str name)
{
    struct scope *s = x->scope;
    char first[128];
    size_t n = 0;
    json_t *value;

    while (n < name.len && name.data[n] != '.' && name.data[n] != '[')
        n++;
    snprintf(first, sizeof(first), "%.*s", (int)n, name.data);
    if (str_eq_c((struct str){name.data, n}, "row") && s->row) {
        s->used_row = true;
        value = s->row;
    } else {
        value = find(s, first);
    }
    if (!value && json_object_get(s->capture_names, first)) {
        char text[200];

        s->unknown = true;
        snprintf(text, sizeof(text), "{{%.*s}}", STR_ARG(name));
        return json_string(text);
    }
    if (!value) {
        char text[300];

        snprintf(text, sizeof(text), "there is no variable %s", first);
        suggest_name(x, (struct str){first, strlen(first)}, fault_at(x, text));
        return NULL;
    }
    value = expand_variable(x, value);
    return value ? reach(x, value, name, str_slice(name, n, name.len)) : NULL;
}

static json_t *evaluate(struct expansion *x, struct str expr)
{
    struct str name = str_trim(expr);
    char text[256];

    if (name.len == 0)
        return refuse(x, "an empty {{}}");
    if (name.len >= sizeof(text))
        return refuse(x, "a name of %zu bytes in {{...}}: 255 are allowed", name.len);
    snprintf(text, sizeof(text), "%.*s", STR_ARG(name));
    if (str_starts(name, STR("env.")))
        return of_environment(x, text + 4);
    if (str_starts(name, STR("secret.")))
        return of_secret(x, text + 7);
    if (str_starts(name, STR("random.")))
        return of_random(x, text);
    if (str_starts(name, STR("raw.")))
        return of_variable(x, str_slice(name, 4, name.len));
    if (find(x->scope, text))
        return of_variable(x, name);
    if (str_eq_c(name, "uuid")) {
        char uuid[UUID_SIZE];

        rand_uuid(uuid, &x->scope->rng);
        return json_string(uuid);
    }
    if (str_eq_c(name, "now") || str_starts(name, STR("now+")) || str_starts(name, STR("now-")))
        return of_now(x, str_slice(name, 3, name.len));
    return of_variable(x, name);
}

/* ---- texts ---- */

static int add_value(struct expansion *x, struct buf *out, struct str expr, const json_t *value)
{
    bool quote = x->quote == TEMPLATE_REGEX && !str_starts(str_trim(expr), STR("raw."));
    CLEANUP(buf_release) struct buf text = {0};

    if (json_is_string(value))
        buf_add(&text, json_string_value(value), json_string_length(value));
    else
        print_json(&text, NULL, value);
    if (quote)
        regex_quote(out, buf_str(&text));
    else if (buf_add_str(out, buf_str(&text)) < 0)
        return -1;
    return 0;
}

/* Finds the next "{{" that opens a substitution; copies what stands before, "{{{{" as "{{". */
static size_t copy_plain(struct buf *out, struct str text, size_t from)
{
    for (;;) {
        size_t at = str_find(text, STR("{{"), from);

        if (at == (size_t)-1) {
            buf_add_str(out, str_slice(text, from, text.len));
            return at;
        }
        buf_add_str(out, str_slice(text, from, at));
        if (!str_starts(str_slice(text, at + 2, text.len), STR("{{")))
            return at;
        buf_add_c(out, "{{");
        from = at + 4;
    }
}

static json_t *expand_text(struct expansion *x, struct str text)
{
    CLEANUP(buf_release) struct buf out = {0};
    size_t from = 0, at;
    bool outermost = x->depth == 0, whole = true;
    json_t *string;

    buf_init(&out, TEMPLATE_OUT_MAX);
    while ((at = copy_plain(&out, text, from)) != (size_t)-1) {
        size_t end = str_find(text, STR("}}"), at + 2);
        struct str expr = str_slice(text, at + 2, end);
        json_t *value;
        int added;

        if (outermost)
            x->at = at;
        if (end == (size_t)-1)
            return refuse(x, "{{ without its }}");
        value = evaluate(x, expr);
        if (!value && outermost) { /* every mistake of a string is told */
            whole = false;
            from = end + 2;
            continue;
        }
        if (!value)
            return NULL;
        if (at == 0 && end + 2 == text.len &&
            (x->quote == TEMPLATE_PLAIN || !json_is_string(value)))
            return value;
        added = add_value(x, &out, expr, value);
        json_decref(value);
        if (added < 0)
            return refuse(x, "more than %d bytes after substitution", TEMPLATE_OUT_MAX);
        from = end + 2;
    }
    if (!whole)
        return NULL;
    string = json_stringn(buf_c(&out), out.len);
    return string ? string : refuse(x, "not UTF-8 after substitution");
}

json_t *template_expand(struct scope *scope, const struct template_source *source,
                        enum template_quote quote, struct faults *faults)
{
    struct expansion x = {scope, source, quote, faults, 0, 0};

    if (source->string.value) {
        struct str text = {json_string_value(source->string.value),
                           json_string_length(source->string.value)};

        return template_has(text) ? expand_text(&x, text) : json_incref(source->string.value);
    }
    return expand_text(&x, source->text);
}

const char *template_text(struct scope *scope, struct json_ref string, struct arena *arena,
                          struct faults *faults)
{
    const struct template_source source = {.string = string};
    json_t *value = template_expand(scope, &source, TEMPLATE_PLAIN, faults);
    CLEANUP(buf_release) struct buf text = {0};
    const char *out;

    if (!value)
        return NULL;
    if (json_is_string(value)) {
        out =
            arena_dup_str(arena, (struct str){json_string_value(value), json_string_length(value)});
    } else {
        print_json(&text, NULL, value);
        out = arena_dup(arena, buf_c(&text));
    }
    json_decref(value);
    return out;
}

/* ---- trees ---- */

static bool tree_needs_work(json_t *value, bool json_text)
{
    const char *key;
    json_t *child;
    size_t i;

    if (json_is_string(value))
        return template_has((struct str){json_string_value(value), json_string_length(value)});
    json_array_foreach(value, i, child) if (tree_needs_work(child, json_text)) return true;
    if (json_text && json_object_size(value) == 1 && json_object_get(value, "$json"))
        return true;
    json_object_foreach(value, key, child) if (tree_needs_work(child, json_text)) return true;
    return false;
}

static json_t *json_as_text(struct scope *scope, struct json_ref inner, struct faults *faults)
{
    CLEANUP(buf_release) struct buf text = {0};
    json_t *value = template_tree(scope, inner, true, faults), *string;

    if (!value)
        return NULL;
    print_json(&text, inner.doc, value);
    json_decref(value);
    string = json_stringn(buf_c(&text), text.len);
    return string;
}

json_t *template_tree(struct scope *scope, struct json_ref value, bool json_text,
                      struct faults *faults)
{
    bool object = json_is_object(value.value), whole = true;
    json_t *out;

    if (!tree_needs_work(value.value, json_text))
        return json_incref(value.value);
    if (json_is_string(value.value)) {
        const struct template_source source = {.string = value};

        return template_expand(scope, &source, TEMPLATE_PLAIN, faults);
    }
    if (json_text && json_object_size(value.value) == 1) {
        struct json_ref inner = json_ref_member_c(value, "$json");

        if (inner.value)
            return json_as_text(scope, inner, faults);
    }
    out = object ? json_object() : json_array();
    for (struct json_child c = json_child_first(value); c.ref.value; c = json_child_next(c)) {
        json_t *child = template_tree(scope, c.ref, json_text, faults);

        if (!child)
            whole = false; /* goes on: all faults in one pass */
        else if (object)
            json_object_setn_new(out, c.key.data, c.key.len, child);
        else
            json_array_append_new(out, child);
    }
    if (!whole) {
        json_decref(out);
        return NULL;
    }
    return out;
}
