#include <string.h>

#include "json/schema/idna.h"

/* RFC 3492, section 5. */
enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, FIRST_BIAS = 72, FIRST_POINT = 128 };

static uint32_t adapt(uint32_t delta, uint32_t count, bool first)
{
    uint32_t k = 0;

    delta = first ? delta / DAMP : delta / 2;
    for (delta += delta / count; delta > ((BASE - TMIN) * TMAX) / 2; k += BASE)
        delta /= BASE - TMIN;
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
    return k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static int digit_value(char c)
{
    c = lower(c);
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    return c >= '0' && c <= '9' ? c - '0' + 26 : -1;
}

/* One number of variable length; false: no number, or beyond Unicode. */
static bool read_delta(struct str text, size_t *at, uint32_t bias, uint32_t *ret)
{
    uint64_t value = 0, weight = 1;

    for (uint32_t k = BASE;; k += BASE) {
        const int digit = *at < text.len ? digit_value(text.data[(*at)++]) : -1;
        const uint32_t t = threshold(k, bias);

        if (digit < 0)
            return false;
        value += (uint64_t)digit * weight;
        if (value > UINT32_MAX / 2)
            return false;
        if ((uint32_t)digit < t)
            break;
        weight *= BASE - t;
    }
    *ret = (uint32_t)value;
    return true;
}

bool punycode_decode(struct str text, struct idna_label *ret)
{
    size_t basic = text.len, at = 0;
    uint32_t n = FIRST_POINT, i = 0, bias = FIRST_BIAS;
    bool first = true;

    ret->count = 0;
    while (basic && text.data[basic - 1] != '-')
        basic--;
    if (text.len > IDNA_LABEL_MAX)
        return false;
    for (; at + 1 < basic; at++)
        ret->points[ret->count++] = (unsigned char)lower(text.data[at]);
    at = basic;
    while (at < text.len) {
        uint32_t delta;

        if (ret->count == IDNA_LABEL_MAX || !read_delta(text, &at, bias, &delta))
            return false;
        i += delta;
        ret->count++;
        bias = adapt(delta, (uint32_t)ret->count, first);
        first = false;
        n += i / (uint32_t)ret->count;
        i %= (uint32_t)ret->count;
        if (n > 0x10ffff)
            return false;
        memmove(ret->points + i + 1, ret->points + i, (ret->count - 1 - i) * sizeof(*ret->points));
        ret->points[i++] = n;
    }
    return true;
}

static char digit(uint32_t v)
{
    return (char)(v < 26 ? 'a' + v : '0' + (v - 26));
}

static bool write_delta(char *out, size_t *len, uint32_t delta, uint32_t bias)
{
    for (uint32_t k = BASE;; k += BASE) {
        const uint32_t t = threshold(k, bias);

        if (*len == IDNA_LABEL_MAX)
            return false;
        if (delta < t)
            break;
        out[(*len)++] = digit(t + (delta - t) % (BASE - t));
        delta = (delta - t) / (BASE - t);
    }
    out[(*len)++] = digit(delta);
    return true;
}

size_t punycode_encode(const struct idna_label *label, char *out)
{
    uint32_t n = FIRST_POINT, delta = 0, bias = FIRST_BIAS;
    size_t done = 0, basic, len = 0;

    for (size_t i = 0; i < label->count; i++)
        if (label->points[i] < 0x80)
            out[len++] = (char)label->points[i];
    done = basic = len;
    if (basic)
        out[len++] = '-';
    while (done < label->count) {
        uint32_t next = UINT32_MAX;

        for (size_t i = 0; i < label->count; i++)
            if (label->points[i] >= n && label->points[i] < next)
                next = label->points[i];
        delta += (next - n) * (uint32_t)(done + 1);
        n = next;
        for (size_t i = 0; i < label->count; i++) {
            delta += label->points[i] < n;
            if (label->points[i] != n)
                continue;
            if (!write_delta(out, &len, delta, bias))
                return 0;
            bias = adapt(delta, (uint32_t)done + 1, done == basic);
            delta = 0;
            done++;
        }
        delta++;
        n++;
    }
    return len;
}
