#include "cli/mfa.h"

#include "base/buf.h"
#include "base/str.h"
#include "cli/ask.h"
#include "cli/term.h"

bool mfa_can_ask(void)
{
    return ask_has_terminal();
}

bool mfa_ask(void *ctx, const char *serial, char *out, size_t size)
{
    CLEANUP(buf_release) struct buf prompt = {0};

    (void)ctx;
    buf_add_c(&prompt, "MFA code of ");
    term_safe(&prompt, str_c(serial));
    buf_add_c(&prompt, ": ");
    return ask_line(buf_str(&prompt), ASK_HIDDEN, out, size);
}
