#include "aws/request.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"

void aws_request_init(struct aws_request *r, const char *service, const char *operation,
                      const char *method, enum aws_effect effect)
{
    *r = (struct aws_request){.service = service,
                              .operation = operation,
                              .resource = "",
                              .method = method,
                              .effect = effect};
}

void aws_request_release(struct aws_request *r)
{
    arena_release(&r->arena);
    buf_release(&r->path);
    buf_release(&r->query);
    *r = (struct aws_request){0};
}

void aws_request_resource(struct aws_request *r, const char *name)
{
    r->resource = arena_dup(&r->arena, name);
}

void aws_request_path(struct aws_request *r, const char *literal)
{
    buf_add_c(&r->path, literal);
}

void aws_request_segment(struct aws_request *r, const char *value)
{
    /* "." and ".." would be resolved away on the wire; encoded dots are not what they name either.
     */
    if (strcmp(value, ".") == 0 || strcmp(value, "..") == 0)
        buf_add_c(&r->path, value[1] ? "%2E%2E" : "%2E");
    else
        percent_encode(&r->path, str_c(value), "");
}

void aws_request_query(struct aws_request *r, const char *name, const char *value)
{
    if (!value)
        return;
    if (r->query.len)
        buf_putc(&r->query, '&');
    buf_printf(&r->query, "%s=", name);
    percent_encode(&r->query, str_c(value), "");
}

void aws_request_header(struct aws_request *r, const char *name, struct str value)
{
    assert(r->header_count < AWS_HEADERS_MAX);
    r->headers[r->header_count++] = (struct aws_header){name, arena_str(&r->arena, value)};
}

void aws_request_json(struct aws_request *r, struct str body)
{
    r->body = arena_str(&r->arena, body);
    aws_request_header(r, "content-type", STR("application/json"));
}

void aws_request_form(struct aws_request *r, struct buf *form, const char *action,
                      const char *version)
{
    aws_request_path(r, "/");
    aws_request_header(r, "content-type", STR("application/x-www-form-urlencoded"));
    buf_printf(form, "Action=%s&Version=%s", action, version);
}

void aws_request_pair(struct buf *form, const char *name, const char *value)
{
    if (!value)
        return;
    buf_printf(form, "&%s=", name);
    percent_encode(form, str_c(value), "");
}

void aws_request_form_end(struct aws_request *r, struct buf *form)
{
    r->body = arena_str(&r->arena, buf_str(form));
    buf_wipe(form);
}

void aws_reply_release(struct aws_reply *r)
{
    buf_release(&r->headers);
    buf_release(&r->body);
    *r = (struct aws_reply){0};
}

bool aws_reply_header(const struct aws_reply *r, const char *name, struct str *ret_value)
{
    struct str rest = buf_str(&r->headers), line;
    const size_t len = strlen(name);

    while (str_cut(&rest, '\n', &line)) {
        if (line.len <= len || line.data[len] != ':' || memcmp(line.data, name, len) != 0)
            continue;
        *ret_value = str_trim(str_slice(line, len + 1, line.len));
        return true;
    }
    *ret_value = (struct str){0};
    return false;
}

/* Where a redirect leads, without what a query may hold. */
static void tell_redirect(const struct aws_reply *r, struct aws_error *e)
{
    struct str to;
    size_t end = 0;

    if (r->status / 100 != 3 || e->message[0] || !aws_reply_header(r, "location", &to))
        return;
    while (end < to.len && to.data[end] != '?')
        end++;
    snprintf(e->message, sizeof(e->message),
             "redirects to %.*s, which is not followed: is the endpoint right?",
             STR_ARG(str_slice(to, 0, end < 200 ? end : 200)));
}

void aws_reply_error(const struct aws_reply *r, struct aws_error *e)
{
    struct str type, id;

    aws_reply_header(r, "x-amzn-errortype", &type);
    aws_error_read(e, r->status, type, buf_str(&r->body));
    tell_redirect(r, e);
    if (aws_reply_header(r, "x-amzn-requestid", &id) ||
        aws_reply_header(r, "x-amz-request-id", &id))
        snprintf(e->request_id, sizeof(e->request_id), "%.*s", STR_ARG(id));
}
