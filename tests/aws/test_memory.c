/*
 * After a client is gone its secrets are in none of this process's memory: not where they were
 * kept, not where they were read, parsed or passed on. Everything that must know them beside the
 * client (the server, the files) is done by another process, and the search itself never holds
 * them.
 */
#include "tests/test.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws/client.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"
#include "tests/aws/script_server.h"

enum { SECRET_LEN = 40, CHUNK = 1 << 16 };

/* The secret key, letter by letter. */
static char letter(int i)
{
    return (char)('a' + (i * 7 + i / 26) % 26);
}

/* ---- the search ---- */

/* Of its second half: free() puts pointers where the first was. */
static int occurrences(const char *data, ssize_t len)
{
    int found = 0;

    for (ssize_t at = 0; at + SECRET_LEN / 2 <= len; at++) {
        int i = SECRET_LEN / 2;

        while (i < SECRET_LEN && data[at + i - SECRET_LEN / 2] == letter(i))
            i++;
        found += i == SECRET_LEN;
    }
    return found;
}

/* In all that this process may write to, but for the page the search reads into. */
static int search_memory(void)
{
    FILE *maps = fopen("/proc/self/maps", "r"), *mem = fopen("/proc/self/mem", "r");
    static char page[CHUNK];
    char line[512], access[8];
    unsigned long from, to;
    int found = 0;

    assert_non_null(maps);
    assert_non_null(mem);
    while (fgets(line, sizeof(line), maps)) {
        if (sscanf(line, "%lx-%lx %7s", &from, &to, access) != 3 || strncmp(access, "rw", 2) != 0 ||
            to - from > (256ul << 20)) /* a sanitizer's shadow */
            continue;
        for (unsigned long at = from; at < to; at += CHUNK - SECRET_LEN) {
            const size_t want = to - at < CHUNK ? to - at : CHUNK;

            if (at + want > (uintptr_t)page && at < (uintptr_t)page + CHUNK)
                continue;
            found += occurrences(page, pread(fileno(mem), page, want, (off_t)at));
        }
    }
    memset(page, 0, sizeof(page));
    fclose(maps);
    fclose(mem);
    return found;
}

/* ---- the other process ---- */

struct source {
    const char *name;
    const char *config;     /* of the config file, SECRET in it */
    const char *process;    /* the file "keys.json" */
    const char *answers[3]; /* of the server, in their order */
    bool container;
};

static const char *const kept = "{\"Message\":\"no\"}";

#define KEYS                                                                                       \
    "{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SECRET\","                        \
    "\"Token\":\"t\",\"SessionToken\":\"t\",\"Expiration\":\"2100-01-01T00:00:00Z\"}"
#define ISSUED                                                                                     \
    "<R><Credentials><AccessKeyId>AK</AccessKeyId><SecretAccessKey>SECRET"                         \
    "</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z"             \
    "</Expiration></Credentials></R>"

static const struct source sources[] = {
    {.name = "profile",
     .config = "[default]\naws_access_key_id = AK\naws_secret_access_key = SECRET\n"},
    {.name = "container", .container = true, .answers = {KEYS}},
    {.name = "role",
     .config = "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = k\n[profile k]\n"
               "aws_access_key_id = AK\naws_secret_access_key = other\n",
     .answers = {ISSUED}},
    {.name = "process",
     .config = "[default]\ncredential_process = cat FOLDER/keys.json\n",
     .process = KEYS},
};

static void put(struct buf *out, const char *text, const char *what, const char *by)
{
    const char *at = text ? strstr(text, what) : NULL;

    if (at)
        buf_printf(out, "%.*s%s%s", (int)(at - text), text, by, at + strlen(what));
    else
        buf_add_c(out, text);
}

static void write_file(const char *folder, const char *name, const char *text, const char *secret)
{
    struct buf half = {0}, whole = {0};
    char *path = path_join(folder, name);

    put(&half, text, "SECRET", secret);
    put(&whole, buf_c(&half), "FOLDER", folder);
    file_write_atomic(path, buf_str(&whole), 0600, NULL);
}

/* Never returns: it is ended. */
static _Noreturn void serve(const struct source *s, const char *folder, int tell)
{
    struct script_step steps[4] = {{"404 Not Found", .body = kept},
                                   {"404 Not Found", .body = kept}};
    char secret[SECRET_LEN + 1] = "";
    size_t count = 0;
    const char *url;

    for (int i = 0; i < SECRET_LEN; i++)
        secret[i] = letter(i);
    write_file(folder, "config", s->config ? s->config : "", secret);
    write_file(folder, "keys.json", s->process ? s->process : "", secret);
    for (; count < ARRAY_LEN(s->answers) && s->answers[count]; count++) {
        struct buf body = {0};

        put(&body, s->answers[count], "SECRET", secret);
        steps[count] = (struct script_step){"200 OK", .body = buf_c(&body)};
    }
    steps[count] = (struct script_step){"404 Not Found", .body = kept};
    url = script_server_url(script_server_start(steps, count + 1));
    if (write(tell, url, strlen(url)) < 0)
        _exit(1);
    for (;;)
        pause();
}

/* ---- one source ---- */

struct fixture {
    const struct source *source;
    char folder[64], url[64], uri[80];
    char *config;
    pid_t other;
};

static const char *look_up(void *ctx, const char *name)
{
    const struct fixture *f = ctx;

    if (strcmp(name, "AWS_CONFIG_FILE") == 0)
        return f->config;
    if (strcmp(name, "AWS_CONTAINER_CREDENTIALS_FULL_URI") == 0 && f->source->container)
        return f->uri;
    return strcmp(name, "AWS_ENDPOINT_URL") == 0 ? f->url : NULL;
}

static void begin(struct fixture *f, const struct source *s)
{
    int told[2];

    f->source = s;
    snprintf(f->folder, sizeof(f->folder), "%s", "/tmp/smokegate-memory-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    assert_int_equal(pipe(told), 0);
    f->other = fork();
    if (f->other == 0)
        serve(s, f->folder, told[1]);
    assert_true(read(told[0], f->url, sizeof(f->url) - 1) > 0);
    close(told[0]);
    close(told[1]);
    f->config = path_join(f->folder, "config");
    snprintf(f->uri, sizeof(f->uri), "%s/credentials", f->url);
}

static void end(struct fixture *f)
{
    kill(f->other, SIGKILL);
    waitpid(f->other, NULL, 0);
    assert_int_equal(file_remove_tree(f->folder, NULL), 0);
    free(f->config);
}

static void use(struct fixture *f, int *ret_while_used)
{
    const struct aws_client_options o = {.env = {look_up, f}, .region = "eu-west-1"};
    struct aws_client *client;
    struct aws_request r;
    struct aws_reply reply = {0};
    struct err err = {0};

    if (aws_client_new(&client, &o, &err) < 0)
        fail_msg("%s: %s", f->source->name, err.text);
    aws_request_init(&r, "lambda", "GetFunction", "GET", AWS_READS);
    aws_request_path(&r, "/2015-03-31/functions/f");
    assert_int_equal(aws_call(client, &r, &reply, &err), -1);
    if (err.kind != ERR_NOT_FOUND)
        fail_msg("%s: %s", f->source->name, err.text);
    *ret_while_used = search_memory();
    aws_request_release(&r);
    aws_client_free(client);
    secret_clear();
}

static void secrets_are_gone_with_the_client(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        struct fixture f = {0};
        int used = 0, left;

        begin(&f, &sources[i]);
        use(&f, &used);
        left = search_memory();
        end(&f);
        if (used == 0 || left != 0)
            fail_msg("%s: %d while used, %d left", sources[i].name, used, left);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_gone_with_the_client),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
