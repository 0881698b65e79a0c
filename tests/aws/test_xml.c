/* The little XML that STS and CloudWatch answer with. */
#include "tests/test.h"

#include "aws/error.h"
#include "aws/xml.h"

static void an_element_is_found_at_any_depth(void **state)
{
    static const struct {
        const char *xml, *name, *content; /* NULL: not found */
    } rows[] = {
        {"<a><b>x</b></a>", "b", "x"},
        {"<a><b>x</b></a>", "a", "<b>x</b>"},
        {"<a><bb>y</bb><b>x</b></a>", "b", "x"},
        {"<b attr=\"1\">x</b>", "b", "x"},
        {"<b/>", "b", ""},
        {"<b />", "b", ""},
        {"<b><b>in</b></b>", "b", "<b>in</b>"},
        {"<b><b/></b>", "b", "<b/>"},
        {"<?xml version=\"1.0\"?>\n<r xmlns=\"https://x/\">\n<b>x</b></r>", "b", "x"},
        {"<b>x", "b", NULL},
        {"</b>x", "b", NULL},
        {"<b", "b", NULL},
        {"<", "b", NULL},
        {"<>", "b", NULL},
        {"", "b", NULL},
        {"no xml & no < end", "b", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str content;
        const bool found = xml_find(str_c(rows[i].xml), rows[i].name, &content);

        if (found != (rows[i].content != NULL) || (found && !str_eq_c(content, rows[i].content)))
            fail_msg("%s in %s: %s \"%.*s\"", rows[i].name, rows[i].xml,
                     found ? "found" : "not found", STR_ARG(content));
    }
}

static void a_list_is_walked(void **state)
{
    struct str rest = STR("<L><member>1</member><member/><member>3</member></L>"), content;
    struct buf all = {0};

    (void)state;
    while (xml_next(&rest, "member", &content))
        buf_printf(&all, "[%.*s]", STR_ARG(content));
    assert_string_equal(buf_c(&all), "[1][][3]");
    buf_release(&all);
}

static void entities_are_decoded_and_nonsense_is_kept(void **state)
{
    struct buf text = {0};

    (void)state;
    xml_decode(&text, STR("a &lt;b&gt; &amp;amp; &quot;c&#39; &nbsp; & d &#xA;e &"));
    assert_string_equal(buf_c(&text), "a <b> &amp; \"c' &nbsp; & d \ne &");
    buf_release(&text);
}

static void an_error_of_sts_is_read(void **state)
{
    struct aws_error e = {{0}};

    (void)state;
    aws_error_read(&e, 400, (struct str){0},
                   STR("<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
                       "<Type>Sender</Type><Code>InvalidIdentityToken</Code>"
                       "<Message>No &quot;provider&quot;</Message></Error></ErrorResponse>"));
    assert_string_equal(e.type, "InvalidIdentityToken");
    assert_string_equal(e.message, "No \"provider\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_element_is_found_at_any_depth),
        cmocka_unit_test(a_list_is_walked),
        cmocka_unit_test(entities_are_decoded_and_nonsense_is_kept),
        cmocka_unit_test(an_error_of_sts_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
