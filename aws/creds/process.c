/*
 * Credentials that another program prints: credential_process of a profile, and the AWS CLI v2 for
 * what only it can do. Run without a shell.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "aws/creds/ask.h"
#include "aws/creds/source.h"
#include "base/child.h"
#include "base/mem.h"

enum { TIMEOUT_MS = 60000, OUTPUT_MAX = 64 << 10, WORDS_MAX = 128 };

/* ---- a command line as words, quoted as in a shell, and nothing else of a shell ---- */

struct words {
    char *items[WORDS_MAX + 1];
    size_t count;
};

static void words_release(struct words *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->items[i]);
}

/* One word from *p on; false when a quote is not closed. */
static bool read_word(const char **p, struct buf *word)
{
    char quote = 0;

    for (; **p && (quote || (**p != ' ' && **p != '\t')); (*p)++) {
        const char c = **p;

        if (quote ? c == quote : c == '"' || c == '\'') {
            quote = quote ? 0 : c;
        } else if (c == '\\' && quote != '\'' && (*p)[1] &&
                   (!quote || (*p)[1] == '"' || (*p)[1] == '\\')) {
            buf_putc(word, *++*p);
        } else {
            buf_putc(word, c);
        }
    }
    return !quote;
}

static bool split(struct words *w, const char *line)
{
    while (*(line += strspn(line, " \t"))) {
        struct buf word = {0};

        if (w->count == WORDS_MAX || !read_word(&line, &word)) {
            buf_release(&word);
            return false;
        }
        buf_add_c(&word, "");
        w->items[w->count++] = buf_steal(&word);
    }
    return w->count > 0;
}

/* ---- running it ---- */

/* The last line that says something: what went wrong, most of the time. */
static struct str last_line(const struct buf *text)
{
    struct str rest = str_trim(buf_str(text)), line, last = {0};

    while (str_cut(&rest, '\n', &line))
        last = str_trim(line);
    return str_slice(last, 0, 300);
}

static void explain(const struct child_result *child, struct buf *why)
{
    const struct str said = last_line(&child->err);

    if (strstr(buf_c(&child->err), "Invalid choice")) /* of the AWS CLI's own parser */
        buf_add_c(why, "the AWS CLI here is older than 2.9 and has no export-credentials");
    else
        buf_printf(why, "exit code %d%s%.*s", child->exit_code, said.len ? ": " : "",
                   STR_ARG(said));
}

static int read_version(struct str text, struct buf *why)
{
    json_t *root = json_loadb(text.data ? text.data : "", text.len, 0, NULL);
    const json_t *version = json_object_get(root, "Version");
    const int ok = json_integer_value(version) == 1;

    if (!json_is_object(root))
        buf_add_c(why, "it wrote no JSON object");
    else if (!ok)
        buf_add_c(why, "it wrote no \"Version\": 1");
    json_decref(root);
    return ok ? 0 : -1;
}

static int run(const struct creds_options *o, const char *const *argv, struct aws_creds *ret,
               struct buf *why)
{
    const struct child_options options = {.argv = argv,
                                          .timeout_ms = TIMEOUT_MS,
                                          .max_out_bytes = OUTPUT_MAX,
                                          .cancelled = o->cancelled,
                                          .cancelled_ctx = o->cancelled_ctx};
    CLEANUP(child_result_release) struct child_result child = {0};
    struct err err = {0};

    if (child_run(&options, &child, &err) < 0) {
        buf_add_c(why, err.text);
        return -1;
    }
    if (child.exit_code) {
        explain(&child, why);
        return -1;
    }
    if (read_version(buf_str(&child.out), why) < 0)
        return -1;
    return creds_read_json(ret, buf_str(&child.out), "SessionToken", why);
}

enum creds_found creds_process(const struct creds_options *o, const struct profile_section *s,
                               struct aws_creds *ret, struct buf *why)
{
    CLEANUP(words_release) struct words words = {{0}, 0};

    buf_printf(why, "profile %s, credential_process: ", s->name);
    if (!split(&words, profile_get(s, "credential_process"))) {
        buf_add_c(why, "a quote is not closed, or it is too long");
        return CREDS_FAILED;
    }
    if (run(o, (const char *const *)words.items, ret, why) < 0)
        return CREDS_FAILED;
    if (!ret->account[0])
        aws_creds_set_account(ret, str_c(profile_get(s, "aws_account_id")));
    buf_clear(why);
    snprintf(ret->source, sizeof(ret->source), "profile %.100s (credential_process)", s->name);
    return CREDS_FOUND;
}

enum creds_found creds_aws_cli(const struct creds_options *o, const char *profile,
                               struct aws_creds *ret, struct buf *why)
{
    const char *const argv[] = {"aws",       "configure", "export-credentials",
                                "--profile", profile,     "--format",
                                "process",   NULL};

    buf_printf(why, "profile %s, by `aws configure export-credentials` (AWS CLI v2): ", profile);
    if (run(o, argv, ret, why) < 0)
        return CREDS_FAILED;
    buf_clear(why);
    snprintf(ret->source, sizeof(ret->source), "profile %.100s (by the AWS CLI)", profile);
    return CREDS_FOUND;
}
