#include "cli/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/term.h"

enum { SIGNAL_CHECK_MS = 100 };

static int open_terminal(void)
{
    return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

bool ask_has_terminal(void)
{
    const int tty = open_terminal();

    if (tty < 0)
        return false;
    close(tty);
    return true;
}

bool ask_has_reader(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO) && !term_in_ci() && ask_has_terminal();
}

static bool say(int tty, struct str text)
{
    return write(tty, text.data, text.len) == (ssize_t)text.len;
}

/* A signal may come between a look at it and the read that it should end: looked for in turns. */
static bool wait_for_input(int tty)
{
    struct pollfd fd = {.fd = tty, .events = POLLIN};

    while (!interrupt_signal()) {
        const int n = poll(&fd, 1, SIGNAL_CHECK_MS);

        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return false;
    }
    return false;
}

static bool read_line(int tty, char *out, size_t size)
{
    size_t len = 0;
    char byte;

    while (wait_for_input(tty) && read(tty, &byte, 1) == 1 && byte != '\n')
        if (len + 1 < size)
            out[len++] = byte;
        else
            return false;
    out[len] = '\0';
    return len > 0 && !interrupt_signal();
}

bool ask_line(struct str prompt, enum ask_echo echo, char *out, size_t size)
{
    const int tty = open_terminal();
    struct termios before, silent;
    bool got = false;

    if (tty < 0 || tcgetattr(tty, &before) < 0) {
        if (tty >= 0)
            close(tty);
        return false;
    }
    silent = before;
    if (echo == ASK_HIDDEN)
        silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(tty, TCSAFLUSH, &silent); /* what was typed before the question is no answer to it */
    if (say(tty, prompt))
        got = read_line(tty, out, size);
    tcsetattr(tty, TCSAFLUSH, &before);
    if (echo == ASK_HIDDEN)
        say(tty, STR("\n"));
    close(tty);
    return got;
}
