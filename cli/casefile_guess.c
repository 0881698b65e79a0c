#include "cli/casefile_guess.h"

#include <string.h>

#include "base/compiler.h"
#include "base/suggest.h"

static size_t skip_space(struct str text, size_t at)
{
    while (at < text.len && strchr(" \t\r\n", text.data[at]))
        at++;
    return at;
}

/* Behind the string that begins at `at`; the end of the text when it has none. */
static size_t skip_string(struct str text, size_t at)
{
    for (at++; at < text.len && text.data[at] != '"'; at++)
        if (text.data[at] == '\\')
            at++;
    return at < text.len ? at + 1 : text.len;
}

/* Behind the value that begins at `at`: to what ends it, which is a comma or brace when it is JSON.
 */
static size_t skip_value(struct str text, size_t at)
{
    size_t depth = 0;

    while (at < text.len) {
        char c = text.data[at];

        if (c == '"') {
            at = skip_string(text, at);
            continue;
        }
        if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']' || c == ',' || c == ':') && depth == 0)
            return at;
        else if (c == '}' || c == ']')
            depth--;
        at++;
    }
    return at;
}

static bool begins_array_of_objects(struct str text, size_t at)
{
    if (at >= text.len || text.data[at] != '[')
        return false;
    at = skip_space(text, at + 1);
    return at < text.len && text.data[at] == '{';
}

static bool tells(struct str text, struct str key, size_t value)
{
    static const char *const decisive[] = {"cases", "suite", "setup", "teardown"};

    for (size_t i = 0; i < ARRAY_LEN(decisive); i++)
        if (str_eq_c(key, decisive[i]))
            return true;
    if (str_eq_c(key, "$schema"))
        return str_find(str_slice(text, value, skip_value(text, value)), STR("case-1.schema.json"),
                        0) != (size_t)-1;
    return suggest_nearest(key, decisive, 1) && begins_array_of_objects(text, value) &&
           str_find(text, STR("\"name\""), value) != (size_t)-1; /* which every case has */
}

static bool mentions(struct str text, struct str word)
{
    return str_find(text, word, 0) != (size_t)-1;
}

bool casefile_guess(struct str text)
{
    size_t at = skip_space(text, str_starts(text, STR("\xEF\xBB\xBF")) ? 3 : 0);

    if (at < text.len && (text.data[at] == '[' || text.data[at] == '"'))
        return mentions(text, STR("\"cases\""));
    if (at == text.len || text.data[at] != '{')
        return false;
    for (at = skip_space(text, at + 1); at < text.len && text.data[at] == '"';) {
        size_t end = skip_string(text, at);
        struct str key = str_slice(text, at + 1, end - 1);
        size_t value = skip_space(text, end);

        if (value < text.len && text.data[value] == ':')
            value = skip_space(text, value + 1);
        if (tells(text, key, value))
            return true;
        at = skip_value(text, value);
        if (at >= text.len || text.data[at] != ',')
            break;
        at = skip_space(text, at + 1);
    }
    /* Where it is no JSON from here on, what it would have held nobody knows: better refused. */
    return (at >= text.len || text.data[at] != '}') && mentions(text, STR("cases"));
}
