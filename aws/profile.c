#include "aws/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

/* ---- the values ---- */

void aws_profiles_release(struct aws_profiles *p)
{
    for (size_t i = 0; i < p->count; i++) {
        struct profile_section *s = &p->sections[i];

        for (size_t k = 0; k < s->count; k++) {
            free(s->items[k].key);
            mem_wipe_free(s->items[k].value);
        }
        free(s->items);
        free(s->name);
    }
    free(p->sections);
    free(p->tried);
    *p = (struct aws_profiles){0};
}

const struct profile_section *aws_profiles_find(const struct aws_profiles *p,
                                                enum profile_kind kind, const char *name)
{
    const struct str wanted = str_trim(str_c(name));

    for (size_t i = 0; i < p->count; i++)
        if (p->sections[i].kind == kind && str_eq_c(wanted, p->sections[i].name))
            return &p->sections[i];
    return NULL;
}

static struct profile_property *find_property(const struct profile_section *s, const char *key)
{
    for (size_t i = 0; s && i < s->count; i++)
        if (strcmp(s->items[i].key, key) == 0)
            return &s->items[i];
    return NULL;
}

const char *profile_get(const struct profile_section *section, const char *key)
{
    const struct profile_property *p = find_property(section, key);

    return p ? p->value : NULL;
}

bool profile_sub(const char *block, const char *key, struct str *ret_value)
{
    struct str rest = str_c(block), line;

    while (str_cut(&rest, '\n', &line)) {
        const size_t eq = str_find(line, STR("="), 0);

        if (eq == (size_t)-1 || !str_eq_c(str_trim(str_slice(line, 0, eq)), key))
            continue;
        *ret_value = str_trim(str_slice(line, eq + 1, line.len));
        return true;
    }
    return false;
}

/* ---- the reader ---- */

struct reader {
    struct aws_profiles *all;
    enum profile_file file;
    const char *path;
    unsigned line;
    struct aws_profiles own;           /* this file's, merged at the end */
    long section;                      /* index in own; -1: none yet, -2: one that is ignored */
    struct profile_property *property; /* NULL: none; of the current section */
    bool property_ignored;
    bool block; /* the property's own line was empty: sub-properties follow */
};

static int bad(const struct reader *r, const char *what, struct err *err)
{
    return err_set(err, ERR_INPUT, "%s:%u: %s", r->path, r->line, what);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_name(struct str s, const char *also)
{
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c && strchr(also, c))))
            return false;
    }
    return s.len > 0;
}

static struct profile_section *section_of(struct aws_profiles *p, enum profile_kind kind,
                                          struct str name)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->sections[i].kind == kind && str_eq_c(name, p->sections[i].name))
            return &p->sections[i];
    p->sections = mem_grow(p->sections, p->count + 1, sizeof(*p->sections));
    p->sections[p->count] =
        (struct profile_section){.kind = kind, .name = mem_dup_n(name.data, name.len)};
    return &p->sections[p->count++];
}

static struct profile_property *set_property(struct profile_section *s, const char *key,
                                             struct str value)
{
    struct profile_property *p = find_property(s, key);

    if (!p) {
        s->items = mem_grow(s->items, s->count + 1, sizeof(*s->items));
        p = &s->items[s->count++];
        *p = (struct profile_property){.key = mem_dup(key)};
    }
    mem_wipe_free(p->value);
    p->value = mem_dup_n(value.data ? value.data : "", value.len);
    return p;
}

static void clear_properties(struct profile_section *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->items[i].key);
        mem_wipe_free(s->items[i].value);
    }
    s->count = 0;
}

/* The AWS CLI writes [profile 'a b'] and reads either quote. */
static bool take_quotes(struct str *name)
{
    const struct str inside = str_slice(*name, 1, name->len ? name->len - 1 : 0);
    const char quote = name->len > 2 ? name->data[0] : 0;

    if ((quote != '"' && quote != '\'') || name->data[name->len - 1] != quote ||
        memchr(inside.data, quote, inside.len))
        return false;
    *name = inside;
    return true;
}

static bool is_known(const struct aws_profiles *p, struct str name)
{
    CLEANUP(mem_freep) char *text = mem_dup_n(name.data, name.len);

    return aws_profiles_find(p, PROFILE_KIND_PROFILE, text) != NULL;
}

/*
 * Names with blanks only in quotes. In the credentials file the AWS CLI writes them without any:
 * there they count when the config file has them.
 */
static bool is_section_name(const struct reader *r, struct str *name)
{
    if (r->file == PROFILE_CREDENTIALS && is_known(r->all, *name))
        return true;
    return is_name(*name, "-/.%@_:+") || (take_quotes(name) && is_name(*name, "-/.%@_:+ \t"));
}

/* As all readers do, it is ignored; but whoever misses it can be told. */
static void note_miswritten(struct reader *r, struct str name)
{
    r->section = -2;
    take_quotes(&name);
    if (is_name(name, "-/.%@_:+ \t"))
        section_of(&r->own, PROFILE_KIND_MISWRITTEN, name);
}

/* "[profile default]" hides "[default]", wherever they stand in the file. */
static void open_section(struct reader *r, enum profile_kind kind, struct str name, bool prefixed)
{
    struct profile_section *s;

    r->section = -2;
    if (!is_section_name(r, &name)) {
        note_miswritten(r, name);
        return;
    }
    s = section_of(&r->own, kind, name);
    if (s->prefixed && !prefixed)
        return;
    if (prefixed && !s->prefixed)
        clear_properties(s);
    s->prefixed = prefixed;
    r->section = (long)(s - r->own.sections);
}

static bool take_word(struct str *s, struct str word)
{
    if (!str_starts(*s, word) || s->len == word.len || !is_blank(s->data[word.len]))
        return false;
    *s = str_trim(str_slice(*s, word.len, s->len));
    return true;
}

static int read_section(struct reader *r, struct str line, struct err *err)
{
    const size_t close = str_find(line, STR("]"), 0);
    struct str name;

    r->property = NULL;
    r->property_ignored = false;
    if (close == (size_t)-1)
        return bad(r, "Profile definition must end with ']'", err);
    name = str_trim(str_slice(line, 1, close));
    if (r->file == PROFILE_CREDENTIALS && take_word(&name, STR("profile")))
        note_miswritten(r, name);
    else if (r->file == PROFILE_CREDENTIALS)
        open_section(r, PROFILE_KIND_PROFILE, name, true);
    else if (take_word(&name, STR("profile")))
        open_section(r, PROFILE_KIND_PROFILE, name, true);
    else if (take_word(&name, STR("sso-session")))
        open_section(r, PROFILE_KIND_SSO_SESSION, name, true);
    else if (take_word(&name, STR("services")))
        open_section(r, PROFILE_KIND_SERVICES, name, true);
    else if (str_eq(name, STR("default")))
        open_section(r, PROFILE_KIND_PROFILE, name, false);
    else
        note_miswritten(r, name);
    return 0;
}

static struct str without_comment(struct str value)
{
    for (size_t i = 1; i < value.len; i++)
        if ((value.data[i] == '#' || value.data[i] == ';') && is_blank(value.data[i - 1]))
            return str_slice(value, 0, i);
    return value;
}

static int read_property(struct reader *r, struct str line, struct err *err)
{
    const size_t eq = str_find(line, STR("="), 0);
    const struct str key = str_trim(str_slice(line, 0, eq == (size_t)-1 ? line.len : eq));
    CLEANUP(mem_freep) char *lower = NULL;
    struct str value;

    if (r->section == -1)
        return bad(r, "Expected a profile definition", err);
    if (eq == (size_t)-1)
        return bad(r, "Expected an '=' sign defining a property", err);
    if (key.len == 0)
        return bad(r, "Property did not have a name", err);
    r->property = NULL;
    r->property_ignored = true;
    if (r->section < 0 || !is_name(key, "-_./%@:+"))
        return 0;
    r->property_ignored = false;
    value = str_trim(without_comment(str_slice(line, eq, line.len)));
    value = str_trim(str_slice(value, 1, value.len));
    r->block = value.len == 0;
    lower = mem_dup_n(key.data, key.len);
    for (char *p = lower; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    r->property = set_property(&r->own.sections[r->section], lower, value);
    return 0;
}

static int read_continuation(struct reader *r, struct str line, struct err *err)
{
    const size_t eq = str_find(line, STR("="), 0);
    CLEANUP(buf_wipe) struct buf joined = {0};

    if (r->section == -1)
        return bad(r, "Expected a profile definition, found continuation", err);
    if (r->property_ignored)
        return 0;
    if (!r->property)
        return r->section < 0 ? 0
                              : bad(r, "Expected a property definition, found continuation", err);
    if (r->block && eq == (size_t)-1)
        return bad(r, "Expected an '=' sign defining a sub-property", err);
    if (r->block && str_trim(str_slice(line, 0, eq)).len == 0)
        return bad(r, "Sub-property did not have a name", err);
    buf_printf(&joined, "%s\n%.*s", r->property->value, STR_ARG(line));
    mem_wipe_free(r->property->value);
    r->property->value = mem_dup_n(joined.data, joined.len);
    return 0;
}

static int read_line(struct reader *r, struct str line, struct err *err)
{
    const struct str content = str_trim(line);

    if (content.len == 0 || line.data[0] == '#' || line.data[0] == ';')
        return 0;
    if (is_blank(line.data[0]))
        return read_continuation(r, content, err);
    return line.data[0] == '[' ? read_section(r, content, err) : read_property(r, content, err);
}

static void merge(struct aws_profiles *into, const struct aws_profiles *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct profile_section *s = &from->sections[i];
        struct profile_section *to = section_of(into, s->kind, str_c(s->name));

        for (size_t k = 0; k < s->count; k++)
            set_property(to, s->items[k].key, str_c(s->items[k].value));
    }
}

int aws_profiles_parse(struct aws_profiles *p, struct str text, enum profile_file file,
                       const char *path, struct err *err)
{
    struct reader r = {.all = p, .file = file, .path = path, .section = -1};
    struct str rest = text, line;
    int result = 0;

    if (str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff")))
        return err_set(err, ERR_INPUT, "%s: found UTF-16, expected UTF-8", path);
    if (str_starts(text, STR("\xef\xbb\xbf"))) /* editors of Windows write it */
        rest = str_slice(text, 3, text.len);
    while (result == 0 && str_cut(&rest, '\n', &line)) {
        r.line++;
        result = read_line(&r, line, err);
    }
    if (result == 0)
        merge(p, &r.own);
    aws_profiles_release(&r.own);
    return result;
}

/* ---- the files ---- */

char *aws_profiles_path(const struct aws_env *env, enum profile_file file)
{
    const bool config = file == PROFILE_CONFIG;
    const char *given =
        aws_env_get(env, config ? "AWS_CONFIG_FILE" : "AWS_SHARED_CREDENTIALS_FILE");
    const char *home = aws_env_get(env, "HOME");
    struct buf path = {0};

    if (given && !(given[0] == '~' && given[1] == '/'))
        return mem_dup(given);
    if (!home)
        return NULL;
    buf_printf(&path, "%s%s", home,
               given    ? given + 1
               : config ? "/.aws/config"
                        : "/.aws/credentials");
    return buf_steal(&path);
}

int aws_profiles_load(struct aws_profiles *p, const struct aws_env *env, struct err *err)
{
    struct buf tried = {0};
    int result = 0;

    for (int i = 0; i < 2 && result == 0; i++) {
        const enum profile_file file = i == 0 ? PROFILE_CONFIG : PROFILE_CREDENTIALS;
        CLEANUP(mem_freep) char *path = aws_profiles_path(env, file);
        CLEANUP(buf_wipe) struct buf text = {0};

        if (!path)
            continue;
        buf_printf(&tried, "%s%s", tried.len ? ", " : "", path);
        if (!file_exists(path))
            continue;
        result = file_read(&text, path, PROFILE_FILE_MAX, err);
        if (result == 0)
            result = aws_profiles_parse(p, buf_str(&text), file, path, err);
    }
    free(p->tried);
    p->tried = buf_steal(&tried);
    return result;
}
