#include "json/schema/idna.h"

#include "base/compiler.h"

static uint8_t look_up(const struct idna_range *table, size_t count, uint32_t c)
{
    size_t low = 0, high = count;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (c < table[middle].first)
            high = middle;
        else if (c > table[middle].last)
            low = middle + 1;
        else
            return table[middle].value;
    }
    return 0;
}

static bool in_ranges(const uint32_t (*ranges)[2], size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return false;
}

/* ---- context (RFC 5892, appendix A) ---- */

static bool is_greek(uint32_t c)
{
    static const uint32_t ranges[][2] = {{0x370, 0x373},   {0x375, 0x377},    {0x37a, 0x37d},
                                         {0x37f, 0x37f},   {0x384, 0x384},    {0x386, 0x386},
                                         {0x388, 0x3e1},   {0x3f0, 0x3ff},    {0x1d26, 0x1d2a},
                                         {0x1f00, 0x1fff}, {0x10140, 0x1018e}};

    return in_ranges(ranges, ARRAY_LEN(ranges), c);
}

static bool is_hebrew(uint32_t c)
{
    return (c >= 0x591 && c <= 0x5f4) || (c >= 0xfb1d && c <= 0xfb4f);
}

static bool is_kana_or_han(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0x2e80, 0x2fd5}, {0x3005, 0x3005}, {0x3007, 0x3007},   {0x3021, 0x3029},
        {0x3038, 0x303b}, {0x3041, 0x3096}, {0x309d, 0x309f},   {0x30a1, 0x30fa},
        {0x30fd, 0x30ff}, {0x31f0, 0x31ff}, {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
        {0xf900, 0xfad9}, {0xff66, 0xff9d}, {0x1aff0, 0x1b167}, {0x20000, 0x323af}};

    return in_ranges(ranges, ARRAY_LEN(ranges), c);
}

/* Joining types of the scripts that join: those that do so only to the right, and all. */
static bool joins_right_only(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0x622, 0x625}, {0x627, 0x627}, {0x629, 0x629}, {0x62f, 0x632}, {0x648, 0x648},
        {0x671, 0x673}, {0x675, 0x677}, {0x688, 0x699}, {0x6c0, 0x6c0}, {0x6c3, 0x6cb},
        {0x6cd, 0x6cd}, {0x6cf, 0x6cf}, {0x6d2, 0x6d3}, {0x6d5, 0x6d5}, {0x6ee, 0x6ef},
        {0x710, 0x710}, {0x715, 0x719}, {0x71e, 0x71e}, {0x728, 0x728}, {0x72a, 0x72a},
        {0x72c, 0x72c}, {0x72f, 0x72f}, {0x74d, 0x74d}, {0x759, 0x75b}, {0x76b, 0x76c},
        {0x771, 0x771}, {0x773, 0x774}, {0x778, 0x779}, {0x8aa, 0x8ac}, {0x8ae, 0x8ae},
        {0x8b1, 0x8b2}, {0x8b9, 0x8b9}};

    return in_ranges(ranges, ARRAY_LEN(ranges), c);
}

static bool joins(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0x620, 0x620},    {0x622, 0x64a},   {0x66e, 0x66f},   {0x671, 0x673},   {0x675, 0x6d3},
        {0x6d5, 0x6d5},    {0x6ee, 0x6ef},   {0x6fa, 0x6fc},   {0x6ff, 0x6ff},   {0x710, 0x710},
        {0x712, 0x72f},    {0x74d, 0x77f},   {0x7ca, 0x7ea},   {0x841, 0x855},   {0x8a0, 0x8c8},
        {0x1807, 0x1807},  {0x1820, 0x1878}, {0x1887, 0x18aa}, {0xa840, 0xa872}, {0x10ac0, 0x10aef},
        {0x1e900, 0x1e943}};

    return in_ranges(ranges, ARRAY_LEN(ranges), c);
}

static bool is_transparent(uint32_t c)
{
    return look_up(idna_marks, idna_marks_count, c) && c != 0x200c;
}

static bool is_virama(uint32_t c)
{
    return look_up(idna_combining, idna_combining_count, c) == 9;
}

/* (L|D) T* ZWNJ T* (R|D) */
static bool stands_between_joining(const struct idna_label *l, size_t at)
{
    size_t before = at, after = at + 1;

    while (before > 0 && is_transparent(l->points[before - 1]))
        before--;
    while (after < l->count && is_transparent(l->points[after]))
        after++;
    return before > 0 && after < l->count && joins(l->points[before - 1]) &&
           !joins_right_only(l->points[before - 1]) && joins(l->points[after]);
}

static bool has_between(const struct idna_label *l, uint32_t first, uint32_t last)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->points[i] >= first && l->points[i] <= last)
            return true;
    return false;
}

static bool has_kana_or_han(const struct idna_label *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (is_kana_or_han(l->points[i]))
            return true;
    return false;
}

static bool is_in_context(const struct idna_label *l, size_t i)
{
    const uint32_t before = i ? l->points[i - 1] : 0;
    const uint32_t after = i + 1 < l->count ? l->points[i + 1] : 0;

    switch (l->points[i]) {
    case 0xb7:
        return before == 'l' && after == 'l';
    case 0x375:
        return is_greek(after);
    case 0x5f3:
    case 0x5f4:
        return is_hebrew(before);
    case 0x30fb:
        return has_kana_or_han(l);
    case 0x200d:
        return is_virama(before);
    case 0x200c:
        return is_virama(before) || stands_between_joining(l, i);
    default:
        break;
    }
    if (l->points[i] >= 0x660 && l->points[i] <= 0x669)
        return !has_between(l, 0x6f0, 0x6f9);
    return l->points[i] < 0x6f0 || l->points[i] > 0x6f9 || !has_between(l, 0x660, 0x669);
}

/* ---- normalisation form C: what code points that are stable by themselves can break ---- */

static bool composes(uint32_t a, uint32_t b)
{
    size_t low = 0, high = idna_compositions_count;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        const struct idna_range *pair = &idna_compositions[middle];

        if (pair->first == a && pair->last == b)
            return true;
        if (a < pair->first || (a == pair->first && b < pair->last))
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

static bool is_normalised(const struct idna_label *l)
{
    uint32_t starter = 0;
    uint8_t last = 0;

    for (size_t i = 0; i < l->count; i++) {
        const uint8_t combining = look_up(idna_combining, idna_combining_count, l->points[i]);

        if (combining && last > combining)
            return false;
        if (i && (last == 0 ? starter == l->points[i - 1] : last < combining) &&
            composes(starter, l->points[i]))
            return false;
        if (!combining)
            starter = l->points[i];
        last = combining;
    }
    return true;
}

bool idna_is_label(const struct idna_label *l)
{
    if (!l->count || l->points[0] == '-' || l->points[l->count - 1] == '-' ||
        (l->count >= 4 && l->points[2] == '-' && l->points[3] == '-') ||
        look_up(idna_marks, idna_marks_count, l->points[0]))
        return false;
    for (size_t i = 0; i < l->count; i++)
        if (!look_up(idna_valid, idna_valid_count, l->points[i]) || !is_in_context(l, i))
            return false;
    return is_normalised(l);
}

/* ---- RFC 5893, section 2 ---- */

static enum idna_bidi_class bidi_class(uint32_t c)
{
    return (enum idna_bidi_class)look_up(idna_bidi, idna_bidi_count, c);
}

bool idna_has_right_to_left(const struct idna_label *l)
{
    for (size_t i = 0; i < l->count; i++) {
        const enum idna_bidi_class c = bidi_class(l->points[i]);

        if (c == BIDI_R || c == BIDI_AL || c == BIDI_AN)
            return true;
    }
    return false;
}

bool idna_meets_bidi_rule(const struct idna_label *l)
{
    const unsigned neutral = 1u << BIDI_ES | 1u << BIDI_CS | 1u << BIDI_ET | 1u << BIDI_ON |
                             1u << BIDI_BN | 1u << BIDI_NSM | 1u << BIDI_EN;
    const enum idna_bidi_class first = l->count ? bidi_class(l->points[0]) : BIDI_L;
    const bool rtl = first == BIDI_R || first == BIDI_AL;
    const unsigned allowed =
        neutral | (rtl ? 1u << BIDI_R | 1u << BIDI_AL | 1u << BIDI_AN : 1u << BIDI_L);
    unsigned seen = 0;
    size_t end = l->count;

    if (!rtl && first != BIDI_L)
        return false;
    for (size_t i = 0; i < l->count; i++)
        seen |= 1u << bidi_class(l->points[i]);
    while (end && bidi_class(l->points[end - 1]) == BIDI_NSM)
        end--;
    if (seen & ~allowed || !end || (rtl && seen >> BIDI_EN & 1 && seen >> BIDI_AN & 1))
        return false;
    if (bidi_class(l->points[end - 1]) == BIDI_EN)
        return true;
    return rtl ? (1u << bidi_class(l->points[end - 1]) &
                  (1u << BIDI_R | 1u << BIDI_AL | 1u << BIDI_AN)) != 0
               : bidi_class(l->points[end - 1]) == BIDI_L;
}
