#include "cli/term.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/neutral.h"
#include "base/secret.h"

static bool colored_out, colored_err;

static bool set_and_not_zero(const char *v)
{
    return v && *v && strcmp(v, "0") != 0;
}

static bool capable;

bool term_is_capable(void)
{
    return capable;
}

static bool wants_color(enum term_color wish, int fd, const char *(*env)(const char *))
{
    const char *no = env("NO_COLOR"), *cli = env("CLICOLOR");

    if (wish != TERM_AUTO)
        return wish == TERM_ALWAYS;
    if (no && *no)
        return false;
    if (set_and_not_zero(env("CLICOLOR_FORCE")) || set_and_not_zero(env("FORCE_COLOR")))
        return true;
    if (cli && strcmp(cli, "0") == 0)
        return false;
    return isatty(fd) && capable;
}

void term_init(enum term_color wish, const char *(*getenv_fn)(const char *))
{
    const char *term = getenv_fn("TERM");

    capable = term && *term && strcmp(term, "dumb") != 0;
    colored_out = wants_color(wish, STDOUT_FILENO, getenv_fn);
    colored_err = wants_color(wish, STDERR_FILENO, getenv_fn);
}

bool term_colored(const FILE *stream)
{
    return stream == stderr ? colored_err : colored_out;
}

static void emit(FILE *stream, struct buf *text)
{
    secret_mask(text);
    if (stream == stderr)
        fflush(stdout); /* in the order things happened, where both go to one log */
    fwrite(buf_c(text), 1, text->len, stream);
    buf_release(text);
}

void term_out(const char *fmt, ...)
{
    struct buf text = {0};
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    emit(stdout, &text);
}

void term_err(const char *fmt, ...)
{
    struct buf text = {0};
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    emit(stderr, &text);
}

void term_out_str(struct str bytes)
{
    struct buf text = {0};

    buf_add_str(&text, bytes);
    emit(stdout, &text);
}

bool term_in_ci(void)
{
    const char *ci = getenv("CI");

    return ci && *ci;
}

void term_flush(void)
{
    fflush(stdout);
}

void term_err_str(struct str bytes)
{
    struct buf text = {0};

    buf_add_str(&text, bytes);
    emit(stderr, &text);
}

void term_safe(struct buf *out, struct str bytes)
{
    neutral_text(out, bytes);
}

/* Spaces (tabs stay tabs) up to a column, so that the caret stands under its character. */
static void add_caret(struct buf *out, const char *line, unsigned column)
{
    unsigned at = 1;

    buf_add_c(out, "    ");
    for (const char *p = line; *p && at < column; p++) {
        if (((unsigned char)*p & 0xc0) == 0x80)
            continue;
        buf_putc(out, *p == '\t' ? '\t' : ' ');
        at++;
    }
    buf_add_c(out, "^\n");
}

static void print_fault(const struct fault *f)
{
    struct buf out = {0};

    if (f->file && f->line)
        buf_printf(&out, "%s:%u:%u: ", f->file, f->line, f->column);
    else if (f->file)
        buf_printf(&out, "%s: ", f->file);
    term_safe(&out, str_c(f->text));
    if (f->hint) {
        buf_add_c(&out, ", ");
        term_safe(&out, str_c(f->hint));
    }
    buf_putc(&out, '\n');
    if (f->source_line && f->column) {
        buf_add_c(&out, "    ");
        term_safe(&out, str_c(f->source_line));
        buf_putc(&out, '\n');
        add_caret(&out, f->source_line, f->column);
    }
    term_err_str(buf_str(&out));
    buf_release(&out);
}

void term_faults(const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        print_fault(&faults->items[i]);
    if (faults->count + faults->dropped > 1)
        term_err("%zu faults%s\n", faults->count + faults->dropped,
                 faults->dropped ? " (only the first are shown)" : "");
}
