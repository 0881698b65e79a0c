#include "aws/sigv4.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/mem.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int compare_names(struct str a, struct str b)
{
    const size_t shared = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < shared; i++) {
        const unsigned char x = (unsigned char)lower(a.data[i]);
        const unsigned char y = (unsigned char)lower(b.data[i]);

        if (x != y)
            return x < y ? -1 : 1;
    }
    return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

/* ---- path ---- */

/* RFC 3986 section 5.2.4, but empty segments go as well: that is how the services canonicalise. */
static void normalize(struct buf *out, struct str path)
{
    struct str segment, rest = path;

    while (str_cut(&rest, '/', &segment)) {
        if (segment.len == 0 || str_eq(segment, STR(".")))
            continue;
        if (str_eq(segment, STR(".."))) {
            while (out->len > 0 && out->data[--out->len] != '/')
                ;
            continue;
        }
        buf_putc(out, '/');
        buf_add_str(out, segment);
    }
    if (out->len == 0 || str_ends(path, STR("/")))
        buf_putc(out, '/');
}

/* Every service but S3 encodes the path as it was sent once more: %3A signs as %253A. */
static void canonical_path(struct buf *out, struct str path, bool keep)
{
    CLEANUP(buf_release) struct buf plain = {0};

    if (keep)
        buf_add_str(&plain, path.len ? path : STR("/"));
    else
        normalize(&plain, path);
    percent_encode(out, buf_str(&plain), "/");
}

/* ---- query ---- */

struct param {
    struct buf name, value;
};

static int compare_params(const void *a, const void *b)
{
    const struct param *x = a, *y = b;
    const int by_name = str_cmp(buf_str(&x->name), buf_str(&y->name));

    return by_name ? by_name : str_cmp(buf_str(&x->value), buf_str(&y->value));
}

static void recode(struct buf *out, struct str text)
{
    CLEANUP(buf_release) struct buf plain = {0};

    percent_decode(&plain, text);
    percent_encode(out, buf_str(&plain), "");
}

static void param_read(struct param *p, struct str text)
{
    const size_t eq = str_find(text, STR("="), 0);

    recode(&p->name, str_slice(text, 0, eq == (size_t)-1 ? text.len : eq));
    if (eq != (size_t)-1)
        recode(&p->value, str_slice(text, eq + 1, text.len));
}

static void canonical_query(struct buf *out, struct str query)
{
    struct str rest = query, part;
    struct param *params;
    size_t room = 1, count = 0;

    for (size_t i = 0; i < query.len; i++)
        room += query.data[i] == '&';
    params = mem_array(room, sizeof(*params));
    while (query.len && str_cut(&rest, '&', &part))
        if (part.len)
            param_read(&params[count++], part);
    qsort(params, count, sizeof(*params), compare_params);
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_putc(out, '&');
        buf_add_str(out, buf_str(&params[i].name));
        buf_putc(out, '=');
        buf_add_str(out, buf_str(&params[i].value));
        buf_release(&params[i].name);
        buf_release(&params[i].value);
    }
    free(params);
}

/* ---- headers ---- */

struct signed_header {
    const struct sigv4_header *header;
    size_t order; /* of appearance, because qsort is not stable */
};

static int compare_headers(const void *a, const void *b)
{
    const struct signed_header *x = a, *y = b;
    const int by_name = compare_names(x->header->name, y->header->name);

    return by_name ? by_name : x->order < y->order ? -1 : x->order > y->order;
}

static bool is_listed(struct str list, struct str name)
{
    struct str part;

    while (str_cut(&list, ';', &part))
        if (compare_names(part, name) == 0)
            return true;
    return false;
}

static bool all_present(const struct sigv4_request *r)
{
    struct str list = r->signed_headers, part;

    while (str_cut(&list, ';', &part)) {
        bool found = false;

        for (size_t i = 0; i < r->header_count && !found; i++)
            found = compare_names(r->headers[i].name, part) == 0;
        if (!found)
            return false;
    }
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void add_value(struct buf *out, struct str value)
{
    value = str_trim(value);
    for (size_t i = 0; i < value.len; i++)
        if (!is_blank(value.data[i]))
            buf_putc(out, value.data[i]);
        else if (!is_blank(value.data[i - 1])) /* trimmed: never the first */
            buf_putc(out, ' ');
}

static void add_name(struct buf *out, struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        buf_putc(out, lower(name.data[i]));
}

static void canonical_headers(struct buf *out, struct buf *names, const struct sigv4_request *r)
{
    struct signed_header *chosen = mem_array(r->header_count + 1, sizeof(*chosen));
    size_t count = 0;

    for (size_t i = 0; i < r->header_count; i++)
        if (!r->signed_headers.data || is_listed(r->signed_headers, r->headers[i].name))
            chosen[count++] = (struct signed_header){&r->headers[i], i};
    qsort(chosen, count, sizeof(*chosen), compare_headers);
    for (size_t i = 0; i < count; i++) {
        const struct sigv4_header *h = chosen[i].header;

        if (i && compare_names(chosen[i - 1].header->name, h->name) == 0) {
            out->len--; /* the newline: repeated headers share a line */
            buf_putc(out, ',');
        } else {
            if (i)
                buf_putc(names, ';');
            add_name(names, h->name);
            add_name(out, h->name);
            buf_putc(out, ':');
        }
        add_value(out, h->value);
        buf_putc(out, '\n');
    }
    free(chosen);
}

/* ---- all of it ---- */

static void canonical_request(struct sigv4_result *ret, const struct sigv4_request *r)
{
    struct buf *out = &ret->canonical_request;
    const size_t mark = str_find(r->target, STR("?"), 0);
    const bool has_query = mark != (size_t)-1;

    buf_add_str(out, r->method);
    buf_putc(out, '\n');
    canonical_path(out, str_slice(r->target, 0, has_query ? mark : r->target.len), r->keep_path);
    buf_putc(out, '\n');
    if (has_query)
        canonical_query(out, str_slice(r->target, mark + 1, r->target.len));
    buf_putc(out, '\n');
    canonical_headers(out, &ret->signed_headers, r);
    buf_printf(out, "\n%.*s\n%.*s", STR_ARG(buf_str(&ret->signed_headers)),
               STR_ARG(r->payload_sha256));
}

static void derive(unsigned char out[SHA256_SIZE], const struct sigv4_key *key)
{
    const struct str chain = {(const char *)out, SHA256_SIZE};
    struct buf secret = {0};

    buf_add_c(&secret, "AWS4");
    buf_add_str(&secret, key->secret_key);
    hmac_sha256(out, buf_str(&secret), str_slice(key->date, 0, 8));
    hmac_sha256(out, chain, key->region);
    hmac_sha256(out, chain, key->service);
    hmac_sha256(out, chain, STR("aws4_request"));
    buf_wipe(&secret);
}

/* The key for this scope, from the cache when it is of the same one. */
static void signing_key(unsigned char out[SHA256_SIZE], const struct sigv4_key *key,
                        struct str scope)
{
    struct sigv4_cache *cache = key->cache;

    if (cache && str_eq_c(scope, cache->scope)) {
        memcpy(out, cache->key, SHA256_SIZE);
        return;
    }
    derive(out, key);
    if (!cache || scope.len >= sizeof(cache->scope))
        return;
    memcpy(cache->key, out, SHA256_SIZE);
    memcpy(cache->scope, scope.data, scope.len);
    cache->scope[scope.len] = '\0';
}

static void signature(char out[SHA256_HEX_SIZE], const struct sigv4_key *key, struct str scope,
                      struct str text)
{
    unsigned char mac[SHA256_SIZE];
    const struct str chain = {(const char *)mac, sizeof(mac)};
    struct buf hex = {0};

    signing_key(mac, key, scope);
    hmac_sha256(mac, chain, text);
    hex_encode(&hex, chain);
    memcpy(out, hex.data, SHA256_HEX_SIZE);
    buf_release(&hex);
    mem_wipe(mac, sizeof(mac));
}

int sigv4_sign(struct sigv4_result *ret, const struct sigv4_request *request,
               const struct sigv4_key *key)
{
    struct sigv4_result r = {0};
    char hash[SHA256_HEX_SIZE];

    if (key->date.len != SIGV4_DATE_SIZE - 1 ||
        (request->signed_headers.data && !all_present(request)))
        return -1;
    canonical_request(&r, request);
    buf_printf(&r.scope, "%.8s/%.*s/%.*s/aws4_request", key->date.data, STR_ARG(key->region),
               STR_ARG(key->service));
    sha256_hex(hash, buf_str(&r.canonical_request));
    buf_printf(&r.string_to_sign, "AWS4-HMAC-SHA256\n%.*s\n%s\n%s", STR_ARG(key->date),
               buf_c(&r.scope), hash);
    signature(r.signature, key, buf_str(&r.scope), buf_str(&r.string_to_sign));
    *ret = r;
    return 0;
}

void sigv4_result_release(struct sigv4_result *r)
{
    buf_release(&r->canonical_request);
    buf_release(&r->signed_headers);
    buf_release(&r->scope);
    buf_release(&r->string_to_sign);
}

void sigv4_authorization(struct buf *out, const struct sigv4_result *r, struct str access_key)
{
    buf_printf(out, "AWS4-HMAC-SHA256 Credential=%.*s/%s, SignedHeaders=%s, Signature=%s",
               STR_ARG(access_key), buf_c(&r->scope), buf_c(&r->signed_headers), r->signature);
}

/* ---- the server's side ---- */

static bool parse_credential(struct str text, struct sigv4_parts *p)
{
    /* From the end: an access key might hold a slash, the four behind it never do. */
    struct str *const fields[] = {NULL, &p->service, &p->region, &p->day};

    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        size_t at = text.len;

        while (at > 0 && text.data[at - 1] != '/')
            at--;
        if (at == 0)
            return false;
        if (!fields[i] && !str_eq(str_slice(text, at, text.len), STR("aws4_request")))
            return false;
        if (fields[i])
            *fields[i] = str_slice(text, at, text.len);
        text = str_slice(text, 0, at - 1);
    }
    p->access_key = text;
    return text.len > 0;
}

bool sigv4_parse(struct str authorization, struct sigv4_parts *ret)
{
    const struct str algorithm = STR("AWS4-HMAC-SHA256");
    struct sigv4_parts p = {{0}};
    struct str rest = str_trim(authorization), part, credential = {0};

    if (!str_starts(rest, algorithm) || rest.len == algorithm.len ||
        !is_blank(rest.data[algorithm.len]))
        return false;
    rest = str_slice(rest, algorithm.len, rest.len);
    while (str_cut(&rest, ',', &part)) {
        const size_t eq = str_find(part, STR("="), 0);
        const struct str name = str_trim(str_slice(part, 0, eq == (size_t)-1 ? part.len : eq));
        const struct str value =
            eq == (size_t)-1 ? STR("") : str_trim(str_slice(part, eq + 1, part.len));

        if (str_eq(name, STR("Credential")))
            credential = value;
        else if (str_eq(name, STR("SignedHeaders")))
            p.signed_headers = value;
        else if (str_eq(name, STR("Signature")))
            p.signature = value;
    }
    if (!parse_credential(credential, &p) || p.signed_headers.len == 0 || p.signature.len == 0)
        return false;
    *ret = p;
    return true;
}

bool sigv4_equal(struct str a, struct str b)
{
    return a.len == b.len && mem_same_secret(a.data, b.data, a.len);
}
