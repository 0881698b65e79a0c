#include "cli/watch_run.h"

#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/term.h"
#include "cli/watch.h"

static void clear_screen(void)
{
    if (isatty(STDOUT_FILENO) && term_is_capable())
        term_out_str(STR("\033[H\033[2J"));
}

static void tell(const char *name)
{
    CLEANUP(buf_release) struct buf safe = {0};

    term_safe(&safe, str_c(name));
    term_err("%s changed\n", buf_c(&safe));
}

static int watch(struct cli *cli, struct watch *w, int (*once)(struct cli *cli))
{
    for (;;) {
        const int code = once(cli);
        enum watch_end end = WATCH_INTERRUPTED;
        const char *name = NULL;
        struct err err = {0};

        if (interrupt_signal())
            return code;
        term_err("watching %zu file%s; Ctrl-C ends\n", watch_count(w),
                 watch_count(w) == 1 ? "" : "s");
        if (watch_wait(w, &end, &name, &err) < 0)
            return command_fail(&err);
        if (end == WATCH_INTERRUPTED)
            return code;
        clear_screen();
        tell(name);
    }
}

int watch_run(struct cli *cli, int (*once)(struct cli *cli))
{
    struct watch *w = NULL;
    struct err err = {0};
    int code;

    if (watch_open(&w, &err) < 0)
        return command_fail(&err);
    interrupt_install();
    code = watch(cli, w, once);
    watch_close(w);
    return code;
}
