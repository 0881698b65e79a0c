#include <stdlib.h>
#include <string.h>

#include "aws/curl.h"
#include "aws/retry.h"
#include "base/mem.h"
#include "lambda/function.h"
#include "runner/engine_private.h"

enum { READ_AGAIN_MS = 300, READ_TIMEOUT_MS = 30000, READ_PATIENCE_MS = 30000 };

/* A target that is being read while others fly: its alias, then the configuration of its version.
 */
struct reading {
    struct reading *next;
    struct target *target;
    struct target_wish wish;
    struct aws_transfer *transfer; /* NULL: to be sent at due_ms */
    bool configuration;            /* the second part */
    struct retry retry;            /* of this part */
    int64_t due_ms, until_ms;      /* an alias that is not as expected is asked for again */
};

static struct target *find(struct engine *e, const char *name, const char *alias)
{
    for (size_t i = 0; i < e->target_count; i++)
        if (strcmp(e->targets[i]->name, name) == 0 && strcmp(e->targets[i]->alias, alias) == 0)
            return e->targets[i];
    return NULL;
}

struct target *engine_find_target(struct engine *e, const char *name)
{
    if (!e->last_target || strcmp(e->last_target->name, name) != 0)
        e->last_target = find(e, name, e->options->alias);
    return e->last_target;
}

static const struct runner_function *known_function(const struct engine *e, const char *name)
{
    for (size_t i = 0; i < e->config->function_count; i++)
        if (strcmp(e->config->functions[i].name, name) == 0)
            return &e->config->functions[i];
    return NULL;
}

/* Names are copied: they outlive the flight that uses them first. */
static struct target_wish wish_for(struct engine *e, const char *key, const char *name,
                                   const char *alias)
{
    bool tested = strcmp(alias, e->options->alias) == 0;
    const struct runner_function *known = tested ? known_function(e, name) : NULL;

    return (struct target_wish){
        .key = arena_dup(&e->arena, key),
        .name = arena_dup(&e->arena, name),
        .alias = arena_dup(&e->arena, alias),
        .expected_version = known ? known->expected_version : NULL,
        .code_sha256 = known && known->code_sha256 ? known->code_sha256 : "",
        .timeout_s = known ? known->timeout_s : 0,
        .weighted_ok = !tested || e->options->weighted_ok,
        .jobs = e->jobs,
    };
}

static struct target *add_target(struct engine *e)
{
    struct target *t = arena_alloc(&e->arena, sizeof(*t));

    if (e->target_count == e->target_cap) {
        e->target_cap = e->target_cap ? e->target_cap * 2 : 16;
        e->targets = mem_grow(e->targets, e->target_cap, sizeof(struct target *));
    }
    e->targets[e->target_count++] = t;
    return t;
}

int engine_read_targets(struct engine *e, struct err *err)
{
    for (size_t i = 0; i < e->count; i++) {
        const struct item *item = &e->set->items[e->order[i]];
        struct target_wish wish;
        struct target read;

        if (!item->function || item->test->skip || engine_find_target(e, item->function))
            continue;
        wish = wish_for(e, item->function_key, item->function, e->options->alias);
        if (target_read(&read, e->options->client, &wish, err) < 0)
            return -1;
        *add_target(e) = read;
    }
    return 0;
}

/* ---- while others fly ---- */

struct target *engine_target(struct engine *e, const char *key, const char *name, const char *alias)
{
    struct target *t = find(e, name, alias);
    struct reading *r;

    if (t)
        return t;
    t = add_target(e);
    r = mem_zalloc(sizeof(*r));
    *r = (struct reading){.next = e->readings,
                          .target = t,
                          .wish = wish_for(e, key, name, alias),
                          .due_ms = engine_now_ms(e),
                          .until_ms = engine_now_ms(e) + PROPAGATION_PATIENCE_MS};
    switch (target_begin(t, &r->wish)) {
    case TARGET_WHOLE:
        free(r);
        return t;
    case TARGET_WANTS_CONFIGURATION:
        r->configuration = true;
        break;
    case TARGET_WANTS_ALIAS:
        break;
    }
    t->reading = true;
    e->readings = r;
    return t;
}

static void end_reading(struct engine *e, struct reading *r)
{
    struct reading **at = &e->readings;

    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    r->target->reading = false;
    aws_transfer_free(r->transfer);
    free(r);
}

/* Without its configuration it can be tested all the same. */
static void fail_reading(struct engine *e, struct reading *r, const struct err *why)
{
    if (!r->configuration)
        target_fail(r->target, why);
    end_reading(e, r);
}

static void send_reading(struct engine *e, struct reading *r)
{
    struct aws_request request;
    struct err err = {0};
    int64_t turn_ms;
    int result;

    if (r->configuration)
        function_get_configuration_request(&request, r->wish.name, r->target->version);
    else
        alias_get_request(&request, r->wish.name, r->wish.alias);
    request.timeout_ms = READ_TIMEOUT_MS;
    turn_ms = aws_client_turn_ms(e->options->client, request.quota);
    if (turn_ms > 0) {
        aws_request_release(&request);
        r->due_ms = engine_now_ms(e) + turn_ms;
        return;
    }
    result = aws_transfer_new(&r->transfer, e->options->client, &request, &err);
    aws_request_release(&request);
    if (result < 0) {
        fail_reading(e, r, &err);
        return;
    }
    curl_multi_add_handle(e->multi, aws_transfer_easy(r->transfer));
}

void engine_read_due(struct engine *e)
{
    int64_t now = engine_now_ms(e);

    for (struct reading *r = e->readings, *next; r; r = next) {
        next = r->next;
        if (!r->transfer && r->due_ms <= now)
            send_reading(e, r);
    }
}

/* The next part, at once or (the alias is not what it is to be) in a while. */
static void go_on(struct engine *e, struct reading *r, bool configuration, int64_t wait_ms)
{
    aws_transfer_free(r->transfer);
    r->transfer = NULL;
    r->configuration = configuration;
    r->due_ms = engine_now_ms(e) + wait_ms;
}

static void take_configuration(struct engine *e, struct reading *r, struct str body)
{
    struct function_info info;
    struct err err = {0};

    if (function_read(body, &info, &err) == 0)
        target_take_function(r->target, &info);
    end_reading(e, r);
}

static void take_alias(struct engine *e, struct reading *r, struct str body)
{
    struct alias alias;
    struct err err = {0};
    int result;

    if (alias_read(body, &alias, &err) < 0) {
        fail_reading(e, r, &err);
        return;
    }
    result = target_take_alias(r->target, &r->wish, &alias, &err);
    if (result == 0) {
        r->retry = (struct retry){0};
        go_on(e, r, true, 0);
    } else if (result > 0 && engine_now_ms(e) < r->until_ms) {
        r->retry = (struct retry){0};
        go_on(e, r, false, READ_AGAIN_MS);
    } else {
        fail_reading(e, r, &err);
    }
}

/* As often and after waits as those of any other control-plane call. */
static bool reads_again(struct engine *e, struct reading *r)
{
    int64_t wait;

    if (!aws_transfer_again(r->transfer, &r->retry, READ_PATIENCE_MS, &wait))
        return false;
    go_on(e, r, r->configuration, wait);
    return true;
}

static void finish_reading(struct engine *e, struct reading *r, CURLcode code)
{
    struct aws_reply reply = {0};
    struct aws_error error = {{0}};
    struct err err = {0};

    if (aws_transfer_finish(r->transfer, code, &reply, &error, &err) == 0 &&
        reply.status / 100 == 2) {
        if (r->configuration)
            take_configuration(e, r, buf_str(&reply.body));
        else
            take_alias(e, r, buf_str(&reply.body));
    } else if (!reads_again(e, r)) {
        if (reply.status)
            aws_error_to_err(&error, AWS_READS, &err);
        fail_reading(e, r, &err);
    }
    aws_reply_release(&reply);
}

bool engine_reading_done(struct engine *e, CURL *easy, CURLcode code)
{
    for (struct reading *r = e->readings; r; r = r->next) {
        if (!r->transfer || aws_transfer_easy(r->transfer) != easy)
            continue;
        finish_reading(e, r, code);
        return true;
    }
    return false;
}

void engine_forget_readings(struct engine *e)
{
    while (e->readings) {
        if (e->readings->transfer)
            curl_multi_remove_handle(e->multi, aws_transfer_easy(e->readings->transfer));
        end_reading(e, e->readings);
    }
}
