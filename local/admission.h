/*
 * Reserved concurrency: how many invocations of a function run at once, counted exactly, so that of
 * two requests for the last place one gets it. From any thread.
 */
#ifndef LOCAL_ADMISSION_H
#define LOCAL_ADMISSION_H

#include <stdbool.h>
#include <stdint.h>

struct admission;

struct admission *admission_new(void);
void admission_free(struct admission *a); /* NULL is fine */

/* Takes a place when fewer than `most` are taken. A place that was taken must be given back. */
bool admission_enter(struct admission *a, const char *function, int64_t most);
void admission_leave(struct admission *a, const char *function);

#endif
