/*
 * The supervisor's own life, from its clone to its end; spawn_start() is the only caller. Private
 * to local/execute_spawn.c.
 */
#ifndef LOCAL_EXECUTE_SUPERVISOR_H
#define LOCAL_EXECUTE_SUPERVISOR_H

#include "local/execute_spawn.h"

/* In the new process, with every signal blocked. `reports` is the pipe it tells its parent by. */
_Noreturn void supervisor_run(const struct spawn *what, int reports);

#endif
