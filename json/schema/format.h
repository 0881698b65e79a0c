/*
 * The values of "format" that assert something, and what they say about strings. A name that is
 * not here asserts nothing, as every draft has it. All take valid UTF-8 that may hold NUL. Private
 * to json/schema/.
 */
#ifndef JSON_SCHEMA_FORMAT_H
#define JSON_SCHEMA_FORMAT_H

#include <stdbool.h>

#include "base/str.h"

struct format {
    const char *name;
    bool (*check)(struct str text);
};

const struct format *format_find(struct str name); /* NULL: unknown */

/* RFC 3339, section 5.6 and appendix A; a leap second only where one may be. */
bool format_date(struct str text);
bool format_time(struct str text);
bool format_date_time(struct str text);
bool format_duration(struct str text);

bool format_ipv4(struct str text);      /* RFC 2673, section 3.2 */
bool format_ipv6(struct str text);      /* RFC 4291, section 2.2 */
bool format_email(struct str text);     /* RFC 5321, section 4.1.2 */
bool format_idn_email(struct str text); /* RFC 6531 */

bool format_uri(struct str text); /* RFC 3986 */
bool format_uri_reference(struct str text);
bool format_iri(struct str text); /* RFC 3987 */
bool format_iri_reference(struct str text);
bool format_uri_template(struct str text); /* RFC 6570 */

bool format_hostname(struct str text);     /* RFC 1123, A-labels as RFC 5890 to 5893 */
bool format_idn_hostname(struct str text); /* U-labels too */

/* Letters, digits and hyphens in labels of at most 63, 253 together (RFC 1123, section 2.1). */
bool format_is_ldh_name(struct str text);

#endif
