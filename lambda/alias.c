#include "lambda/alias.h"

#include <stdlib.h>
#include <string.h>

#include "lambda/call.h"
#include "lambda/json_text.h"
#include "lambda/page.h"

enum { ALIASES_MAX = 10000 };

/* ---- builders ---- */

static void begin(struct aws_request *r, const char *operation, const char *method,
                  enum aws_effect effect, const char *function, const char *alias)
{
    lambda_begin(r, operation, method, effect, function);
    aws_request_path(r, "/aliases");
    if (!alias)
        return;
    aws_request_path(r, "/");
    aws_request_segment(r, alias);
}

void alias_get_request(struct aws_request *r, const char *function, const char *alias)
{
    begin(r, "GetAlias", "GET", AWS_READS, function, alias);
}

void alias_delete_request(struct aws_request *r, const char *function, const char *alias)
{
    begin(r, "DeleteAlias", "DELETE", AWS_CHANGES, function, alias);
}

void alias_list_request(struct aws_request *r, const char *function, const char *version,
                        const char *marker)
{
    begin(r, "ListAliases", "GET", AWS_READS, function, NULL);
    aws_request_query(r, "FunctionVersion", version);
    aws_request_query(r, "Marker", marker);
}

static json_t *change_body(const struct alias_change *c)
{
    json_t *body = json_object(), *weights;

    lambda_put(body, "FunctionVersion", c->version);
    lambda_put(body, "Description", c->description);
    if (c->weights == ALIAS_WEIGHTS_KEEP)
        return body;
    weights = json_object(); /* an empty one clears, an absent one keeps */
    if (c->weights == ALIAS_WEIGHTS_SET)
        json_object_set_new(weights, c->weight_version, json_real(c->weight));
    json_object_set_new(body, "RoutingConfig",
                        json_pack("{so}", "AdditionalVersionWeights", weights));
    return body;
}

void alias_create_request(struct aws_request *r, const struct alias_change *change)
{
    json_t *body = change_body(change);

    begin(r, "CreateAlias", "POST", AWS_CHANGES, change->function, NULL);
    lambda_put(body, "Name", change->alias);
    lambda_body(r, body);
}

void alias_update_request(struct aws_request *r, const struct alias_change *change)
{
    json_t *body = change_body(change);

    begin(r, "UpdateAlias", "PUT", AWS_CHANGES, change->function, change->alias);
    lambda_put(body, "RevisionId", change->revision_id);
    lambda_body(r, body);
}

/* ---- readers ---- */

static int read_weights(const json_t *object, struct alias *a, struct err *err)
{
    json_t *weights =
        json_object_get(json_object_get(object, "RoutingConfig"), "AdditionalVersionWeights");
    const char *version;
    json_t *weight;

    json_object_foreach(weights, version, weight)
    {
        struct alias_weight *w = &a->weights[a->weight_count];

        if (a->weight_count == ALIAS_WEIGHTS_MAX || !json_is_number(weight) ||
            strlen(version) >= sizeof(w->version))
            return err_set(err, ERR_UNKNOWN, "lambda: alias %s has weights nobody can read",
                           a->name);
        memcpy(w->version, version, strlen(version) + 1);
        w->weight = json_number_value(weight);
        a->weight_count++;
    }
    return 0;
}

static int read_object(const json_t *object, struct alias *ret, struct err *err)
{
    struct alias a = {{0}};

    if (lambda_text(a.name, sizeof(a.name), object, "Name", err) < 0 ||
        lambda_text(a.arn, sizeof(a.arn), object, "AliasArn", err) < 0 ||
        lambda_text(a.version, sizeof(a.version), object, "FunctionVersion", err) < 0 ||
        lambda_text(a.description, sizeof(a.description), object, "Description", err) < 0 ||
        lambda_text(a.revision_id, sizeof(a.revision_id), object, "RevisionId", err) < 0 ||
        read_weights(object, &a, err) < 0)
        return -1;
    if (!a.name[0] || !a.version[0])
        return err_set(err, ERR_UNKNOWN, "lambda: an alias without Name or FunctionVersion");
    *ret = a;
    return 0;
}

int alias_read(struct str body, struct alias *ret, struct err *err)
{
    json_t *root = lambda_parse(body, "alias", err);
    const int result = root ? read_object(root, ret, err) : -1;

    json_decref(root);
    return result;
}

static int read_item(const json_t *object, void *ret, struct err *err)
{
    return read_object(object, ret, err);
}

static const struct lambda_list_kind aliases = {"ListAliases", "Aliases", sizeof(struct alias),
                                                ALIASES_MAX, read_item};

int alias_list_read(struct str body, struct alias_list *list, struct buf *ret_marker,
                    struct err *err)
{
    return lambda_list_read(body, &aliases, (void **)&list->items, &list->count, ret_marker, err);
}

void alias_list_release(struct alias_list *list)
{
    free(list->items);
    *list = (struct alias_list){0};
}

/* ---- calls ---- */

static int read_into(struct str body, void *ret, struct err *err)
{
    return alias_read(body, ret, err);
}

int alias_get(struct aws_client *client, const char *function, const char *alias, struct alias *ret,
              struct err *err)
{
    struct aws_request r;

    alias_get_request(&r, function, alias);
    return lambda_call(client, &r, read_into, ret, err);
}

int alias_create(struct aws_client *client, const struct alias_change *change, struct alias *ret,
                 struct err *err)
{
    struct aws_request r;

    alias_create_request(&r, change);
    return lambda_call(client, &r, read_into, ret, err);
}

int alias_update(struct aws_client *client, const struct alias_change *change, struct alias *ret,
                 struct err *err)
{
    struct aws_request r;

    alias_update_request(&r, change);
    return lambda_call(client, &r, read_into, ret, err);
}

int alias_delete(struct aws_client *client, const char *function, const char *alias,
                 struct err *err)
{
    struct aws_request r;

    alias_delete_request(&r, function, alias);
    return lambda_call(client, &r, NULL, NULL, err);
}

struct list_of {
    const char *function, *version;
};

static void page_request(struct aws_request *r, const void *what, const char *marker)
{
    const struct list_of *of = what;

    alias_list_request(r, of->function, of->version, marker);
}

int alias_list(struct aws_client *client, const char *function, const char *version,
               struct alias_list *ret, struct err *err)
{
    const struct list_of of = {function, version};

    return lambda_list_all(client, &aliases, page_request, &of, (void **)&ret->items, &ret->count,
                           err);
}
