/* Private to the HTML report: its pieces. */
#ifndef REPORTS_HTML_PRIVATE_H
#define REPORTS_HTML_PRIVATE_H

#include "base/buf.h"
#include "reports/account.h"
#include "runner/event.h"

/* The style sheet, between <style> and </style>. */
extern const char html_style[];

/* Text between tags or in an attribute: nothing in it is markup, nothing acts. */
void html_text(struct buf *out, struct str text);
/* The same with line breaks as they are, between tags. */
void html_lines(struct buf *out, struct str text);

/* A folding block with all of a case. Capped at some hundred kilobytes an attempt. */
void html_case(struct buf *out, const struct case_result *r);

/* An item of a list that leads to it: verdict, name, what was wrong in a line. */
void html_case_line(struct buf *out, const struct case_result *r);

/* An invocation attempt as the charts draw it. */
struct html_mark {
    int64_t start_us;
    int64_t duration_us; /* of the invocation that was judged */
    int64_t end_us;      /* with everything that was asked again before it */
    size_t index;        /* of the case */
    char *title;         /* owned */
    unsigned number;
    enum verdict verdict; /* of the attempt */
    bool last, cold;
};

enum { HTML_MARKS_MAX = 5000 };

struct html_marks {
    struct html_mark *items;
    size_t count, cap, left_out;
};

/* Remembers the attempts of a case, as long as there is room. */
void html_marks_add(struct html_marks *marks, const struct case_result *r);
void html_marks_release(struct html_marks *marks);

/* When what ran: a bar an attempt, lanes as many as were in flight. */
void html_timeline(struct buf *out, const struct html_marks *marks);

/* How long they took: a histogram, and the 50th, 90th and 99th percentile. */
void html_latency(struct buf *out, const struct html_marks *marks);

/* The picture of a promotion's way. */
void html_way(struct buf *out, const struct account *account);

/* The headline of a promotion that is over. */
void html_end(struct buf *out, const char *end, const struct account *account);

/* A promotion: the way it went, aliases before and after, findings, steps. Nothing without one. */
void html_account(struct buf *out, const struct account *account);

#endif
