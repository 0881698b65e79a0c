/* The handlers of the route table, one file a group. All: 0, or -1 after fail(). */
#ifndef LOCAL_HANDLERS_H
#define LOCAL_HANDLERS_H

#include <jansson.h>

struct call;

/* op_function.c, op_function_list.c */
int function_create(struct call *c);
int function_get(struct call *c);
int function_get_configuration(struct call *c);
int function_delete(struct call *c);
int function_list(struct call *c);

/* op_update.c */
int function_update_code(struct call *c);
int function_update_configuration(struct call *c);

/* op_version.c */
int version_publish(struct call *c);
int version_list(struct call *c);

/* op_alias.c */
int alias_create(struct call *c);
int alias_get(struct call *c);
int alias_update(struct call *c);
int alias_delete(struct call *c);
int alias_list(struct call *c);

/* op_invoke.c */
int function_invoke(struct call *c);

/* op_invoke_stream.c */
int function_invoke_stream(struct call *c);

/* op_policy.c */
int permission_add(struct call *c);
int permission_remove(struct call *c);
int permission_get(struct call *c);

/* op_layer.c */
int layer_publish(struct call *c);
int layer_get(struct call *c);
int layer_get_by_arn(struct call *c);
int layer_list(struct call *c);
int layer_list_versions(struct call *c);
int layer_delete(struct call *c);
int layer_permission_add(struct call *c);
int layer_permission_get(struct call *c);
int layer_permission_remove(struct call *c);

/* op_concurrency.c */
int concurrency_put(struct call *c);
int concurrency_get(struct call *c);
int concurrency_delete(struct call *c);
int provisioned_put(struct call *c);
int provisioned_get(struct call *c);
int provisioned_delete(struct call *c);
int provisioned_list(struct call *c);

/* op_mapping.c */
int mapping_create(struct call *c);
int mapping_get(struct call *c);
int mapping_update(struct call *c);
int mapping_delete(struct call *c);
int mapping_list(struct call *c);

/* op_url.c */
int url_create(struct call *c);
int url_get(struct call *c);
int url_update(struct call *c);
int url_delete(struct call *c);
int url_list(struct call *c);

/* op_event_config.c */
int event_config_put(struct call *c);
int event_config_update(struct call *c);
int event_config_get(struct call *c);
int event_config_delete(struct call *c);
int event_config_list(struct call *c);

/* op_tags.c */
int tags_list(struct call *c);
int tags_add(struct call *c);
int tags_remove(struct call *c);
int tags_check(struct call *c, json_t *tags); /* of another operation's body; NULL is fine */

/* op_settings.c */
int code_signing_of_function(struct call *c);
int recursion_get(struct call *c);
int recursion_put(struct call *c);

/* op_account.c */
int account_settings(struct call *c);

/* op_sts.c: POST / with a form */
int sts_call(struct call *c);

#endif
