#include "cli/help.h"

#include "cli/man.h"
#include "tests/test.h"

/* Help is generated, so that what can be wrong is a table: two options of one name or letter would
 * hide each other. */
static void no_command_has_two_options_of_one_name(void **state)
{
    (void)state;
    for (size_t c = 0; commands[c]; c++) {
        const struct opt *tables[HELP_TABLES_MAX], *all[128];
        size_t counts[HELP_TABLES_MAX], n = 0;
        const size_t tc = command_tables(commands[c], tables, counts);

        for (size_t t = 0; t < tc; t++)
            for (size_t i = 0; i < counts[t]; i++)
                all[n++] = &tables[t][i];
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++)
                if (strcmp(all[i]->name, all[j]->name) == 0 ||
                    (all[i]->letter && all[i]->letter == all[j]->letter))
                    fail_msg("%s: --%s and --%s", commands[c]->name, all[i]->name, all[j]->name);
    }
}

static void every_command_explains_itself_within_80_columns(void **state)
{
    (void)state;
    for (size_t c = 0; commands[c]; c++) {
        struct buf text = {0};
        struct str rest, line;

        help_command(&text, commands[c]);
        assert_non_null(commands[c]->example);
        assert_contains(text.data, commands[c]->example[0] ? "example:" : "no example");
        rest = buf_str(&text);
        while (str_cut(&rest, '\n', &line))
            if (line.len > 80)
                fail_msg("%s: %.*s", commands[c]->name, STR_ARG(line));
        buf_release(&text);
    }
}

static void manual_pages_escape_what_roff_would_obey(void **state)
{
    static const struct command odd = {
        .name = "odd",
        .summary = "a-b",
        .details = ".TH evil\n'quoted\nback\\slash",
        .example = "smokegate odd --x",
    };
    struct buf text = {0};

    (void)state;
    man_page(&text, &odd);
    assert_contains(text.data, "a\\-b");
    assert_contains(text.data, "\n\\&.TH evil\n\\&'quoted\nback\\eslash\n");
    assert_contains(text.data, "smokegate odd \\-\\-x");
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_command_has_two_options_of_one_name),
        cmocka_unit_test(manual_pages_escape_what_roff_would_obey),
        cmocka_unit_test(every_command_explains_itself_within_80_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
