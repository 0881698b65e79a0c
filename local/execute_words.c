#include "local/execute_words.h"

#include <ctype.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <jansson.h>

#include "base/compiler.h"
#include "base/mem.h"

static json_t *text_of(const char *text)
{
    json_t *v = json_string(text);

    if (!v) {
        CLEANUP(mem_freep) char *ascii = mem_dup(text);

        for (char *p = ascii; *p; p++)
            if ((unsigned char)*p >= 0x80)
                *p = '?';
        v = json_string(ascii);
    }
    return v;
}

void words_error(struct buf *out, const char *type, const char *message)
{
    json_t *error = json_object();
    char *text;

    json_object_set_new(error, "errorType", text_of(type));
    json_object_set_new(error, "errorMessage", text_of(message));
    text = json_dumps(error, JSON_COMPACT);
    buf_add_c(out, text);
    free(text);
    json_decref(error);
}

void words_error_type(char *out, size_t size, struct str error)
{
    json_t *value = json_loadb(error.data ? error.data : "", error.len, 0, NULL);
    const char *type = json_string_value(json_object_get(value, "errorType"));

    snprintf(out, size, "%s", type && *type ? type : "Runtime.Unknown");
    json_decref(value);
}

/* As Go's syscall.Signal prints them. */
static const struct {
    int number;
    const char *name;
} signals[] = {
    {SIGHUP, "hangup"},
    {SIGINT, "interrupt"},
    {SIGQUIT, "quit"},
    {SIGILL, "illegal instruction"},
    {SIGTRAP, "trace/breakpoint trap"},
    {SIGABRT, "aborted"},
    {SIGBUS, "bus error"},
    {SIGFPE, "floating point exception"},
    {SIGKILL, "killed"},
    {SIGUSR1, "user defined signal 1"},
    {SIGSEGV, "segmentation fault"},
    {SIGUSR2, "user defined signal 2"},
    {SIGPIPE, "broken pipe"},
    {SIGALRM, "alarm clock"},
    {SIGTERM, "terminated"},
};

void words_exit_code(struct buf *out, int wait_status)
{
    if (WIFSIGNALED(wait_status)) {
        const int number = WTERMSIG(wait_status);

        for (size_t i = 0; i < ARRAY_LEN(signals); i++)
            if (signals[i].number == number) {
                buf_printf(out, "signal: %s", signals[i].name);
                return;
            }
        buf_printf(out, "signal %d", number);
    } else {
        buf_printf(out, "exit %s %d", WEXITSTATUS(wait_status) ? "status" : "code",
                   WEXITSTATUS(wait_status));
    }
}

void words_exit(struct buf *out, int wait_status)
{
    if (wait_status == 0) {
        buf_add_c(out, "Runtime exited without providing a reason");
    } else {
        buf_add_c(out, "Runtime exited with error: ");
        words_exit_code(out, wait_status);
    }
}

void words_errno(struct buf *out, int errnum)
{
    char text[128] = "";

    if (strerror_r(errnum, text, sizeof(text)) != 0)
        buf_printf(out, "error %d", errnum);
    for (const char *p = text; *p; p++)
        buf_putc(out, (char)tolower((unsigned char)*p));
}

void words_report(struct buf *out, const struct words_report *r)
{
    const double billed = ceil(r->duration_ms + (r->init_ms > 0 ? r->init_ms : 0));

    buf_printf(out,
               "REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %.0f ms\t"
               "Memory Size: %u MB\tMax Memory Used: %u MB\t",
               r->request_id, r->duration_ms, billed < 1 ? 1 : billed, r->memory_mb,
               r->max_memory_mb);
    if (r->init_ms >= 0)
        buf_printf(out, "Init Duration: %.2f ms\t", r->init_ms);
    if (r->status)
        buf_printf(out, "Status: %s%s", r->status, r->error_type ? "\t" : "");
    if (r->status && r->error_type)
        buf_printf(out, "Error Type: %s", r->error_type);
}
