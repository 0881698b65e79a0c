#include "lambda/policy.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "lambda/call.h"
#include "lambda/json_text.h"

enum { STATEMENTS_MAX = 10000 }; /* Lambda's policies end at 20 KB */

void policy_release(struct policy *p)
{
    arena_release(&p->arena);
    *p = (struct policy){0};
}

void policy_get_request(struct aws_request *r, const char *function, const char *qualifier)
{
    lambda_begin(r, "GetPolicy", "GET", AWS_READS, function);
    aws_request_path(r, "/policy");
    aws_request_query(r, "Qualifier", qualifier);
    r->quota = AWS_QUOTA_GET_POLICY;
}

/* ---- reading: an element of a policy is a string, a list, or an object of either ---- */

static void add_texts(struct buf *out, json_t *value)
{
    const char *key;
    json_t *item;
    size_t i;

    if (json_is_string(value))
        buf_printf(out, "%s%s", out->len ? ", " : "", json_string_value(value));
    json_array_foreach(value, i, item) add_texts(out, item);
    json_object_foreach(value, key, item) add_texts(out, item);
}

static const char *texts(struct arena *a, json_t *value)
{
    CLEANUP(buf_release) struct buf all = {0};

    add_texts(&all, value);
    return arena_dup_str(a, buf_str(&all));
}

/* A condition key under whatever operator; their case does not count. */
static const char *condition(struct arena *a, const json_t *statement, const char *key)
{
    json_t *operators = json_object_get(statement, "Condition"), *operands, *value;
    const char *operator, * name;

    json_object_foreach(operators, operator, operands)
    {
        json_object_foreach(operands, name, value)
        {
            if (strcasecmp(name, key) == 0)
                return texts(a, value);
        }
    }
    return "";
}

static void read_statement(struct arena *a, const json_t *s, struct policy_statement *ret)
{
    const char *effect = json_string_value(json_object_get(s, "Effect"));

    *ret = (struct policy_statement){
        .sid = texts(a, json_object_get(s, "Sid")),
        .allows = effect && strcmp(effect, "Allow") == 0,
        .principal = texts(a, json_object_get(s, "Principal")),
        .action = texts(a, json_object_get(s, "Action")),
        .source_arn = condition(a, s, "aws:SourceArn"),
        .source_account = condition(a, s, "aws:SourceAccount"),
        .url_auth_type = condition(a, s, "lambda:FunctionUrlAuthType"),
    };
}

static int read_document(struct policy *p, const char *text, struct err *err)
{
    json_t *document = text ? json_loads(text, 0, NULL) : NULL;
    const json_t *list = json_object_get(document, "Statement"), *item;
    size_t i;
    int result = 0;

    if (!json_is_array(list) || json_array_size(list) > STATEMENTS_MAX) {
        result = err_set(err, ERR_UNKNOWN, "lambda: the policy is no JSON with a Statement array");
    } else {
        p->count = json_array_size(list);
        p->statements = arena_array(&p->arena, p->count, sizeof(*p->statements));
        json_array_foreach(list, i, item) read_statement(&p->arena, item, &p->statements[i]);
    }
    json_decref(document);
    return result;
}

int policy_read(struct str body, struct policy *ret, struct err *err)
{
    CLEANUP(policy_release) struct policy p = {0};
    json_t *root = lambda_parse(body, "GetPolicy", err);
    int result = -1;

    if (root && lambda_text(p.revision_id, sizeof(p.revision_id), root, "RevisionId", err) == 0)
        result = read_document(&p, json_string_value(json_object_get(root, "Policy")), err);
    json_decref(root);
    if (result == 0) {
        *ret = p;
        p = (struct policy){0};
    }
    return result;
}

static int read_into(struct str body, void *ret, struct err *err)
{
    return policy_read(body, ret, err);
}

int policy_get(struct aws_client *client, const char *function, const char *qualifier,
               struct policy *ret, struct err *err)
{
    struct aws_request r;

    policy_get_request(&r, function, qualifier);
    return lambda_call(client, &r, read_into, ret, err);
}
