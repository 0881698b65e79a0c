#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t first_signal;
static volatile sig_atomic_t shielded;
static volatile sig_atomic_t status_wanted;

static void on_signal(int number)
{
    if (first_signal)
        _exit(128 + number);
    first_signal = number;
}

static void on_status(int number)
{
    (void)number;
    status_wanted = 1;
}

void interrupt_install(void)
{
    struct sigaction sa = {.sa_handler = on_signal};
    /* A write that was under way goes on: what it would have written is not asked for again. */
    struct sigaction status = {.sa_handler = on_status, .sa_flags = SA_RESTART};

    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL); /* no SA_RESTART: waits end early */
    sigaction(SIGTERM, &sa, NULL);
    sigemptyset(&status.sa_mask);
    sigaction(SIGUSR1, &status, NULL);
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

bool interrupt_wants_status(void)
{
    bool wanted = status_wanted;

    status_wanted = 0;
    return wanted;
}
