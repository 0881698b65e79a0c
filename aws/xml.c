#include "aws/xml.h"

#include <string.h>

struct tag {
    size_t start, end; /* of "<...>" */
    struct str name;
    bool closes, empty; /* </name>, <name/> */
};

static bool ends_name(char c)
{
    return c == '>' || c == '/' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool next_tag(struct str xml, size_t from, struct tag *ret)
{
    const size_t start = str_find(xml, STR("<"), from);
    const size_t close = start == (size_t)-1 ? start : str_find(xml, STR(">"), start);
    size_t at, end;

    if (close == (size_t)-1)
        return false;
    ret->start = start;
    ret->end = close + 1;
    ret->closes = xml.data[start + 1] == '/';
    ret->empty = xml.data[close - 1] == '/';
    at = end = start + 1 + ret->closes;
    while (!ends_name(xml.data[end]))
        end++;
    ret->name = str_slice(xml, at, end);
    return true;
}

bool xml_next(struct str *rest, const char *name, struct str *ret_content)
{
    struct tag tag;
    size_t from = 0, content = 0, depth = 0;

    *ret_content = (struct str){0};
    for (; next_tag(*rest, from, &tag); from = tag.end) {
        if (!str_eq_c(tag.name, name))
            continue;
        if (tag.empty && depth)
            continue;
        if (!tag.closes && depth++ == 0)
            content = tag.end;
        if (!tag.closes && !tag.empty)
            continue;
        if (depth == 0 || --depth)
            continue;
        if (!tag.empty)
            *ret_content = str_slice(*rest, content, tag.start);
        *rest = str_slice(*rest, tag.end, rest->len);
        return true;
    }
    return false;
}

bool xml_find(struct str xml, const char *name, struct str *ret_content)
{
    return xml_next(&xml, name, ret_content);
}

/* The byte a numeric or named entity stands for; 0: none that these services send. */
static char entity(struct str name)
{
    static const struct {
        const char *name;
        char c;
    } known[] = {{"lt", '<'},    {"gt", '>'},   {"amp", '&'},  {"quot", '"'},
                 {"apos", '\''}, {"#xA", '\n'}, {"#10", '\n'}, {"#xD", '\r'},
                 {"#13", '\r'},  {"#x9", '\t'}, {"#39", '\''}, {"#34", '"'}};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (str_eq_c(name, known[i].name))
            return known[i].c;
    return 0;
}

void xml_decode(struct buf *out, struct str content)
{
    for (size_t i = 0; i < content.len; i++) {
        const size_t semicolon =
            content.data[i] == '&' ? str_find(content, STR(";"), i) : (size_t)-1;
        const char c = semicolon == (size_t)-1 ? 0 : entity(str_slice(content, i + 1, semicolon));

        buf_putc(out, c ? c : content.data[i]);
        if (c)
            i = semicolon;
    }
}
