#include "local/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rand.h"
#include "base/suggest.h"
#include "local/server.h"

struct option {
    const char *name, *value; /* NULL: it takes none */
    const char *help;
    int (*set)(struct command_line *c, char *value, struct err *err);
};

static int set_port(struct command_line *c, char *value, struct err *err)
{
    unsigned long long port;

    if (!str_to_u64(str_c(value), 65535, &port))
        return err_set(err, ERR_USAGE, "--port %s: expected a number up to 65535", value);
    c->port = (unsigned)port;
    return 0;
}

static int set_state(struct command_line *c, char *value, struct err *err)
{
    if (!value[0])
        return err_set(err, ERR_USAGE, "--state: expected a folder, found nothing");
    c->local.state_dir = value;
    return 0;
}

static int set_account(struct command_line *c, char *value, struct err *err)
{
    if (strlen(value) != 12 || strspn(value, "0123456789") != 12)
        return err_set(err, ERR_USAGE, "--account %s: expected 12 digits", value);
    c->local.account = value;
    return 0;
}

static int set_region(struct command_line *c, char *value, struct err *err)
{
    if (!value[0] || strspn(value, "abcdefghijklmnopqrstuvwxyz-0123456789") != strlen(value))
        return err_set(err, ERR_USAGE, "--region %s: expected a name like us-east-1", value);
    c->local.region = value;
    return 0;
}

static int set_key(struct command_line *c, char *value, struct err *err)
{
    char *colon = strchr(value, ':');

    if (!colon || colon == value || !colon[1])
        return err_set(err, ERR_USAGE, "--key: expected ID:SECRET");
    if (c->local.key_count == KEYS_MAX)
        return err_set(err, ERR_USAGE, "--key: at most %d keys", KEYS_MAX);
    *colon = '\0';
    c->keys[c->local.key_count++] = (struct local_key){value, colon + 1};
    return 0;
}

static int set_no_auth(struct command_line *c, char *value, struct err *err)
{
    (void)value;
    (void)err;
    c->local.no_auth = true;
    return 0;
}

static int read_duration(int64_t *ret, const char *name, const char *value, struct err *err)
{
    if (strcmp(value, "0") == 0)
        *ret = 0;
    else if (!clock_parse_duration(str_c(value), ret))
        return err_set(err, ERR_USAGE, "%s %s: expected a duration like 500ms, 2s or 10m", name,
                       value);
    return 0;
}

static int set_idle(struct command_line *c, char *value, struct err *err)
{
    return read_duration(&c->idle_ms, "--idle-timeout", value, err);
}

static int set_silence(struct command_line *c, char *value, struct err *err)
{
    return read_duration(&c->silence_ms, "--connection-timeout", value, err);
}

static int set_create(struct command_line *c, char *value, struct err *err)
{
    return read_duration(&c->local.create_ms, "--create-time", value, err);
}

static int set_update(struct command_line *c, char *value, struct err *err)
{
    return read_duration(&c->local.update_ms, "--update-time", value, err);
}

static int set_seed(struct command_line *c, char *value, struct err *err)
{
    unsigned long long seed;

    if (!str_to_u64(str_c(value), UINT64_MAX, &seed))
        return err_set(err, ERR_USAGE, "--seed %s: expected a number", value);
    c->local.seed = seed;
    return 0;
}

static int set_node_path(struct command_line *c, char *value, struct err *err)
{
    (void)err;
    c->local.executor.node_path = value;
    return 0;
}

static int set_no_sandbox(struct command_line *c, char *value, struct err *err)
{
    (void)value;
    (void)err;
    c->local.executor.no_sandbox = true;
    return 0;
}

static int set_faults(struct command_line *c, char *value, struct err *err)
{
    (void)err;
    c->faults_path = value;
    return 0;
}

/* A whole number, or with a fraction: "15", "0.5". */
static int set_rate(struct command_line *c, char *value, struct err *err)
{
    char *end;
    const double rate = strtod(value, &end);

    if (*end || end == value || !(rate > 0 && rate <= 1e6))
        return err_set(err, ERR_USAGE, "--rate %s: expected requests a second, e.g. 15", value);
    c->local.rate = rate;
    return 0;
}

static int set_help(struct command_line *c, char *value, struct err *err)
{
    (void)value;
    (void)err;
    c->help = true;
    return 0;
}

static int set_version(struct command_line *c, char *value, struct err *err)
{
    (void)value;
    (void)err;
    c->version = true;
    return 0;
}

static const struct option options[] = {
    {"--port", "N", "listen on this port of 127.0.0.1; 0 (the default) picks a free one", set_port},
    {"--state", "DIR", "where functions are kept; needed, made when absent", set_state},
    {"--account", "ID", "the account's number (123456789012)", set_account},
    {"--region", "NAME", "the Region (us-east-1)", set_region},
    {"--key", "ID:SECRET", "an access key that may sign; repeatable (local:local)", set_key},
    {"--no-auth", NULL, "accept requests whatever their signature", set_no_auth},
    {"--idle-timeout", "TIME", "end after this long without a request (0: never)", set_idle},
    {"--connection-timeout", "TIME",
     "close a connection that is silent for this long (3m; 0: never)", set_silence},
    {"--create-time", "TIME", "how long a new function or version is Pending (0)", set_create},
    {"--update-time", "TIME", "how long an update is InProgress (0)", set_update},
    {"--seed", "N", "of what happens by chance: weighted aliases", set_seed},
    {"--rate", "N", "requests a second of the control plane (AWS: 15; default: no limit)",
     set_rate},
    {"--faults", "FILE", "a fault script: what goes wrong, and when (docs/local.md)", set_faults},
    {"--node-path", "DIR", "where aws-lambda-ric is looked for (NODE_PATH)", set_node_path},
    {"--no-sandbox", NULL, "run functions without namespaces of their own", set_no_sandbox},
    {"--help", NULL, "print this", set_help},
    {"--version", NULL, "print the version", set_version},
};

static int unknown(const char *word, struct err *err)
{
    const char *names[ARRAY_LEN(options)], *near;

    for (size_t i = 0; i < ARRAY_LEN(options); i++)
        names[i] = options[i].name;
    near = suggest_nearest(str_c(word), names, ARRAY_LEN(names));
    if (near)
        return err_set(err, ERR_USAGE, "unknown option %s; did you mean %s?", word, near);
    return err_set(err, ERR_USAGE, "unknown option %s; --help lists all", word);
}

/* "--port 0" and "--port=0" */
static int read_one(struct command_line *c, char **argv, int argc, int *at, struct err *err)
{
    char *word = argv[*at], *equals = strchr(word, '=');
    const size_t len = equals ? (size_t)(equals - word) : strlen(word);

    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        const struct option *o = &options[i];

        if (strlen(o->name) != len || strncmp(o->name, word, len) != 0)
            continue;
        if (!o->value)
            return equals ? err_set(err, ERR_USAGE, "%s takes no value", o->name)
                          : o->set(c, NULL, err);
        if (equals)
            return o->set(c, equals + 1, err);
        if (*at + 1 >= argc)
            return err_set(err, ERR_USAGE, "%s needs a value: %s", o->name, o->value);
        return o->set(c, argv[++*at], err);
    }
    return unknown(word, err);
}

int command_line_read(struct command_line *ret, int argc, char **argv, struct err *err)
{
    *ret = (struct command_line){
        .local = {.account = "123456789012", .region = "us-east-1", .seed = rand_u64()},
        .silence_ms = SERVER_SILENCE_MS};
    for (int i = 1; i < argc; i++)
        if (read_one(ret, argv, argc, &i, err) < 0)
            return -1;
    if (ret->help || ret->version)
        return 0;
    if (!ret->local.state_dir)
        return err_set(err, ERR_USAGE, "--state DIR is needed: the folder functions are kept in");
    if (ret->local.key_count == 0)
        ret->keys[ret->local.key_count++] = (struct local_key){"local", "local"};
    ret->local.keys = ret->keys;
    return 0;
}

void command_line_help(struct buf *out)
{
    buf_add_c(out, "usage: smokegate-local --state DIR [OPTION...]\n\n"
                   "A Lambda on this machine: the REST API for functions, versions, aliases and\n"
                   "Invoke, with functions that really run. Prints one line with its endpoint\n"
                   "when it serves; SIGTERM ends it.\n\n");
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        const struct option *o = &options[i];

        buf_printf(out, "  %-22s %-10s %s\n", o->name, o->value ? o->value : "", o->help);
    }
    buf_add_c(out, "\nexample: smokegate-local --port 9300 --state .smokegate/local\n"
                   "         AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \\\n"
                   "           aws --endpoint-url http://127.0.0.1:9300 --region us-east-1 "
                   "lambda list-functions\n");
}
