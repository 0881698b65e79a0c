#include "json/schema/format.h"

#include "base/clock.h"
#include "base/compiler.h"

static bool is_date_time(struct str text)
{
    int64_t ms;

    return clock_parse_rfc3339(text, &ms);
}

static const struct format formats[] = {
    {"date-time", is_date_time},
};

const struct format *format_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (str_eq_c(name, formats[i].name))
            return &formats[i];
    return NULL;
}
