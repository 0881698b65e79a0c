/* The client against peers that speak no sense: an error that helps, soon, and in little memory. */
#include "tests/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "aws/client.h"
#include "lambda/alias.h"
#include "tests/aws/script_server.h"

enum { TIMEOUT_MS = 30000, SOON_MS = 20000, MEMORY_MAX_KIB = 64 << 10 };

struct fixture {
    struct script_server *server;
    struct aws_client *client;
    struct alias alias;
    int64_t timeout_ms; /* 0: TIMEOUT_MS */
    int64_t start_ms, took_ms;
    long memory_kib; /* by how much the most ever used has grown */
    struct err err;
};

static long most_memory_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void begin_at(struct fixture *f, const char *url, unsigned attempts)
{
    const struct aws_client_options o = {.region = "eu-west-1",
                                         .endpoint = url,
                                         .access_key = "AKIDEXAMPLE",
                                         .secret_key = "wJalrXUtnFEMI/K7MDENG",
                                         .max_attempts = attempts,
                                         .connect_ms = 500,
                                         .timeout_ms = f->timeout_ms ? f->timeout_ms : TIMEOUT_MS,
                                         .seed = 7};

    assert_int_equal(aws_client_new(&f->client, &o, &f->err), 0);
    f->start_ms = clock_mono(&clock_system);
    f->memory_kib = most_memory_kib();
}

static void begin(struct fixture *f, const struct script_step *steps, size_t count)
{
    f->server = script_server_start(steps, count);
    begin_at(f, script_server_url(f->server), 1);
}

static int read_alias(struct fixture *f)
{
    return alias_get(f->client, "orders", "Live", &f->alias, &f->err);
}

static int move_alias(struct fixture *f)
{
    const struct alias_change change = {
        .function = "orders", .alias = "Live", .version = "7", .revision_id = "r"};

    return alias_update(f->client, &change, &f->alias, &f->err);
}

static void end(struct fixture *f)
{
    f->took_ms = clock_mono(&clock_system) - f->start_ms;
    f->memory_kib = most_memory_kib() - f->memory_kib;
    aws_client_free(f->client);
    if (f->server)
        script_server_stop(f->server);
    if (f->took_ms > SOON_MS)
        fail_msg("took %lld ms", (long long)f->took_ms);
    if (f->memory_kib > MEMORY_MAX_KIB)
        fail_msg("took %ld KiB", f->memory_kib);
}

/* ---- answers without end ---- */

static void put_for_ever(int fd, const char *head, const char *part)
{
    struct buf chunk = {0};
    bool there = script_server_put(fd, head, strlen(head));

    while (chunk.len < 60000)
        buf_add_c(&chunk, part);
    while (there)
        there = script_server_put(fd, chunk.data, chunk.len);
    buf_release(&chunk);
}

static void five_gigabytes(int fd)
{
    put_for_ever(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5368709120\r\n\r\n", "0123456789");
}

static void endless_chunks(int fd)
{
    put_for_ever(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "4\r\nabcd\r\n");
}

static void endless_until_closed(int fd)
{
    put_for_ever(fd, "HTTP/1.1 200 OK\r\n\r\n", "0123456789");
}

static void endless_headers(int fd)
{
    put_for_ever(fd, "HTTP/1.1 200 OK\r\n", "X-Another: header\r\n");
}

static void one_endless_header(int fd)
{
    put_for_ever(fd, "HTTP/1.1 200 OK\r\nX-Long: ", "0123456789");
}

static void endless_status_lines(int fd)
{
    put_for_ever(fd, "HTTP/1.1 200 OK\r\n", "HTTP/1.1: 200 OK\r\n");
}

static void interim_answers(int fd)
{
    put_for_ever(fd, "", "HTTP/1.1 100 Continue\r\n\r\n");
}

static void interim_answers_with_headers(int fd)
{
    put_for_ever(fd, "", "HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n");
}

static void trailers(int fd)
{
    put_for_ever(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n",
                 "X-Trailer: more\r\n");
}

static void byte_by_byte(int fd)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
    bool there = script_server_put(fd, head, sizeof(head) - 1);

    for (int i = 0; there && i < 1000; i++) {
        there = script_server_put(fd, " ", 1);
        clock_sleep(&clock_system, 20);
    }
}

static void what_never_ends_is_ended(void **state)
{
    static const struct {
        void (*raw)(int fd);
        const char *said;
        int64_t timeout_ms;
    } rows[] = {
        {five_gigabytes, "the answer is longer than 16777216 bytes"},
        {endless_chunks, "the answer is longer than 16777216 bytes"},
        {endless_until_closed, "the answer is longer than 16777216 bytes"},
        {endless_headers, "headers of the answer are longer than 262144 bytes"},
        {one_endless_header, "no whole answer"},
        {endless_status_lines, "headers of the answer are longer than 262144 bytes"},
        {interim_answers, "headers of the answer are longer than 262144 bytes"},
        {interim_answers_with_headers, "headers of the answer are longer than 262144 bytes"},
        {trailers, "headers of the answer are longer than 262144 bytes"},
        {byte_by_byte, "no answer in time", 700},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct script_step steps[] = {{.raw = rows[i].raw}};
        struct fixture f = {.timeout_ms = rows[i].timeout_ms};

        begin(&f, steps, 1);
        if (read_alias(&f) == 0 || !strstr(f.err.text, rows[i].said))
            fail_msg("row %zu: %s", i, f.err.text);
        end(&f);
        begin(&f, steps, 1); /* a change may have been carried out all the same */
        if (move_alias(&f) == 0 || f.err.kind != ERR_UNKNOWN)
            fail_msg("row %zu: a change: %s", i, f.err.text);
        assert_int_equal(script_server_requests(f.server), 1);
        end(&f);
    }
}

/* ---- answers that make no sense ---- */

static void two_lengths(int fd)
{
    static const char text[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 90\r\n\r\n{}";

    script_server_put(fd, text, sizeof(text) - 1);
}

static void a_negative_length(int fd)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}";

    script_server_put(fd, text, sizeof(text) - 1);
}

static void an_absurd_length(int fd)
{
    static const char text[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999999\r\n\r\n{}";

    script_server_put(fd, text, sizeof(text) - 1);
}

static void a_broken_chunk(int fd)
{
    static const char text[] =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n";

    script_server_put(fd, text, sizeof(text) - 1);
}

static void half_a_header(int fd)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nContent-Le";

    script_server_put(fd, text, sizeof(text) - 1);
}

static void no_http_at_all(int fd)
{
    static const char text[] = "SSH-2.0-OpenSSH_9.2p1\r\n";

    script_server_put(fd, text, sizeof(text) - 1);
}

static void nothing_but_zeros(int fd)
{
    static const char text[4096];

    script_server_put(fd, text, sizeof(text));
}

static void what_is_no_whole_answer_is_none(void **state)
{
    static void (*const rows[])(int fd) = {
        two_lengths,   a_negative_length, an_absurd_length,  a_broken_chunk,
        half_a_header, no_http_at_all,    nothing_but_zeros,
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct script_step steps[] = {{.raw = rows[i]}};
        struct fixture f = {0};

        begin(&f, steps, 1);
        if (read_alias(&f) == 0 || f.err.kind != ERR_UNKNOWN)
            fail_msg("row %zu: %s", i, f.err.text);
        end(&f);
    }
}

static void a_compressed_answer_is_not_unpacked(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", "Content-Encoding: gzip\r\n", "\x1f\x8b\x08"}};
    struct fixture f = {0};

    (void)state;
    begin(&f, steps, 1);
    assert_int_equal(move_alias(&f), -1);
    assert_int_equal(f.err.kind, ERR_UNKNOWN);
    assert_contains(f.err.text, "(Content-Encoding: gzip), and nobody asked for that");
    assert_null(strstr(script_server_request(f.server, 0), "ccept-Encoding"));
    end(&f);
}

/* ---- someone in between ---- */

#define PAGE(title)                                                                                \
    "<!DOCTYPE html>\r\n<html><head><title>" title                                                 \
    "</title></head><body>\r\n<h1>x</h1></body></html>"

static void a_page_for_people_is_called_one(void **state)
{
    static const struct {
        struct script_step step;
        enum err_kind kind;
        const char *said;
    } rows[] = {
        {{"200 OK", .body = PAGE("Sign in to the guest network")},
         ERR_UNKNOWN,
         "the answer is an HTML page (\"Sign in to the guest network\"): is there a proxy in "
         "between?"},
        {{"403 Forbidden", .body = PAGE("Blocked by policy")},
         ERR_DENIED,
         "403: an HTML page (\"Blocked by policy\") instead of an answer of AWS: is there a proxy "
         "in between?"},
        {{"407 Proxy Authentication Required", .body = "<html>no title"},
         ERR_REFUSED,
         "407: an HTML page instead of an answer of AWS"},
        {{"502 Bad Gateway", .body = "\xef\xbb\xbf <HTML><TITLE> 502 \n</TITLE>"},
         ERR_SERVICE,
         "502: an HTML page (\"502\") instead of an answer of AWS"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fixture f = {0};

        begin(&f, &rows[i].step, 1);
        if (read_alias(&f) == 0 || f.err.kind != rows[i].kind || !strstr(f.err.text, rows[i].said))
            fail_msg("row %zu: %s", i, f.err.text);
        end(&f);
    }
}

static void a_redirect_to_a_stranger_is_told_and_gets_nothing(void **state)
{
    static const struct script_step nothing[] = {{"200 OK", .body = "{}"}};
    static char headers[128];
    static const char *const statuses[] = {"301 Moved", "302 Found", "303 See", "307 Temporary",
                                           "308 Permanent"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        const struct script_step steps[] = {{statuses[i], headers}};
        struct script_server *stranger = script_server_start(nothing, 1);
        struct fixture f = {0};

        snprintf(headers, sizeof(headers), "Location: %s/x?token=1\r\n",
                 script_server_url(stranger));
        begin(&f, steps, 1);
        assert_int_equal(i % 2 ? read_alias(&f) : move_alias(&f), -1);
        assert_contains(f.err.text, "redirects to http://127.0.0.1:");
        assert_contains(f.err.text, "/x, which is not followed: is the endpoint right?");
        assert_int_equal(script_server_requests(f.server), 1);
        assert_int_equal(script_server_requests(stranger), 0);
        end(&f);
        script_server_stop(stranger);
    }
}

/* ---- a service whose clock is mad ---- */

#define CLOCK   "x-amzn-ErrorType: InvalidSignatureException\r\n"
#define EXPIRED "{\"message\":\"Signature expired: x is now earlier than y\"}"

static void an_absurd_date_corrects_nothing(void **state)
{
    static const char *const dates[] = {
        "",
        "Date: \r\n",
        "Date: yesterday\r\n",
        "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n",
        "Date: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
        "Date: Fri, 31 Dec 99999999999999 23:59:59 GMT\r\n",
        "Date: Thu, 01 Jan 0000 00:00:00 GMT\r\n",
        "Date: -1\r\n",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
        static char headers[200];
        const struct script_step steps[] = {{"403 Forbidden", headers, EXPIRED}};
        struct fixture f = {0};

        snprintf(headers, sizeof(headers), CLOCK "%s", dates[i]);
        begin(&f, steps, 1);
        assert_int_equal(read_alias(&f), -1);
        assert_int_equal(f.err.kind, ERR_CREDENTIALS);
        if (script_server_requests(f.server) != 1)
            fail_msg("\"%s\" was believed", dates[i]);
        end(&f);
    }
}

static void a_date_that_was_wrong_is_forgotten_with_the_next_one(void **state)
{
    static const struct script_step steps[] = {
        {"403 Forbidden", CLOCK "Date: Fri, 01 Jan 2090 00:00:00 GMT\r\n", EXPIRED},
        {"403 Forbidden", CLOCK "Date: Sun, 01 Jan 2023 00:00:00 GMT\r\n", EXPIRED},
        {"403 Forbidden", CLOCK "Date: Sun, 01 Jan 2023 00:00:00 GMT\r\n", EXPIRED},
    };
    struct fixture f = {0};

    (void)state;
    begin(&f, steps, ARRAY_LEN(steps));
    assert_int_equal(read_alias(&f), -1); /* once for each call, however often it is refused */
    assert_int_equal(script_server_requests(f.server), 2);
    assert_contains(script_server_request(f.server, 1), "x-amz-date: 20900101T");
    assert_int_equal(read_alias(&f), -1);
    assert_contains(script_server_request(f.server, 2), "x-amz-date: 20230101T");
    end(&f);
}

/* ---- nobody there ---- */

static void a_name_that_is_none_is_said(void **state)
{
    struct fixture f = {0};

    (void)state;
    begin_at(&f, "https://lambda.nowhere.invalid", 2);
    assert_int_equal(move_alias(&f), -1);
    assert_int_equal(f.err.kind, ERR_UNREACHABLE);
    assert_contains(f.err.text, "https://lambda.nowhere.invalid:443: ");
    assert_contains(f.err.text, "lambda.nowhere.invalid");
    end(&f);
}

/* A listener whose queue is full answers nothing to those who knock. */
static void a_connection_that_does_not_come_ends_in_time(void **state)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr *address = (struct sockaddr *)&a;
    socklen_t len = sizeof(a);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    int waiting[8];
    struct fixture f = {0};
    char url[64];

    (void)state;
    assert_int_equal(bind(listener, address, len), 0);
    assert_int_equal(listen(listener, 0), 0);
    assert_int_equal(getsockname(listener, address, &len), 0);
    for (size_t i = 0; i < ARRAY_LEN(waiting); i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(waiting[i], address, len);
    }
    snprintf(url, sizeof(url), "http://127.0.0.1:%d", ntohs(a.sin_port));
    begin_at(&f, url, 2);
    assert_int_equal(move_alias(&f), -1);
    assert_int_equal(f.err.kind, ERR_UNREACHABLE);
    assert_contains(f.err.text, url);
    assert_contains(f.err.text, "(attempt 2)");
    end(&f);
    assert_true(f.took_ms < 3500); /* two attempts of 500 ms */
    for (size_t i = 0; i < ARRAY_LEN(waiting); i++)
        close(waiting[i]);
    close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_never_ends_is_ended),
        cmocka_unit_test(what_is_no_whole_answer_is_none),
        cmocka_unit_test(a_compressed_answer_is_not_unpacked),
        cmocka_unit_test(a_page_for_people_is_called_one),
        cmocka_unit_test(a_redirect_to_a_stranger_is_told_and_gets_nothing),
        cmocka_unit_test(an_absurd_date_corrects_nothing),
        cmocka_unit_test(a_date_that_was_wrong_is_forgotten_with_the_next_one),
        cmocka_unit_test(a_name_that_is_none_is_said),
        cmocka_unit_test(a_connection_that_does_not_come_ends_in_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
