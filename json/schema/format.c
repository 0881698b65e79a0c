#include "json/schema/format.h"

#include <string.h>

#include "base/compiler.h"
#include "json/pattern.h"

/* RFC 6901, section 3. */
static bool is_json_pointer(struct str text)
{
    if (!text.len)
        return true;
    if (text.data[0] != '/')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == '~' &&
            (i + 1 == text.len || (text.data[i + 1] != '0' && text.data[i + 1] != '1')))
            return false;
    return true;
}

/* draft-handrews-relative-json-pointer-01, section 3. */
static bool is_relative_json_pointer(struct str text)
{
    size_t digits = 0;
    struct str rest;

    while (digits < text.len && text.data[digits] >= '0' && text.data[digits] <= '9')
        digits++;
    if (!digits || (digits > 1 && text.data[0] == '0'))
        return false;
    rest = str_slice(text, digits, text.len);
    return str_eq_c(rest, "#") || is_json_pointer(rest);
}

/* RFC 4122, section 3. */
static bool is_uuid(struct str text)
{
    if (text.len != 36)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;

        if (hyphen ? c != '-'
                   : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

static bool is_regex(struct str text)
{
    return pattern_is_ecma(text);
}

const struct format *format_find(struct str name)
{
    static const struct format formats[] = {
        {"date", format_date},
        {"date-time", format_date_time},
        {"duration", format_duration},
        {"email", format_email},
        {"hostname", format_hostname},
        {"idn-email", format_idn_email},
        {"idn-hostname", format_idn_hostname},
        {"ipv4", format_ipv4},
        {"ipv6", format_ipv6},
        {"iri", format_iri},
        {"iri-reference", format_iri_reference},
        {"json-pointer", is_json_pointer},
        {"regex", is_regex},
        {"relative-json-pointer", is_relative_json_pointer},
        {"time", format_time},
        {"uri", format_uri},
        {"uri-reference", format_uri_reference},
        {"uri-template", format_uri_template},
        {"uuid", is_uuid},
    };

    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (str_eq_c(name, formats[i].name))
            return &formats[i];
    return NULL;
}
