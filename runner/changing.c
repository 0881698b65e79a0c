#include "runner/changing.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/secret.h"
#include "json/path/path.h"
#include "json/pattern.h"

enum { ABOUT_NOW_MS = 24 * 3600 * 1000 };

static const char form[] = "(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|"
                           "[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]";

struct walk {
    const struct changing_known *known;
    struct pattern *pattern;
    struct buf path;
    json_t *found; /* object: path to true, so that each is there once */
};

static bool holds(struct str text, struct str part)
{
    return part.len && str_find(text, part, 0) != (size_t)-1;
}

static bool text_changes(struct pattern *pattern, struct str text,
                         const struct changing_known *known)
{
    if (holds(text, known->request_id) || secret_in(text))
        return true;
    return pattern_match(pattern, text) == PATTERN_MATCH && !holds(known->request, text);
}

static bool number_changes(double number, const struct changing_known *known)
{
    double now = (double)known->now_ms;

    return (number > now - ABOUT_NOW_MS && number < now + ABOUT_NOW_MS) ||
           (number * 1000 > now - ABOUT_NOW_MS && number * 1000 < now + ABOUT_NOW_MS);
}

static bool changes(const struct walk *w, const json_t *value)
{
    if (json_is_string(value))
        return text_changes(w->pattern,
                            (struct str){json_string_value(value), json_string_length(value)},
                            w->known);
    return json_is_number(value) && number_changes(json_number_value(value), w->known);
}

static void walk(struct walk *w, json_t *value)
{
    const size_t before = w->path.len;
    const char *key;
    json_t *inner;
    size_t i, len;

    if (changes(w, value))
        json_object_setn_new(w->found, w->path.data, w->path.len, json_true());
    json_object_keylen_foreach(value, key, len, inner)
    {
        path_add_name(&w->path, (struct str){key, len});
        walk(w, inner);
        w->path.len = before;
    }
    json_array_foreach(value, i, inner)
    {
        buf_add_c(&w->path, "[*]");
        walk(w, inner);
        w->path.len = before;
    }
}

static struct pattern *compile(void)
{
    struct pattern *pattern = NULL;

    if (pattern_compile(&pattern, str_c(form), PATTERN_PCRE2, 0, NULL, NULL) < 0)
        abort(); /* our own mistake */
    return pattern;
}

bool changing_text(struct str text, const struct changing_known *known)
{
    struct pattern *pattern = compile();
    bool found = text_changes(pattern, text, known);

    pattern_free(pattern);
    return found;
}

json_t *changing_paths(json_t *value, const struct changing_known *known)
{
    struct walk w = {.known = known, .pattern = compile(), .found = json_object()};
    json_t *paths = json_array(), *there;
    const char *path;
    size_t len;

    buf_putc(&w.path, '$');
    walk(&w, value);
    json_object_keylen_foreach(w.found, path, len, there)
        json_array_append_new(paths, json_stringn(path, len));
    json_decref(w.found);
    pattern_free(w.pattern);
    buf_release(&w.path);
    return paths;
}
