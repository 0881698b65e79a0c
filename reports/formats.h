/* The formats' entries, one pair a file. */
#ifndef REPORTS_FORMATS_H
#define REPORTS_FORMATS_H

#include "reports/report.h"

void *junit_open(struct report *report, struct listener *ret_listener);
void *junit_strict_open(struct report *report, struct listener *ret_listener);
void junit_close(void *ctx);

void *jsonl_open(struct report *report, struct listener *ret_listener);
void jsonl_close(void *ctx);

void *html_open(struct report *report, struct listener *ret_listener);
void html_close(void *ctx);

void *tap_open(struct report *report, struct listener *ret_listener);
void tap_close(void *ctx);

void *markdown_open(struct report *report, struct listener *ret_listener);
void markdown_close(void *ctx);

void *github_open(struct report *report, struct listener *ret_listener);
void github_close(void *ctx);

void *outcome_report_open(struct report *report, struct listener *ret_listener);
void outcome_report_close(void *ctx);

#endif
