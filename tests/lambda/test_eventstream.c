/* The event stream decoder: botocore's published messages, and streams as Lambda sends them (the
 * bytes below were checked with botocore's decoder). */
#include "tests/test.h"

#include "lambda/eventstream.h"
#include "lambda/invoke.h"
static const char EMPTY[] = "000000100000000005c248eb7d98c8ff";
static const char INT32[] =
    "0000002b0000000e348bec7b086576656e742d6964040000a00c7b27666f6f273a27626172277dd3"
    "890285";
static const char HELLO[] =
    "0000006d0000005a8f3ed47f0d3a6d6573736167652d747970650700056576656e740b3a6576656e"
    "742d7479706507000c5061796c6f61644368756e6b0d3a636f6e74656e742d747970650700186170"
    "706c69636174696f6e2f6f637465742d73747265616d68656c73ce96fd";
static const char LO[] =
    "0000006c0000005ab25efdcf0d3a6d6573736167652d747970650700056576656e740b3a6576656e"
    "742d7479706507000c5061796c6f61644368756e6b0d3a636f6e74656e742d747970650700186170"
    "706c69636174696f6e2f6f637465742d73747265616d6c6fbc4e58d5";
static const char DONE[] =
    "0000008500000054702275660d3a6d6573736167652d747970650700056576656e740b3a6576656e"
    "742d7479706507000e496e766f6b65436f6d706c6574650d3a636f6e74656e742d74797065070010"
    "6170706c69636174696f6e2f6a736f6e7b224c6f67526573756c74223a202255315242556c514b52"
    "55354543673d3d227d26377981";
static const char FAILED[] =
    "000000ba0000005453535a310d3a6d6573736167652d747970650700056576656e740b3a6576656e"
    "742d7479706507000e496e766f6b65436f6d706c6574650d3a636f6e74656e742d74797065070010"
    "6170706c69636174696f6e2f6a736f6e7b224572726f72436f6465223a202253616e64626f782e54"
    "696d65646f7574222c20224572726f7244657461696c73223a20225461736b2074696d6564206f75"
    "7420616674657220332e3030207365636f6e6473227dbb3acc2d";
static const char FAILED_JSON[] =
    "000000c100000054dd518bef0d3a6d6573736167652d747970650700056576656e740b3a6576656e"
    "742d7479706507000e496e766f6b65436f6d706c6574650d3a636f6e74656e742d74797065070010"
    "6170706c69636174696f6e2f6a736f6e7b224572726f72436f6465223a2022556e68616e646c6564"
    "222c20224572726f7244657461696c73223a20227b5c226572726f72547970655c223a205c22455c"
    "222c205c226572726f724d6573736167655c223a205c226d5c227d227df5eef56b";
static const char EXCEPTION[] =
    "0000005c0000003dc0a9b1b20d3a6d6573736167652d74797065070009657863657074696f6e0f3a"
    "657863657074696f6e2d7479706507001053657276696365457863657074696f6e7b226d65737361"
    "6765223a2278227d5a6d2983";
static const char ERROR_MESSAGE[] =
    "0000005c0000004ce7abf0180d3a6d6573736167652d747970650700056572726f720b3a6572726f"
    "722d636f646507000d496e7465726e616c4572726f720e3a6572726f722d6d657373616765070008"
    "69742062726f6b65c0c21ee3";
static const char ALL_HEADERS[] =
    "0000008a00000077501593c501610001620101630201016403000101650400000001016605000000"
    "00000000000167060002787901680800000000000000000169090000000000000000000000000000"
    "00000d3a6d6573736167652d747970650700056576656e740b3a6576656e742d7479706507000c50"
    "61796c6f61644368756e6b616c6cd5b8c708";

/* Appends hex as bytes. */
static void add(struct buf *out, const char *hex)
{
    for (; *hex; hex += 2) {
        const char byte[3] = {hex[0], hex[1], '\0'};

        buf_putc(out, (char)strtoul(byte, NULL, 16));
    }
}

static void published_messages_are_read(void **state)
{
    struct buf stream = {0};
    struct eventstream_message m;
    struct str rest;

    (void)state;
    add(&stream, EMPTY);
    add(&stream, INT32);
    add(&stream, ALL_HEADERS);
    add(&stream, ERROR_MESSAGE);
    rest = buf_str(&stream);
    assert_int_equal(eventstream_next(&rest, &m, NULL), 1);
    assert_int_equal(m.payload.len, 0);
    assert_int_equal(eventstream_next(&rest, &m, NULL), 1);
    assert_true(str_eq_c(m.payload, "{'foo':'bar'}"));
    assert_int_equal(eventstream_next(&rest, &m, NULL), 1);
    assert_true(str_eq_c(m.message_type, "event"));
    assert_true(str_eq_c(m.event_type, "PayloadChunk"));
    assert_true(str_eq_c(m.payload, "all"));
    assert_int_equal(eventstream_next(&rest, &m, NULL), 1);
    assert_true(str_eq_c(m.message_type, "error"));
    assert_true(str_eq_c(m.exception, "InternalError"));
    assert_true(str_eq_c(m.error, "it broke"));
    assert_int_equal(eventstream_next(&rest, &m, NULL), 0);
    buf_release(&stream);
}

static void damage_anywhere_is_noticed(void **state)
{
    struct buf good = {0};

    (void)state;
    add(&good, HELLO);
    for (size_t i = 0; i < good.len; i++) {
        struct buf bad = {0};
        struct eventstream_message m;
        struct str rest;
        struct err err = {0};

        buf_add(&bad, good.data, good.len);
        bad.data[i] = (char)(bad.data[i] ^ 0x10);
        rest = buf_str(&bad);
        if (eventstream_next(&rest, &m, &err) != -1 || err.kind != ERR_UNKNOWN)
            fail_msg("byte %zu", i);
        rest = str_slice(buf_str(&good), 0, i); /* cut before it */
        if (eventstream_next(&rest, &m, &err) != (i ? -1 : 0))
            fail_msg("cut at %zu", i);
        buf_release(&bad);
    }
    buf_release(&good);
}

static void a_header_may_not_reach_beyond_the_headers(void **state)
{
    /* Right checksums, but a string header that claims 99 bytes of 2. */
    static const char evil[] = "00000017000000072986015801610700637879616d966b";
    struct buf bytes = {0};
    struct eventstream_message m;
    struct str rest;
    struct err err = {0};

    (void)state;
    add(&bytes, evil);
    rest = buf_str(&bytes);
    assert_int_equal(eventstream_next(&rest, &m, &err), -1);
    assert_contains(err.text, "headers");
    buf_release(&bytes);
}

static int put_together(struct invoke_reply *reply, const char *const *parts, size_t count,
                        struct err *err)
{
    struct buf stream = {0};
    int result;

    for (size_t i = 0; i < count; i++)
        add(&stream, parts[i]);
    result = invoke_stream_read(buf_str(&stream), reply, err);
    buf_release(&stream);
    return result;
}

static void a_stream_becomes_one_answer(void **state)
{
    static const char *const parts[] = {HELLO, LO, DONE};
    struct invoke_reply reply = {0};

    (void)state;
    assert_int_equal(put_together(&reply, parts, 3, NULL), 0);
    assert_string_equal(buf_c(&reply.payload), "hello");
    assert_string_equal(buf_c(&reply.log), "START\nEND\n");
    assert_string_equal(reply.function_error, "");
    invoke_reply_release(&reply);
}

static void an_error_at_the_end_is_the_functions(void **state)
{
    static const struct {
        const char *parts[2];
        const char *payload, *failure;
    } rows[] = {
        {{FAILED},
         "{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"Task timed out after "
         "3.00 seconds\"}",
         ""},
        {{FAILED_JSON}, "{\"errorType\":\"E\",\"errorMessage\":\"m\"}", ""},
        {{HELLO, FAILED_JSON}, "hel", "{\"errorType\":\"E\",\"errorMessage\":\"m\"}"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct invoke_reply reply = {0};

        assert_int_equal(put_together(&reply, rows[i].parts, rows[i].parts[1] ? 2 : 1, NULL), 0);
        assert_string_equal(reply.function_error, "Unhandled");
        assert_string_equal(buf_c(&reply.payload), rows[i].payload);
        assert_string_equal(buf_c(&reply.failure), rows[i].failure);
        invoke_reply_release(&reply);
    }
}

static void a_stream_that_breaks_off_proves_nothing(void **state)
{
    static const struct {
        const char *parts[2], *text;
    } rows[] = {
        {{HELLO, EXCEPTION}, "broke off: ServiceException"},
        {{HELLO, ERROR_MESSAGE}, "broke off: InternalError it broke"},
        {{HELLO, LO}, "without InvokeComplete"},
        {{""}, "without InvokeComplete"},
        {{HELLO, "000000"}, "cut"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct invoke_reply reply = {0};
        struct err err = {0};

        assert_int_equal(put_together(&reply, rows[i].parts, rows[i].parts[1] ? 2 : 1, &err), -1);
        assert_int_equal(err.kind, ERR_UNKNOWN);
        assert_contains(err.text, rows[i].text);
        invoke_reply_release(&reply);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_messages_are_read),
        cmocka_unit_test(damage_anywhere_is_noticed),
        cmocka_unit_test(a_header_may_not_reach_beyond_the_headers),
        cmocka_unit_test(a_stream_becomes_one_answer),
        cmocka_unit_test(an_error_at_the_end_is_the_functions),
        cmocka_unit_test(a_stream_that_breaks_off_proves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
