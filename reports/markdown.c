/*
 * A summary for pull requests, chats and $GITHUB_STEP_SUMMARY: counts, what was tested, and a
 * folding block for every case that did not pass. Stays below 1 MiB, which is all GitHub shows.
 */
#include "reports/formats.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "reports/account.h"
#include "reports/words.h"

enum {
    BLOCKS_MAX = 100,
    BLOCK_MAX = 8 << 10,
    ALL_BLOCKS_MAX = 900 << 10,
    INLINE_MAX = 300,
    SLOWEST_MAX = 5,
    ROWS_MAX = 200,
};

struct slow_case {
    char *title;
    int64_t us;
};

struct markdown {
    struct account account; /* of a promotion; first: it is its own listener */
    struct report *report;
    struct buf text, blocks;
    size_t block_count, left_out;
    char *alias, *environment;
    struct slow_case slowest[SLOWEST_MAX];
};

/* What can be seen of it, at most `max` bytes. Returns how many were left out. */
static size_t visible_part(struct buf *out, struct str text, size_t max)
{
    const size_t start = out->len;
    struct str part;
    size_t more;

    utf8_visible(out, text);
    part = utf8_part(str_slice(buf_str(out), start, out->len), max);
    more = out->len - start - part.len;
    out->len = start + part.len;
    if (more)
        out->data[out->len] = '\0';
    return more;
}

/* Text in a line: nothing in it is markup, HTML or a mention. */
static void inline_text(struct buf *out, struct str text)
{
    CLEANUP(buf_release) struct buf visible = {0};
    size_t more = visible_part(&visible, text, INLINE_MAX);

    for (size_t i = 0; i < visible.len; i++) {
        char c = visible.data[i];

        if (c == '\n' || c == '\t')
            buf_putc(out, ' ');
        else if (c == '&' || c == '<' || c == '>' || c == '@' || c == ':')
            buf_printf(out, "&#%d;", c); /* also bare links, mentions and :emoji: */
        else if (c == '.' && i >= 3 && strncasecmp(visible.data + i - 3, "www", 3) == 0)
            buf_add_c(out, "&#46;"); /* would be a link, too */
        else if ((c >= '!' && c <= '/' && c != '-' && c != '.' && c != ',') || c == '|' ||
                 c == '`' || c == '[' || c == ']' || c == '\\' || c == '^' || c == '_' ||
                 c == '{' || c == '}' || c == '~')
            buf_printf(out, "\\%c", c);
        else
            buf_putc(out, c);
    }
    if (more)
        buf_add_c(out, "...");
}

/* A block between fences longer than any run of backticks in it. */
static void fenced(struct buf *out, struct str text)
{
    CLEANUP(buf_release) struct buf visible = {0};
    size_t run = 0, longest = 2, more = visible_part(&visible, text, BLOCK_MAX);

    for (size_t i = 0; i < visible.len; i++) {
        run = visible.data[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i <= longest; i++)
            buf_putc(out, '`');
        buf_add_c(out, side ? "\n" : "text\n");
        if (side == 0) {
            buf_add_str(out, buf_str(&visible));
            if (more)
                buf_printf(out, "\n[%zu bytes left out]\n", more);
            else if (visible.len == 0 || visible.data[visible.len - 1] != '\n')
                buf_putc(out, '\n');
        }
    }
}

static void on_run_start(void *ctx, const struct run_info *run)
{
    struct markdown *m = ctx;

    m->alias = mem_dup(run->alias);
    m->environment = mem_dup(run->environment);
    account_begin(&m->account, run);
}

static void remember_slow(struct markdown *m, const struct case_result *r)
{
    struct slow_case now = {NULL, r->duration_us};
    CLEANUP(buf_release) struct buf title = {0};

    if (!r->attempt_count || r->duration_us <= m->slowest[SLOWEST_MAX - 1].us)
        return;
    buf_printf(&title, "%s > %s", r->info.suite, r->info.name);
    now.title = buf_steal(&title);
    for (size_t i = 0; i < SLOWEST_MAX; i++) {
        struct slow_case then = m->slowest[i];

        if (now.us <= then.us)
            continue;
        m->slowest[i] = now;
        now = then;
    }
    free(now.title);
}

static const char *mark(const struct case_result *r)
{
    switch (r->verdict) {
    case VERDICT_PASSED:
        return "\xe2\x9a\xa0\xef\xb8\x8f flaky"; /* only those have a block */
    case VERDICT_FAILED:
        return "\xe2\x9d\x8c failed";
    case VERDICT_INCONCLUSIVE:
    case VERDICT_SKIPPED:
        break;
    }
    return "\xe2\x9d\x94 inconclusive";
}

static void on_case_end(void *ctx, const struct case_result *r)
{
    struct markdown *m = ctx;
    CLEANUP(buf_release) struct buf body = {0};
    struct buf *out = &m->blocks;

    remember_slow(m, r);
    if (r->verdict == VERDICT_SKIPPED || (r->verdict == VERDICT_PASSED && !r->flaky))
        return;
    if (m->block_count == BLOCKS_MAX || out->len > ALL_BLOCKS_MAX) {
        m->left_out++;
        return;
    }
    m->block_count++;
    words_case(&body, r, 0, WORDS_LOG_ELSEWHERE);
    buf_printf(out, "\n<details%s><summary>%s: ", m->block_count == 1 ? " open" : "", mark(r));
    inline_text(out, str_c(r->info.suite));
    buf_add_c(out, " &gt; ");
    inline_text(out, str_c(r->info.name));
    buf_add_c(out, "</summary>\n\n");
    fenced(out, buf_str(&body));
    buf_add_c(out, "\n</details>\n");
}

static void add_functions(struct buf *out, const struct run_summary *end)
{
    buf_add_c(out, "\n| function | version tested | passed | failed | inconclusive |\n"
                   "| --- | --- | --: | --: | --: |\n");
    for (size_t i = 0; i < end->function_count; i++) {
        const struct run_function *f = &end->functions[i];

        buf_add_c(out, "| ");
        inline_text(out, str_c(f->name));
        buf_add_c(out, "&#58;");
        inline_text(out, str_c(f->alias));
        buf_add_c(out, " | ");
        inline_text(out, str_c(*f->executed_version ? f->executed_version : "none"));
        buf_printf(out, " | %zu | %zu | %zu |\n", f->counts.of[VERDICT_PASSED],
                   f->counts.of[VERDICT_FAILED], f->counts.of[VERDICT_INCONCLUSIVE]);
    }
}

/* ---- a promotion ---- */

static void on_step(void *ctx, const struct account_step *step)
{
    struct markdown *m = ctx;

    if (step->verdict == VERDICT_FAILED || step->verdict == VERDICT_INCONCLUSIVE)
        account_add_step(&m->account, step);
}

static void move_cell(struct buf *out, const char *before, const char *after, bool weighted)
{
    const bool moved = strcmp(before, after) != 0;
    CLEANUP(buf_release) struct buf text = {0};

    account_move(&text, before, after, weighted);
    buf_add_c(out, moved ? " **" : " ");
    inline_text(out, buf_str(&text));
    buf_add_c(out, moved ? "** |" : " |");
}

static void add_places(struct buf *out, const struct account *a)
{
    const size_t shown = a->place_count < ROWS_MAX ? a->place_count : ROWS_MAX;

    if (!shown)
        return;
    buf_add_c(out, "\n| environment | function | ");
    inline_text(out, str_c(a->aliases.live));
    buf_add_c(out, " | ");
    inline_text(out, str_c(a->aliases.smoke));
    buf_add_c(out, " | ");
    inline_text(out, str_c(a->aliases.backup));
    buf_add_c(out, " |\n| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < shown; i++) {
        const struct account_place *p = &a->places[i];

        buf_add_c(out, "| ");
        inline_text(out, str_c(p->environment));
        buf_add_c(out, " | ");
        inline_text(out, str_c(p->function));
        buf_add_c(out, " |");
        move_cell(out, p->before.live, p->after.live, p->weighted);
        move_cell(out, p->before.smoke, p->after.smoke, false);
        move_cell(out, p->before.backup, p->after.backup, false);
        buf_putc(out, '\n');
    }
    if (shown < a->place_count)
        buf_printf(out, "\nand %zu more functions\n", a->place_count - shown);
}

static void add_item(struct buf *out, const char *kind, const char *environment, const char *text,
                     const char *more)
{
    buf_printf(out, "\n- %s: ", kind);
    inline_text(out, str_c(environment));
    buf_add_c(out, ": ");
    inline_text(out, str_c(text));
    if (more && *more) {
        buf_add_c(out, ": ");
        inline_text(out, str_c(more));
    }
}

static void add_account(struct buf *out, const struct account *a)
{
    const size_t steps = a->step_count < ROWS_MAX ? a->step_count : ROWS_MAX;
    const size_t findings = a->finding_count < ROWS_MAX ? a->finding_count : ROWS_MAX;
    CLEANUP(buf_release) struct buf bypasses = {0};

    buf_printf(&bypasses, "bypasses %s", a->aliases.live);
    add_places(out, a);
    for (size_t i = 0; i < steps; i++)
        add_item(out, account_verdict_name(a->steps[i].step.verdict), a->steps[i].step.environment,
                 a->steps[i].step.text, a->steps[i].step.reason);
    for (size_t i = 0; i < findings; i++)
        add_item(out, a->findings[i].fails ? buf_c(&bypasses) : "warning",
                 a->findings[i].environment, a->findings[i].function, a->findings[i].text);
    if (steps || findings)
        buf_putc(out, '\n');
}

/* ---- the whole ---- */

static void promotion_end(struct buf *out, const char *end, const struct account *a)
{
    CLEANUP(buf_release) struct buf live = {0};
    struct account_aliases aliases = a->aliases;

    inline_text(&live, str_c(a->aliases.live));
    aliases.live = buf_c(&live);
    words_promotion_end(out, end, a->command, &aliases);
}

static void heading(struct buf *out, const struct run_summary *end, const struct account *a)
{
    static const char *const titles[] = {
        [RUN_PASS] = "\xe2\x9c\x85 passed",
        [RUN_FAIL] = "\xe2\x9d\x8c failed",
        [RUN_INCONCLUSIVE] = "\xe2\x9d\x94 inconclusive",
        [RUN_EMPTY] = "no case ran",
    };

    buf_add_c(out, "## smokegate: ");
    if (end->end)
        promotion_end(out, end->end, a);
    else
        buf_add_c(out, titles[end->verdict]);
    buf_add_c(out, "\n\n");
    if (end->message) {
        inline_text(out, str_c(end->message));
        buf_add_c(out, "\n\n");
    }
}

static void headline(struct markdown *m, const struct run_summary *end)
{
    const struct verdict_counts *c = &end->counts;
    struct buf *out = &m->text;

    heading(out, end, &m->account);
    inline_text(out, str_c(m->alias));
    if (*m->environment) {
        buf_add_c(out, " in ");
        inline_text(out, str_c(m->environment));
    }
    buf_printf(out, ": **%zu passed**", c->of[VERDICT_PASSED]);
    if (c->flaky)
        buf_printf(out, " (%zu flaky)", c->flaky);
    buf_printf(out, ", **%zu failed**, %zu inconclusive, %zu skipped in ", c->of[VERDICT_FAILED],
               c->of[VERDICT_INCONCLUSIVE], c->of[VERDICT_SKIPPED]);
    words_duration(out, end->duration_us);
    if (end->stopped) {
        buf_add_c(out, " (");
        inline_text(out, str_c(end->stopped));
        buf_putc(out, ')');
    }
    buf_putc(out, '\n');
}

static void add_slowest(struct markdown *m)
{
    struct buf *out = &m->text;

    if (!m->slowest[0].title)
        return;
    buf_add_c(out, "\n| slowest | |\n| --- | --: |\n");
    for (size_t i = 0; i < SLOWEST_MAX && m->slowest[i].title; i++) {
        buf_add_c(out, "| ");
        inline_text(out, str_c(m->slowest[i].title));
        buf_add_c(out, " | ");
        words_duration(out, m->slowest[i].us);
        buf_add_c(out, " |\n");
    }
}

static void on_run_end(void *ctx, const struct run_summary *end)
{
    struct markdown *m = ctx;

    headline(m, end);
    add_account(&m->text, &m->account);
    if (end->function_count)
        add_functions(&m->text, end);
    buf_add_str(&m->text, buf_str(&m->blocks));
    if (m->left_out)
        buf_printf(&m->text, "\nand %zu more that did not pass\n", m->left_out);
    add_slowest(m);
    report_write(m->report, &m->text);
}

void *markdown_open(struct report *report, struct listener *ret_listener)
{
    struct markdown *m = mem_zalloc(sizeof(*m));

    m->report = report;
    *ret_listener = (struct listener){.ctx = m,
                                      .run_start = on_run_start,
                                      .case_end = on_case_end,
                                      .step = on_step,
                                      .finding = account_on_finding,
                                      .place = account_on_place,
                                      .run_end = on_run_end};
    return m;
}

void markdown_close(void *ctx)
{
    struct markdown *m = ctx;

    for (size_t i = 0; i < SLOWEST_MAX; i++)
        free(m->slowest[i].title);
    buf_release(&m->text);
    buf_release(&m->blocks);
    account_release(&m->account);
    free(m->alias);
    free(m->environment);
    free(m);
}
