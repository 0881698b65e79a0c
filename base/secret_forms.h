/*
 * How text may spell a secret: the encodings it passes through on its way into a response, a log or
 * a report. Private to base/secret.c.
 */
#ifndef BASE_SECRET_FORMS_H
#define BASE_SECRET_FORMS_H

#include "base/str.h"

/*
 * Tells `add` every spelling of `value`, some of them more than once: raw; in JSON (RFC 8259) as
 * encoders differ in it, once and within a string of JSON; quoted for a regex; in XML and HTML;
 * base64 and base64url (RFC 4648) at all three alignments; percent-encoded (RFC 3986, JavaScript,
 * forms) and hex, of either case. A text given to `add` is valid during the call.
 */
void secret_forms(struct str value, void (*add)(struct str form));

#endif
