#include <stdlib.h>
#include <string.h>

#include "aws/client_private.h"
#include "aws/curl.h"
#include "base/mem.h"

enum { FLIGHTS_MAX = 16, POLL_MS = 200 };

/* ---- what came of a request ---- */

void kept_free(struct kept *k)
{
    if (!k)
        return;
    aws_transfer_free(k->transfer);
    aws_reply_release(&k->reply);
    buf_release(&k->key);
    free(k);
}

static void key_of(const struct aws_request *r, struct buf *out)
{
    buf_printf(out, "%s %s?%s\n", r->method, buf_c(&r->path), buf_c(&r->query));
    buf_add_str(out, r->body);
}

struct kept *kept_take(struct aws_client *c, const struct aws_request *request)
{
    CLEANUP(buf_release) struct buf key = {0};

    if (!c->kept)
        return NULL;
    key_of(request, &key);
    for (struct kept **at = &c->kept; *at; at = &(*at)->next)
        if (str_eq(buf_str(&(*at)->key), buf_str(&key))) {
            struct kept *k = *at;

            *at = k->next;
            return k;
        }
    return NULL;
}

void aws_client_ahead_end(struct aws_client *c)
{
    while (c->kept) {
        struct kept *k = c->kept;

        c->kept = k->next;
        kept_free(k);
    }
}

/* ---- sending ---- */

struct flight {
    const struct aws_request *request;
    struct aws_transfer *transfer;
    bool started; /* or left to aws_call() */
};

struct ahead {
    struct aws_client *client;
    struct flight *flights;
    size_t count, in_air, waiting;
    int64_t start_ms;
    bool stopped; /* nothing more is sent */
};

static int64_t now_ms(const struct ahead *a)
{
    return clock_mono(a->client->clock);
}

/* Half of its time is for waiting here: an answer takes time as well, and another attempt. */
static bool is_late(const struct ahead *a, const struct flight *f)
{
    return now_ms(a) - a->start_ms > aws_client_timeout_ms(a->client, f->request) / 2;
}

static void start(struct ahead *a, struct flight *f)
{
    const int64_t waited = now_ms(a) - a->start_ms;
    struct aws_request request = *f->request; /* shallow: only its timeout differs */
    struct err ignored = {0};

    f->started = true;
    a->waiting--;
    log_waited(f->request, waited);
    request.timeout_ms = aws_client_timeout_ms(a->client, f->request) - waited;
    if (aws_transfer_new(&f->transfer, a->client, &request, &ignored) < 0)
        return; /* aws_call() will meet the same, and say so */
    curl_easy_setopt(aws_transfer_easy(f->transfer), CURLOPT_PRIVATE, (char *)f);
    curl_multi_add_handle(a->client->multi, aws_transfer_easy(f->transfer));
    a->in_air++;
}

/* Returns how long until the next may go; -1: none is waiting for its turn. */
static int64_t start_due(struct ahead *a)
{
    bool slow[AWS_QUOTA_COUNT] = {false};
    int64_t least = -1;

    for (size_t i = 0; i < a->count && a->waiting && a->in_air < FLIGHTS_MAX; i++) {
        struct flight *f = &a->flights[i];
        int64_t wait;

        if (f->started || slow[f->request->quota])
            continue;
        if (is_late(a, f)) {
            f->started = true;
            a->waiting--;
            continue;
        }
        wait = aws_client_turn_ms(a->client, f->request->quota);
        if (wait == 0) {
            start(a, f);
            continue;
        }
        slow[f->request->quota] = true;
        least = least < 0 || wait < least ? wait : least;
    }
    return least;
}

static void finish(struct ahead *a, struct flight *f, CURLcode result)
{
    struct aws_client *c = a->client;
    struct kept *k = mem_zalloc(sizeof(*k)), **last = &c->kept;

    curl_multi_remove_handle(c->multi, aws_transfer_easy(f->transfer));
    key_of(f->request, &k->key);
    k->transfer = STEAL(f->transfer);
    k->result = aws_transfer_finish(k->transfer, result, &k->reply, &k->error, &k->err);
    k->spent_ms = now_ms(a) - a->start_ms;
    a->in_air--;
    while (*last)
        last = &(*last)->next;
    *last = k;
}

static void finish_done(struct ahead *a)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(a->client->multi, &left))) {
        char *private = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        finish(a, (struct flight *)(void *)private, message->data.result);
    }
}

static void wait_for(struct ahead *a, int64_t due_ms)
{
    const int64_t ms = due_ms >= 0 && due_ms < POLL_MS ? due_ms : POLL_MS;

    if (a->in_air)
        curl_multi_poll(a->client->multi, NULL, 0, (int)ms, NULL);
    else if (a->waiting)
        clock_sleep(a->client->clock, ms);
}

/* As in aws_call(): a read may be broken off at any time, what became of a change is waited for. */
static void break_off_reads(struct ahead *a)
{
    a->stopped = true;
    for (size_t i = 0; i < a->count; i++) {
        struct flight *f = &a->flights[i];

        if (!f->transfer || f->request->effect != AWS_READS)
            continue;
        curl_multi_remove_handle(a->client->multi, aws_transfer_easy(f->transfer));
        aws_transfer_free(STEAL(f->transfer));
        a->in_air--;
    }
}

static void send_all(struct ahead *a)
{
    int running;

    while (a->in_air || (a->waiting && !a->stopped)) {
        struct err ignored = {0};
        int64_t due = -1;

        if (!a->stopped && aws_client_check(a->client, &ignored) < 0)
            break_off_reads(a);
        if (!a->stopped)
            due = start_due(a);
        curl_multi_perform(a->client->multi, &running);
        finish_done(a);
        if (a->in_air || (a->waiting && !a->stopped))
            wait_for(a, due);
    }
}

void aws_client_ahead(struct aws_client *c, const struct aws_request *requests, size_t count)
{
    struct ahead a = {.client = c, .count = count, .waiting = count};
    const struct aws_creds *creds;
    struct err ignored = {0};

    aws_client_ahead_end(c);
    if (count < 2 || creds_chain_get(c->creds, &creds, &ignored) < 0)
        return;
    if (!c->multi) {
        curl_load();
        c->multi = curl_multi_init();
        curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)FLIGHTS_MAX);
        curl_multi_setopt(c->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    }
    a.flights = mem_array(count, sizeof(*a.flights));
    for (size_t i = 0; i < count; i++)
        a.flights[i].request = &requests[i];
    a.start_ms = now_ms(&a);
    send_all(&a);
    free(a.flights);
}
