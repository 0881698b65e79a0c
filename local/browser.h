/*
 * Web pages are no clients. Any page that is open in a browser on this machine can send requests to
 * 127.0.0.1, by a form or a script, or under a name of its own that leads here (DNS rebinding):
 * without a signature to make it could forget all functions, and with --no-auth it could create one
 * and run it.
 * https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/
 */
#ifndef LOCAL_BROWSER_H
#define LOCAL_BROWSER_H

#include "local/call.h"

/*
 * 0, or answers 403 and returns -1: when a browser says that a page sent it (Origin,
 * Sec-Fetch-Site), and when Host is a name that may be anybody's. An address, a name without dots,
 * localhost and names below .localhost and .internal (reserved, so nobody's) are this machine's.
 */
int browser_check(struct call *c);

#endif
