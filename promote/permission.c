#include "promote/permission.h"

#include "base/buf.h"
#include "lambda/function.h"
#include "lambda/invoke.h"

/* The end record of a zip without files: permissions are looked at before the code is. */
static const char empty_zip[22] = "PK\5\6";

static void missing(struct buf *list, const char *action, const char *function, const char *alias)
{
    buf_printf(list, "%slambda:%s on %s%s%s", list->len ? ", " : "", action, function,
               alias ? ":" : "", alias ? alias : "");
}

static bool may_upload(struct aws_client *client, const struct function_view *f, struct err *why)
{
    struct code_update dry = {.function = f->function->name, .dry_run = true};
    struct function_info ignored;

    if (f->artifact->image[0])
        dry.image_uri = f->artifact->image;
    else
        dry.zip = (struct str){empty_zip, sizeof(empty_zip)};
    return function_update_code(client, &dry, &ignored, why) == 0 || why->kind != ERR_DENIED;
}

static bool may_invoke(struct aws_client *client, const struct function_view *f, const char *alias)
{
    const struct invoke_request dry = {
        .function = f->function->name, .qualifier = alias, .type = INVOKE_DRY_RUN};
    struct invoke_reply reply = {0};
    struct err why = {0};
    bool may = true;

    if (invoke(client, &dry, &reply, &why) == 0)
        may = invoke_reply_error(&reply, &why) == 0 || why.kind != ERR_DENIED;
    invoke_reply_release(&reply);
    return may;
}

/* By us: an S3 object's dry run was made when it was identified (observe.c). */
static bool is_sent(const struct package *p)
{
    return p->kind == PACKAGE_ZIP || p->kind == PACKAGE_DIR || p->kind == PACKAGE_IMAGE;
}

int permission_check(struct aws_client *client, const struct environment_view *v,
                     const struct manifest_aliases *aliases, const struct permission_wish *wish,
                     struct err *err)
{
    CLEANUP(buf_release) struct buf list = {0};

    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];
        struct err why = {0};

        if (view_is_complete(f))
            continue;
        if (!f->code_same && is_sent(f->artifact->package) && !may_upload(client, f, &why))
            missing(&list, "UpdateFunctionCode", f->function->name, NULL);
        if (wish->smoke && f->smoke.exists && !may_invoke(client, f, aliases->smoke))
            missing(&list, "InvokeFunction", f->function->name, aliases->smoke);
        if (wish->live && f->live.exists && !may_invoke(client, f, aliases->live))
            missing(&list, "InvokeFunction", f->function->name, aliases->live);
        if (aws_client_check(client, err) < 0)
            return -1;
    }
    if (!list.len)
        return 0;
    return err_set(err, ERR_DENIED, "%s", buf_c(&list));
}
