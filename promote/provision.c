#include "promote/provision.h"

#include <stdio.h>
#include <string.h>

#include "lambda/arn.h"
#include "lambda/qualified.h"

enum { WAIT_MS = 900000, PAUSE_MS = 2000 };

static enum provision read_status(const struct provisioned *p)
{
    if (strcmp(p->status, "READY") == 0)
        return PROVISION_READY;
    return strcmp(p->status, "FAILED") == 0 ? PROVISION_FAILED : PROVISION_IN_PROGRESS;
}

int provision_status(struct aws_client *client, const char *function, const char *alias,
                     enum provision *ret, char reason[512], struct err *err)
{
    struct provisioned_list list = {0};
    struct lambda_arn parts;

    if (provisioned_list(client, function, &list, err) < 0)
        return -1;
    *ret = PROVISION_NONE;
    for (size_t i = 0; i < list.count; i++) {
        const struct provisioned *p = &list.items[i];

        if (!lambda_arn_split(str_c(p->function_arn), &parts) || !str_eq_c(parts.qualifier, alias))
            continue;
        *ret = read_status(p);
        if (reason)
            snprintf(reason, 512, "%s", p->status_reason);
    }
    provisioned_list_release(&list);
    return 0;
}

/* Weights that a promotion's own mark does not explain. */
static bool is_unexplained(const struct seen_alias *seen)
{
    return seen->alias.weight_count && seen->mark.state != MARK_NONE &&
           seen->mark.state != MARK_CANARY;
}

int provision_see(struct seen_alias *ret, const struct alias *alias, const char *function,
                  struct aws_client *client, struct err *err)
{
    struct seen_alias seen = {.exists = true, .alias = *alias};
    enum provision status = PROVISION_NONE;
    struct err why = {0};

    if (mark_parse(str_c(alias->description), &seen.mark, NULL, err) < 0)
        return err_ctx(err, "%s:%s", function, alias->name);
    if (is_unexplained(&seen) &&
        provision_status(client, function, alias->name, &status, NULL, &why) < 0 &&
        why.kind != ERR_DENIED)
        return err_set(err, why.kind, "%s", why.text);
    if (status == PROVISION_IN_PROGRESS) {
        seen.provisioning = true;
        seen.alias.weight_count = 0;
    }
    *ret = seen;
    return 0;
}

static int check(struct act *a, const struct function_view *f, struct err *err)
{
    enum provision status;
    char reason[512] = "";

    if (provision_status(a->client, f->function->name, a->aliases->live, &status, reason, err) < 0)
        return -1;
    if (status != PROVISION_FAILED)
        return 0;
    return err_set(err, ERR_REFUSED, "%s:%s: its provisioned concurrency could not be had: %s",
                   f->function->name, a->aliases->live, reason[0] ? reason : "no reason was given");
}

int provision_wait(struct act *a, struct environment_view *v, struct function_view *f,
                   struct err *err)
{
    const struct clock *clock = aws_client_clock(a->client);
    const int64_t until = clock_mono(clock) + WAIT_MS;

    if (!f->live.provisioning)
        return 0;
    while (f->live.provisioning) {
        if (clock_mono(clock) >= until)
            return err_set(err, ERR_REFUSED,
                           "%s:%s: its provisioned concurrency was not ready after %d s",
                           f->function->name, a->aliases->live, WAIT_MS / 1000);
        if (act_renew(a, v, PAUSE_MS, err) < 0 || aws_client_check(a->client, err) < 0)
            return -1;
        clock_sleep(clock, PAUSE_MS);
        if (swap_read(a, f->function->name, a->aliases->live, &f->live, err) < 0)
            return -1;
    }
    return check(a, f, err);
}
