#include "cli/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "cli/record_ask.h"
#include "cli/record_learn.h"
#include "cli/term.h"

enum { PAYLOAD_MAX = 6 << 20, RESPONSE_MAX = 16 << 20 };

/* One recording. Texts live in the arena. */
struct record {
    struct arena arena;
    const struct opts *o;
    const char *file, *dir, *base; /* "t/a.json", "t", "a" */
    const char *draft;             /* the case as it is invoked; gone at the end */
    const char *seen, *snapshot;   /* the response as it came; as it is kept */
    struct json_doc *payload;      /* owned, or NULL */
    struct record_case text;
    struct record_answer answer;
};

/* ---- names ---- */

static int name_files(struct record *r, struct err *err)
{
    const char *slash = strrchr(r->file, '/');
    struct str name = str_c(slash ? slash + 1 : r->file);
    CLEANUP(mem_freep) char *dir = path_dir(r->file);
    const char *prefix = slash ? arena_printf(&r->arena, "%s/", dir) : "";

    if (!str_ends(name, STR(".json")) || name.len < 6 || name.data[0] == '.')
        return err_set(err, ERR_USAGE, "%s: the case file to write, NAME.json, is expected",
                       r->file);
    r->dir = arena_dup(&r->arena, dir);
    r->base = arena_dup_str(&r->arena, str_slice(name, 0, name.len - 5));
    r->draft = arena_printf(&r->arena, "%s.%s.recording.json", prefix, r->base);
    r->seen = arena_printf(&r->arena, "%s.%s.recording.response", prefix, r->base);
    r->snapshot = arena_printf(&r->arena, "%ssnapshots/%s.json", prefix, r->base);
    r->text.suite = r->base;
    return 0;
}

/* What is there already is the user's. */
static int keep_what_is_there(const struct record *r, struct err *err)
{
    const char *const paths[] = {r->file, r->snapshot};

    for (size_t i = 0; i < ARRAY_LEN(paths) && !opts_given(r->o, "force"); i++)
        if (file_exists(paths[i]))
            return err_set(err, ERR_USAGE, "%s is there already; --force writes over it", paths[i]);
    return 0;
}

/* "../" for every folder between the project and the case file, where the schema was put. */
static void find_schema(struct record *r, const struct manifest *m)
{
    CLEANUP(mem_freep) char *schema = NULL;
    CLEANUP(buf_release) struct buf up = {0};
    struct str below = str_c(r->file), part;

    if (!m)
        return;
    schema = path_join(m->dir, ".smokegate/case-1.schema.json");
    if (strcmp(m->dir, ".") != 0 && *m->dir) {
        if (!str_starts(below, str_c(m->dir)) || below.data[strlen(m->dir)] != '/')
            return;
        below = str_slice(below, strlen(m->dir) + 1, below.len);
    }
    if (!file_exists(schema) || below.data[0] == '/')
        return;
    while (str_cut(&below, '/', &part) && below.data)
        if (str_eq_c(part, ".."))
            return;
        else if (part.len && !str_eq_c(part, "."))
            buf_add_c(&up, "../");
    buf_add_c(&up, ".smokegate/case-1.schema.json");
    r->text.schema_ref = arena_dup(&r->arena, buf_c(&up));
}

/* ---- what is sent ---- */

static int take_payload(struct record *r, struct str text, struct err *err)
{
    struct err not_json = {0};

    if (json_doc_parse(&r->payload, text, "payload", JSON_READ_DEFAULT, &not_json) == 0) {
        r->text.payload = r->payload;
        return 0;
    }
    if (!opts_given(r->o, "text"))
        return err_set(err, ERR_USAGE, "%s; --text sends it as it is", not_json.text);
    r->text.payload_text = arena_dup_str(&r->arena, text);
    return 0;
}

static int choose_payload(struct record *r, struct err *err)
{
    const char *inline_text = opts_string(r->o, "payload", NULL);
    const char *file = opts_string(r->o, "payload-file", NULL);
    const char *event = opts_string(r->o, "event", NULL);
    CLEANUP(buf_release) struct buf text = {0};

    if ((inline_text != NULL) + (file != NULL) + (event != NULL) > 1)
        return err_set(err, ERR_USAGE, "give one of --payload, --payload-file and --event");
    r->text.event = event;
    if (inline_text)
        return take_payload(r, str_c(inline_text), err);
    if (!file)
        return 0;
    if (file_read(&text, file, PAYLOAD_MAX, err) < 0)
        return -1;
    return take_payload(r, buf_str(&text), err);
}

/* Else the mistake would be told of the draft, which nobody wrote. */
static int check_function(struct record *r, const struct runner_config *config, struct err *err)
{
    const char *wish = r->text.function, *near;
    const char **keys = arena_array(&r->arena, config->function_count + 1, sizeof(*keys));

    if (!wish || !config->function_count || strstr(wish, "{{"))
        return 0;
    for (size_t i = 0; i < config->function_count; i++) {
        keys[i] = config->functions[i].key;
        if (strcmp(keys[i], wish) == 0)
            return 0;
    }
    near = suggest_nearest(str_c(wish), keys, config->function_count);
    return err_set(err, ERR_USAGE, "--function: the project has no function \"%s\"%s%s%s", wish,
                   near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* ---- the draft ---- */

static int write_draft(struct record *r, struct err *err)
{
    struct record_case draft = r->text;
    CLEANUP(buf_release) struct buf text = {0};

    draft.snapshot = strrchr(r->seen, '/') ? strrchr(r->seen, '/') + 1 : r->seen;
    record_case_print(&text, &draft);
    if (file_mkdirs(r->dir, err) < 0)
        return -1;
    return file_write_atomic(r->draft, buf_str(&text), 0600, err);
}

/* ---- writing it down ---- */

static int write_case(struct record *r, struct err *err)
{
    CLEANUP(buf_release) struct buf text = {0};

    record_case_print(&text, &r->text);
    return file_write_atomic(r->file, buf_str(&text), 0644, err);
}

static int write_snapshot(struct record *r, struct str text, struct err *err)
{
    CLEANUP(mem_freep) char *dir = path_dir(r->snapshot);

    if (!text.len)
        return 0;
    r->text.snapshot = arena_printf(&r->arena, "snapshots/%s.json", r->base);
    return file_mkdirs(dir, err) < 0 ? -1 : file_write_atomic(r->snapshot, text, 0644, err);
}

static void tell(const struct record *r)
{
    const size_t ignored = json_array_size(r->text.ignore);
    CLEANUP(buf_release) struct buf raw = {0}, safe = {0};

    buf_printf(&raw, "wrote    %s\n", r->file);
    if (r->text.snapshot)
        buf_printf(&raw, "wrote    %s\n", r->snapshot);
    buf_printf(&raw, "\n%s (version %s) %s%s%s\n", r->answer.function, r->answer.version,
               r->answer.function_error ? "failed, which is expected from now on" : "answered",
               r->answer.function_error && *r->answer.error_type ? ": " : "",
               r->answer.function_error ? r->answer.error_type : "");
    for (size_t i = 0; i < ignored; i++)
        buf_printf(&raw, "ignored, as it looks like another one each time: %s\n",
                   json_string_value(json_array_get(r->text.ignore, i)));
    buf_printf(&raw, "next:    smokegate run %s\n", r->file);
    term_safe(&safe, buf_str(&raw)); /* names in it are the response's */
    term_err_str(buf_str(&safe));
}

static int write_down(struct record *r, bool quiet)
{
    CLEANUP(buf_release) struct buf response = {0}, snapshot = {0};
    struct changing_known known = {.now_ms = clock_wall(&clock_system),
                                   .request_id = str_c(r->answer.request_id),
                                   .request = str_c(r->answer.request)};
    struct err err = {0};

    r->text.fails = r->answer.function_error;
    r->text.error_type = r->answer.error_type;
    if (!r->answer.function_error) {
        if (file_read(&response, r->seen, RESPONSE_MAX, &err) < 0)
            return command_fail(&err);
        record_learn(&r->text, buf_str(&response), &known, &snapshot);
    }
    if (write_snapshot(r, buf_str(&snapshot), &err) < 0 || write_case(r, &err) < 0)
        return command_fail(&err);
    if (!quiet)
        tell(r);
    return EXIT_OK;
}

/* ---- the command ---- */

static int record_it(struct record *r, struct session *session,
                     const struct manifest_environment *environment)
{
    struct cli_suite suite = {0};
    struct err err = {0};
    int code;

    if (name_files(r, &err) < 0 || keep_what_is_there(r, &err) < 0 || choose_payload(r, &err) < 0 ||
        cli_suite_configure(&suite, session, environment, &err) < 0 ||
        check_function(r, &suite.config, &err) < 0 || write_draft(r, &err) < 0)
        code = command_fail(&err);
    else
        code = record_ask(&r->answer, &r->arena, r->draft, &suite, session, environment);
    if (code == EXIT_OK)
        code = write_down(r, session->cli->quiet);
    if (r->draft) {
        unlink(r->draft);
        unlink(r->seen);
    }
    cli_suite_release(&suite);
    return code;
}

static int record_with(struct session *session)
{
    const struct opts *o = &session->cli->opts;
    const struct manifest_environment *environment = NULL;
    struct record r = {
        .o = o,
        .file = o->operands[0],
    };
    struct err err = {0};
    int code;

    if (session->manifest && session_environment(session, &environment, &err) < 0)
        return command_fail(&err);
    r.text.name = opts_string(o, "name", "answers as it was recorded");
    r.text.function = opts_string(o, "function", NULL);
    find_schema(&r, session->manifest);
    code = record_it(&r, session, environment);
    record_learn_release(&r.text);
    json_doc_free(r.payload);
    arena_release(&r.arena);
    return code;
}

static int run(struct cli *cli)
{
    return session_run(cli, false, record_with);
}

static const struct opt options[] = {
    {"function", 0, OPT_STRING, "NAME", "whom to invoke, as case files call it"},
    {"alias", 0, OPT_STRING, "NAME", "the alias to invoke (default: the project's, or Smoke)"},
    {"payload", 0, OPT_STRING, "JSON", "what to send"},
    {"payload-file", 0, OPT_STRING, "FILE", "what to send; - is standard input"},
    {"text", 0, OPT_FLAG, NULL, "the payload need not be JSON"},
    {"event", 0, OPT_STRING, "NAME", "send a built-in event, as `list --events` has them"},
    {"name", 0, OPT_STRING, "TEXT", "of the case"},
    {"seed", 0, OPT_STRING, "N", "of {{random.int()}} and {{uuid}}"},
    {"force", 0, OPT_FLAG, NULL, "write over what is there"},
};

extern const struct command cmd_record;
const struct command cmd_record = {
    .name = "record",
    .summary = "invoke once and write a case to start from",
    .operands = "FILE.json",
    .details =
        "Writes a case file with what was sent and, of the answer, an inferred schema and a "
        "snapshot (snapshots/FILE.json beside it). What looks like another value each time, as "
        "UUIDs and times do, the snapshot ignores. A function that fails gives a case that "
        "expects this error. {{...}} in the payload work as in a case and stay as they are.",
    .example = "smokegate record cases/get.json --function orders --payload '{\"id\": 7}'\n"
               "smokegate record testcases/queue.json --event sqs --name 'takes a message'",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_PROJECT | GROUP_AWS,
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
