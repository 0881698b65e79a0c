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

void promotion_cases_drop(struct promotion_cli *p)
{
    gate_cases_finish(&p->gate, NULL);
}

int promotion_cases_open(struct promotion_cli *p, struct session *session,
                         struct promotion_options *ret, bool ranged, struct err *err)
{
    const struct opts *o = &session->cli->opts;

    *p = (struct promotion_cli){.session = session};
    p->approved = opts_strings(o, "approve", &p->approved_count);
    if (whole_or_partial(o, err) < 0)
        return -1;
    if (gate_cases_open(&p->gate, session, err) == 0 &&
        promotion_cli_options(p, ret, ranged, err) == 0)
        return 0;
    promotion_cases_drop(p);
    return -1;
}

int promotion_cases_run(struct promotion_cli *p, const struct promotion_options *o)
{
    struct promotion_result result = {0};
    struct err err = {0}, late = {0};
    int code;

    interrupt_install();
    if (p->dry_run) {
        promotion_plan(o, &result, &err);
    } else {
        promotion_run(o, &result, &err);
        promotion_report_end(&p->report, o, &result, promotion_end_name(result.end), &err);
    }
    if (gate_cases_finish(&p->gate, &late) < 0)
        command_fail(&late); /* what was promoted is promoted: the exit code tells about that */
    code = promotion_cli_end(p, &result, &err);
    promotion_result_release(&result);
    return code;
}
