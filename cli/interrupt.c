#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t first_signal;
static volatile sig_atomic_t shielded;

static void on_signal(int number)
{
    if (first_signal)
        _exit(128 + number);
    first_signal = number;
}

void interrupt_install(void)
{
    struct sigaction sa = {.sa_handler = on_signal};

    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL); /* no SA_RESTART: waits end early */
    sigaction(SIGTERM, &sa, NULL);
}

int interrupt_signal(void)
{
    return first_signal;
}

void interrupt_shield(bool on)
{
    shielded = on;
}

bool interrupt_cancels(void *ctx)
{
    (void)ctx;
    return first_signal && !shielded;
}
