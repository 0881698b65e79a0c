#include "local/admission.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Only functions with reserved concurrency that run right now: few enough for a list. */
struct running {
    struct running *next;
    char *function;
    int64_t count;
};

struct admission {
    pthread_mutex_t lock;
    struct running *first;
};

struct admission *admission_new(void)
{
    struct admission *a = mem_zalloc(sizeof(*a));

    pthread_mutex_init(&a->lock, NULL);
    return a;
}

static void running_free(struct running *r)
{
    free(r->function);
    free(r);
}

void admission_free(struct admission *a)
{
    if (!a)
        return;
    while (a->first) {
        struct running *r = a->first;

        a->first = r->next;
        running_free(r);
    }
    pthread_mutex_destroy(&a->lock);
    free(a);
}

/* Where the function's entry hangs, or where one would. */
static struct running **find(struct admission *a, const char *function)
{
    struct running **at = &a->first;

    while (*at && strcmp((*at)->function, function) != 0)
        at = &(*at)->next;
    return at;
}

bool admission_enter(struct admission *a, const char *function, int64_t most)
{
    struct running **at;
    bool ok;

    pthread_mutex_lock(&a->lock);
    at = find(a, function);
    ok = (*at ? (*at)->count : 0) < most;
    if (ok && !*at) {
        *at = mem_zalloc(sizeof(**at));
        (*at)->function = mem_dup(function);
    }
    if (ok)
        (*at)->count++;
    pthread_mutex_unlock(&a->lock);
    return ok;
}

void admission_leave(struct admission *a, const char *function)
{
    struct running **at, *r;

    pthread_mutex_lock(&a->lock);
    at = find(a, function);
    r = *at;
    if (r && --r->count == 0) {
        *at = r->next;
        running_free(r);
    }
    pthread_mutex_unlock(&a->lock);
}
