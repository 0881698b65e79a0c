/*
 * What is not AWS's: paths under /_smokegate/. Unsigned, because they are reachable over loopback
 * only.
 *   GET /_smokegate/health            {"status": "ok", ...}
 *   GET, PUT, DELETE /_smokegate/faults   the fault script: its rules and how often they fired
 *   POST /_smokegate/reset            forgets all functions and everything else
 *   GET /_smokegate/code/HEX.zip      the code of a version, as GetFunction's Location names it
 */
#ifndef LOCAL_ADMIN_H
#define LOCAL_ADMIN_H

#include <stdbool.h>

#include "local/call.h"

bool admin_handle(struct call *c); /* true: it was one, and is answered */

#endif
