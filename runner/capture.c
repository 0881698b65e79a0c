#include "runner/capture.h"

#include <ctype.h>
#include <string.h>

#include "base/codec.h"
#include "base/secret.h"
#include "json/strict.h"
#include "runner/compile.h"
#include "runner/print.h"

/* ---- compiling ---- */

static bool refuse_step(struct check_compiler *c, struct json_ref at, struct str all,
                        struct str step, const char *why)
{
    size_t offset = (size_t)(step.data - all.data);

    json_fault(c->faults, at.doc, json_ref_inside(at, offset), "%s", why);
    return false;
}

static bool compile_step(struct check_compiler *c, struct json_ref at, struct str all,
                         struct str step, struct capture_step *ret)
{
    struct err err = {0};
    size_t offset = 0;

    ret->text = arena_dup_str(c->arena, step);
    if (str_eq_c(step, "payload")) {
        ret->op = CAPTURE_PAYLOAD;
    } else if (str_eq_c(step, "log") || str_eq_c(step, "log:")) {
        ret->op = CAPTURE_LOG;
    } else if (str_starts(step, STR("header:")) && step.len > 7) {
        char *name = arena_dup_str(c->arena, str_slice(step, 7, step.len));

        for (char *p = name; *p; p++)
            *p = (char)tolower((unsigned char)*p);
        ret->op = CAPTURE_HEADER;
        ret->text = name;
    } else if (str_eq_c(step, "json")) {
        ret->op = CAPTURE_JSON;
    } else if (str_eq_c(step, "base64")) {
        ret->op = CAPTURE_BASE64;
    } else if (str_eq_c(step, "text")) {
        ret->op = CAPTURE_TEXT;
    } else if (step.len && step.data[0] == '$') {
        ret->op = CAPTURE_PATH;
        ret->query = compile_path(c->caches, step, &offset, &err);
        if (!ret->query)
            return refuse_step(c, at, all, str_slice(step, offset, step.len), err.text);
        if (!path_is_singular(ret->query))
            return refuse_step(c, at, all, step,
                               "a capture wants a query of one node (names and indexes only)");
    } else if (step.len > 2 && step.data[0] == '/' && step.data[step.len - 1] == '/') {
        ret->op = CAPTURE_REGEX;
        ret->pattern = compile_pattern(c->caches, str_slice(step, 1, step.len - 1), &offset, &err);
        if (!ret->pattern)
            return refuse_step(c, at, all, str_slice(step, 1 + offset, step.len), err.text);
    } else {
        return refuse_step(c, at, all, step,
                           "unknown capture step: a JSONPath, payload, log:, header:NAME, json, "
                           "base64, text or /regex/");
    }
    return true;
}

/* Where the step at `from` ends: at '|' outside [...], "..." of a path and outside /.../. */
static size_t step_end(struct str all, size_t from)
{
    char quote = 0;
    bool regex = from < all.len && all.data[from] == '/';
    int depth = 0;

    for (size_t i = from; i < all.len; i++) {
        char ch = all.data[i];

        if (regex) {
            if (ch == '\\')
                i++;
            else if (ch == '/' && i > from && (i + 1 == all.len || all.data[i + 1] == '|'))
                return i + 1;
        } else if (quote) {
            if (ch == '\\')
                i++;
            else if (ch == quote)
                quote = 0;
        } else if (depth && (ch == '\'' || ch == '"')) {
            quote = ch;
        } else if (ch == '[') {
            depth++;
        } else if (ch == ']') {
            depth--;
        } else if (ch == '|' && depth <= 0) {
            return i;
        }
    }
    return all.len;
}

static bool compile_pipeline(struct check_compiler *c, struct json_ref at, struct capture *capture)
{
    struct str all = {json_string_value(at.value), json_string_length(at.value)};

    capture->steps = arena_array(c->arena, all.len / 2 + 2, sizeof(*capture->steps));
    for (size_t from = 0; from <= all.len;) {
        size_t end = step_end(all, from);
        struct str step = str_trim(str_slice(all, from, end));

        if (!compile_step(c, at, all, step, &capture->steps[capture->count]))
            return false;
        if (capture->count && capture->steps[capture->count].op <= CAPTURE_HEADER)
            return refuse_step(c, at, all, step, "a source stands first");
        capture->count++;
        from = end + 1;
    }
    return true;
}

static bool compile_one(struct check_compiler *c, struct json_child k, struct capture *capture)
{
    static const struct strict_key keys[] = {{"from", STRICT_STRING, true},
                                             {"secret", STRICT_BOOLEAN, false}};
    struct json_ref got[ARRAY_LEN(keys)];

    capture->name = arena_dup_str(c->arena, k.key);
    capture->at = k.ref;
    if (json_is_string(k.ref.value))
        return compile_pipeline(c, k.ref, capture);
    if (!json_is_object(k.ref.value))
        return check_refuse(c, k.ref,
                            "a capture wants a pipeline such as \"$.body|json|$.id\", found %s",
                            strict_type_name(k.ref.value));
    if (!strict_object(k.ref, "capture", keys, ARRAY_LEN(keys), got, c->faults))
        return false;
    capture->secret = json_is_true(got[1].value);
    return compile_pipeline(c, got[0], capture);
}

bool captures_compile(struct captures *ret, struct check_compiler *c, struct json_ref at)
{
    bool whole = true;

    *ret = (struct captures){0};
    if (!at.value)
        return true;
    ret->items = arena_array(c->arena, json_object_size(at.value) + 1, sizeof(*ret->items));
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k)) {
        if (compile_one(c, k, &ret->items[ret->count]))
            ret->count++;
        else
            whole = false;
    }
    return whole;
}

/* ---- running ---- */

/* The value on its way through the pipeline; owns what it holds. */
struct flow {
    json_t *value;             /* owned */
    struct json_doc *doc;      /* of a "json" step; owned */
    const struct json_doc *in; /* the document value belongs to, or NULL */
};

static void flow_set(struct flow *f, json_t *value, const struct json_doc *in)
{
    json_decref(f->value);
    f->value = value;
    f->in = in;
}

static const char *take_header(struct flow *f, const struct answer *a, const char *name)
{
    struct str rest = buf_str(&a->reply.headers), line;
    size_t len = strlen(name);

    while (str_cut(&rest, '\n', &line)) {
        struct str value;

        if (line.len < len + 2 || memcmp(line.data, name, len) != 0 || line.data[len] != ':')
            continue;
        value = str_trim(str_slice(line, len + 1, line.len));
        flow_set(f, json_stringn(value.data, value.len), NULL);
        return f->value ? NULL : "the header is not UTF-8";
    }
    return "the response has no such header";
}

static const char *take_path(struct flow *f, const struct capture_step *step)
{
    CLEANUP(path_nodes_release) struct path_nodes nodes = {0};
    struct err err = {0};

    if (path_select_value(step->query, f->in, f->value, &nodes, &err) < 0)
        return "the query could not be carried out";
    if (nodes.count == 0)
        return "there is no such value";
    flow_set(f, json_incref(path_node_value(&nodes, 0)), f->in);
    return NULL;
}

static const char *take_json(struct flow *f)
{
    struct json_doc *doc = NULL;
    struct err err = {0};

    if (!json_is_string(f->value))
        return "not a string of JSON";
    if (json_doc_parse(&doc,
                       (struct str){json_string_value(f->value), json_string_length(f->value)},
                       "the string", JSON_READ_DUPLICATES, &err) < 0)
        return "the string is not JSON";
    flow_set(f, json_incref(json_doc_root(doc).value), doc);
    json_doc_free(f->doc);
    f->doc = doc;
    return NULL;
}

static const char *take_base64(struct flow *f)
{
    CLEANUP(buf_release) struct buf bytes = {0};

    buf_init(&bytes, 16 << 20);
    if (!json_is_string(f->value) ||
        base64_decode(&bytes,
                      (struct str){json_string_value(f->value), json_string_length(f->value)}) < 0)
        return "not a string of base64";
    flow_set(f, json_stringn(buf_c(&bytes), bytes.len), NULL);
    return f->value ? NULL : "the decoded bytes are not UTF-8";
}

static const char *take_text(struct flow *f)
{
    CLEANUP(buf_release) struct buf text = {0};

    if (json_is_string(f->value))
        return NULL;
    print_json(&text, f->in, f->value);
    flow_set(f, json_stringn(buf_c(&text), text.len), NULL);
    return NULL;
}

static const char *take_regex(struct flow *f, const struct capture_step *step)
{
    enum { GROUPS = 4 };
    struct pattern_span groups[GROUPS];
    size_t count = GROUPS;
    struct pattern_span span;

    if (!json_is_string(f->value))
        return "a regex looks at strings only";
    switch (pattern_match_at(
        step->pattern, (struct str){json_string_value(f->value), json_string_length(f->value)}, 0,
        groups, &count)) {
    case PATTERN_NO_MATCH:
        return "the regex does not match";
    case PATTERN_GAVE_UP:
        return "the regex gave up at its match limit";
    case PATTERN_MATCH:
        break;
    }
    span = count > 1 && groups[1].set ? groups[1] : groups[0];
    flow_set(f, json_stringn(json_string_value(f->value) + span.start, span.end - span.start),
             NULL);
    return f->value ? NULL : "the match is not UTF-8";
}

static const char *step_run(struct flow *f, const struct capture_step *step, struct answer *a)
{
    switch (step->op) {
    case CAPTURE_PAYLOAD:
        return NULL;
    case CAPTURE_LOG:
        flow_set(f, json_incref(answer_log(a)), NULL);
        return NULL;
    case CAPTURE_HEADER:
        return take_header(f, a, step->text);
    case CAPTURE_PATH:
        return f->value ? take_path(f, step) : "the response is empty";
    case CAPTURE_JSON:
        return take_json(f);
    case CAPTURE_BASE64:
        return take_base64(f);
    case CAPTURE_TEXT:
        return f->value ? take_text(f) : "the response is empty";
    case CAPTURE_REGEX:
        return take_regex(f, step);
    }
    return "unknown step";
}

static void flow_release(struct flow *f)
{
    json_decref(f->value);
    json_doc_free(f->doc);
}

static const char *capture_run(const struct capture *capture, struct answer *a, struct flow *f,
                               const char **ret_step)
{
    const struct json_doc *doc = NULL;

    f->value = json_incref(answer_payload(a, &doc));
    f->in = doc;
    for (size_t i = 0; i < capture->count; i++) {
        const char *why = step_run(f, &capture->steps[i], a);

        *ret_step = capture->steps[i].text;
        if (why)
            return why;
    }
    return f->value ? NULL : "the response is empty";
}

/* Each costs up to 4 KB in its spellings (base/secret.h), for as long as the run takes. */
enum { SECRET_VALUES_MAX = 10000 };

/* The texts and numbers in it, counted no further than one beyond the limit. */
static size_t count_values(json_t *value, size_t so_far)
{
    const char *key;
    json_t *child;
    size_t i;

    if (so_far > SECRET_VALUES_MAX)
        return so_far;
    if (json_is_string(value) || json_is_number(value))
        return so_far + 1;
    json_array_foreach(value, i, child) so_far = count_values(child, so_far);
    json_object_foreach(value, key, child) so_far = count_values(child, so_far);
    return so_far;
}

/*
 * Every scalar in it: a value that holds a token is as secret as the token. Of one that holds too
 * many, the first; the capture fails.
 */
static void keep_secret(const struct json_doc *in, json_t *value, size_t *left)
{
    CLEANUP(buf_wipe) struct buf text = {0};
    const char *key;
    json_t *child;
    size_t i;

    if ((json_is_string(value) || json_is_number(value)) && !(*left)--) {
        *left = 0;
    } else if (json_is_string(value)) {
        secret_add((struct str){json_string_value(value), json_string_length(value)});
    } else if (json_is_number(value)) {
        print_json(&text, in, value);
        secret_add(buf_str(&text));
    }
    json_array_foreach(value, i, child) keep_secret(in, child, left);
    json_object_foreach(value, key, child) keep_secret(in, child, left);
}

static void keep(const struct capture *capture, const struct flow *f, json_t *values)
{
    /* A copy: the document of the answer goes, and with it the spelling of its numbers. */
    json_object_set_new(values, capture->name, json_deep_copy(f->value));
}

void captures_hide(const struct captures *captures, struct answer *answer)
{
    for (size_t i = 0; i < captures->count; i++) {
        const char *step = "";
        size_t left = SECRET_VALUES_MAX;
        struct flow f = {0};

        if (captures->items[i].secret && !capture_run(&captures->items[i], answer, &f, &step))
            keep_secret(f.in, f.value, &left);
        flow_release(&f);
    }
}

enum check_result captures_run(const struct captures *captures, struct answer *answer,
                               json_t *values, struct check_run *run)
{
    enum check_result result = CHECK_OK;

    for (size_t i = 0; i < captures->count; i++) {
        const struct capture *capture = &captures->items[i];
        struct trail up = {NULL, STR("capture")}, trail = {&up, str_c(capture->name)};
        const char *step = "";
        struct flow f = {0};
        const char *why = capture_run(capture, answer, &f, &step);

        if (!why && capture->secret && count_values(f.value, 0) > SECRET_VALUES_MAX)
            why = arena_printf(run->arena,
                               "more than %d values as one secret: capture what is secret alone",
                               SECRET_VALUES_MAX);
        if (!why) {
            keep(capture, &f, values);
        } else {
            struct subject s = {.doc = f.in, .value = f.value, .root = true};

            check_record(run, capture->at, "capture", &trail,
                         arena_printf(run->arena, "a value by %s", step),
                         subject_show(&s, run->arena), why, NULL);
            result = CHECK_FAILED;
        }
        flow_release(&f);
    }
    return result;
}
