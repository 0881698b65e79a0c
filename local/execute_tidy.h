/* What executors of before left in the state folder. */
#ifndef LOCAL_EXECUTE_TIDY_H
#define LOCAL_EXECUTE_TIDY_H

enum { TIDY_LOGS_KEPT_DAYS = 7 };

/*
 * Removes /tmp folders of environments that a killed server left, and logs that nobody has written
 * to for TIDY_LOGS_KEPT_DAYS. Only with the state folder to ourselves: nothing may run there. What
 * cannot be removed stays.
 */
void execute_tidy(const char *state_dir);

#endif
