#include "json/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* sign * DIGITS * 10^scale; the digits have no zeros at either end, none at all for zero. */
struct decimal {
    bool negative;
    struct str digits; /* may hold one '.' */
    size_t count;      /* of digits */
    int64_t scale;
    char own[32];
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* RFC 8259, section 6. The text is known to be a number. */
static void parse(struct decimal *d, struct str text)
{
    size_t i = 0, first = SIZE_MAX, last = 0, after_point = 0, behind_last = 0;
    int64_t exponent = 0;
    bool point = false, negative = false;

    d->negative = text.len && text.data[0] == '-';
    for (i = d->negative; i < text.len && (is_digit(text.data[i]) || text.data[i] == '.'); i++) {
        if (text.data[i] == '.') {
            point = true;
            continue;
        }
        after_point += point;
        behind_last++;
        if (text.data[i] == '0')
            continue;
        first = first == SIZE_MAX ? i : first;
        last = i;
        behind_last = 0;
    }
    if (i < text.len) { /* e or E */
        i++;
        negative = i < text.len && text.data[i] == '-';
        i += i < text.len && !is_digit(text.data[i]);
        for (; i < text.len; i++)
            exponent = exponent < INT32_MAX ? exponent * 10 + (text.data[i] - '0') : exponent;
    }
    if (first == SIZE_MAX)
        return;
    d->digits = str_slice(text, first, last + 1);
    d->count = d->digits.len - (memchr(d->digits.data, '.', d->digits.len) != NULL);
    d->scale = (negative ? -exponent : exponent) - (int64_t)after_point + (int64_t)behind_last;
}

/* The fewest digits that give the double back: what the source most likely had. */
static int shortest(char *out, size_t size, double v)
{
    for (int digits = 15; digits < 17; digits++) {
        const int n = snprintf(out, size, "%.*g", digits, v);
        double back;

        if (sscanf(out, "%lf", &back) == 1 && back == v)
            return n;
    }
    return snprintf(out, size, "%.17g", v);
}

static void decimal_of(struct decimal *d, const struct json_doc *doc, const json_t *number)
{
    const struct str lexeme = json_doc_lexeme(doc, number);
    int n;

    memset(d, 0, sizeof(*d));
    if (lexeme.len) {
        parse(d, lexeme);
        return;
    }
    n = json_is_integer(number)
            ? snprintf(d->own, sizeof(d->own), "%lld", (long long)json_integer_value(number))
            : shortest(d->own, sizeof(d->own), json_real_value(number));
    parse(d, (struct str){d->own, (size_t)n});
}

/* The digits in turn, the point left out; 0 behind the last. */
static int digit_at(const struct decimal *d, size_t *at)
{
    if (*at < d->digits.len && d->digits.data[*at] == '.')
        ++*at;
    return *at < d->digits.len ? d->digits.data[(*at)++] - '0' : 0;
}

static int compare_magnitudes(const struct decimal *a, const struct decimal *b)
{
    const int64_t top_a = a->scale + (int64_t)a->count, top_b = b->scale + (int64_t)b->count;
    size_t i = 0, k = 0;

    if (!a->count || !b->count)
        return (a->count > 0) - (b->count > 0);
    if (top_a != top_b)
        return top_a < top_b ? -1 : 1;
    for (size_t n = 0; n < a->count || n < b->count; n++) {
        const int x = digit_at(a, &i), y = digit_at(b, &k);

        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

static int compare_exactly(const struct json_doc *doc_a, const json_t *a,
                           const struct json_doc *doc_b, const json_t *b)
{
    struct decimal x, y;
    int magnitude;

    decimal_of(&x, doc_a, a);
    decimal_of(&y, doc_b, b);
    magnitude = compare_magnitudes(&x, &y);
    if (x.negative == y.negative || (!x.count && !y.count))
        return x.negative ? -magnitude : magnitude;
    if (!x.count || !y.count) /* -0 has a sign and no digits */
        return x.count ? (x.negative ? -1 : 1) : (y.negative ? 1 : -1);
    return x.negative ? -1 : 1;
}

/* Its double tells it all: no lexeme, and an integer only where doubles have no gaps. */
static bool is_plain(const struct json_doc *doc, const json_t *n)
{
    const int64_t exact = (int64_t)1 << 53;

    if (json_is_integer(n))
        return json_integer_value(n) >= -exact && json_integer_value(n) <= exact;
    return json_doc_lexeme(doc, n).len == 0;
}

int number_compare(const struct json_doc *doc_a, const json_t *a, const struct json_doc *doc_b,
                   const json_t *b)
{
    double x, y;

    if (json_is_integer(a) && json_is_integer(b))
        return (json_integer_value(a) > json_integer_value(b)) -
               (json_integer_value(a) < json_integer_value(b));
    if (!is_plain(doc_a, a) || !is_plain(doc_b, b))
        return compare_exactly(doc_a, a, doc_b, b);
    x = json_number_value(a);
    y = json_number_value(b);
    return (x > y) - (x < y);
}

bool number_is_integer(const struct json_doc *doc, const json_t *number)
{
    struct decimal d;

    if (json_is_integer(number))
        return true;
    if (!json_doc_lexeme(doc, number).len)
        return trunc(json_real_value(number)) == json_real_value(number);
    decimal_of(&d, doc, number);
    return d.scale >= 0;
}

static uint64_t multiply_mod(uint64_t a, uint64_t b, uint64_t m)
{
    __extension__ typedef unsigned __int128 wide;

    return (uint64_t)((wide)a * b % m);
}

static uint64_t power_of_ten_mod(uint64_t exponent, uint64_t m)
{
    uint64_t result = 1 % m, base = 10 % m;

    for (; exponent; exponent >>= 1) {
        if (exponent & 1)
            result = multiply_mod(result, base, m);
        base = multiply_mod(base, base, m);
    }
    return result;
}

bool number_is_multiple(const struct json_doc *doc, const json_t *number,
                        const struct json_doc *divisor_doc, const json_t *divisor)
{
    struct decimal n, d;
    uint64_t D = 0, rest = 0;
    size_t at = 0;

    decimal_of(&n, doc, number);
    decimal_of(&d, divisor_doc, divisor);
    if (!n.count)
        return true;
    if (d.count > 19)
        return number_compare(doc, number, divisor_doc, divisor) == 0 ||
               fmod(json_number_value(number), json_number_value(divisor)) == 0;
    if (n.scale < d.scale) /* the digits of n do not end in 0, so that 10 * D cannot divide them */
        return false;
    for (size_t i = 0; i < d.count; i++)
        D = D * 10 + (uint64_t)digit_at(&d, &at);
    at = 0;
    for (size_t i = 0; i < n.count; i++)
        rest = (multiply_mod(rest, 10, D) + (uint64_t)digit_at(&n, &at)) % D;
    return multiply_mod(rest, power_of_ten_mod((uint64_t)(n.scale - d.scale), D), D) == 0;
}

void number_write(struct buf *out, const struct json_doc *doc, const json_t *number)
{
    const struct str lexeme = json_doc_lexeme(doc, number);
    char text[32];

    if (lexeme.len)
        buf_add_str(out, lexeme);
    else if (json_is_integer(number))
        buf_printf(out, "%lld", (long long)json_integer_value(number));
    else
        buf_add(out, text, (size_t)shortest(text, sizeof(text), json_real_value(number)));
}
