#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A text that was cut must look cut. */
static void mark_cut(char *text, size_t size, int wanted)
{
    if (wanted >= 0 && (size_t)wanted >= size)
        memcpy(text + size - 4, "...", 4);
}

int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
    char text[ERR_TEXT_MAX];
    va_list ap;

    if (!err)
        return -1;
    va_start(ap, fmt);
    mark_cut(text, sizeof(text), vsnprintf(text, sizeof(text), fmt, ap));
    va_end(ap);
    err->kind = kind;
    memcpy(err->text, text,
           sizeof(text)); /* by way of a copy: an argument may be err->text itself */
    return -1;
}

int err_ctx(struct err *err, const char *fmt, ...)
{
    char front[ERR_TEXT_MAX], inner[ERR_TEXT_MAX];
    va_list ap;

    if (!err)
        return -1;
    va_start(ap, fmt);
    vsnprintf(front, sizeof(front), fmt, ap);
    va_end(ap);
    memcpy(inner, err->text, sizeof(inner));
    mark_cut(err->text, sizeof(err->text),
             snprintf(err->text, sizeof(err->text), "%s: %s", front, inner));
    return -1;
}

int err_sys(struct err *err, enum err_kind kind, int errnum, const char *fmt, ...)
{
    char text[ERR_TEXT_MAX];
    char why[128];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (strerror_r(errnum, why, sizeof(why)) != 0)
        snprintf(why, sizeof(why), "error %d", errnum);
    return err_set(err, kind, "%s: %s", text, why);
}

const char *err_kind_name(enum err_kind kind)
{
    switch (kind) {
    case ERR_NONE:
        return "none";
    case ERR_USAGE:
        return "usage";
    case ERR_INPUT:
        return "input";
    case ERR_IO:
        return "io";
    case ERR_LIMIT:
        return "limit";
    case ERR_CREDENTIALS:
        return "credentials";
    case ERR_UNREACHABLE:
        return "unreachable";
    case ERR_UNKNOWN:
        return "unknown";
    case ERR_DENIED:
        return "denied";
    case ERR_NOT_FOUND:
        return "not found";
    case ERR_CONFLICT:
        return "conflict";
    case ERR_PRECONDITION:
        return "precondition";
    case ERR_THROTTLED:
        return "throttled";
    case ERR_SERVICE:
        return "service";
    case ERR_REFUSED:
        return "refused";
    case ERR_BUSY:
        return "busy";
    case ERR_SUPERSEDED:
        return "superseded";
    case ERR_DIRTY:
        return "dirty";
    case ERR_INTERRUPTED:
        return "interrupted";
    case ERR_INTERNAL:
        return "internal";
    }
    return "?";
}
