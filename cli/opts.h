/*
 * Command lines: tables of options, one parser, generated help. Options may stand before or after
 * operands; "--" ends them. Long options take their value as "--name VALUE" or "--name=VALUE",
 * short ones as "-e VALUE" or "-eVALUE"; flags may be bundled ("-qv"). An unknown option gets a
 * "did you mean". An option's value is asked for by its long name; asking for a name that is in no
 * table is our own mistake and ends the program.
 */
#ifndef CLI_OPTS_H
#define CLI_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum opt_kind {
    OPT_FLAG,     /* no value */
    OPT_STRING,   /* the last one wins */
    OPT_STRINGS,  /* repeatable, kept in order */
    OPT_COUNT,    /* a whole number, 0 to 1,000,000,000 */
    OPT_POSITIVE, /* the same from 1 on */
    OPT_DURATION, /* "800ms", "2s", "1.5m", "3h", "2d" */
    OPT_OPTIONAL, /* with or without "=VALUE" */
    OPT_CHOICE,   /* one of `arg`, which is "a|b|c" */
};

struct opt {
    const char *name; /* without the dashes */
    char letter;      /* or 0 */
    enum opt_kind kind;
    const char *arg;  /* how help calls the value: "FILE" */
    const char *help; /* one line */
};

struct opt_value; /* private */

/* The parsed command line. Borrows argv and the tables; release with opts_release. */
struct opts {
    const struct opt *const *tables; /* NULL-terminated rows of tables */
    const size_t *table_counts;
    size_t table_count;
    struct opt_value *values;
    size_t value_count;
    char **operands;
    size_t operand_count;
};

/*
 * Parses argv[0..argc). `tables` are looked through in order. ERR_USAGE with the option, what was
 * wrong and a suggestion.
 */
int opts_parse(struct opts *ret_opts, const struct opt *const *tables, const size_t *table_counts,
               size_t table_count, int argc, char **argv, struct err *err);
void opts_release(struct opts *o);

bool opts_given(const struct opts *o, const char *name);
const char *opts_string(const struct opts *o, const char *name, const char *otherwise);
const char *const *opts_strings(const struct opts *o, const char *name, size_t *ret_count);
uint64_t opts_count(const struct opts *o, const char *name, uint64_t otherwise);
int64_t opts_duration(const struct opts *o, const char *name, int64_t otherwise_ms);

#endif
