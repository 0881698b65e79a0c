#include "promote/manifest_expand.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "json/number.h"

enum { NESTING_MAX = 16, TEXT_MAX = 64 << 10, NAMES_MAX = 256 };

/* One text being expanded; `at` is where in the outermost string the current {{ stands. */
struct expansion {
    struct expander *x;
    struct json_ref string;
    size_t at;
    unsigned depth; /* variables inside variables */
};

struct fault *fault_once(struct faults *faults, struct json_ref at, struct json_pos pos,
                         const char *fmt, ...)
{
    const char *file = json_doc_name(at.doc);
    char text[1000];
    va_list ap;

    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *f = &faults->items[i];

        if (f->line == pos.line && f->column == pos.column && f->file && !strcmp(f->file, file))
            return NULL;
    }
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return json_fault(faults, at.doc, pos, "%s", text);
}

static int refuse(const struct expansion *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
static int refuse(const struct expansion *e, const char *fmt, ...)
{
    char text[600];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    fault_once(e->x->faults, e->string, json_ref_inside(e->string, e->at), "%s", text);
    return -1;
}

static int no_such_name(const struct expansion *e, struct str name)
{
    const struct expander *x = e->x;
    const char *names[NAMES_MAX] = {"environment", "release", "function"};
    size_t count = x->function ? 3 : 2;
    const struct json_ref places[] = {x->own, x->project};
    struct fault *fault;
    const char *near, *key;
    json_t *value;

    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        json_object_foreach(places[i].value, key, value) if (count < NAMES_MAX) names[count++] =
            key;
    fault = fault_once(x->faults, e->string, json_ref_inside(e->string, e->at),
                       "there is no variable %.*s in environment \"%s\"", STR_ARG(name),
                       x->environment);
    near = suggest_nearest(name, names, count);
    if (near)
        fault_hint(fault, "did you mean {{%s}}?", near);
    else
        fault_hint(fault, "define it under \"variables\"; {{{{ is a literal {{");
    return -1;
}

static int add_text(const struct expansion *e, struct buf *out, struct str text)
{
    return buf_add_str(out, text) < 0 ? refuse(e, "more than %d bytes after substitution", TEXT_MAX)
                                      : 0;
}

static int add_c(const struct expansion *e, struct buf *out, const char *text)
{
    return add_text(e, out, str_c(text));
}

/* "env.NAME". A secret here would stand in plan, journal and Lambda's own configuration. */
static int add_outside(const struct expansion *e, struct buf *out, struct str name)
{
    const struct manifest_options *o = e->x->options;
    const char *key = arena_dup_str(e->x->arena, name);
    const char *value = o->lookup ? o->lookup(o->ctx, key) : NULL;

    if (value)
        return add_c(e, out, value);
    if (str_starts(name, STR("secret.")))
        return refuse(e, "{{%s}}: the project file takes no secrets, they are for case files", key);
    return refuse(e, "{{%s}}: the environment variable %s is not set", key, key + 4);
}

static int expand_into(struct expansion *e, struct buf *out, struct str text);

static int add_value(struct expansion *e, struct buf *out, struct str name, struct json_ref value)
{
    int r;

    switch (json_typeof(value.value)) {
    case JSON_STRING:
        if (e->depth >= NESTING_MAX)
            return refuse(e, "variables use each other in a circle");
        e->depth++;
        r = expand_into(
            e, out, (struct str){json_string_value(value.value), json_string_length(value.value)});
        e->depth--;
        return r;
    case JSON_INTEGER:
    case JSON_REAL:
        number_write(out, value.doc, value.value);
        return 0;
    case JSON_TRUE:
        return add_c(e, out, "true");
    case JSON_FALSE:
        return add_c(e, out, "false");
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_NULL:
        break;
    }
    return refuse(e, "{{%.*s}} is %s: only text, numbers and booleans fit here", STR_ARG(name),
                  json_is_null(value.value)    ? "null"
                  : json_is_array(value.value) ? "an array"
                                               : "an object");
}

/* ".member" and "[3]" behind a variable's name. */
static struct json_ref reach(struct json_ref value, struct str rest)
{
    while (value.value && rest.len) {
        unsigned long long i;
        size_t n;

        if (rest.data[0] == '[') {
            n = str_find(rest, STR("]"), 1);
            if (n == (size_t)-1 || !json_is_array(value.value) ||
                !str_to_u64(str_slice(rest, 1, n), 1u << 30, &i))
                return (struct json_ref){0};
            value = json_ref_element(value, (size_t)i);
            n++;
        } else {
            for (n = 1; n < rest.len && rest.data[n] != '.' && rest.data[n] != '['; n++)
                ;
            value = json_is_object(value.value) ? json_ref_member(value, str_slice(rest, 1, n))
                                                : (struct json_ref){0};
        }
        rest = str_slice(rest, n, rest.len);
    }
    return value;
}

static int add_variable(struct expansion *e, struct buf *out, struct str name)
{
    const struct expander *x = e->x;
    struct json_ref value, inner;
    size_t n = 0;

    while (n < name.len && name.data[n] != '.' && name.data[n] != '[')
        n++;
    value = json_ref_member(x->own, str_slice(name, 0, n));
    if (!value.value)
        value = json_ref_member(x->project, str_slice(name, 0, n));
    if (!value.value)
        return no_such_name(e, str_slice(name, 0, n));
    inner = reach(value, str_slice(name, n, name.len));
    if (!inner.value)
        return refuse(e, "{{%.*s}}: there is no %.*s in %.*s", STR_ARG(name), (int)(name.len - n),
                      name.data + n, (int)n, name.data);
    return add_value(e, out, name, inner);
}

static int add_name(struct expansion *e, struct buf *out, struct str name)
{
    struct expander *x = e->x;

    if (name.len == 0)
        return refuse(e, "an empty {{}}");
    if (str_starts(name, STR("env.")) || str_starts(name, STR("secret.")))
        return add_outside(e, out, name);
    /* As in case files, a variable of that name wins. */
    if (json_ref_member(x->own, name).value || json_ref_member(x->project, name).value)
        return add_variable(e, out, name);
    if (str_eq_c(name, "environment"))
        return add_c(e, out, x->environment);
    if (str_eq_c(name, "function") && x->function)
        return add_c(e, out, x->function);
    if (!str_eq_c(name, "release"))
        return add_variable(e, out, name);
    x->release_used = true;
    if (x->options->release)
        return add_c(e, out, x->options->release);
    x->release_missing = true;
    return add_c(e, out, "{{release}}");
}

static int expand_into(struct expansion *e, struct buf *out, struct str text)
{
    const bool outermost = e->depth == 0;
    size_t from = 0, at, end;

    while ((at = str_find(text, STR("{{"), from)) != (size_t)-1) {
        if (add_text(e, out, str_slice(text, from, at)) < 0)
            return -1;
        if (str_starts(str_slice(text, at + 2, text.len), STR("{{"))) {
            buf_add_c(out, "{{");
            from = at + 4;
            continue;
        }
        if (outermost)
            e->at = at;
        end = str_find(text, STR("}}"), at + 2);
        if (end == (size_t)-1)
            return refuse(e, "{{ without its }}");
        if (add_name(e, out, str_trim(str_slice(text, at + 2, end))) < 0)
            return -1;
        from = end + 2;
    }
    return add_text(e, out, str_slice(text, from, text.len));
}

const char *expand_text(struct expander *x, struct json_ref string)
{
    struct expansion e = {x, string, 0, 0};
    CLEANUP(buf_release) struct buf out = {0};

    buf_init(&out, TEXT_MAX);
    if (expand_into(
            &e, &out,
            (struct str){json_string_value(string.value), json_string_length(string.value)}) < 0)
        return NULL;
    if (out.len && memchr(out.data, '\0', out.len)) {
        fault_once(x->faults, string, json_ref_start(string), "a NUL has no place here");
        return NULL;
    }
    return arena_dup_str(x->arena, buf_str(&out));
}
