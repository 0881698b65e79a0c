/* TLS against a server with an authority of its own, HTTP/2, IPv6 and proxies. */
#include "aws/curl.h"
#include "tests/test.h"

#include <stdio.h>

#include <jansson.h>

#include "aws/client.h"
#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/aws/helper.h"
#include "tests/aws/script_server.h"

/* ---- certificates ---- */

static char folder[64];

static char *at(const char *name)
{
    return path_join(folder, name);
}

static void openssl(const char *const *arguments)
{
    const char *argv[40] = {"openssl"};
    const struct child_options o = {
        .argv = argv, .dir = folder, .timeout_ms = 60000, .max_out_bytes = 1 << 16};
    struct child_result r = {0};
    struct err err = {0};

    for (size_t i = 0; arguments[i]; i++)
        argv[i + 1] = arguments[i];
    if (child_run(&o, &r, &err) < 0 || r.exit_code)
        fail_msg("openssl: %s %s", err.text, buf_c(&r.err));
    child_result_release(&r);
}

#define NEW_KEY "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"

/* NAME.pem and NAME.key, signed by the authority, for one subjectAltName. */
static void make_certificate(const char *name, const char *alternative, const char *days)
{
    struct buf key = {0}, request = {0}, pem = {0}, extensions = {0}, text = {0};
    char *path;

    buf_printf(&key, "%s.key", name);
    buf_printf(&request, "%s.csr", name);
    buf_printf(&pem, "%s.pem", name);
    buf_printf(&extensions, "%s.ext", name);
    buf_printf(&text, "subjectAltName=%s\n", alternative);
    path = at(buf_c(&extensions));
    assert_int_equal(file_write_atomic(path, buf_str(&text), 0600, NULL), 0);
    free(path);

    const char *const ask[] = {"req",           NEW_KEY, "-keyout",  buf_c(&key), "-out",
                               buf_c(&request), "-subj", "/CN=test", NULL};
    const char *const sign[] = {"x509",
                                "-req",
                                "-in",
                                buf_c(&request),
                                "-CA",
                                "ca.pem",
                                "-CAkey",
                                "ca.key",
                                "-CAcreateserial",
                                "-days",
                                days,
                                "-extfile",
                                buf_c(&extensions),
                                "-out",
                                buf_c(&pem),
                                NULL};

    openssl(ask);
    openssl(sign);
    buf_release(&key);
    buf_release(&request);
    buf_release(&pem);
    buf_release(&extensions);
    buf_release(&text);
}

/* ---- one call ---- */

static struct helper here, elsewhere, h2;

struct fixture {
    struct aws_client *client;
    json_t *env;
    json_t *answer;
    int64_t connect_ms; /* 0: the client's own */
    struct err err;
};

static bool serve_as(struct helper *h, const char *program, const char *script, const char *name,
                     const char *how)
{
    const char *source = getenv("SMOKEGATE_SOURCE");
    struct buf path = {0}, cert = {0}, key = {0};
    int up;

    buf_printf(&path, "%s/tests/aws/%s", source ? source : ".", script);
    buf_printf(&cert, "%s/%s.pem", folder, name);
    buf_printf(&key, "%s/%s.key", folder, name);

    const char *const argv[] = {program, buf_c(&path), buf_c(&cert), buf_c(&key), how, NULL};

    up = helper_start(h, argv);
    buf_release(&path);
    buf_release(&cert);
    buf_release(&key);
    return up;
}

static bool serve(struct helper *h, const char *program, const char *script, const char *name)
{
    return serve_as(h, program, script, name, NULL);
}

static const char *look_up(void *ctx, const char *name)
{
    return json_string_value(json_object_get(ctx, name));
}

static int call(struct fixture *f, const char *endpoint)
{
    const struct aws_client_options o = {.env = {look_up, f->env},
                                         .region = "eu-west-1",
                                         .endpoint = endpoint,
                                         .access_key = "AKID",
                                         .secret_key = "secret",
                                         .max_attempts = 2,
                                         .connect_ms = f->connect_ms,
                                         .timeout_ms = 20000};
    struct aws_request r;
    struct aws_reply reply = {0};
    int result;

    if (!f->client)
        assert_int_equal(aws_client_new(&f->client, &o, &f->err), 0);
    aws_request_init(&r, "lambda", "GetFunction", "GET", AWS_READS);
    aws_request_path(&r, "/2015-03-31/functions/orders");
    result = aws_call(f->client, &r, &reply, &f->err);
    json_decref(f->answer);
    f->answer = json_loadb(buf_c(&reply.body), reply.body.len, 0, NULL);
    aws_reply_release(&reply);
    aws_request_release(&r);
    return result;
}

static int call_at(struct fixture *f, const struct helper *server)
{
    char url[64];

    snprintf(url, sizeof(url), "https://localhost:%d", server->port);
    return call(f, url);
}

static void end(struct fixture *f)
{
    aws_client_free(f->client);
    json_decref(f->answer);
    json_decref(f->env);
}

/* ---- TLS ---- */

static void a_server_of_an_unknown_authority_is_refused_at_once(void **state)
{
    struct fixture f = {0};

    (void)state;
    assert_int_equal(call_at(&f, &here), -1);
    assert_int_equal(f.err.kind, ERR_UNREACHABLE);
    assert_contains(f.err.text, "certificate");
    assert_contains(f.err.text, "name a file with the issuer's certificate in AWS_CA_BUNDLE");
    assert_null(strstr(f.err.text, "attempt")); /* trying again would change nothing */
    end(&f);
}

static void a_bundle_without_the_issuer_is_told(void **state)
{
    struct fixture f = {.env = json_object()};
    char *bundle = at("self.pem");

    (void)state;
    json_object_set_new(f.env, "AWS_CA_BUNDLE", json_string(bundle));
    assert_int_equal(call_at(&f, &here), -1);
    assert_contains(f.err.text, "AWS_CA_BUNDLE (or ca_bundle in the profile) does not hold its "
                                "issuer");
    free(bundle);
    end(&f);
}

/* What is wrong with it, whether the authority is known. */
static void a_certificate_that_cannot_be_believed_is_refused_at_once(void **state)
{
    static const struct {
        const char *certificate, *said;
        bool authority;
    } rows[] = {
        {"self", "self", false},
        {"expired", "certificate has expired", true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fixture f = {.env = json_object()};
        struct helper server;
        char *bundle = at("ca.pem");

        if (rows[i].authority)
            json_object_set_new(f.env, "AWS_CA_BUNDLE", json_string(bundle));
        assert_true(serve(&server, "python3", "tls_server.py", rows[i].certificate));
        assert_int_equal(call_at(&f, &server), -1);
        assert_int_equal(f.err.kind, ERR_UNREACHABLE);
        assert_contains(f.err.text, rows[i].said);
        assert_int_equal(strstr(f.err.text, "in AWS_CA_BUNDLE") != NULL, !rows[i].authority);
        assert_null(strstr(f.err.text, "attempt"));
        helper_stop(&server);
        free(bundle);
        end(&f);
    }
}

static void a_server_that_knows_only_tls_1_0_is_not_spoken_to(void **state)
{
    struct fixture f = {.env = json_object()};
    struct helper server;
    char *bundle = at("ca.pem");

    (void)state;
    json_object_set_new(f.env, "AWS_CA_BUNDLE", json_string(bundle));
    assert_true(serve_as(&server, "python3", "tls_server.py", "here", "TLSv1"));
    assert_int_equal(call_at(&f, &server), -1);
    assert_int_equal(f.err.kind, ERR_UNREACHABLE);
    assert_contains(f.err.text, "the other side knows no TLS 1.2");
    helper_stop(&server);
    free(bundle);
    end(&f);
}

static void what_speaks_no_tls_is_not_spoken_to(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .body = "{}"}};
    struct script_server *server = script_server_start(steps, 1);
    struct fixture f = {.connect_ms = 300}; /* it waits for the end of a request's headers */
    char url[64];

    (void)state;
    snprintf(url, sizeof(url), "https%s", script_server_url(server) + 4);
    assert_int_equal(call(&f, url), -1);
    assert_int_equal(f.err.kind, ERR_UNREACHABLE);
    end(&f);
    script_server_stop(server);
}

static void aws_ca_bundle_is_believed_and_the_connection_kept(void **state)
{
    struct fixture f = {.env = json_object()};
    char *bundle = at("ca.pem");
    json_int_t first = 0;

    (void)state;
    json_object_set_new(f.env, "AWS_CA_BUNDLE", json_string(bundle));
    for (int i = 0; i < 3; i++) {
        if (call_at(&f, &here) < 0)
            fail_msg("%s", f.err.text);
        if (i == 0)
            first = json_integer_value(json_object_get(f.answer, "connection"));
        assert_int_equal(json_integer_value(json_object_get(f.answer, "connection")), first);
    }
    free(bundle);
    end(&f);
}

static void the_profiles_ca_bundle_is_believed_too(void **state)
{
    struct fixture f = {.env = json_object()};
    char *config = at("config");
    struct buf text = {0};

    (void)state;
    buf_printf(&text, "[default]\nca_bundle = %s/ca.pem\n", folder);
    assert_int_equal(file_write_atomic(config, buf_str(&text), 0600, NULL), 0);
    json_object_set_new(f.env, "AWS_CONFIG_FILE", json_string(config));
    if (call_at(&f, &here) < 0)
        fail_msg("%s", f.err.text);
    free(config);
    buf_release(&text);
    end(&f);
}

static void a_certificate_of_another_host_is_refused(void **state)
{
    struct fixture f = {.env = json_object()};
    char *bundle = at("ca.pem");

    (void)state;
    json_object_set_new(f.env, "AWS_CA_BUNDLE", json_string(bundle));
    assert_int_equal(call_at(&f, &elsewhere), -1);
    assert_int_equal(f.err.kind, ERR_UNREACHABLE);
    assert_contains(f.err.text, "localhost");
    assert_contains(f.err.text, "subject");
    free(bundle);
    end(&f);
}

static void a_bundle_that_is_not_there_is_named(void **state)
{
    struct fixture f = {.env = json_object()};
    char *bundle = at("nothing.pem");

    (void)state;
    json_object_set_new(f.env, "AWS_CA_BUNDLE", json_string(bundle));
    assert_int_equal(call_at(&f, &here), -1);
    assert_int_equal(f.err.kind, ERR_UNREACHABLE);
    assert_contains(f.err.text, "nothing.pem");
    free(bundle);
    end(&f);
}

static void http_2_is_spoken_where_it_is_offered(void **state)
{
    struct fixture f = {.env = json_object()};
    char *bundle = at("ca.pem");

    (void)state;
    json_object_set_new(f.env, "AWS_CA_BUNDLE", json_string(bundle));
    free(bundle);
    curl_load();
    if (!(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2) ||
        !serve(&h2, "node", "h2_server.mjs", "here")) {
        printf("skipped: HTTP/2 needs node and a libcurl with nghttp2\n");
        json_decref(f.env);
        skip();
    }
    for (int i = 0; i < 3; i++) {
        if (call_at(&f, &h2) < 0)
            fail_msg("%s", f.err.text);
        assert_string_equal(json_string_value(json_object_get(f.answer, "version")), "2.0");
        assert_int_equal(json_integer_value(json_object_get(f.answer, "sessions")), 1);
    }
    end(&f);
    helper_stop(&h2);
}

/* ---- the way there ---- */

static void ipv6_addresses_are_hosts_like_others(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .body = "{}"}};
    struct script_server *server = script_server_start6(steps, 1);
    struct fixture f = {0};
    char host[64];

    (void)state;
    if (!server) {
        printf("skipped: no IPv6 here\n");
        skip();
    }
    if (call(&f, script_server_url(server)) < 0)
        fail_msg("%s", f.err.text);
    snprintf(host, sizeof(host), "\r\nHost: %s\r\n", script_server_url(server) + 7);
    assert_contains(host, "[::1]:");
    assert_contains(script_server_request(server, 0), host);
    end(&f);
    script_server_stop(server);
}

static void https_proxy_is_used_and_its_refusal_sends_nothing(void **state)
{
    static const struct script_step steps[] = {{"403 Forbidden", .close = true}};
    struct script_server *proxy = script_server_start(steps, 1);
    struct fixture f = {0};

    (void)state;
    setenv("HTTPS_PROXY", script_server_url(proxy), 1);
    assert_int_equal(call(&f, "https://lambda.eu-west-1.amazonaws.com"), -1);
    unsetenv("HTTPS_PROXY");
    assert_int_equal(f.err.kind, ERR_UNREACHABLE);
    assert_contains(script_server_request(proxy, 0),
                    "CONNECT lambda.eu-west-1.amazonaws.com:443 HTTP/1.1\r\n");
    assert_null(strstr(script_server_request(proxy, 0), "uthorization"));
    end(&f);
    script_server_stop(proxy);
}

static void a_proxy_that_asks_who_is_there_is_told_apart_and_can_be_told(void **state)
{
    static const struct script_step steps[] = {{"407 Proxy Authentication Required",
                                                "Proxy-Authenticate: Basic realm=\"x\"\r\n",
                                                "<html>who?", .close = true}};
    struct script_server *proxy = script_server_start(steps, 1);
    struct fixture f = {0}, named = {0};
    char url[96];

    (void)state;
    setenv("HTTPS_PROXY", script_server_url(proxy), 1);
    assert_int_equal(call(&f, "https://lambda.eu-west-1.amazonaws.com"), -1);
    assert_int_equal(f.err.kind, ERR_UNREACHABLE);
    assert_contains(f.err.text, "407");
    assert_contains(f.err.text, "HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT");
    end(&f);
    snprintf(url, sizeof(url), "http://me:hunter22@%s", script_server_url(proxy) + 7);
    setenv("HTTPS_PROXY", url, 1);
    assert_int_equal(call(&named, "https://lambda.eu-west-1.amazonaws.com"), -1);
    unsetenv("HTTPS_PROXY");
    assert_null(strstr(named.err.text, "hunter22"));
    assert_contains(script_server_request(proxy, script_server_requests(proxy) - 1),
                    "Proxy-Authorization: Basic bWU6aHVudGVyMjI=\r\n");
    end(&named);
    script_server_stop(proxy);
}

static void a_proxy_that_is_none_keeps_its_password(void **state)
{
    static const char *const proxies[] = {
        "http://me:hunter22/x@proxy.invalid:3128", /* the slash ends the host */
        "http://me:hunter22@proxy invalid:3128",
        "ftp://me:hunter22@proxy.invalid:3128",
        "me:hunter22@proxy.invalid:99999",
        "http://me:a@hunter22/b@proxy.invalid:3128", /* its host is hunter22 */
        "http://me:a@hunter22?b@proxy.invalid:3128",
        "me:a@hunter22#b@proxy.invalid",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(proxies); i++) {
        struct fixture f = {0};

        setenv("HTTPS_PROXY", proxies[i], 1);
        assert_int_equal(call(&f, "https://lambda.eu-west-1.amazonaws.com"), -1);
        unsetenv("HTTPS_PROXY");
        assert_contains(f.err.text, "HTTPS_PROXY or ALL_PROXY: expected http://USER:PASSWORD@");
        assert_null(strstr(f.err.text, "hunter22"));
        end(&f);
    }
}

/* What stands for its host may be a piece of the password as well. */
static void a_proxy_that_is_not_there_is_not_named(void **state)
{
    struct fixture f = {0};
    char dead[64];

    (void)state;
    snprintf(dead, sizeof(dead), "http://me:a@127.0.0.2:%d/b@proxy", script_server_free_port());
    setenv("HTTPS_PROXY", dead, 1);
    assert_int_equal(call(&f, "https://lambda.eu-west-1.amazonaws.com"), -1);
    unsetenv("HTTPS_PROXY");
    assert_contains(f.err.text, "the proxy cannot be reached; HTTPS_PROXY or ALL_PROXY: expected");
    assert_null(strstr(f.err.text, "127.0.0.2"));
    end(&f);
    f = (struct fixture){0};
    snprintf(dead, sizeof(dead), "https://127.0.0.1:%d", script_server_free_port());
    assert_int_equal(call(&f, dead), -1); /* ourselves: named as ever */
    assert_contains(f.err.text, "Failed to connect to 127.0.0.1 port");
    end(&f);
}

static void no_proxy_names_hosts_that_are_asked_directly(void **state)
{
    static const struct script_step steps[] = {{"403 Forbidden", .close = true}};
    struct script_server *proxy = script_server_start(steps, 1);
    struct fixture f = {0};

    (void)state;
    setenv("HTTPS_PROXY", script_server_url(proxy), 1);
    setenv("NO_PROXY", "example.com,.invalid", 1);
    assert_int_equal(call(&f, "https://lambda.nowhere.invalid"), -1);
    unsetenv("HTTPS_PROXY");
    unsetenv("NO_PROXY");
    assert_contains(f.err.text, "lambda.nowhere.invalid");
    assert_int_equal(script_server_requests(proxy), 0);
    end(&f);
    script_server_stop(proxy);
}

static void this_machine_is_never_reached_through_a_proxy(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .body = "{}"}};
    struct script_server *server = script_server_start(steps, 1);
    struct fixture f = {0};
    char dead[64];

    (void)state;
    snprintf(dead, sizeof(dead), "http://127.0.0.1:%d", script_server_free_port());
    setenv("http_proxy", dead, 1);
    setenv("ALL_PROXY", dead, 1);
    if (call(&f, script_server_url(server)) < 0)
        fail_msg("%s", f.err.text);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    end(&f);
    script_server_stop(server);
}

static int begin(void **state)
{
    static const char *const authority[] = {"req",     "-x509",  NEW_KEY,
                                            "-keyout", "ca.key", "-out",
                                            "ca.pem",  "-subj",  "/CN=test authority",
                                            NULL};
    static const char *const alone[] = {"req",
                                        "-x509",
                                        NEW_KEY,
                                        "-keyout",
                                        "self.key",
                                        "-out",
                                        "self.pem",
                                        "-subj",
                                        "/CN=localhost",
                                        "-addext",
                                        "subjectAltName=DNS:localhost",
                                        NULL};

    (void)state;
    snprintf(folder, sizeof(folder), "%s", "/tmp/smokegate-tls-XXXXXX");
    assert_non_null(mkdtemp(folder));
    openssl(authority);
    openssl(alone);
    make_certificate("here", "DNS:localhost,IP:127.0.0.1", "2");
    make_certificate("expired", "DNS:localhost", "-1");
    make_certificate("elsewhere", "DNS:lambda.eu-west-1.amazonaws.com", "2");
    return serve(&here, "python3", "tls_server.py", "here") &&
                   serve(&elsewhere, "python3", "tls_server.py", "elsewhere")
               ? 0
               : -1;
}

static int finish(void **state)
{
    (void)state;
    helper_stop(&here);
    helper_stop(&elsewhere);
    return file_remove_tree(folder, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_of_an_unknown_authority_is_refused_at_once),
        cmocka_unit_test(aws_ca_bundle_is_believed_and_the_connection_kept),
        cmocka_unit_test(the_profiles_ca_bundle_is_believed_too),
        cmocka_unit_test(a_certificate_of_another_host_is_refused),
        cmocka_unit_test(a_bundle_that_is_not_there_is_named),
        cmocka_unit_test(a_bundle_without_the_issuer_is_told),
        cmocka_unit_test(a_certificate_that_cannot_be_believed_is_refused_at_once),
        cmocka_unit_test(a_server_that_knows_only_tls_1_0_is_not_spoken_to),
        cmocka_unit_test(what_speaks_no_tls_is_not_spoken_to),
        cmocka_unit_test(http_2_is_spoken_where_it_is_offered),
        cmocka_unit_test(ipv6_addresses_are_hosts_like_others),
        cmocka_unit_test(https_proxy_is_used_and_its_refusal_sends_nothing),
        cmocka_unit_test(a_proxy_that_asks_who_is_there_is_told_apart_and_can_be_told),
        cmocka_unit_test(a_proxy_that_is_none_keeps_its_password),
        cmocka_unit_test(a_proxy_that_is_not_there_is_not_named),
        cmocka_unit_test(no_proxy_names_hosts_that_are_asked_directly),
        cmocka_unit_test(this_machine_is_never_reached_through_a_proxy),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
