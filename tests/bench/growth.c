/* What must not take longer a piece where there are more of them. usage: bench_growth */
#include "base/mem.h"
#include "base/secret.h"
#include "json/schema/schema.h"
#include "tests/bench/bench.h"

enum { FEW = 5000, MANY = 10 * FEW };

/* Measured once: what others do meanwhile does not count. */
static double processor_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void add_secrets(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char text[40];

        snprintf(text, sizeof(text), "tok_%08x-%zu", (unsigned)i * 2654435761U, i);
        secret_add(str_c(text));
    }
}

static double secrets(size_t count)
{
    const double start = processor_ns();

    add_secrets(count);
    secret_clear();
    return processor_ns() - start;
}

/* As many texts of the same length, whatever is registered. */
static double masking(size_t count)
{
    struct buf text = {0};
    double start;

    add_secrets(count);
    for (size_t i = 0; i < MANY; i++)
        buf_printf(&text, "{\"order\":%zu,\"token\":\"tok_%08x-%zu\"},\n", i,
                   (unsigned)i * 2654435761U, i);
    start = processor_ns();
    secret_mask(&text);
    start = processor_ns() - start;
    buf_release(&text);
    secret_clear();
    return start;
}

static double schema_of(const struct buf *text)
{
    struct json_doc *doc = NULL;
    struct faults faults = {0};
    struct schema *schema;
    double start;

    if (json_doc_parse(&doc, buf_str(text), "schema.json", 0, NULL) < 0)
        abort();
    start = processor_ns();
    schema = schema_compile(json_doc_root(doc), NULL, &faults);
    start = processor_ns() - start;
    if (!schema)
        abort();
    schema_free(schema);
    json_doc_free(doc);
    return start;
}

static double schema(size_t count, bool by_anchor)
{
    struct buf text = {0};
    double took;

    buf_add_c(&text, "{\"properties\":{");
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s\"p%zu\":{\"$ref\":\"#%s%zu\"}", i ? "," : "", i,
                   by_anchor ? "a" : "/$defs/d", i);
    buf_add_c(&text, "},\"$defs\":{");
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s\"d%zu\":{\"$anchor\":\"a%zu\",\"type\":\"integer\"}", i ? "," : "", i,
                   i);
    buf_add_c(&text, "}}");
    took = schema_of(&text);
    buf_release(&text);
    return took;
}

static double references(size_t count)
{
    return schema(count, false);
}

static double anchors(size_t count)
{
    return schema(count, true);
}

int main(void)
{
    static const struct {
        const char *what;
        double (*run)(size_t count);
    } rows[] = {{"register secrets", secrets},
                {"mask 50,000 tokens", masking},
                {"compile $refs", references},
                {"compile anchors", anchors}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        rows[i].run(FEW); /* warm */
        bench_say("tenth", rows[i].what, rows[i].run(FEW));
        bench_say("smokegate", rows[i].what, rows[i].run(MANY));
    }
    return 0;
}
