#include "json/decimal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

void decimal_parse(struct decimal *d, struct str text)
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
int decimal_shortest(char *out, size_t size, double v)
{
    for (int digits = 15; digits < 17; digits++) {
        const int n = snprintf(out, size, "%.*g", digits, v);
        double back;

        if (sscanf(out, "%lf", &back) == 1 && back == v)
            return n;
    }
    return snprintf(out, size, "%.17g", v);
}

void decimal_of(struct decimal *d, const struct json_doc *doc, const json_t *number)
{
    const struct str lexeme = json_doc_lexeme(doc, number);
    int n;

    memset(d, 0, sizeof(*d));
    if (lexeme.len) {
        decimal_parse(d, lexeme);
        return;
    }
    n = json_is_integer(number)
            ? snprintf(d->own, sizeof(d->own), "%lld", (long long)json_integer_value(number))
            : decimal_shortest(d->own, sizeof(d->own), json_real_value(number));
    decimal_parse(d, (struct str){d->own, (size_t)n});
}

int decimal_digit(const struct decimal *d, size_t *at)
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
        const int x = decimal_digit(a, &i), y = decimal_digit(b, &k);

        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

int decimal_compare(const struct decimal *x, const struct decimal *y)
{
    const int magnitude = compare_magnitudes(x, y);

    if (x->negative == y->negative || (!x->count && !y->count))
        return x->negative ? -magnitude : magnitude;
    if (!x->count || !y->count) /* -0 has a sign and no digits */
        return x->count ? (x->negative ? -1 : 1) : (y->negative ? 1 : -1);
    return x->negative ? -1 : 1;
}

/* Digits of equal width, the first the most significant; the value is DIGITS * 10^scale. */
static void spread(unsigned char *out, size_t width, const struct decimal *d, int64_t scale)
{
    size_t at = 0, first = width - d->count - (size_t)(d->count ? d->scale - scale : 0);

    for (size_t i = 0; i < d->count; i++)
        out[first + i] = (unsigned char)decimal_digit(d, &at);
}

static void add(unsigned char *a, const unsigned char *b, size_t width)
{
    unsigned carry = 0;

    for (size_t i = width; i-- > 0;) {
        const unsigned v = a[i] + b[i] + carry;

        carry = v > 9;
        a[i] = (unsigned char)(v - (carry ? 10 : 0));
    }
}

/* a := |a - b| */
static void subtract(unsigned char *a, const unsigned char *b, size_t width)
{
    const bool turned = memcmp(a, b, width) < 0;
    int borrow = 0;

    for (size_t i = width; i-- > 0;) {
        const int v = (turned ? b[i] - a[i] : a[i] - b[i]) - borrow;

        borrow = v < 0;
        a[i] = (unsigned char)(v < 0 ? v + 10 : v);
    }
}

bool decimal_is_close(const struct decimal *a, const struct decimal *b, const struct decimal *limit)
{
    const struct decimal *const all[] = {a, b, limit};
    int64_t low = INT64_MAX, top = INT64_MIN;
    size_t width;
    unsigned char *digits;
    bool close;

    if (decimal_compare(a, b) == 0)
        return true;
    for (size_t i = 0; i < 3; i++)
        if (all[i]->count) {
            low = all[i]->scale < low ? all[i]->scale : low;
            top = all[i]->scale + (int64_t)all[i]->count > top
                      ? all[i]->scale + (int64_t)all[i]->count
                      : top;
        }
    if (top - low > DECIMAL_WIDTH_MAX) /* so far apart that the larger of the two tells */
        return compare_magnitudes(a, b) > 0 ? compare_magnitudes(a, limit) <= 0
                                            : compare_magnitudes(b, limit) <= 0;
    width = (size_t)(top - low) + 1; /* a sum has a digit more */
    digits = mem_zalloc(3 * width);
    for (size_t i = 0; i < 3; i++)
        spread(digits + i * width, width, all[i], low);
    if (a->negative == b->negative)
        subtract(digits, digits + width, width);
    else
        add(digits, digits + width, width);
    close = !(limit->negative && limit->count) && memcmp(digits, digits + 2 * width, width) <= 0;
    mem_freep(&digits);
    return close;
}
