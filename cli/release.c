#include "cli/release.h"

#include <stdlib.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

/* A repository on a dead network share must not hold a deploy. */
enum { GIT_TIMEOUT_MS = 5000, LABEL_MAX_BYTES = 1024 };

/* No git, no repository, no commit yet: no label, and that is no error. */
static char *git_describe(const char *dir)
{
    const char *const argv[] = {"git",    "-C",       dir,       "describe",
                                "--tags", "--always", "--dirty", NULL};
    const struct child_options options = {
        .argv = argv, .timeout_ms = GIT_TIMEOUT_MS, .max_out_bytes = LABEL_MAX_BYTES};
    CLEANUP(child_result_release) struct child_result git = {0};
    struct err err = {0};
    struct str label;

    if (child_run(&options, &git, &err) < 0 || git.exit_code)
        return NULL;
    label = str_trim(buf_str(&git.out));
    return label.len ? mem_dup_n(label.data, label.len) : NULL;
}

char *release_label(const char *given, const char *project_file)
{
    const char *env = getenv("SMOKEGATE_RELEASE");
    CLEANUP(mem_freep) char *dir = NULL;

    if (given)
        return mem_dup(given);
    if (env && *env)
        return mem_dup(env);
    dir = path_dir(project_file);
    return git_describe(dir);
}
