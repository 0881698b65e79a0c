/*
 * The code of a multi-factor device, asked on the terminal this process belongs to, whatever its
 * streams are. What is typed is not shown.
 */
#ifndef CLI_MFA_H
#define CLI_MFA_H

#include <stdbool.h>
#include <stddef.h>

bool mfa_can_ask(void); /* is there a terminal? */

/* A creds_ask_mfa: false when nothing was typed, or too much. `ctx` is not used. */
bool mfa_ask(void *ctx, const char *serial, char *out, size_t size);

#endif
