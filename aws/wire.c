#include "aws/wire.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/secret.h"

/* ---- bodies ---- */

/* Index behind the JSON string that begins at the quote `at`; the end when it is not closed. */
static size_t after_string(struct str s, size_t at)
{
    for (at++; at < s.len; at++) {
        if (s.data[at] == '\\')
            at++;
        else if (s.data[at] == '"')
            return at + 1;
    }
    return s.len;
}

/* Index behind the JSON value at `at`: a string, or an object with all that is in it. */
static size_t after_value(struct str s, size_t at)
{
    size_t depth = 0;

    if (s.data[at] == '"')
        return after_string(s, at);
    while (at < s.len) {
        if (s.data[at] == '"') {
            at = after_string(s, at);
            continue;
        }
        if (s.data[at] == '{')
            depth++;
        if (s.data[at] == '}' && (depth == 0 || --depth == 0))
            return at + (depth == 0);
        at++;
    }
    return s.len;
}

static bool is_secret_member(struct str name)
{
    static const char *const names[] = {
        "Variables",   "ZipFile",      "Location",     "SecretAccessKey", "SessionToken", "Token",
        "accessToken", "refreshToken", "clientSecret", "secretAccessKey", "sessionToken",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_eq_c(name, names[i]))
            return true;
    return false;
}

static size_t skip_blanks(struct str s, size_t at)
{
    while (at < s.len && memchr(" \t\r\n", s.data[at], 4))
        at++;
    return at;
}

/* Where the value of a secret member begins, when the string at `at` is such a member's name. */
static bool opens_secret(struct str s, size_t at, size_t *ret_value)
{
    const size_t end = after_string(s, at);
    size_t colon;

    if (end - at < 2 || !is_secret_member(str_slice(s, at + 1, end - 1)))
        return false;
    colon = skip_blanks(s, end);
    if (colon >= s.len || s.data[colon] != ':')
        return false;
    *ret_value = skip_blanks(s, colon + 1);
    return *ret_value < s.len && (s.data[*ret_value] == '"' || s.data[*ret_value] == '{');
}

static void put(struct buf *out, char c)
{
    if (c == '\n')
        buf_add_c(out, "\\n");
    else if ((unsigned char)c < 0x20 || c == 0x7f)
        buf_printf(out, "\\x%02x", (unsigned)(unsigned char)c);
    else
        buf_putc(out, c);
}

/* A string may be as long as the body: it is cut. */
static void put_all(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len && i < WIRE_BODY_MAX; i++)
        put(out, text.data[i]);
}

static void add_body(struct buf *out, struct str body, size_t whole)
{
    const size_t start = out->len;
    size_t at = 0, value;

    while (at < body.len && out->len - start < WIRE_BODY_MAX) {
        const size_t from = at;

        if (body.data[at] != '"') {
            put(out, body.data[at++]);
            continue;
        }
        at = after_string(body, from);
        if (opens_secret(body, from, &value)) {
            put_all(out, str_slice(body, from, value));
            buf_add_c(out, "\"***\"");
            at = after_value(body, value);
            continue;
        }
        put_all(out, str_slice(body, from, at));
    }
    if (out->len - start >= WIRE_BODY_MAX) {
        out->len = start + WIRE_BODY_MAX;
        buf_printf(out, "... (%zu bytes)", whole);
    }
}

void wire_body(struct buf *out, struct str body)
{
    CLEANUP(arena_release) struct arena arena = {0};
    const bool any = secret_any(); /* masked before it is cut: half of one would not be found */

    if (body.len && memchr(body.data, '\0', body.len))
        buf_printf(out, "(%zu bytes that are no text)", body.len);
    else
        add_body(out, any ? secret_masked(&arena, body) : body, body.len);
}

/* ---- headers ---- */

void wire_header(struct buf *out, const char *name, struct str value)
{
    static const struct str mark = STR_INIT("Signature=");
    const size_t at = str_find(value, mark, 0);
    CLEANUP(arena_release) struct arena arena = {0};

    if (strcasecmp(name, "authorization") == 0 && at == (size_t)-1)
        buf_add_c(out, "***");
    else if (strcasecmp(name, "authorization") == 0)
        buf_printf(out, "%.*s***", (int)(at + mark.len), value.data);
    else if (strcasecmp(name, "x-amz-security-token") == 0 ||
             strcasecmp(name, "x-amz-sso_bearer_token") == 0 ||
             strcasecmp(name, "x-aws-ec2-metadata-token") == 0)
        buf_add_c(out, "***");
    else
        put_all(out, secret_masked(&arena, value));
}

/* ---- the log ---- */

static void log_body(const char *arrow, struct str body, bool quiet)
{
    CLEANUP(buf_wipe) struct buf line = {0};

    if (body.len == 0)
        return;
    if (quiet)
        buf_printf(&line, "(%zu bytes about credentials)", body.len);
    else
        wire_body(&line, body);
    log_debug("%s %s", arrow, buf_c(&line));
}

void wire_log_request(const char *method, const char *url, const struct aws_header *headers,
                      size_t count, struct str body, bool quiet)
{
    if (!log_enabled())
        return;
    log_debug("> %s %s", method, url);
    for (size_t i = 0; i < count; i++) {
        CLEANUP(buf_wipe) struct buf value = {0};

        wire_header(&value, headers[i].name, headers[i].value);
        log_debug("> %s: %s", headers[i].name, buf_c(&value));
    }
    log_body(">", body, quiet);
}

void wire_log_reply(const struct aws_reply *reply, bool quiet)
{
    struct str rest = buf_str(&reply->headers), line;

    if (!log_enabled())
        return;
    log_debug("< %d (%lld us, connected after %lld us)", reply->status,
              (long long)reply->timing.total_us, (long long)reply->timing.connect_us);
    while (str_cut(&rest, '\n', &line))
        if (line.len)
            log_debug("< %.*s", STR_ARG(line));
    log_body("<", buf_str(&reply->body), quiet);
}
