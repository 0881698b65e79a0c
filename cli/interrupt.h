/*
 * SIGINT and SIGTERM. The first asks everything to stop at the next safe point; the second ends the
 * process at once, which the alias protocol makes safe. Commands that have nothing to compensate do
 * not install it.
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

void interrupt_install(void); /* again is fine */

/* The first signal received, or 0. */
int interrupt_signal(void);

/*
 * From now on a first signal that already came no longer cancels calls: compensation must be able
 * to talk. The exit code stays that of the signal.
 */
void interrupt_shield(bool on);

/* Did SIGUSR1 ask what is going on, since this was last called? */
bool interrupt_wants_status(void);

/* As aws_client_options wants it: true while calls should end. */
bool interrupt_cancels(void *ctx);

#endif
