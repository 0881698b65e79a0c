#include "json/schema/format.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Two digits at `at`, or -1. */
static int two(struct str s, size_t at)
{
    if (at + 2 > s.len || !is_digit(s.data[at]) || !is_digit(s.data[at + 1]))
        return -1;
    return (s.data[at] - '0') * 10 + s.data[at + 1] - '0';
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

bool format_date(struct str s)
{
    const int century = two(s, 0), year = two(s, 2), month = two(s, 5), day = two(s, 8);

    return s.len == 10 && s.data[4] == '-' && s.data[7] == '-' && century >= 0 && year >= 0 &&
           month >= 1 && month <= 12 && day >= 1 && day <= days_in(century * 100 + year, month);
}

/* "Z" or "+hh:mm" as minutes east of UTC. */
static bool read_offset(struct str s, int *ret_minutes)
{
    const int hours = two(s, 1), minutes = two(s, 4);

    *ret_minutes = 0;
    if (s.len == 1)
        return s.data[0] == 'Z' || s.data[0] == 'z';
    if (s.len != 6 || (s.data[0] != '+' && s.data[0] != '-') || s.data[3] != ':' || hours < 0 ||
        hours > 23 || minutes < 0 || minutes > 59)
        return false;
    *ret_minutes = (s.data[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
    return true;
}

bool format_time(struct str s)
{
    const int hours = two(s, 0), minutes = two(s, 3), seconds = two(s, 6);
    size_t at = 8;
    int offset, utc;

    if (s.len < 9 || s.data[2] != ':' || s.data[5] != ':' || hours < 0 || hours > 23 ||
        minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60)
        return false;
    if (s.data[at] == '.') {
        at++;
        if (at == s.len || !is_digit(s.data[at]))
            return false;
        while (at < s.len && is_digit(s.data[at]))
            at++;
    }
    if (!read_offset(str_slice(s, at, s.len), &offset))
        return false;
    utc = (hours * 60 + minutes - offset + 2 * 1440) % 1440;
    return seconds < 60 || utc == 23 * 60 + 59; /* a leap second ends a day of UTC */
}

bool format_date_time(struct str s)
{
    return s.len > 11 && (s.data[10] == 'T' || s.data[10] == 't') &&
           format_date(str_slice(s, 0, 10)) && format_time(str_slice(s, 11, s.len));
}

/* Digits and a unit, each unit of `units` at most once, in order and without a gap. */
static bool take_units(struct str *s, const char *units, bool *ret_any)
{
    const char *next = NULL;

    *ret_any = false;
    while (s->len && is_digit(s->data[0])) {
        const char *unit;
        size_t n = 0;

        while (n < s->len && is_digit(s->data[n]))
            n++;
        unit = n < s->len && s->data[n] ? strchr(units, s->data[n]) : NULL;
        if (!unit || (next && unit != next))
            return false;
        next = unit + 1;
        *ret_any = true;
        *s = str_slice(*s, n + 1, s->len);
    }
    return true;
}

bool format_duration(struct str s)
{
    bool date, time = false;

    if (s.len < 2 || s.data[0] != 'P')
        return false;
    s = str_slice(s, 1, s.len);
    if (s.data[s.len - 1] == 'W')
        return take_units(&s, "W", &date) && date && !s.len;
    if (!take_units(&s, "YMD", &date))
        return false;
    if (s.len && s.data[0] == 'T') {
        s = str_slice(s, 1, s.len);
        if (!take_units(&s, "HMS", &time) || !time)
            return false;
    }
    return !s.len && (date || time);
}
