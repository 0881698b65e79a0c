#include "json/translate.h"

#include <stdio.h>
#include <string.h>

/* Unicode's PropertyValueAliases: the long names of General_Category. */
static const char *const categories[][2] = {
    {"C", "Other"},
    {"Cc", "Control"},
    {"Cf", "Format"},
    {"Cn", "Unassigned"},
    {"Co", "Private_Use"},
    {"Cs", "Surrogate"},
    {"L", "Letter"},
    {"LC", "Cased_Letter"},
    {"Ll", "Lowercase_Letter"},
    {"Lm", "Modifier_Letter"},
    {"Lo", "Other_Letter"},
    {"Lt", "Titlecase_Letter"},
    {"Lu", "Uppercase_Letter"},
    {"M", "Mark"},
    {"M", "Combining_Mark"},
    {"Mc", "Spacing_Mark"},
    {"Me", "Enclosing_Mark"},
    {"Mn", "Nonspacing_Mark"},
    {"N", "Number"},
    {"Nd", "Decimal_Number"},
    {"Nd", "digit"},
    {"Nl", "Letter_Number"},
    {"No", "Other_Number"},
    {"P", "Punctuation"},
    {"P", "punct"},
    {"Pc", "Connector_Punctuation"},
    {"Pd", "Dash_Punctuation"},
    {"Pe", "Close_Punctuation"},
    {"Pf", "Final_Punctuation"},
    {"Pi", "Initial_Punctuation"},
    {"Po", "Other_Punctuation"},
    {"Ps", "Open_Punctuation"},
    {"S", "Symbol"},
    {"Sc", "Currency_Symbol"},
    {"Sk", "Modifier_Symbol"},
    {"Sm", "Math_Symbol"},
    {"So", "Other_Symbol"},
    {"Z", "Separator"},
    {"Zl", "Line_Separator"},
    {"Zp", "Paragraph_Separator"},
    {"Zs", "Space_Separator"},
    {"Cc", "cntrl"},
};

static const char *category(struct str name, bool long_names)
{
    for (size_t i = 0; i < ARRAY_LEN(categories); i++)
        if (str_eq_c(name, categories[i][0]) || (long_names && str_eq_c(name, categories[i][1])))
            return categories[i][0];
    return NULL;
}

static bool write_name(char *out, size_t size, const char *prefix, struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!(name.data[i] == '_' || (name.data[i] >= '0' && name.data[i] <= '9') ||
              (name.data[i] >= 'A' && name.data[i] <= 'Z') ||
              (name.data[i] >= 'a' && name.data[i] <= 'z')))
            return false;
    return name.len > 0 && snprintf(out, size, "%s%.*s", prefix, STR_ARG(name)) < (int)size;
}

bool translate_property(char *out, size_t size, struct str name, enum pattern_dialect dialect,
                        bool *ret_negate)
{
    static const struct {
        const char *prefix, *pcre2;
    } keyed[] = {
        {"Script=", "sc:"}, {"sc=", "sc:"}, {"Script_Extensions=", "scx:"}, {"scx=", "scx:"}};
    static const char *const general[] = {"General_Category=", "gc="};
    const char *found = category(name, dialect == PATTERN_ECMA);

    *ret_negate = false;
    if (found)
        return write_name(out, size, "", str_c(found));
    if (dialect == PATTERN_IREGEXP) /* charProp: general categories by their short names only */
        return false;
    for (size_t i = 0; i < ARRAY_LEN(general); i++)
        if (str_starts(name, str_c(general[i]))) {
            found = category(str_slice(name, strlen(general[i]), name.len), true);
            return found && write_name(out, size, "", str_c(found));
        }
    for (size_t i = 0; i < ARRAY_LEN(keyed); i++)
        if (str_starts(name, str_c(keyed[i].prefix)))
            return write_name(out, size, keyed[i].pcre2,
                              str_slice(name, strlen(keyed[i].prefix), name.len));
    if (str_eq_c(name, "Assigned")) {
        *ret_negate = true;
        return write_name(out, size, "", STR("Cn"));
    }
    return write_name(out, size, "", name); /* a binary property; PCRE2 knows which there are */
}
