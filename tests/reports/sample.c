#include "tests/reports/sample.h"

#include <string.h>

#include "base/mem.h"

static const struct run_function functions[] = {
    {.key = "orders",
     .name = "orders-dev",
     .alias = "Smoke",
     .version = "12",
     .executed_version = "12",
     .code_sha256 = "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
     .counts = {.of = {2, 2, 1, 0}, .flaky = 1}},
    {.key = "pay",
     .name = "pay-dev",
     .alias = "Smoke",
     .version = "",
     .executed_version = "",
     .code_sha256 = "",
     .reason = "GetAlias pay-dev: 404 ResourceNotFoundException"},
};

static const struct run_suite suites[] = {
    {"orders", "testcases/shop/orders.json", "00ff", 6},
    {"payments", "testcases/payments.v2.json", "11ee", 2},
};

static const struct latency times[] = {
    {20, 11200, 210500, {12000, 13500, 19000, 31000, 210500}},
    {20, 11000, 98000, {11900, 12500, 15000, 18000, 98000}},
};

static const char *notices[] = {"same_as: not applicable, there is no alias Blue"};

static void tell_start_of(struct event_bus *bus, size_t cases, bool promotion)
{
    const struct run_info info = {
        .promotion = promotion,
        .release = promotion ? "1.4.0" : NULL,
        .id = "01KG8ZC0000000000000000000",
        .environment = "dev",
        .alias = "Smoke",
        .region = "eu-west-1",
        .endpoint = "http://127.0.0.1:9000",
        .tool_version = "1.0.0",
        .host = "ci",
        .start_ms = 1769860800000, /* 2026-01-31T12:00:00Z */
        .seed = 17,
        .cases = cases,
        .jobs = 32,
        .functions = functions,
        .function_count = ARRAY_LEN(functions),
        .suites = suites,
        .suite_count = ARRAY_LEN(suites),
    };

    event_run_start(bus, &info);
}

static void tell_start(struct event_bus *bus, size_t cases)
{
    tell_start_of(bus, cases, false);
}

static void tell_end_of(struct event_bus *bus, struct verdict_counts counts, const char *why)
{
    const struct run_summary end = {
        .stopped = why,
        .message = why,
        .counts = counts,
        .verdict = RUN_FAIL,
        .end_ms = 1769860802500,
        .duration_us = 2500000,
        .invocations = 9,
        .functions = functions,
        .function_count = ARRAY_LEN(functions),
    };

    event_run_end(bus, &end);
}

static void tell_end(struct event_bus *bus, struct verdict_counts counts)
{
    tell_end_of(bus, counts, NULL);
}

static struct case_result *begin(struct event_bus *bus, size_t index, size_t suite,
                                 const char *name, enum verdict verdict, size_t attempts)
{
    static const char *const tags[] = {"critical"};
    struct case_result *r = mem_zalloc(sizeof(*r));

    r->info = (struct case_info){.index = index,
                                 .suite_index = suite,
                                 .suite = suites[suite].name,
                                 .name = arena_dup(&r->arena, name),
                                 .file = suites[suite].file,
                                 .line = (unsigned)(10 + index),
                                 .column = 15,
                                 .tags = tags,
                                 .tag_count = index == 0,
                                 .role = index == 0 ? "setup" : "case",
                                 .function_key = functions[suite].key,
                                 .function = functions[suite].name,
                                 .alias = "Smoke"};
    r->verdict = verdict;
    r->start_us = (int64_t)index * 200000;
    r->duration_us = 143250;
    r->attempt_count = attempts;
    r->attempts = arena_array(&r->arena, attempts + 1, sizeof(*r->attempts));
    for (size_t i = 0; i < attempts; i++)
        r->attempts[i] = (struct attempt){.number = (unsigned)i + 1,
                                          .verdict = verdict,
                                          .kind = ANSWER_SUCCESS,
                                          .status = 200,
                                          .executed_version = "12",
                                          .request_id = "7f1c0000-0000-4000-8000-000000000000",
                                          .function_error = "",
                                          .error_type = "",
                                          .error_message = "",
                                          .start_us = r->start_us + (int64_t)i * 50000,
                                          .duration_us = 40123,
                                          .first_byte_us = 39000,
                                          .connect_us = 150,
                                          .init_ms = i ? -1 : 250.5,
                                          .cold_start = i == 0,
                                          .billed_ms = 41,
                                          .max_memory_bytes = 60 << 20,
                                          .invocations = 1,
                                          .request = STR("{\"sku\":\"SKU-00042\"}"),
                                          .request_bytes = 19,
                                          .response = STR("{\"total\":20.98}"),
                                          .response_bytes = 15,
                                          .log = STR("START\nhello\nREPORT\n"),
                                          .failures = NULL};
    if (index == 0)
        event_case_start(bus, &r->info);
    return r;
}

static struct failure_info *fails(struct case_result *r, size_t attempt, size_t count)
{
    struct failure_info *f = arena_array(&r->arena, count, sizeof(*f));

    r->attempts[attempt].verdict = VERDICT_FAILED;
    r->attempts[attempt].failures = f;
    r->attempts[attempt].failure_count = count;
    for (size_t i = 0; i < count; i++)
        f[i] = (struct failure_info){.file = r->info.file,
                                     .line = 18,
                                     .column = 55,
                                     .where = "$.body -> json -> $.total",
                                     .check = "close_to",
                                     .expected = "19.98 +/- 0.001",
                                     .actual = "20.98"};
    return f;
}

static void tell_failed(struct event_bus *bus)
{
    struct case_result *r = begin(bus, 2, 0, "creates an order", VERDICT_FAILED, 1);
    struct failure_info *f = fails(r, 0, 2);

    f[1].line = 19;
    f[1].where = "$.items";
    f[1].check = "equals";
    f[1].diff = "- [0].sku: \"A\"\n+ [0].sku: \"B\"\n";
    f[1].note = "arrays are compared in order";
    r->info.description = "the main thing";
    event_case_end(bus, r);
}

static void tell_retried(struct event_bus *bus, size_t index, const char *name,
                         enum verdict verdict)
{
    struct case_result *r = begin(bus, index, 0, name, verdict, 3);

    r->attempts[0].verdict = VERDICT_INCONCLUSIVE;
    r->attempts[0].kind = ANSWER_SERVICE_ERROR;
    r->attempts[0].status = 500;
    r->attempts[0].reason = "Invoke orders-dev: 500 ServiceException";
    fails(r, 1, 1);
    if (verdict == VERDICT_FAILED)
        fails(r, 2, 1)->actual = "21";
    r->flaky = verdict == VERDICT_PASSED;
    event_case_end(bus, r);
}

void sample_run(struct event_bus *bus)
{
    struct case_result *r;

    tell_start(bus, 8);
    event_case_end(bus, begin(bus, 0, 0, "logs in", VERDICT_PASSED, 1));
    tell_failed(bus); /* before the one that stands before it */
    r = begin(bus, 1, 0, "reads it back as csv [2]", VERDICT_PASSED, 1);
    r->info.row_id = "2";
    r->attempts[0].invocations = 20;
    r->attempts[0].latency = &times[0];
    r->attempts[0].compared = &times[1];
    r->attempts[0].compared_alias = "Live";
    r->notices = notices;
    r->notice_count = ARRAY_LEN(notices);
    event_case_end(bus, r);
    tell_retried(bus, 3, "comes round", VERDICT_PASSED);
    tell_retried(bus, 4, "never comes round", VERDICT_FAILED);
    r = begin(bus, 5, 0, "is cut off", VERDICT_INCONCLUSIVE, 1);
    r->attempts[0].kind = ANSWER_TRANSPORT;
    r->attempts[0].status = 0;
    r->attempts[0].executed_version = r->attempts[0].request_id = "";
    r->attempts[0].log = r->attempts[0].response = (struct str){0};
    r->reason = r->attempts[0].reason = "http://127.0.0.1:9000: no answer in time";
    event_case_end(bus, r);
    r = begin(bus, 6, 1, "has nobody to ask", VERDICT_INCONCLUSIVE, 0);
    r->reason = functions[1].reason;
    event_case_end(bus, r);
    r = begin(bus, 7, 1, "is left out", VERDICT_SKIPPED, 0);
    r->reason = "it needs \"logs in\", which failed";
    event_case_end(bus, r);
    tell_end(bus, (struct verdict_counts){.of = {3, 2, 2, 1}, .flaky = 1});
}

/* ---- a promotion ---- */

static void tell_step(struct event_bus *bus, const char *environment, const char *kind,
                      const char *text, enum verdict verdict)
{
    static int64_t at_us;
    const bool undo = strncmp(kind, "ta", 2) == 0 || strcmp(kind, "turn") == 0;

    at_us = strcmp(text, "orders: claim Smoke") == 0 && strcmp(environment, "dev") == 0 ? 0 : at_us;
    event_step(bus, &(struct account_step){.environment = environment,
                                           .kind = kind,
                                           .function = strchr(text, ':') ? "orders" : "",
                                           .text = text,
                                           .undo = undo,
                                           .verdict = verdict,
                                           .reason = verdict == VERDICT_FAILED    ? "1 failed"
                                                     : verdict == VERDICT_SKIPPED ? "not reached"
                                                     : verdict == VERDICT_INCONCLUSIVE
                                                         ? "UpdateAlias: 500 ServiceException"
                                                         : NULL,
                                           .detail = verdict == VERDICT_FAILED
                                                         ? "stage: orders > creates an order\n"
                                                           "  expected 19.98\n"
                                                         : NULL,
                                           .start_us = at_us,
                                           .duration_us = verdict == VERDICT_SKIPPED ? 0 : 200000});
    at_us += verdict == VERDICT_SKIPPED ? 0 : 200000;
}

static void tell_steps(struct event_bus *bus)
{
    static const struct {
        const char *environment, *kind, *text;
        enum verdict verdict;
    } rows[] = {
        {"dev", "claim", "orders: claim Smoke", VERDICT_PASSED},
        {"dev", "stage", "orders: Smoke 11 -> 12", VERDICT_PASSED},
        {"dev", "gate", "run the cases on Smoke", VERDICT_PASSED},
        {"dev", "pass", "orders: mark Smoke passed", VERDICT_PASSED},
        {"dev", "weigh", "orders: Live: 10 % of 11's traffic to 12", VERDICT_PASSED},
        {"dev", "weigh", "orders: Live: 50 % of 11's traffic to 12", VERDICT_PASSED},
        {"dev", "shift", "orders: Live 11 -> 12", VERDICT_PASSED},
        {"dev", "release", "orders: release Smoke", VERDICT_PASSED},
        {"stage.eu", "claim", "orders: claim Smoke", VERDICT_PASSED},
        {"stage.eu", "gate", "run the cases on Smoke", VERDICT_FAILED},
        {"stage.eu", "shift", "orders: Live 7 -> 8", VERDICT_SKIPPED},
        {"stage.eu", "turn", "orders: mark Smoke: going back", VERDICT_PASSED},
        {"dev", "turn", "orders: mark Smoke: going back", VERDICT_PASSED},
        {"stage.eu", "take-smoke", "orders: Smoke 8 -> 7", VERDICT_PASSED},
        {"dev", "take-back", "orders: Live 12 -> 11", VERDICT_INCONCLUSIVE},
        {"dev", "take-back", "orders: Live 12 -> 11", VERDICT_PASSED},
        {"dev", "take-smoke", "orders: Smoke 12 -> 11", VERDICT_INCONCLUSIVE},
        {"prod", "environment", "not reached", VERDICT_SKIPPED},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        tell_step(bus, rows[i].environment, rows[i].kind, rows[i].text, rows[i].verdict);
}

static void tell_account(struct event_bus *bus)
{
    tell_steps(bus);
    event_finding(bus, &(struct account_finding){.fails = true,
                                                 .check = "event-source",
                                                 .environment = "dev",
                                                 .function = "orders-dev",
                                                 .resource = "u-1",
                                                 .source_arn = "arn:aws:sqs:eu-west-1:1:q",
                                                 .text = "event source mapping u-1 calls $LATEST",
                                                 .repair = "aws lambda update-..."});
    event_finding(bus, &(struct account_finding){.check = "weights",
                                                 .environment = "prod",
                                                 .function = "orders-prod",
                                                 .resource = "Smoke",
                                                 .source_arn = "",
                                                 .text = "Smoke sends a part of its traffic to 7",
                                                 .repair = "aws lambda update-alias ..."});
    event_place(bus, &(struct account_place){.environment = "dev",
                                             .function = "orders",
                                             .before = {"11", "", ""},
                                             .after = {"11", "12", "11"},
                                             .weighted = true});
    event_place(bus, &(struct account_place){.environment = "stage.eu",
                                             .function = "orders",
                                             .before = {"7", "7", "6"},
                                             .after = {"7", "7", "6"}});
    event_place(bus, &(struct account_place){.environment = "prod",
                                             .function = "orders",
                                             .before = {"7", "", ""},
                                             .after = {"7", "", ""}});
}

void sample_promotion(struct event_bus *bus)
{
    static const char *const scopes[] = {"dev", "dev (Live)", "stage.eu"};
    const struct run_summary end = {.counts = {.of = {2, 1, 0, 0}},
                                    .verdict = RUN_FAIL,
                                    .end_ms = 1769860804000,
                                    .duration_us = 4000000,
                                    .invocations = 3,
                                    .functions = functions,
                                    .function_count = 1,
                                    .end = "failed",
                                    .message = "stage.eu: the cases on Smoke did not pass"};

    tell_start_of(bus, 40, true);
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        const enum verdict verdict = i == 2 ? VERDICT_FAILED : VERDICT_PASSED;
        struct case_result *r = begin(bus, i, 0, "creates an order", verdict, 1);

        r->info.suite_index = i;
        r->info.scope = scopes[i];
        r->info.suite = arena_printf(&r->arena, "%s: orders", scopes[i]);
        if (verdict == VERDICT_FAILED)
            fails(r, 0, 1);
        event_case_end(bus, r);
    }
    tell_account(bus);
    event_run_end(bus, &end);
}

/* ---- hostile ---- */

static void tell_hostile_account(struct event_bus *bus, const char *c)
{
    for (int v = VERDICT_PASSED; v <= VERDICT_SKIPPED; v++)
        event_step(bus, &(struct account_step){.environment = c,
                                               .kind = c,
                                               .function = c,
                                               .text = c,
                                               .reason = c,
                                               .detail = c,
                                               .verdict = (enum verdict)v,
                                               .duration_us = 1000});
    for (int i = 0; i < 2; i++)
        event_finding(bus, &(struct account_finding){.fails = i,
                                                     .check = c,
                                                     .environment = c,
                                                     .function = c,
                                                     .resource = c,
                                                     .source_arn = c,
                                                     .text = c,
                                                     .repair = c});
    event_place(bus,
                &(struct account_place){
                    .environment = c, .function = c, .before = {c, c, c}, .after = {"1", c, ""}});
}

void sample_hostile_run(struct event_bus *bus, struct str text, size_t failures)
{
    struct case_result *r;
    struct failure_info *f;
    struct arena arena = {0};
    const char *c;

    tell_start(bus, 3);
    r = begin(bus, 0, 0, "", VERDICT_FAILED, 2);
    c = arena_dup_str(&r->arena, text);
    r->info.name = r->info.description = r->info.suite = r->info.row_id = c;
    r->info.file = *c ? c : r->info.file;
    r->notices = arena_array(&r->arena, 1, sizeof(char *));
    r->notices[0] = c;
    r->notice_count = 1;
    r->info.tags = arena_array(&r->arena, 1, sizeof(char *));
    *(const char **)(uintptr_t)r->info.tags = c;
    fails(r, 0, 1)->actual = c;
    f = fails(r, 1, failures);
    for (size_t i = 0; i < failures; i++)
        f[i].expected = f[i].actual = f[i].where = f[i].note = f[i].diff = f[i].file = c;
    if (failures > 1)
        f[1].diff = NULL;
    r->attempts[0].error_message = r->attempts[0].error_type = c;
    r->attempts[1].request_id = r->attempts[1].executed_version = r->attempts[1].function_error = c;
    r->attempts[1].request = r->attempts[1].response = r->attempts[1].log =
        arena_str(&r->arena, text);
    event_case_end(bus, r);
    r = begin(bus, 1, 1, "inconclusive", VERDICT_INCONCLUSIVE, 1);
    r->attempts[0].reason = r->reason = arena_dup_str(&r->arena, text);
    event_case_end(bus, r);
    r = begin(bus, 2, 1, "skipped", VERDICT_SKIPPED, 0);
    r->reason = arena_dup_str(&r->arena, text);
    event_case_end(bus, r);
    c = arena_dup_str(&arena, text);
    tell_hostile_account(bus, c);
    tell_end_of(bus, (struct verdict_counts){.of = {0, 1, 1, 1}}, c);
    arena_release(&arena);
}
