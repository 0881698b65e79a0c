/*
 * Which case files a command is about: its operands (files, folders, FILE:LINE), or the project's
 * `testcases` globs ("**" crosses folders).
 */
#ifndef CLI_CASEFILES_H
#define CLI_CASEFILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "promote/manifest.h"

struct casefile_line {
    char *file;
    unsigned line;
};

struct casefiles {
    char **items; /* sorted, each once */
    size_t count, cap;
    struct casefile_line *lines; /* of FILE:LINE operands: only cases there are meant */
    size_t line_count;
    char **ignored; /* matched a glob or lay in a folder, but hold no cases (payloads, schemas) */
    size_t ignored_count, ignored_cap;
};

/* `manifest` may be NULL. ERR_USAGE when there is nothing to look at, ERR_INPUT for what is
 * missing. */
int casefiles_find(struct casefiles *ret, char *const *operands, size_t operand_count,
                   const struct manifest *manifest, struct err *err);
/* Is the operand meant as a file, a folder, or FILE:LINE: is it there, or does it look like one? */
bool casefiles_is_place(const char *operand);

void casefiles_release(struct casefiles *files);

#endif
