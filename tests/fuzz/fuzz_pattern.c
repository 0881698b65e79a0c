/* A dialect byte, a pattern, a NUL, a subject: compiles or refuses, and a match comes to an end. */
#include <assert.h>
#include <string.h>

#include "json/pattern.h"
#include "json/scan.h"
#include "tests/fuzz/fuzz.h"

static bool is_utf8(struct str s)
{
    for (size_t i = 0; i < s.len;) {
        const size_t n =
            (unsigned char)s.data[i] < 0x80 ? 1 : scan_utf8_length(s.data + i, s.data + s.len);

        if (!n)
            return false;
        i += n;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest, source;
    struct pattern *p = NULL;
    struct pattern_span groups[4];
    size_t count = 4, offset = 0;
    struct err err = {0};

    if (size < 1)
        return 0;
    rest = (struct str){(const char *)data + 1, size - 1};
    if (!str_cut(&rest, '\0', &source) || !is_utf8(rest) || !is_utf8(source) || source.len > 2000)
        return 0;
    if (pattern_compile(&p, source, (enum pattern_dialect)(data[0] % 3),
                        data[0] & 4 ? PATTERN_FULL : 0, &offset, &err) < 0) {
        assert(err.text[0] && offset <= source.len + 1);
        return 0;
    }
    if (pattern_match_at(p, rest, 0, groups, &count) == PATTERN_MATCH)
        assert(groups[0].set && groups[0].start <= rest.len && groups[0].end <= rest.len);
    pattern_free(p);
    return 0;
}
