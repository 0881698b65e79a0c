#include "json/path/parse.h"

#include <string.h>

#include "base/compiler.h"

/*
 * Goessner's article, Jayway, jsonpath-plus, jsonpath-ng, SQLite and PostgreSQL: what people bring
 * along. ANY_DIGIT and ANY_LETTER stand for a class, last in their place.
 */
#define ANY_DIGIT  "\1"
#define ANY_LETTER "\2"

static const struct foreign {
    enum parse_place place;
    const char *prefix;
    const char *text;
} spellings[] = {
    {PLACE_START, "@", "\"@\" is the current node of a filter, a query starts with \"$\""},
    {PLACE_START, "/", "found a JSON Pointer, expected a JSONPath: $.a.b"},
    {PLACE_START, "#/", "found a JSON Pointer, expected a JSONPath: $.a.b"},
    {PLACE_START, " ", "nothing may stand in front of the query, not even a blank"},
    {PLACE_START, "\t", "nothing may stand in front of the query, not even a blank"},
    {PLACE_START, "\n", "nothing may stand in front of the query, not even a blank"},
    {PLACE_START, "lax ", "RFC 9535 has no modes: a query starts with \"$\""},
    {PLACE_START, "strict ", "RFC 9535 has no modes: a query starts with \"$\""},
    {PLACE_START, ".", "a query starts with \"$\": $.a.b"},
    {PLACE_START, "[", "a query starts with \"$\": $['a'][0]"},
    {PLACE_START, ANY_LETTER, "expected \"$\", which a query starts with: $.a.b"},

    {PLACE_END, "~", "RFC 9535 has no \"~\"; where nodes are, `smokegate query --paths` tells"},
    {PLACE_END, "^", "RFC 9535 has no parent \"^\"; filter on what is below: $.a[?@.b]"},
    {PLACE_END, " ", "nothing may stand behind the query, not even a blank"},
    {PLACE_END, "\t", "nothing may stand behind the query, not even a blank"},
    {PLACE_END, "\n", "nothing may stand behind the query, not even a blank"},
    {PLACE_END, "\r", "nothing may stand behind the query, not even a blank"},
    {PLACE_END, ":", "a name with \":\" is written in brackets: ['a:b']"},
    {PLACE_END, "/", "a name with \"/\" is written in brackets: ['a/b']"},
    {PLACE_END, "@", "a name with \"@\" is written in brackets: ['a@b']"},
    {PLACE_END, "$", "a name with \"$\" is written in brackets: ['a$b']"},

    {PLACE_NAME, "(", "RFC 9535 has no scripts in parentheses; the last element is [-1]"},
    {PLACE_NAME, "?", "a filter stands in brackets: [?@.a == 1]"},
    {PLACE_NAME, "'", "a name in quotes stands in brackets: ['name']"},
    {PLACE_NAME, "\"", "a name in quotes stands in brackets: [\"name\"]"},
    {PLACE_NAME, "`", "a name in quotes stands in brackets: ['name']"},
    {PLACE_NAME, "@", "a name with \"@\" is written in brackets: ['@name']"},
    {PLACE_NAME, "$", "a name with \"$\" is written in brackets: ['$name']"},
    {PLACE_NAME, "#", "a name with \"#\" is written in brackets: ['#name']"},
    {PLACE_NAME, "-", "a name with \"-\" is written in brackets: ['-name']"},
    {PLACE_NAME, "^", "RFC 9535 has no parent \"^\"; filter on what is below: $.a[?@.b]"},
    {PLACE_NAME, ".", "three dots in a row: \"..\" is every value below, \".\" the next name"},
    {PLACE_NAME, ANY_DIGIT, "an element is written in brackets: [0]"},

    {PLACE_SELECTOR, "(", "RFC 9535 has no scripts in parentheses; the last element is [-1]"},
    {PLACE_SELECTOR, "]", "an empty [] selects nothing; everything is [*]"},
    {PLACE_SELECTOR, "last", "the last element is [-1]"},
    {PLACE_SELECTOR, "#", "the last element is [-1]"},
    {PLACE_SELECTOR, "@", "a filter starts with \"?\": [?@.a == 1]"},
    {PLACE_SELECTOR, "$", "a filter starts with \"?\": [?@.a == $.b]"},
    {PLACE_SELECTOR, "/", "a regex stands in a filter: [?match(@.a, 'regex')]"},
    {PLACE_SELECTOR, "`", "a name in brackets is in quotes: ['name']"},
    {PLACE_SELECTOR, ANY_LETTER, "a name in brackets is quoted: ['name']"},

    {PLACE_OPERAND, "[", "an array cannot stand in a filter: compare its elements one by one"},
    {PLACE_OPERAND, "{", "an object cannot stand in a filter: compare its members one by one"},
    {PLACE_OPERAND, "/", "a regex is a string: match(@.a, 'regex') or search(@.a, 'regex')"},
    {PLACE_OPERAND, "not", "not is written \"!\""},
    {PLACE_OPERAND, "undefined", "what is not there is tested with [?!@.a]"},
    {PLACE_OPERAND, "None", "the literals are true, false and null"},
    {PLACE_OPERAND, "nil", "the literals are true, false and null"},
    {PLACE_OPERAND, "NULL", "the literals are true, false and null"},
    {PLACE_OPERAND, "Null", "the literals are true, false and null"},
    {PLACE_OPERAND, "True", "the literals are true, false and null"},
    {PLACE_OPERAND, "TRUE", "the literals are true, false and null"},
    {PLACE_OPERAND, "False", "the literals are true, false and null"},
    {PLACE_OPERAND, "FALSE", "the literals are true, false and null"},
    {PLACE_OPERAND, "exists", "@.a alone asks whether it is there: [?@.a]"},
    {PLACE_OPERAND, "+", "a number has no \"+\" in front"},
    {PLACE_OPERAND, ".", "a number has digits before the point; a member is written @.a"},
    {PLACE_OPERAND, ANY_LETTER, "a member of the current node is written @.name, text in quotes"},

    {PLACE_OPERATOR, "=~",
     "there is no operator =~ here: RFC 9535 has match(@.a, 'regex') and "
     "search()"},
    {PLACE_OPERATOR, "!~", "there is no operator !~ here: write !match(@.a, 'regex')"},
    {PLACE_OPERATOR, "~", "there is no operator ~ here: RFC 9535 has match(@.a, 'regex')"},
    {PLACE_OPERATOR, "===", "there is no operator === here: equality is =="},
    {PLACE_OPERATOR, "!==", "there is no operator !== here: inequality is !="},
    {PLACE_OPERATOR, "=>", "there is no operator => here: write >="},
    {PLACE_OPERATOR, "=<", "there is no operator =< here: write <="},
    {PLACE_OPERATOR, "<>", "there is no operator <> here: inequality is !="},
    {PLACE_OPERATOR, "&", "there is no operator & here: write &&"},
    {PLACE_OPERATOR, "|", "there is no operator | here: write ||"},
    {PLACE_OPERATOR, "=", "there is no operator = here: equality is =="},
    {PLACE_OPERATOR, "+", "there is no arithmetic in filters"},
    {PLACE_OPERATOR, "-", "there is no arithmetic in filters; ['a-b'] is a name with \"-\""},
    {PLACE_OPERATOR, "*", "there is no arithmetic in filters"},
    {PLACE_OPERATOR, "/", "there is no arithmetic in filters"},
    {PLACE_OPERATOR, "%", "there is no arithmetic in filters"},
    {PLACE_OPERATOR, "in", "there is no operator in here: write @.a == 1 || @.a == 2"},
    {PLACE_OPERATOR, "nin", "there is no operator nin here: write @.a != 1 && @.a != 2"},
    {PLACE_OPERATOR, "and", "there is no operator and here: write &&"},
    {PLACE_OPERATOR, "or", "there is no operator or here: write ||"},
    {PLACE_OPERATOR, "contains",
     "there is no operator contains here: search(@.a, 'text') looks in "
     "text, @.a[?@ == 1] in an array"},
    {PLACE_OPERATOR, "size", "there is no operator size here: write length(@.a) == 2"},
    {PLACE_OPERATOR, "empty", "there is no operator empty here: write length(@.a) == 0"},
    {PLACE_OPERATOR, "is", "there is no operator is here: equality is =="},
    {PLACE_OPERATOR, "like_regex",
     "there is no operator like_regex here: write search(@.a, "
     "'regex')"},

    {PLACE_CONDITION, "and", "there is no operator and here: write &&"},
    {PLACE_CONDITION, "AND", "there is no operator AND here: write &&"},
    {PLACE_CONDITION, "or", "there is no operator or here: write ||"},
    {PLACE_CONDITION, "OR", "there is no operator OR here: write ||"},
    {PLACE_CONDITION, "&", "there is no operator & here: write &&"},
    {PLACE_CONDITION, "|", "there is no operator | here: write ||"},
    {PLACE_CONDITION, "=", "one comparison follows another: join them with && or ||"},
    {PLACE_CONDITION, "<", "one comparison follows another: join them with && or ||"},
    {PLACE_CONDITION, ">", "one comparison follows another: join them with && or ||"},
    {PLACE_CONDITION, "!", "one condition follows another: join them with && or ||"},
    {PLACE_CONDITION, "@", "one condition follows another: join them with && or ||"},
    {PLACE_CONDITION, "+", "there is no arithmetic in filters"},
    {PLACE_CONDITION, "-", "there is no arithmetic in filters"},
    {PLACE_CONDITION, "*", "there is no arithmetic in filters"},
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_here(struct str rest, const char *prefix)
{
    const size_t n = strlen(prefix);

    if (!rest.len)
        return false;
    if (*prefix == *ANY_DIGIT)
        return rest.data[0] >= '0' && rest.data[0] <= '9';
    if (*prefix == *ANY_LETTER)
        return is_letter(rest.data[0]);
    return str_starts(rest, str_c(prefix)) && /* a word is a whole word */
           !(is_letter(prefix[n - 1]) && rest.len > n && is_letter(rest.data[n]));
}

bool parse_foreign(struct parser *p, enum parse_place place)
{
    const struct str rest = str_slice(p->text, p->at, p->text.len);

    for (size_t i = 0; i < ARRAY_LEN(spellings); i++)
        if (spellings[i].place == place && is_here(rest, spellings[i].prefix))
            return !parse_fail(p, p->at, "%s", spellings[i].text);
    return false;
}
