/* May an environment that wants approval be entered? By --approve, else whoever is at the terminal
 * is asked. */
#ifndef CLI_APPROVAL_H
#define CLI_APPROVAL_H

#include "cli/session.h"
#include "promote/promotion.h"

/*
 * Shows what is to be promoted, where from and to, and how it went below; true when the answer is
 * yes. Without somebody to ask (ask_has_reader): false at once.
 */
bool approval_ask(const struct session *session, const struct promotion_approval *what);

#endif
