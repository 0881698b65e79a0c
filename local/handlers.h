/* The handlers of the route table, one file a group. All: 0, or -1 after fail(). */
#ifndef LOCAL_HANDLERS_H
#define LOCAL_HANDLERS_H

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

/* op_account.c */
int account_settings(struct call *c);

/* op_sts.c: POST / with a form */
int sts_call(struct call *c);

#endif
