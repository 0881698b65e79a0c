#include "cli/opts.h"

#include "tests/test.h"

static const struct opt own[] = {
    {"schema", 's', OPT_STRING, "FILE", ""},
    {"map", 0, OPT_STRINGS, "URI=PATH", ""},
    {"shuffle", 0, OPT_OPTIONAL, "SEED", ""},
    {"draft", 0, OPT_CHOICE, "4|6|7", ""},
};
static const struct opt shared[] = {
    {"quiet", 'q', OPT_FLAG, NULL, ""},   {"verbose", 'v', OPT_FLAG, NULL, ""},
    {"jobs", 'j', OPT_COUNT, "N", ""},    {"timeout", 0, OPT_DURATION, "D", ""},
    {"repeat", 0, OPT_POSITIVE, "N", ""},
};
static const struct opt *const tables[] = {own, shared};
static const size_t counts[] = {ARRAY_LEN(own), ARRAY_LEN(shared)};

static int parse(struct opts *o, struct err *err, char *line)
{
    char *argv[16], *save = NULL;
    int argc = 0;

    for (char *p = strtok_r(line, " ", &save); p; p = strtok_r(NULL, " ", &save))
        argv[argc++] = p;
    return opts_parse(o, tables, counts, 2, argc, argv, err);
}

static void options_stand_before_and_after_operands(void **state)
{
    char line[] =
        "a --schema=x.json -qv b -j8 --map A=1 --timeout 1.5m --map B=2 --shuffle -- --c -";
    struct opts o = {0};
    struct err err = {0};
    size_t n = 0;

    (void)state;
    assert_int_equal(parse(&o, &err, line), 0);
    assert_int_equal(o.operand_count, 4);
    assert_string_equal(o.operands[2], "--c");
    assert_string_equal(o.operands[3], "-");
    assert_string_equal(opts_string(&o, "schema", NULL), "x.json");
    assert_true(opts_given(&o, "quiet") && opts_given(&o, "verbose"));
    assert_int_equal(opts_count(&o, "jobs", 1), 8);
    assert_int_equal(opts_duration(&o, "timeout", 1), 90000);
    assert_string_equal(opts_strings(&o, "map", &n)[1], "B=2");
    assert_int_equal(n, 2);
    assert_true(opts_given(&o, "shuffle"));
    assert_null(opts_string(&o, "shuffle", NULL));
    assert_false(opts_given(&o, "draft"));
    opts_release(&o);
}

static void what_is_wrong_is_said_with_what_to_do(void **state)
{
    static const char *const rows[][2] = {
        {"--shcema x", "unknown option --shcema, did you mean --schema?"},
        {"--zzzzzz", "unknown option --zzzzzz; --help lists the options"},
        {"-x", "unknown option -x; --help lists the options"},
        {"--schema", "--schema needs a value: --schema FILE"},
        {"-s", "-s needs a value: -s FILE"},
        {"--quiet=yes", "--quiet takes no value"},
        {"--jobs -5", "--jobs: \"-5\" is not a whole number up to 1000000000"},
        {"-j 1e3", "--jobs: \"1e3\" is not a whole number up to 1000000000"},
        {"--repeat 0", "--repeat: \"0\" is not a whole number from 1 on"},
        {"--repeat x", "--repeat: \"x\" is not a whole number from 1 on"},
        {"--timeout 5", "--timeout: \"5\" is not a duration such as 800ms, 2s, 1.5m or 3h"},
        {"--draft 5", "--draft: \"5\" is none of 4|6|7"},
        {"--draft 4|6", "--draft: \"4|6\" is none of 4|6|7"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char line[100];
        struct opts o = {0};
        struct err err = {0};

        strncpy(line, rows[i][0], sizeof(line) - 1);
        line[sizeof(line) - 1] = '\0';
        assert_int_equal(parse(&o, &err, line), -1);
        assert_string_equal(err.text, rows[i][1]);
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_before_and_after_operands),
        cmocka_unit_test(what_is_wrong_is_said_with_what_to_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
