/*
 * An executor for tests of the API: no function runs. It answers with what it was asked to run, as
 * JSON, so that a test sees which version, variables and layers an invocation got. A handler named
 * "fail" is a function error, "slow" takes 100 ms.
 */
#include "local/execute.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"

struct executor {
    pthread_mutex_t lock;
    unsigned busy;
};

int executor_new(struct executor **ret, const struct executor_options *options, struct err *err)
{
    struct executor *x = mem_zalloc(sizeof(*x));

    (void)options;
    (void)err;
    pthread_mutex_init(&x->lock, NULL);
    *ret = x;
    return 0;
}

void executor_free(struct executor *x)
{
    if (!x)
        return;
    pthread_mutex_destroy(&x->lock);
    free(x);
}

void execute_result_release(struct execute_result *r)
{
    buf_release(&r->payload);
    buf_release(&r->log_tail);
}

static void count(struct executor *x, int change)
{
    pthread_mutex_lock(&x->lock);
    x->busy = (unsigned)((int)x->busy + change);
    pthread_mutex_unlock(&x->lock);
}

int executor_invoke(struct executor *x, const struct execute_version *version,
                    const struct execute_event *event, struct execute_result *ret, struct err *err)
{
    json_t *variables = json_object(), *layers = json_array(), *answer;
    char *text;

    (void)err;
    count(x, 1);
    if (strcmp(version->handler, "slow") == 0)
        clock_sleep(&clock_system, 100);
    for (size_t i = 0; i < version->variable_count; i++)
        json_object_set_new(variables, version->variables[i].name,
                            json_string(version->variables[i].value));
    for (size_t i = 0; i < version->layer_count; i++)
        json_array_append_new(layers, json_string(version->layer_sha256[i]));
    answer = json_pack("{ss ss ss ss so so si si so*}", "function", version->function, "version",
                       version->version, "code", version->code_sha256, "arn", event->invoked_arn,
                       "variables", variables, "layers", layers, "timeout",
                       (int)version->timeout_ms, "memory", (int)version->memory_mb, "event",
                       json_loadb(event->payload.data, event->payload.len, JSON_DECODE_ANY, NULL));
    text = json_dumps(answer, JSON_COMPACT);
    buf_add_c(&ret->payload, text);
    if (event->part)
        event->part(event->part_ctx, str_c(text));
    free(text);
    json_decref(answer);
    buf_printf(&ret->log_tail, "START RequestId: %s Version: %s\nEND RequestId: %s\n",
               event->request_id, version->version, event->request_id);
    if (strcmp(version->handler, "fail") == 0)
        snprintf(ret->function_error, sizeof(ret->function_error), "Unhandled");
    ret->init_ms = -1;
    count(x, -1);
    return 0;
}

void executor_retire(struct executor *x, const char *function, const char *version)
{
    (void)x;
    (void)function;
    (void)version;
}

unsigned executor_busy(struct executor *x, const char *function)
{
    unsigned n;

    (void)function;
    pthread_mutex_lock(&x->lock);
    n = x->busy;
    pthread_mutex_unlock(&x->lock);
    return n;
}

/*
 * A zip begins with a local file header, or with the end record when it is empty. One that is "PK "
 * and a number pretends to have that many bytes unzipped.
 */
int execute_zip_check(struct str zip, uint64_t *ret_unzipped, struct err *err)
{
    unsigned long long pretended;

    if (!str_starts(zip, STR("PK")))
        return err_set(err, ERR_INPUT, "not a zip");
    if (ret_unzipped)
        *ret_unzipped =
            zip.len > 3 && str_to_u64(str_slice(zip, 3, zip.len), UINT64_MAX, &pretended)
                ? pretended
                : zip.len;
    return 0;
}
