#include "cli/mfa.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "cli/term.h"

static int open_terminal(void)
{
    return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

bool mfa_can_ask(void)
{
    const int tty = open_terminal();

    if (tty < 0)
        return false;
    close(tty);
    return true;
}

static bool say(int tty, struct str text)
{
    return write(tty, text.data, text.len) == (ssize_t)text.len;
}

/* Without the line's end. An interrupt, the end of input or a line too long give none. */
static bool read_line(int tty, char *out, size_t size)
{
    size_t len = 0;
    char byte;

    while (read(tty, &byte, 1) == 1 && byte != '\n')
        if (len + 1 < size)
            out[len++] = byte;
        else
            return false;
    out[len] = '\0';
    return len > 0;
}

bool mfa_ask(void *ctx, const char *serial, char *out, size_t size)
{
    const int tty = open_terminal();
    struct termios before, silent;
    struct buf prompt = {0};
    bool got = false;

    (void)ctx;
    if (tty < 0 || tcgetattr(tty, &before) < 0) {
        if (tty >= 0)
            close(tty);
        return false;
    }
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    buf_add_c(&prompt, "MFA code of ");
    term_safe(&prompt, str_c(serial));
    buf_add_c(&prompt, ": ");
    tcsetattr(tty, TCSAFLUSH, &silent);
    if (say(tty, buf_str(&prompt)))
        got = read_line(tty, out, size);
    tcsetattr(tty, TCSAFLUSH, &before);
    say(tty, STR("\n"));
    close(tty);
    buf_release(&prompt);
    return got;
}
