#include "cli/suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/rand.h"
#include "base/secret.h"
#include "cli/earlier.h"
#include "cli/last_run.h"
#include "cli/tags.h"
#include "cli/term.h"

/* ---- variables ---- */

/* VALUE is JSON when it is JSON, else a string. */
static int add_set(struct cli_suite *s, const char *text, struct err *err)
{
    const char *equals = strchr(text, '=');
    json_t *value;

    if (!equals || equals == text)
        return err_set(err, ERR_USAGE, "--set %s: expected NAME=VALUE", text);
    value = json_loads(equals + 1, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    if (!value)
        value = json_string(equals + 1);
    if (!value)
        return err_set(err, ERR_USAGE, "--set: a value that is not UTF-8");
    json_object_set_new(s->config.set_variables,
                        arena_dup_str(&s->arena, (struct str){text, (size_t)(equals - text)}),
                        value);
    return 0;
}

static json_t *new_owned(struct cli_suite *s)
{
    json_t *object = json_object();

    json_array_append_new(s->owned, object);
    return object;
}

/* NAME=value lines; '#' begins a comment line; quotes around a value are taken off. */
static int read_secrets(struct cli_suite *s, const char *path, struct err *err)
{
    CLEANUP(buf_wipe) struct buf text = {0};
    struct str rest, line;
    unsigned number = 0;

    if (file_read(&text, path, 1 << 20, err) < 0)
        return -1;
    s->config.secrets = new_owned(s);
    rest = buf_str(&text);
    while (rest.len && str_cut(&rest, '\n', &line)) {
        struct str name, value = str_trim(line);

        number++;
        if (value.len == 0 || value.data[0] == '#')
            continue;
        if (str_starts(value, STR("export ")))
            value = str_slice(value, 7, value.len);
        if (!str_cut(&value, '=', &name) || !value.data || str_trim(name).len == 0)
            return err_set(err, ERR_INPUT, "%s:%u: expected NAME=value", path, number);
        value = str_trim(value);
        if (value.len >= 2 && (value.data[0] == '"' || value.data[0] == '\'') &&
            value.data[value.len - 1] == value.data[0])
            value = str_slice(value, 1, value.len - 1);
        secret_add(value);
        json_object_set_new(s->config.secrets, arena_dup_str(&s->arena, str_trim(name)),
                            json_stringn(value.data, value.len));
    }
    return 0;
}

static void set_text(json_t *object, const char *name, const char *value)
{
    if (value)
        json_object_set_new(object, name, json_string(value));
}

/* The project's variables, with {{environment}}, {{alias}} and {{release}} below them. */
static void project_variables(struct cli_suite *s, const struct session *session)
{
    s->config.project_variables = new_owned(s);
    set_text(s->config.project_variables, "environment",
             s->config.environment ? s->config.environment : "");
    set_text(s->config.project_variables, "alias", s->config.alias);
    set_text(s->config.project_variables, "release", session->release);
    if (session->manifest && session->manifest->variables.value)
        json_object_update(s->config.project_variables, session->manifest->variables.value);
}

static void project_lists(struct cli_suite *s, const struct manifest *m,
                          const struct manifest_environment *environment)
{
    size_t count = environment ? environment->function_count : 0;
    struct runner_function *functions = arena_array(&s->arena, count + 1, sizeof(*functions));
    struct runner_schema *schemas = arena_array(&s->arena, m->schema_count + 1, sizeof(*schemas));

    for (size_t i = 0; i < count; i++)
        functions[i] = (struct runner_function){.key = environment->functions[i].key,
                                                .name = environment->functions[i].name};
    for (size_t i = 0; i < m->schema_count; i++)
        schemas[i] = (struct runner_schema){m->schemas[i].uri, m->schemas[i].path};
    s->config.functions = functions;
    s->config.function_count = count;
    s->config.schemas = schemas;
    s->config.schema_count = m->schema_count;
}

/* A missing snapshot is written where somebody sees it, and fails where nobody would. */
static enum runner_snapshots snapshot_mode(const struct opts *o)
{
    if (opts_given(o, "update-snapshots"))
        return SNAPSHOTS_UPDATE;
    return isatty(STDERR_FILENO) && !term_in_ci() ? SNAPSHOTS_CREATE : SNAPSHOTS_COMPARE;
}

int cli_suite_configure(struct cli_suite *s, struct session *session,
                        const struct manifest_environment *environment, struct err *err)
{
    const struct opts *o = &session->cli->opts;
    const struct manifest *m = session->manifest;
    const char *seed = opts_string(o, "seed", NULL);
    const char *secrets = opts_string(o, "secrets", NULL);
    unsigned long long value = rand_u64() >> 16;
    size_t set_count;
    const char *const *sets = opts_strings(o, "set", &set_count);

    *s = (struct cli_suite){0};
    testset_init(&s->set);
    if (seed && !str_to_u64(str_c(seed), UINT64_MAX, &value))
        return err_set(err, ERR_USAGE, "--seed %s: expected a whole number", seed);
    s->owned = json_array();
    s->config = (struct runner_config){
        .environment = environment ? environment->name : NULL,
        .alias = opts_string(o, "alias", m ? m->aliases.smoke : "Smoke"),
        .live_alias = m ? m->aliases.live : NULL,
        .environment_variables = environment ? environment->variables.value : NULL,
        .env = session_env(),
        .function = opts_string(o, "function", NULL),
        .seed = value,
        .now_ms = clock_wall(&clock_system),
    };
    s->config.set_variables = new_owned(s);
    for (size_t i = 0; i < set_count; i++)
        if (add_set(s, sets[i], err) < 0)
            return -1;
    if (secrets && read_secrets(s, secrets, err) < 0)
        return -1;
    project_variables(s, session);
    if (m)
        project_lists(s, m, environment);
    return 0;
}

/* ---- files and selection ---- */

static const char *look_up(const char *name)
{
    return getenv(name);
}

/* --shard: after the selection, so that all shards of one command line make up the whole. */
static int take_part(struct cli_suite *s, const struct opts *o, struct err *err)
{
    const char *wish = opts_string(o, "shard", NULL), *path = opts_string(o, "timings", NULL);
    CLEANUP(earlier_release) struct earlier earlier = {0};

    if (!wish)
        return 0;
    if (sharding_read(&s->sharding, wish, look_up, err) < 0 ||
        (path && earlier_load(&earlier, path, err) < 0))
        return -1;
    shard_describe(&s->whole, &s->set, s->order, s->count);
    shard_select(&s->set, s->order, &s->count, s->sharding.shard, s->sharding.shards,
                 earlier.times);
    term_err("shard %u of %u%s%s: %zu cases\n", s->sharding.shard, s->sharding.shards,
             s->sharding.variable ? ", by " : "", s->sharding.variable ? s->sharding.variable : "",
             s->count);
    return 0;
}

/* --rerun-failed: what did not pass in the run that was named, else in the project's last one. */
static int load_failed(const struct cli_suite *s, struct earlier *ret, struct err *err)
{
    int result;

    if (s->rerun)
        result = earlier_load(ret, s->rerun, err);
    else if (s->project_dir)
        result = last_run_load(&ret->not_passed, s->project_dir, err);
    else
        result = err_set(err, ERR_USAGE,
                         "--rerun-failed: without a project file no run is recorded; name an event "
                         "stream: --rerun-failed=RUN.jsonl");
    if (result == 0 && json_object_size(ret->not_passed) == 0)
        term_err("smokegate: every case of that run passed: nothing to run again\n");
    return result;
}

static int choose(struct cli_suite *s, const struct opts *o, struct err *err)
{
    struct select_wish wish = {.filter = opts_string(o, "filter", s->named)};
    struct select_line *lines = arena_array(&s->arena, s->files.line_count + 1, sizeof(*lines));
    CLEANUP(earlier_release) struct earlier earlier = {0};
    const char *shuffle;
    unsigned long long seed = s->config.seed;

    if (s->named && opts_given(o, "filter"))
        return err_set(err, ERR_USAGE, "\"%s\" and --filter: one of them names the cases",
                       s->named);
    wish.tags = opts_strings(o, "tag", &wish.tag_count);
    for (size_t i = 0; i < s->files.line_count; i++)
        lines[i] = (struct select_line){s->files.lines[i].file, s->files.lines[i].line};
    wish.lines = lines;
    wish.line_count = s->files.line_count;
    wish.shuffle = opts_given(o, "shuffle");
    shuffle = opts_string(o, "shuffle", NULL);
    if (wish.shuffle && shuffle && !str_to_u64(str_c(shuffle), UINT64_MAX, &seed))
        return err_set(err, ERR_USAGE, "--shuffle=%s: expected a whole number", shuffle);
    wish.seed = seed;
    if (wish.shuffle)
        term_err("shuffled; --shuffle=%llu repeats this order\n", seed);
    if (opts_given(o, "rerun-failed") && load_failed(s, &earlier, err) < 0)
        return -1;
    wish.titles = earlier.not_passed;
    tags_tell_unknown(&s->set, &wish);
    if (select_items(&s->set, &wish, &s->order, &s->count, err) < 0)
        return -1;
    return take_part(s, o, err);
}

/* The operands that are cases: an event stream behind --rerun-failed belongs to that. */
static void take_operands(struct cli_suite *s, const struct cli *cli)
{
    const struct opts *o = &cli->opts;
    const bool may_name = cli->command->takes_names && o->operand_count == 1;

    s->operands = arena_array(&s->arena, o->operand_count + 1, sizeof(*s->operands));
    s->rerun = opts_string(o, "rerun-failed", NULL);
    for (size_t i = 0; i < o->operand_count; i++) {
        const char *operand = o->operands[i];

        if (opts_given(o, "rerun-failed") && !s->rerun && str_ends(str_c(operand), STR(".jsonl")))
            s->rerun = operand;
        else if (may_name && !casefiles_is_place(operand))
            s->named = operand;
        else
            s->operands[s->operand_count++] = o->operands[i];
    }
}

int cli_suite_load(struct cli_suite *s, struct session *session,
                   const struct manifest_environment *environment)
{
    const struct opts *o = &session->cli->opts;
    struct faults faults = {0};
    struct err err = {0};

    if (cli_suite_configure(s, session, environment, &err) < 0)
        return command_fail(&err);
    s->project_dir = session->manifest ? session->manifest->dir : NULL;
    take_operands(s, session->cli);
    if (casefiles_find(&s->files, s->operands, s->operand_count, session->manifest, &err) < 0)
        return command_fail(&err);
    s->config.snapshots = snapshot_mode(o);
    testset_load(&s->set, (const char *const *)s->files.items, s->files.count, &s->config, &faults);
    if (faults.count) {
        term_faults(&faults);
        faults_release(&faults);
        return EXIT_WRONG_INPUT;
    }
    return choose(s, o, &err) < 0 ? command_fail(&err) : EXIT_OK;
}

void cli_suite_release(struct cli_suite *s)
{
    testset_release(&s->set);
    shard_whole_release(&s->whole);
    casefiles_release(&s->files);
    free(s->order);
    json_decref(s->owned);
    arena_release(&s->arena);
    *s = (struct cli_suite){0};
}
