#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_ms(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t system_mono(void *ctx)
{
    (void)ctx;
    return read_ms(CLOCK_MONOTONIC);
}

static int64_t system_wall(void *ctx)
{
    (void)ctx;
    return read_ms(CLOCK_REALTIME);
}

static void system_sleep(void *ctx, int64_t ms)
{
    const struct timespec ts = {.tv_sec = (time_t)(ms / 1000),
                                .tv_nsec = (long)(ms % 1000) * 1000000};

    (void)ctx;
    nanosleep(&ts, NULL); /* an interrupted sleep ends early on purpose */
}

const struct clock clock_system = {system_mono, system_wall, system_sleep, NULL};

int64_t clock_mono_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* Days since 1970-01-01 of a proleptic Gregorian date and back (no gmtime: it is not reentrant). */
static int64_t days_from_civil(int64_t y, int m, int d)
{
    int64_t era, doy, doe;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    doe = (y - era * 400) * 365 + (y - era * 400) / 4 - (y - era * 400) / 100 + doy;
    return era * 146097 + doe - 719468;
}

struct civil {
    int64_t year;
    int month, day, hour, minute, second, ms;
};

static struct civil civil_from_ms(int64_t wall_ms)
{
    struct civil c;
    int64_t day = wall_ms / 86400000, rest = wall_ms % 86400000, era, doe, yoe, doy, mp;

    if (rest < 0) {
        rest += 86400000;
        day--;
    }
    day += 719468;
    era = (day >= 0 ? day : day - 146096) / 146097;
    doe = day - era * 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c.year = yoe + era * 400 + (c.month <= 2);
    c.hour = (int)(rest / 3600000);
    c.minute = (int)(rest / 60000 % 60);
    c.second = (int)(rest / 1000 % 60);
    c.ms = (int)(rest % 1000);
    return c;
}

static size_t written(int n, size_t size)
{
    return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

size_t clock_format_rfc3339(char *out, size_t size, int64_t wall_ms, bool with_ms)
{
    const struct civil c = civil_from_ms(wall_ms);
    char fraction[8] = "";

    if (with_ms)
        snprintf(fraction, sizeof(fraction), ".%03d", c.ms);
    return written(snprintf(out, size, "%04lld-%02d-%02dT%02d:%02d:%02d%sZ", (long long)c.year,
                            c.month, c.day, c.hour, c.minute, c.second, fraction),
                   size);
}

size_t clock_format_basic(char *out, size_t size, int64_t wall_ms)
{
    const struct civil c = civil_from_ms(wall_ms);

    return written(snprintf(out, size, "%04lld%02d%02dT%02d%02d%02dZ", (long long)c.year, c.month,
                            c.day, c.hour, c.minute, c.second),
                   size);
}

static bool digits(struct str *s, int n, int *ret)
{
    int v = 0;

    if (s->len < (size_t)n)
        return false;
    for (int i = 0; i < n; i++) {
        if (s->data[i] < '0' || s->data[i] > '9')
            return false;
        v = v * 10 + (s->data[i] - '0');
    }
    *s = str_slice(*s, (size_t)n, s->len);
    *ret = v;
    return true;
}

static bool one_of(struct str *s, const char *set)
{
    if (s->len == 0 || !strchr(set, s->data[0]) || s->data[0] == '\0')
        return false;
    *s = str_slice(*s, 1, s->len);
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : days[month - 1];
}

static bool parse_offset(struct str *s, int *ret_minutes)
{
    int h, m, sign;

    if (one_of(s, "Zz")) {
        *ret_minutes = 0;
        return true;
    }
    sign = s->len && s->data[0] == '-' ? -1 : 1;
    if (!one_of(s, "+-") || !digits(s, 2, &h) || !one_of(s, ":") || !digits(s, 2, &m) || h > 23 ||
        m > 59)
        return false;
    *ret_minutes = sign * (h * 60 + m);
    return true;
}

/* RFC 3339, section 5.6. */
bool clock_parse_rfc3339(struct str text, int64_t *ret_wall_ms)
{
    struct str s = text;
    int y, mo, d, h, mi, sec, off, ms = 0, scale = 100;
    int64_t minutes;

    if (!digits(&s, 4, &y) || !one_of(&s, "-") || !digits(&s, 2, &mo) || !one_of(&s, "-") ||
        !digits(&s, 2, &d) || !one_of(&s, "Tt ") || !digits(&s, 2, &h) || !one_of(&s, ":") ||
        !digits(&s, 2, &mi) || !one_of(&s, ":") || !digits(&s, 2, &sec))
        return false;
    if (one_of(&s, ".")) {
        int digit;

        if (s.len == 0 || s.data[0] < '0' || s.data[0] > '9')
            return false;
        while (digits(&s, 1, &digit)) {
            ms += digit * scale;
            scale /= 10;
        }
    }
    if (!parse_offset(&s, &off) || s.len || mo < 1 || mo > 12 || d < 1 ||
        d > days_in_month(y, mo) || h > 23 || mi > 59 || sec > 60)
        return false;
    minutes = days_from_civil(y, mo, d) * 1440 + h * 60 + mi - off;
    if (sec == 60 && ((minutes % 1440) + 1440) % 1440 != 1439) /* leap seconds end a UTC day */
        return false;
    *ret_wall_ms = (minutes * 60 + sec) * 1000 + ms;
    return true;
}

bool clock_parse_duration(struct str text, int64_t *ret_ms)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    size_t i = 0;
    double v = 0, scale = 1;
    bool point = false, any = false;

    for (; i < text.len; i++) {
        const char c = text.data[i];

        if (c == '.' && !point && any)
            point = true;
        else if (c >= '0' && c <= '9') {
            any = true;
            v = v * 10 + (c - '0');
            scale *= point ? 10 : 1;
        } else
            break;
    }
    if (!any || text.data[i - 1] == '.')
        return false;
    for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++)
        if (str_eq_c(str_slice(text, i, text.len), units[u].unit)) {
            const double ms = v / scale * units[u].ms;

            if (!(ms <= 365 * 86400000.0))
                return false;
            *ret_ms = (int64_t)(ms + 1e-6);
            return true;
        }
    return false;
}
