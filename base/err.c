#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/utf8.h"

/* Masked before it is cut, or half a secret would stay. A text that was cut must look cut. */
static void fit(char ret[ERR_TEXT_MAX], struct buf *text)
{
    struct str part;

    secret_mask(text);
    part = utf8_part(buf_str(text), ERR_TEXT_MAX - 1);
    if (part.len < text->len)
        part = utf8_part(buf_str(text), ERR_TEXT_MAX - 4);
    memset(ret, 0, ERR_TEXT_MAX);
    if (part.len) /* of an empty one there is no data */
        memcpy(ret, part.data, part.len);
    if (part.len < text->len)
        memcpy(ret + part.len, "...", 3);
}

int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
    CLEANUP(buf_wipe) struct buf text = {0}; /* an argument may be err->text itself */
    va_list ap;

    if (!err)
        return -1;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    err->kind = kind;
    fit(err->text, &text);
    return -1;
}

int err_ctx(struct err *err, const char *fmt, ...)
{
    CLEANUP(buf_wipe) struct buf text = {0};
    va_list ap;

    if (!err)
        return -1;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    buf_printf(&text, ": %s", err->text);
    fit(err->text, &text);
    return -1;
}

int err_sys(struct err *err, enum err_kind kind, int errnum, const char *fmt, ...)
{
    CLEANUP(buf_wipe) struct buf text = {0};
    char why[128];
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    if (strerror_r(errnum, why, sizeof(why)) != 0)
        snprintf(why, sizeof(why), "error %d", errnum);
    return err_set(err, kind, "%s: %s", buf_c(&text), why);
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
