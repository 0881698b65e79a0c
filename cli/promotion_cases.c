#include "cli/promotion_cases.h"

#include "cli/interrupt.h"

/* Part of the cases proves part of the promise: that must be said. */
static int whole_or_partial(const struct opts *o, struct err *err)
{
    static const char *const narrowing[] = {"tag", "filter", "function", "shard", "rerun-failed"};

    for (size_t i = 0; i < ARRAY_LEN(narrowing); i++)
        if (opts_given(o, narrowing[i]) && !opts_given(o, "partial"))
            return err_set(err, ERR_USAGE,
                           "--%s runs only some of the cases; --partial promotes all the same",
                           narrowing[i]);
    return 0;
}

int promotion_cases_open(struct promotion_cli *p, struct session *session,
                         struct promotion_options *ret, bool ranged, struct err *err)
{
    const struct opts *o = &session->cli->opts;

    *p = (struct promotion_cli){.session = session};
    p->approved = opts_strings(o, "approve", &p->approved_count);
    if (whole_or_partial(o, err) < 0)
        return -1;
    if (promotion_cli_open(p, session, ret, ranged, err) < 0)
        return -1;
    p->gate.seed = opts_string(o, "seed", NULL);
    return 0;
}

int promotion_cases_run(struct promotion_cli *p, const struct promotion_options *o)
{
    struct promotion_result result = {0};
    struct err err = {0};

    interrupt_install();
    if (p->dry_run)
        promotion_plan(o, &result, &err);
    else
        promotion_run(o, &result, &err);
    return promotion_cli_close(p, o, &result, &err);
}
