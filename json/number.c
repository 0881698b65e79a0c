#include "json/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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
            exponent = exponent < INT64_C(100000000000000000) ? exponent * 10 + (text.data[i] - '0')
                                                              : exponent;
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

static int compare_decimals(const struct decimal *x, const struct decimal *y)
{
    const int magnitude = compare_magnitudes(x, y);

    if (x->negative == y->negative || (!x->count && !y->count))
        return x->negative ? -magnitude : magnitude;
    if (!x->count || !y->count) /* -0 has a sign and no digits */
        return x->count ? (x->negative ? -1 : 1) : (y->negative ? 1 : -1);
    return x->negative ? -1 : 1;
}

static int compare_exactly(const struct json_doc *doc_a, const json_t *a,
                           const struct json_doc *doc_b, const json_t *b)
{
    struct decimal x, y;

    decimal_of(&x, doc_a, a);
    decimal_of(&y, doc_b, b);
    return compare_decimals(&x, &y);
}

static bool has_exact_double(json_int_t n)
{
    const json_int_t exact = (json_int_t)1 << 53;

    return n >= -exact && n <= exact;
}

/* Its double tells it all: no lexeme, and an integer only where doubles have no gaps. */
static bool is_plain(const struct json_doc *doc, const json_t *n)
{
    if (json_is_integer(n))
        return has_exact_double(json_integer_value(n));
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

int number_compare_integer(const struct json_doc *doc, const json_t *a, json_int_t b)
{
    struct decimal x, y = {0};
    int n;

    if (json_is_integer(a))
        return (json_integer_value(a) > b) - (json_integer_value(a) < b);
    if (is_plain(doc, a) && has_exact_double(b))
        return (json_real_value(a) > (double)b) - (json_real_value(a) < (double)b);
    decimal_of(&x, doc, a);
    n = snprintf(y.own, sizeof(y.own), "%lld", (long long)b);
    parse(&y, (struct str){y.own, (size_t)n});
    return compare_decimals(&x, &y);
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

/* Division by a number that fits a word: the remainder of the digits, then of the zeros behind. */
static bool short_division(const struct decimal *n, const struct decimal *d)
{
    uint64_t divisor = 0, rest = 0;
    size_t at = 0;

    for (size_t i = 0; i < d->count; i++)
        divisor = divisor * 10 + (uint64_t)digit_at(d, &at);
    at = 0;
    for (size_t i = 0; i < n->count; i++)
        rest = (multiply_mod(rest, 10, divisor) + (uint64_t)digit_at(n, &at)) % divisor;
    return multiply_mod(rest, power_of_ten_mod((uint64_t)(n->scale - d->scale), divisor),
                        divisor) == 0;
}

/* One step of a division on paper; the remainder has room for one digit more than the divisor. */
static void divide_step(unsigned char *rest, const unsigned char *divisor, size_t len, int digit)
{
    memmove(rest, rest + 1, len - 1);
    rest[len - 1] = (unsigned char)digit;
    while (memcmp(rest, divisor, len) >= 0)
        for (size_t i = len, borrow = 0; i-- > 0;) {
            const int v = rest[i] - divisor[i] - (int)borrow;

            borrow = v < 0;
            rest[i] = (unsigned char)(v < 0 ? v + 10 : v);
        }
}

static bool long_division(const struct decimal *n, const struct decimal *d)
{
    const size_t len = d->count + 1;
    CLEANUP(mem_freep) unsigned char *digits = mem_zalloc(2 * len);
    unsigned char *rest = digits, *divisor = digits + len;
    int64_t zeros = n->scale - d->scale;
    size_t at = 0, left = 0;

    for (size_t i = 1; i < len; i++)
        divisor[i] = (unsigned char)digit_at(d, &at);
    at = 0;
    for (size_t i = 0; i < n->count; i++)
        divide_step(rest, divisor, len, digit_at(n, &at));
    /* Zeros only bring factors 2 and 5, of which the divisor has fewer than 4 a digit. */
    for (int64_t i = 0; i < zeros && i < 4 * (int64_t)len; i++)
        divide_step(rest, divisor, len, 0);
    for (size_t i = 0; i < len; i++)
        left += rest[i];
    return left == 0;
}

bool number_is_multiple(const struct json_doc *doc, const json_t *number,
                        const struct json_doc *divisor_doc, const json_t *divisor)
{
    struct decimal n, d;

    decimal_of(&n, doc, number);
    decimal_of(&d, divisor_doc, divisor);
    if (!n.count || !d.count)
        return !n.count;
    if (n.scale < d.scale) /* the digits of n do not end in 0, so that 10 * D cannot divide them */
        return false;
    return d.count > 19 ? long_division(&n, &d) : short_division(&n, &d);
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
