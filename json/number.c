#include "json/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/decimal.h"

static int compare_exactly(const struct json_doc *doc_a, const json_t *a,
                           const struct json_doc *doc_b, const json_t *b)
{
    struct decimal x, y;

    decimal_of(&x, doc_a, a);
    decimal_of(&y, doc_b, b);
    return decimal_compare(&x, &y);
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
    decimal_parse(&y, (struct str){y.own, (size_t)n});
    return decimal_compare(&x, &y);
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
        divisor = divisor * 10 + (uint64_t)decimal_digit(d, &at);
    at = 0;
    for (size_t i = 0; i < n->count; i++)
        rest = (multiply_mod(rest, 10, divisor) + (uint64_t)decimal_digit(n, &at)) % divisor;
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
        divisor[i] = (unsigned char)decimal_digit(d, &at);
    at = 0;
    for (size_t i = 0; i < n->count; i++)
        divide_step(rest, divisor, len, decimal_digit(n, &at));
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
    return d.count > NUMBER_SHORT_DIVISOR ? long_division(&n, &d) : short_division(&n, &d);
}

bool number_is_close(const struct json_doc *doc, const json_t *number,
                     const struct json_doc *limits_doc, const json_t *target,
                     const json_t *tolerance)
{
    struct decimal n, t, limit;

    decimal_of(&n, doc, number);
    decimal_of(&t, limits_doc, target);
    decimal_of(&limit, limits_doc, tolerance);
    return decimal_is_close(&n, &t, &limit);
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
        buf_add(out, text, (size_t)decimal_shortest(text, sizeof(text), json_real_value(number)));
}
