#include "cli/record_case.h"

#include "runner/print.h"

enum { MEMBERS = 3 }; /* the level of a case's members */

static void member(struct buf *out, unsigned level, const char *name)
{
    buf_printf(out, "%*s\"%s\": ", (int)level * 2, "", name);
}

static void text_member(struct buf *out, unsigned level, const char *name, const char *value)
{
    if (!value)
        return;
    member(out, level, name);
    print_quoted(out, str_c(value));
    buf_add_c(out, ",\n");
}

static void print_payload(struct buf *out, const struct record_case *c)
{
    if (c->payload) {
        member(out, MEMBERS, "payload");
        print_json_pretty(out, c->payload, json_doc_root(c->payload).value, MEMBERS);
        buf_add_c(out, ",\n");
    }
    text_member(out, MEMBERS, "payload_text", c->payload_text);
    text_member(out, MEMBERS, "event", c->event);
}

static void value_member(struct buf *out, const char *name, const json_t *value)
{
    if (!value)
        return;
    member(out, MEMBERS + 1, name);
    print_json_pretty(out, NULL, value, MEMBERS + 1);
    buf_add_c(out, ",\n");
}

static void print_snapshot(struct buf *out, const struct record_case *c)
{
    if (!c->snapshot)
        return;
    member(out, MEMBERS + 1, "snapshot");
    if (!json_array_size(c->ignore)) {
        print_quoted(out, str_c(c->snapshot));
        buf_add_c(out, ",\n");
        return;
    }
    buf_add_c(out, "{\n");
    text_member(out, MEMBERS + 2, "file", c->snapshot);
    member(out, MEMBERS + 2, "ignore");
    print_json_pretty(out, NULL, c->ignore, MEMBERS + 2);
    buf_printf(out, "\n%*s},\n", (MEMBERS + 1) * 2, "");
}

static void print_expect(struct buf *out, const struct record_case *c)
{
    if (c->fails && *c->error_type)
        text_member(out, MEMBERS + 1, "function_error", c->error_type);
    else if (c->fails)
        buf_printf(out, "%*s\"function_error\": true,\n", (MEMBERS + 1) * 2, "");
    if (c->empty)
        buf_printf(out, "%*s\"payload\": { \"empty\": true },\n", (MEMBERS + 1) * 2, "");
    if (c->is_text)
        buf_printf(out, "%*s\"payload\": { \"type\": \"text\" },\n", (MEMBERS + 1) * 2, "");
    value_member(out, "schema", c->schema);
    if (c->body_schema) {
        buf_printf(out, "%*s\"paths\": { \"$.body\": { \"json\": { \"schema\": ", (MEMBERS + 1) * 2,
                   "");
        print_json_pretty(out, NULL, c->body_schema, MEMBERS + 1);
        buf_add_c(out, " } } },\n");
    }
    print_snapshot(out, c);
}

/* The comma behind the last member goes. */
static void end_members(struct buf *out)
{
    if (out->len > 2 && out->data[out->len - 2] == ',') {
        out->len -= 2;
        buf_putc(out, '\n');
    }
}

void record_case_print(struct buf *out, const struct record_case *c)
{
    CLEANUP(buf_release) struct buf expect = {0};

    buf_add_c(out, "{\n");
    text_member(out, 1, "$schema", c->schema_ref);
    text_member(out, 1, "suite", c->suite);
    text_member(out, 1, "function", c->function);
    buf_add_c(out, "  \"cases\": [\n    {\n");
    text_member(out, MEMBERS, "name", c->name);
    print_payload(out, c);
    print_expect(&expect, c);
    if (expect.len) {
        end_members(&expect);
        member(out, MEMBERS, "expect");
        buf_add_c(out, "{\n");
        buf_add_str(out, buf_str(&expect));
        buf_printf(out, "%*s}\n", MEMBERS * 2, "");
    } else {
        end_members(out);
    }
    buf_add_c(out, "    }\n  ]\n}\n");
}
