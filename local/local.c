#include "local/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "local/admission.h"
#include "local/code.h"
#include "local/fault.h"
#include "local/late.h"
#include "local/past.h"
#include "local/queue.h"
#include "local/rules.h"
#include "local/state_folder.h"
#include "local/throttle.h"

static int claim(struct local *l, struct err *err)
{
    CLEANUP(mem_freep) char *path = path_join(l->state_dir, "lock");
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    l->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (l->lock_fd < 0)
        return err_sys(err, ERR_IO, errno, "%s", path);
    /* Not flock(): a child that is between fork and exec when we are killed would hold that on. */
    if (fcntl(l->lock_fd, F_SETLK, &all) < 0)
        return err_set(err, ERR_BUSY,
                       "%s: another smokegate-local uses this state folder; end it first, or give "
                       "another --state",
                       l->state_dir);
    return 0;
}

static int open_state(struct local *l, struct err *err)
{
    CLEANUP(mem_freep) char *path = path_join(l->state_dir, "state.db");
    struct executor_options executor = l->options.executor;

    /* The database before the rest: it tells a folder of ours from another. */
    if (state_folder_open(l->state_dir, err) < 0 || claim(l, err) < 0 ||
        db_open(&l->db, path, err) < 0 || file_mkdirs(l->zip_dir, err) < 0)
        return -1;
    code_collect(l);
    executor.state_dir = l->state_dir;
    executor.region = l->options.region;
    executor.account = l->options.account;
    return executor_new(&l->executor, &executor, err);
}

int local_open(struct local **ret, const struct local_options *options, struct err *err)
{
    struct local *l = mem_zalloc(sizeof(*l));

    l->options = *options;
    l->lock_fd = -1;
    l->state_dir = mem_dup(options->state_dir);
    l->zip_dir = path_join(l->state_dir, "zips");
    l->rules = rules_new();
    l->past = past_new();
    l->admission = admission_new();
    l->faults = fault_script_new();
    l->throttle = throttle_new(options->rate);
    rng_seed(&l->rng, options->seed);
    pthread_mutex_init(&l->lock, NULL);
    sem_init(&l->large, 0, LOCAL_LARGE_AT_ONCE);
    l->last_call_ms = clock_mono(&l->options.clock);
    if ((options->faults.data &&
         fault_script_set(l->faults, options->faults, options->faults_name, err) < 0) ||
        open_state(l, err) < 0) {
        local_close(l);
        return -1;
    }
    l->events = event_queue_new(l);
    l->late = late_calls_new(l);
    *ret = l;
    return 0;
}

void local_close(struct local *l)
{
    if (!l)
        return;
    late_calls_free(l->late);
    event_queue_free(l->events);
    executor_free(l->executor);
    db_close(l->db);
    rules_free(l->rules);
    past_free(l->past);
    admission_free(l->admission);
    fault_script_free(l->faults);
    throttle_free(l->throttle);
    if (l->lock_fd >= 0)
        close(l->lock_fd);
    pthread_mutex_destroy(&l->lock);
    sem_destroy(&l->large);
    free(l->state_dir);
    free(l->zip_dir);
    free(l);
}

void local_lock(struct local *l)
{
    pthread_mutex_lock(&l->lock);
}

void local_unlock(struct local *l)
{
    pthread_mutex_unlock(&l->lock);
}
