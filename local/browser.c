#include "local/browser.h"

#include <string.h>
#include <strings.h>

/* Without the port, and the dot that a full name may end with: "[::1]:9300" is "[::1]". */
static struct str host_name(struct str host)
{
    const size_t bracket = str_find(host, STR("]"), 0), colon = str_find(host, STR(":"), 0);

    if (host.len && host.data[0] == '[' && bracket != (size_t)-1)
        return str_slice(host, 0, bracket + 1);
    host = str_slice(host, 0, colon == (size_t)-1 ? host.len : colon);
    return str_slice(host, 0, host.len - str_ends(host, STR(".")));
}

static bool ends_with(struct str name, struct str end)
{
    return name.len >= end.len &&
           strncasecmp(name.data + name.len - end.len, end.data, end.len) == 0;
}

static bool is_address(struct str name)
{
    size_t digits = 0;

    for (size_t i = 0; i < name.len; i++)
        digits += strchr("0123456789.", name.data[i]) != NULL;
    return digits == name.len || name.data[0] == '[';
}

static bool may_be_anybodys(struct str host)
{
    const struct str name = host_name(host);

    return name.len && str_find(name, STR("."), 0) != (size_t)-1 && !is_address(name) &&
           !ends_with(name, STR(".localhost")) && !ends_with(name, STR(".internal"));
}

int browser_check(struct call *c)
{
    const struct str host = http_header(c->request, "host");
    const struct str site = http_header(c->request, "sec-fetch-site");

    /* "none" is what somebody typed into the address bar. */
    if (http_header(c->request, "origin").data || (site.data && !str_eq(site, STR("none"))))
        return fail(c, FAIL_DENIED, "smokegate-local answers no web page (a browser sent this)");
    if (may_be_anybodys(host))
        return fail(c, FAIL_DENIED,
                    "smokegate-local does not answer to the name %.*s, which may be a web page's: "
                    "use 127.0.0.1, localhost, or a name below .localhost or .internal",
                    STR_ARG(host_name(host)));
    return 0;
}
