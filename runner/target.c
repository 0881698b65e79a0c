#include "runner/target.h"

#include <stdio.h>
#include <string.h>

#include "lambda/function.h"

enum { POLL_MS = 300 };

static bool is_version(const char *alias)
{
    return strcmp(alias, "$LATEST") == 0 || alias[strspn(alias, "0123456789")] == '\0';
}

static bool as_expected(const struct target_wish *wish, const struct alias *a)
{
    return !wish->expected_version || strcmp(a->version, wish->expected_version) == 0 ||
           (wish->weighted_ok && a->weight_count &&
            strcmp(a->weights[0].version, wish->expected_version) == 0);
}

static int64_t patience_ms(int timeout_s)
{
    return (int64_t)timeout_s * 1000 + TARGET_COLD_MS + TARGET_MARGIN_MS;
}

/* ---- part by part ---- */

enum target_wants target_begin(struct target *ret, const struct target_wish *wish)
{
    struct target t = {
        .timeout_ms = TARGET_TIMEOUT_UNKNOWN_MS, .limit = wish->jobs, .alias = wish->alias};
    enum target_wants wants = TARGET_WANTS_ALIAS;

    snprintf(t.key, sizeof(t.key), "%s", wish->key);
    snprintf(t.name, sizeof(t.name), "%s", wish->name);
    if (wish->expected_version && wish->timeout_s > 0 && !wish->weighted_ok) {
        /* every answer is held against it: reading the alias would prove nothing more */
        snprintf(t.version, sizeof(t.version), "%s", wish->expected_version);
        snprintf(t.code_sha256, sizeof(t.code_sha256), "%s", wish->code_sha256);
        t.timeout_ms = patience_ms(wish->timeout_s);
        wants = TARGET_WHOLE;
    } else if (is_version(wish->alias)) {
        snprintf(t.version, sizeof(t.version), "%s", wish->alias);
        wants = TARGET_WANTS_CONFIGURATION;
    }
    *ret = t;
    return wants;
}

int target_take_alias(struct target *t, const struct target_wish *wish, const struct alias *a,
                      struct err *err)
{
    if (!as_expected(wish, a)) {
        err_set(err, ERR_UNKNOWN, "%s:%s points to version %s, version %s was expected", wish->name,
                wish->alias, a->version, wish->expected_version);
        return 1;
    }
    snprintf(t->version, sizeof(t->version), "%s", a->version);
    if (a->weight_count)
        snprintf(t->weighted, sizeof(t->weighted), "%s", a->weights[0].version);
    if (a->weight_count && !wish->weighted_ok)
        return err_set(err, ERR_UNKNOWN,
                       "%s:%s sends a part of its traffic to version %s: no answer would prove "
                       "which version was tested",
                       wish->name, wish->alias, a->weights[0].version);
    return 0;
}

void target_take_function(struct target *t, const struct function_info *info)
{
    snprintf(t->code_sha256, sizeof(t->code_sha256), "%s", info->code_sha256);
    if (info->timeout_s > 0) /* a cold start comes before the function's own time */
        t->timeout_ms = patience_ms(info->timeout_s);
}

void target_fail(struct target *t, const struct err *why)
{
    snprintf(t->reason, sizeof(t->reason), "%s", why->text);
    t->missing = why->kind == ERR_NOT_FOUND;
}

/* ---- at once ---- */

/* An alias that was just written may still read as it was: asked again for a while. */
static int read_alias(struct target *t, struct aws_client *client, const struct target_wish *wish,
                      struct err *err)
{
    const struct clock *clock = aws_client_clock(client);
    int64_t until = clock_mono(clock) + PROPAGATION_PATIENCE_MS;

    for (;;) {
        struct err why = {0};
        struct alias a;
        int result;

        if (alias_get(client, wish->name, wish->alias, &a, err) < 0)
            return -1;
        result = target_take_alias(t, wish, &a, &why);
        if (result == 0)
            return 0;
        if (result < 0 || clock_mono(clock) >= until)
            return err_set(err, why.kind, "%s", why.text);
        clock_sleep(clock, POLL_MS);
        if (aws_client_check(client, err) < 0)
            return -1;
    }
}

int target_read(struct target *ret, struct aws_client *client, const struct target_wish *wish,
                struct err *err)
{
    struct function_info info;
    enum target_wants step;
    struct target t;
    struct err why = {0};

    step = target_begin(&t, wish);
    if (step == TARGET_WANTS_ALIAS && read_alias(&t, client, wish, &why) < 0) {
        if (why.kind == ERR_INTERRUPTED)
            return err_set(err, why.kind, "%s", why.text);
        target_fail(&t, &why);
    } else if (step != TARGET_WHOLE &&
               function_get_configuration(client, wish->name, t.version, &info, &why) == 0) {
        target_take_function(&t, &info);
    }
    *ret = t;
    return 0;
}

bool target_saw(struct target *t, const char *executed_version)
{
    bool expected = strcmp(executed_version, t->version) == 0 ||
                    (*t->weighted && strcmp(executed_version, t->weighted) == 0);

    if (!*executed_version || !expected)
        return false;
    if (!*t->executed)
        snprintf(t->executed, sizeof(t->executed), "%s", executed_version);
    else if (strcmp(t->executed, executed_version) != 0)
        snprintf(t->executed, sizeof(t->executed), "several");
    return true;
}

/* Half as many, and one more for every round that went well: as TCP does. */
void target_throttled(struct target *t)
{
    t->limit = t->limit > 1 ? t->limit / 2 : 1;
    t->good_in_row = 0;
}

void target_served(struct target *t, unsigned jobs)
{
    if (t->limit >= jobs || ++t->good_in_row < t->limit)
        return;
    t->good_in_row = 0;
    t->limit++;
}

struct run_function target_info(const struct target *t)
{
    return (struct run_function){
        .key = t->key,
        .name = t->name,
        .alias = t->alias,
        .version = t->version,
        .code_sha256 = t->code_sha256,
        .reason = *t->reason ? t->reason : NULL,
        .executed_version = t->executed,
        .counts = t->counts,
    };
}
