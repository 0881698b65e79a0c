#include "cli/opts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/suggest.h"

struct opt_value {
    const struct opt *opt;
    const char **texts; /* every value given, in order; NULL for "no value" */
    size_t count;
    int64_t number; /* of the last one: OPT_COUNT, OPT_DURATION */
};

static const struct opt *find(const struct opts *o, struct str name, char letter)
{
    for (size_t t = 0; t < o->table_count; t++)
        for (size_t i = 0; i < o->table_counts[t]; i++) {
            const struct opt *opt = &o->tables[t][i];

            if (letter ? opt->letter == letter : str_eq_c(name, opt->name))
                return opt;
        }
    return NULL;
}

static struct opt_value *value_of(const struct opts *o, const struct opt *opt)
{
    for (size_t i = 0; i < o->value_count; i++)
        if (o->values[i].opt == opt)
            return &o->values[i];
    return NULL;
}

static int unknown_option(const struct opts *o, struct str name, const char *as_typed,
                          struct err *err)
{
    const char *names[256];
    const char *near;
    size_t n = 0;

    for (size_t t = 0; t < o->table_count; t++)
        for (size_t i = 0; i < o->table_counts[t] && n < ARRAY_LEN(names); i++)
            names[n++] = o->tables[t][i].name;
    near = name.len > 1 ? suggest_nearest(name, names, n) : NULL;
    if (near)
        return err_set(err, ERR_USAGE, "unknown option %s, did you mean --%s?", as_typed, near);
    return err_set(err, ERR_USAGE, "unknown option %s; --help lists the options", as_typed);
}

static bool is_choice(const char *choices, struct str text)
{
    struct str rest = str_c(choices), one;

    while (str_cut(&rest, '|', &one))
        if (str_eq(one, text))
            return true;
    return false;
}

static int check_value(const struct opt *opt, const char *text, int64_t *ret_number,
                       struct err *err)
{
    unsigned long long n;

    switch (opt->kind) {
    case OPT_COUNT:
        if (!str_to_u64(str_c(text), 1000000000, &n))
            return err_set(err, ERR_USAGE, "--%s: \"%s\" is not a whole number up to 1000000000",
                           opt->name, text);
        *ret_number = (int64_t)n;
        return 0;
    case OPT_POSITIVE:
        if (!str_to_u64(str_c(text), 1000000000, &n) || n == 0)
            return err_set(err, ERR_USAGE, "--%s: \"%s\" is not a whole number from 1 on",
                           opt->name, text);
        *ret_number = (int64_t)n;
        return 0;
    case OPT_DURATION:
        if (!clock_parse_duration(str_c(text), ret_number))
            return err_set(err, ERR_USAGE,
                           "--%s: \"%s\" is not a duration such as 800ms, 2s, 1.5m or 3h",
                           opt->name, text);
        return 0;
    case OPT_CHOICE:
        if (!is_choice(opt->arg, str_c(text)))
            return err_set(err, ERR_USAGE, "--%s: \"%s\" is none of %s", opt->name, text, opt->arg);
        return 0;
    case OPT_FLAG:
    case OPT_STRING:
    case OPT_STRINGS:
    case OPT_OPTIONAL:
        return 0;
    }
    return 0;
}

static int give(struct opts *o, const struct opt *opt, const char *text, struct err *err)
{
    struct opt_value *v = value_of(o, opt);
    int64_t number = 0;

    if (text && check_value(opt, text, &number, err) < 0)
        return -1;
    if (!v) {
        o->values = mem_grow(o->values, o->value_count + 1, sizeof(*o->values));
        v = &o->values[o->value_count++];
        *v = (struct opt_value){.opt = opt};
    }
    v->texts = mem_grow(v->texts, v->count + 1, sizeof(*v->texts));
    v->texts[v->count++] = text;
    v->number = number;
    return 0;
}

static bool takes_value(const struct opt *opt)
{
    return opt->kind != OPT_FLAG && opt->kind != OPT_OPTIONAL;
}

/* Returns how many further arguments were used up, or -1. */
static int parse_long(struct opts *o, char *arg, const char *next, struct err *err)
{
    const char *eq = strchr(arg, '=');
    const struct str name = {arg + 2, eq ? (size_t)(eq - arg) - 2 : strlen(arg) - 2};
    const struct opt *opt = find(o, name, 0);

    if (!opt)
        return unknown_option(o, name, arg, err);
    if (eq && opt->kind == OPT_FLAG)
        return err_set(err, ERR_USAGE, "--%s takes no value", opt->name);
    if (eq)
        return give(o, opt, eq + 1, err);
    if (!takes_value(opt))
        return give(o, opt, NULL, err);
    if (!next)
        return err_set(err, ERR_USAGE, "--%s needs a value: --%s %s", opt->name, opt->name,
                       opt->arg);
    return give(o, opt, next, err) < 0 ? -1 : 1;
}

static int parse_short(struct opts *o, char *arg, const char *next, struct err *err)
{
    for (char *p = arg + 1; *p; p++) {
        const struct opt *opt = find(o, (struct str){p, 1}, *p);

        if (!opt)
            return unknown_option(o, (struct str){p, 1}, arg, err);
        if (!takes_value(opt)) {
            if (give(o, opt, NULL, err) < 0)
                return -1;
            continue;
        }
        if (p[1])
            return give(o, opt, p + 1, err);
        if (!next)
            return err_set(err, ERR_USAGE, "-%c needs a value: -%c %s", *p, *p, opt->arg);
        return give(o, opt, next, err) < 0 ? -1 : 1;
    }
    return 0;
}

int opts_parse(struct opts *ret_opts, const struct opt *const *tables, const size_t *table_counts,
               size_t table_count, int argc, char **argv, struct err *err)
{
    struct opts o = {.tables = tables, .table_counts = table_counts, .table_count = table_count};
    bool only_operands = false;

    o.operands = mem_array((size_t)argc + 1, sizeof(*o.operands));
    for (int i = 0; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        int used = 0;

        if (only_operands || argv[i][0] != '-' || argv[i][1] == '\0')
            o.operands[o.operand_count++] = argv[i];
        else if (strcmp(argv[i], "--") == 0)
            only_operands = true;
        else if (argv[i][1] == '-')
            used = parse_long(&o, argv[i], next, err);
        else
            used = parse_short(&o, argv[i], next, err);
        if (used < 0) {
            opts_release(&o);
            return -1;
        }
        i += used;
    }
    *ret_opts = o;
    return 0;
}

void opts_release(struct opts *o)
{
    for (size_t i = 0; i < o->value_count; i++)
        free(o->values[i].texts);
    free(o->values);
    free(o->operands);
    *o = (struct opts){0};
}

static const struct opt_value *asked(const struct opts *o, const char *name)
{
    const struct opt *opt = find(o, str_c(name), 0);

    assert(opt && "an option that no table has");
    return value_of(o, opt);
}

bool opts_given(const struct opts *o, const char *name)
{
    return asked(o, name) != NULL;
}

const char *opts_string(const struct opts *o, const char *name, const char *otherwise)
{
    const struct opt_value *v = asked(o, name);

    return v && v->texts[v->count - 1] ? v->texts[v->count - 1] : otherwise;
}

const char *const *opts_strings(const struct opts *o, const char *name, size_t *ret_count)
{
    const struct opt_value *v = asked(o, name);

    *ret_count = v ? v->count : 0;
    return v ? v->texts : NULL;
}

uint64_t opts_count(const struct opts *o, const char *name, uint64_t otherwise)
{
    const struct opt_value *v = asked(o, name);

    return v ? (uint64_t)v->number : otherwise;
}

int64_t opts_duration(const struct opts *o, const char *name, int64_t otherwise_ms)
{
    const struct opt_value *v = asked(o, name);

    return v ? v->number : otherwise_ms;
}
