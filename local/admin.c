#include "local/admin.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "local/code.h"
#include "local/dispatch.h"
#include "local/fault.h"
#include "local/store.h"

enum { RESET_FUNCTIONS_MAX = 100000 };

static const struct str prefix = STR_INIT("/_smokegate/");

static void health(struct call *c)
{
    const struct local_options *o = &c->local->options;

    answer(c, 200,
           json_pack("{ss ss ss si sI}", "status", "ok", "account", o->account, "region", o->region,
                     "busy", (int)executor_busy(c->local->executor, NULL), "allocated",
                     (json_int_t)mem_in_use()));
}

static void send_code(struct call *c, struct str name)
{
    const struct str hex = str_slice(name, 0, SHA256_HEX_SIZE - 1);
    bool ok = name.len == SHA256_HEX_SIZE - 1 + 4 && str_ends(name, STR(".zip"));

    for (size_t i = 0; i < hex.len; i++)
        ok = ok && strchr("0123456789abcdef", hex.data[i]);
    http_reply_clear(c->reply);
    if (!ok || file_read(&c->reply->body, code_path(c, arena_dup_str(&c->arena, hex)), CODE_ZIP_MAX,
                         NULL) < 0) {
        fail(c, FAIL_NOT_FOUND, "there is no such zip");
        return;
    }
    c->reply->status = 200;
    c->reply->content_type = "application/zip";
}

static void handle_faults(struct call *c)
{
    struct fault_script *script = c->local->faults;
    const struct str method = c->request->method;
    struct err err = {0};

    const bool set = str_eq(method, STR("PUT")) || str_eq(method, STR("POST"));

    if (set && fault_script_set(script, c->request->body, "fault script", &err) < 0) {
        fail(c, FAIL_VALIDATION, "%s", err.text);
        return;
    }
    if (!set && str_eq(method, STR("DELETE"))) {
        fault_script_clear(script);
    } else if (!set && !str_eq(method, STR("GET"))) {
        fail(c, FAIL_NO_OPERATION, "a fault script is PUT, shown by GET, and taken away by DELETE");
        return;
    }
    answer(c, 200, fault_script_show(script));
}

/* As a new server with an empty state folder; zips go when the server next starts. */
static void reset(struct call *c)
{
    static const char *const statements[] = {
        "DELETE FROM alias",    "DELETE FROM version", "DELETE FROM function",
        "DELETE FROM resource", "DELETE FROM counter", "DELETE FROM session",
        "DELETE FROM event",
    };
    struct version *latest;
    size_t count;

    fault_script_clear(c->local->faults);
    call_lock(c);
    count = store_versions(c, NULL, "", -1, true, RESET_FUNCTIONS_MAX, &latest);
    for (size_t i = 0; i < ARRAY_LEN(statements); i++)
        db_run(c->local->db, statements[i], "");
    if (call_commit(c) < 0)
        return;
    for (size_t i = 0; i < count; i++)
        executor_retire(c->local->executor, latest[i].function, NULL);
    answer(c, 200, json_pack("{sI}", "functions", (json_int_t)count));
}

bool admin_handle(struct call *c)
{
    const struct str path = c->request->path;
    const struct str rest = str_slice(path, prefix.len, path.len);
    const bool get = str_eq_c(c->request->method, "GET");

    if (!str_starts(path, prefix))
        return false;
    if (get && str_eq(rest, STR("health")))
        health(c);
    else if (str_eq(c->request->method, STR("POST")) && str_eq(rest, STR("reset")))
        reset(c);
    else if (str_eq(rest, STR("faults")))
        handle_faults(c);
    else if (get && str_starts(rest, STR("code/")))
        send_code(c, str_slice(rest, 5, rest.len));
    else
        fail(c, FAIL_NO_OPERATION, "%.*s %.*s is nothing smokegate-local knows",
             STR_ARG(c->request->method), STR_ARG(path));
    return true;
}
