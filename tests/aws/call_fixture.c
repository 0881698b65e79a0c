#include "tests/aws/call_fixture.h"

#include "tests/test.h"

static int64_t fake_mono(void *ctx)
{
    const struct fake_time *t = ctx;

    return clock_mono(&clock_system) + t->slept_ms;
}

static int64_t fake_wall(void *ctx)
{
    const struct fake_time *t = ctx;

    return clock_wall(&clock_system) + t->skew_ms;
}

static void fake_sleep(void *ctx, int64_t ms)
{
    struct fake_time *t = ctx;

    t->slept_ms += ms;
}

void fixture_clock(struct fixture *f)
{
    f->clock = (struct clock){fake_mono, fake_wall, fake_sleep, &f->time};
}

void fixture_begin_at(struct fixture *f, const char *url)
{
    fixture_clock(f);

    const struct aws_client_options o = {.region = "eu-west-1",
                                         .endpoint = url,
                                         .access_key = "AKIDEXAMPLE",
                                         .secret_key = "wJalrXUtnFEMI/K7MDENG",
                                         .clock = &f->clock,
                                         .timeout_ms = 60000,
                                         .seed = 7};

    assert_int_equal(aws_client_new(&f->client, &o, &f->err), 0);
}

void fixture_begin(struct fixture *f, const struct script_step *steps, size_t count)
{
    f->server = script_server_start(steps, count);
    fixture_begin_at(f, script_server_url(f->server));
}

void fixture_ask(struct fixture *f, enum aws_effect effect)
{
    aws_request_init(&f->request, "lambda", effect == AWS_READS ? "GetAlias" : "UpdateAlias",
                     effect == AWS_READS ? "GET" : "PUT", effect);
    aws_request_resource(&f->request, "orders");
    aws_request_path(&f->request, "/2015-03-31/functions/orders/aliases/");
    aws_request_segment(&f->request, "a:b$");
    aws_request_query(&f->request, "Qualifier", "$LATEST");
    if (effect != AWS_READS)
        aws_request_json(&f->request, STR("{}"));
}

int fixture_call(struct fixture *f, enum aws_effect effect)
{
    fixture_ask(f, effect);
    return aws_call(f->client, &f->request, &f->reply, &f->err);
}

void fixture_ask_many(struct fixture *f, struct aws_request *requests, size_t count,
                      enum aws_effect effect)
{
    for (size_t i = 0; i < count; i++) {
        fixture_ask(f, effect);
        aws_request_segment(&f->request, (const char[]){(char)('a' + i), '\0'});
        requests[i] = f->request;
        f->request = (struct aws_request){0};
    }
}

void fixture_end(struct fixture *f)
{
    aws_reply_release(&f->reply);
    aws_request_release(&f->request);
    aws_client_free(f->client);
    if (f->server)
        script_server_stop(f->server);
}
