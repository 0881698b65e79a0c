#include "promote/mark.h"

#include <stdio.h>
#include <string.h>

static const char *const state_names[] = {
    [MARK_NONE] = "-",        [MARK_CLAIMED] = "claimed", [MARK_STAGED] = "staged",
    [MARK_PASSED] = "passed", [MARK_CANARY] = "canary",   [MARK_LIVE] = "live",
    [MARK_RB] = "rb",         [MARK_UNDO] = "undo",       [MARK_RESTORE] = "restore",
};

const char *mark_state_name(enum mark_state state)
{
    return state_names[state];
}

bool mark_is_open(const struct mark *m)
{
    return m->state != MARK_NONE && m->expires_s != 0;
}

bool mark_is_undoing(const struct mark *m)
{
    return mark_is_open(m) &&
           (m->state == MARK_RB || m->state == MARK_UNDO || m->state == MARK_RESTORE);
}

/* ---- reading ---- */

static bool read_state(struct str value, enum mark_state *ret)
{
    for (size_t i = MARK_CLAIMED; i < ARRAY_LEN(state_names); i++)
        if (str_eq_c(value, state_names[i])) {
            *ret = (enum mark_state)i;
            return true;
        }
    return false;
}

static bool is_word(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        const char c = value.data[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
            return false;
    }
    return value.len > 0;
}

static bool read_word(struct str value, char *out, size_t size)
{
    const bool absent = str_eq_c(value, "-");

    if (!absent && (!is_word(value) || value.len >= size))
        return false;
    memcpy(out, value.data, absent ? 0 : value.len);
    out[absent ? 0 : value.len] = '\0';
    return true;
}

static bool read_version(struct str value, char out[LAMBDA_VERSION_SIZE])
{
    unsigned long long number;

    if (str_eq_c(value, "$LATEST")) {
        memcpy(out, "$LATEST", sizeof("$LATEST"));
        return true;
    }
    if (!str_eq_c(value, "-") && !str_to_u64(value, UINT64_MAX, &number))
        return false;
    return read_word(value, out, LAMBDA_VERSION_SIZE);
}

static bool is_revision(struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] != '-' && !is_word(str_slice(value, i, i + 1)))
            return false;
    return value.len > 0 && value.len < LAMBDA_REVISION_SIZE;
}

/* REVISION/HASH/OLD. A hint that nobody can read is none. */
static void read_neighbour(struct str value, struct mark *m)
{
    struct str revision, hash;

    if (!str_cut(&value, '/', &revision) || !is_revision(revision) ||
        !str_cut(&value, '/', &hash) || hash.len != MARK_HASH_SIZE - 1 ||
        !read_word(hash, m->neighbour_hash, MARK_HASH_SIZE) || !value.len || value.data[0] == '-' ||
        !read_version(value, m->neighbour_old))
        return;
    memcpy(m->neighbour, revision.data, revision.len);
    m->neighbour[revision.len] = '\0';
}

static bool read_field(struct mark *m, char key, struct str value)
{
    unsigned long long number;

    switch (key) {
    case 'p':
        return read_word(value, m->promotion, sizeof(m->promotion)) && m->promotion[0];
    case 's':
        return read_state(value, &m->state);
    case 'o':
        return read_version(value, m->old_version);
    case 'n':
        return read_version(value, m->new_version);
    case 'k':
        return read_version(value, m->before);
    case 'h':
        return read_word(value, m->hash, sizeof(m->hash));
    case 'w':
        return read_word(value, m->writer, sizeof(m->writer));
    case 't':
        return read_word(value, m->set, sizeof(m->set));
    case 'r':
        read_neighbour(value, m);
        return true;
    case 'x':
        if (!str_to_u64(value, INT64_MAX, &number))
            return false;
        m->expires_s = (int64_t)number;
        return true;
    default:
        return true; /* a newer smokegate's */
    }
}

static int unreadable(struct str line, struct err *err)
{
    return err_set(
        err, ERR_REFUSED,
        "the description \"%.*s\" begins as smokegate's and cannot be read; put it right "
        "or remove everything up to \" | \"",
        (int)(line.len < MARK_LENGTH_MAX ? line.len : MARK_LENGTH_MAX), line.data);
}

int mark_parse(struct str description, struct mark *ret, struct str *ret_text, struct err *err)
{
    struct str text = description, line, field;
    struct mark m = {0};
    size_t bar;

    if (str_starts(description, STR("lsp1 "))) {
        bar = str_find(description, STR(" | "), 0);
        line = str_slice(description, 5, bar == (size_t)-1 ? description.len : bar);
        text = bar == (size_t)-1 ? str_slice(description, description.len, description.len)
                                 : str_slice(description, bar + 3, description.len);
        while (str_cut(&line, ' ', &field))
            if (field.len && (field.len < 3 || field.data[1] != '=' ||
                              !read_field(&m, field.data[0], str_slice(field, 2, field.len))))
                return unreadable(description, err);
        if (m.state == MARK_NONE || !m.promotion[0])
            return unreadable(description, err);
    }
    *ret = m;
    if (ret_text)
        *ret_text = text;
    return 0;
}

/* ---- writing ---- */

static const char *or_dash(const char *text)
{
    return text[0] ? text : "-";
}

static size_t characters(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.data[i] & 0xc0) != 0x80;
    return n;
}

int mark_format(const struct mark *m, struct str text, char out[LAMBDA_DESCRIPTION_SIZE],
                struct err *err)
{
    char line[400]; /* the longest has 390 */
    const size_t more = text.len ? 3 + characters(text) : 0;
    int n = snprintf(line, sizeof(line), "lsp1 p=%s s=%s o=%s n=%s h=%s x=%lld k=%s w=%s%s%s",
                     m->promotion, mark_state_name(m->state), or_dash(m->old_version),
                     or_dash(m->new_version), or_dash(m->hash), (long long)m->expires_s,
                     or_dash(m->before), or_dash(m->writer), m->set[0] ? " t=" : "", m->set);

    if ((size_t)n + more > MARK_DESCRIPTION_MAX)
        return err_set(err, ERR_REFUSED,
                       "the alias's own description has %zu characters: with smokegate's line "
                       "there is room for %d; shorten it",
                       characters(text), MARK_DESCRIPTION_MAX - n - 3);
    if (m->neighbour[0]) {
        const int hint = snprintf(line + n, sizeof(line) - (size_t)n, " r=%s/%s/%s", m->neighbour,
                                  m->neighbour_hash, m->neighbour_old);

        if ((size_t)(n + hint) + more > MARK_DESCRIPTION_MAX)
            line[n] = '\0';
    }
    snprintf(out, LAMBDA_DESCRIPTION_SIZE, "%s%s%.*s", line, text.len ? " | " : "", STR_ARG(text));
    return 0;
}
