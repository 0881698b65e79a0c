#include "json/schema/dialect.h"

#include <string.h>

#include "base/suggest.h"

const struct keyword_info keyword_table[KEYWORD_COUNT] = {
#define KEYWORD_ROW(text, id, first, last, vocabulary, shape)                                      \
    {text, SCHEMA_DRAFT_##first, SCHEMA_DRAFT_##last, VOCABULARY_##vocabulary, SHAPE_##shape},
    KEYWORDS(KEYWORD_ROW)
#undef KEYWORD_ROW
};

static bool has(const struct dialect *d, enum keyword k)
{
    const struct keyword_info *i = &keyword_table[k];
    unsigned vocabularies = d->vocabularies;

    if (vocabularies & VOCABULARY_FORMAT_ASSERTION)
        vocabularies |= VOCABULARY_FORMAT;
    /* 2019-09 has no vocabulary of its own for unevaluated*; `dependencies` and `definitions` went
     * out of the vocabularies then, and stay for schemas that come from before */
    if (d->draft == SCHEMA_DRAFT_2019_09 && vocabularies & VOCABULARY_APPLICATOR)
        vocabularies |= VOCABULARY_UNEVALUATED;
    return d->draft >= i->first && d->draft <= i->last && vocabularies & i->vocabulary;
}

enum keyword keyword_find(const struct dialect *dialect, struct str name)
{
    size_t low = 0, high = KEYWORD_COUNT;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = str_cmp(name, str_c(keyword_table[middle].name));

        if (order == 0)
            return has(dialect, (enum keyword)middle) ? (enum keyword)middle : KEYWORD_COUNT;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return KEYWORD_COUNT;
}

const char *keyword_nearest(const struct dialect *dialect, struct str name)
{
    const char *names[KEYWORD_COUNT];
    size_t n = 0;

    for (size_t i = 0; i < KEYWORD_COUNT; i++)
        if (has(dialect, (enum keyword)i))
            names[n++] = keyword_table[i].name;
    return suggest_nearest(name, names, n);
}

static const struct dialect dialects[] = {
    {SCHEMA_DRAFT_4, VOCABULARY_ALL, "http://json-schema.org/draft-04/schema"},
    {SCHEMA_DRAFT_6, VOCABULARY_ALL, "http://json-schema.org/draft-06/schema"},
    {SCHEMA_DRAFT_7, VOCABULARY_ALL, "http://json-schema.org/draft-07/schema"},
    {SCHEMA_DRAFT_2019_09, VOCABULARY_ALL, "https://json-schema.org/draft/2019-09/schema"},
    {SCHEMA_DRAFT_2020_12, VOCABULARY_ALL, "https://json-schema.org/draft/2020-12/schema"},
};

const struct dialect *dialect_by_uri(struct str uri)
{
    for (size_t i = 0; i < ARRAY_LEN(dialects); i++)
        if (str_eq_c(uri, dialects[i].uri))
            return &dialects[i];
    return NULL;
}

const struct dialect *dialect_of_draft(enum schema_draft draft)
{
    for (size_t i = 0; i < ARRAY_LEN(dialects); i++)
        if (dialects[i].draft == draft)
            return &dialects[i];
    return &dialects[ARRAY_LEN(dialects) - 1];
}

unsigned vocabulary_by_uri(struct str uri)
{
    static const struct {
        const char *name;
        unsigned bit;
    } names[] = {
        {"core", VOCABULARY_CORE},
        {"applicator", VOCABULARY_APPLICATOR},
        {"unevaluated", VOCABULARY_UNEVALUATED},
        {"validation", VOCABULARY_VALIDATION},
        {"meta-data", VOCABULARY_META_DATA},
        {"format", VOCABULARY_FORMAT},
        {"format-annotation", VOCABULARY_FORMAT},
        {"format-assertion", VOCABULARY_FORMAT_ASSERTION},
        {"content", VOCABULARY_CONTENT},
    };
    static const char *const starts[] = {"https://json-schema.org/draft/2019-09/vocab/",
                                         "https://json-schema.org/draft/2020-12/vocab/"};

    for (size_t s = 0; s < ARRAY_LEN(starts); s++) {
        if (!str_starts(uri, str_c(starts[s])))
            continue;
        for (size_t i = 0; i < ARRAY_LEN(names); i++)
            if (str_eq_c(str_slice(uri, strlen(starts[s]), uri.len), names[i].name))
                return names[i].bit;
    }
    return 0;
}

bool schema_draft_by_name(struct str name, enum schema_draft *ret_draft)
{
    static const struct {
        const char *name;
        enum schema_draft draft;
    } names[] = {{"4", SCHEMA_DRAFT_4},
                 {"6", SCHEMA_DRAFT_6},
                 {"7", SCHEMA_DRAFT_7},
                 {"2019-09", SCHEMA_DRAFT_2019_09},
                 {"2020-12", SCHEMA_DRAFT_2020_12}};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (!str_eq_c(name, names[i].name))
            continue;
        *ret_draft = names[i].draft;
        return true;
    }
    return false;
}
