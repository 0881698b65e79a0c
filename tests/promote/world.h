/*
 * A model of an environment for tests of plans: steps are applied to the view as the service and
 * the acting code would, without either.
 */
#ifndef TESTS_PROMOTE_WORLD_H
#define TESTS_PROMOTE_WORLD_H

#include "promote/plan.h"
#include "promote/survey.h"

enum { WORLD_FUNCTIONS_MAX = 4 };

struct world {
    struct manifest_environment environment;
    struct manifest_function manifest[WORLD_FUNCTIONS_MAX];
    struct artifact artifacts[WORLD_FUNCTIONS_MAX];
    struct package package;
    struct function_view functions[WORLD_FUNCTIONS_MAX];
    struct environment_view view;
    struct manifest_layer manifest_layer;
    struct artifact layer_artifact;
    struct layer_view layers[1];
    unsigned next_version, revision;
};

/* `count` functions; with `live`: Live on version 1, Backup on none. */
void world_init(struct world *w, const char *name, size_t count, bool live);

/* A new package: its hash ends in `letter`. */
void world_package(struct world *w, char letter);

/* All functions want a layer that is not published yet. */
void world_layer(struct world *w);

/* Applies one step under the promotion and writer given; taking back marks `undo_as`. */
void world_apply(struct world *w, const struct step *s, const char *promotion, const char *writer,
                 enum mark_state undo_as);

/* What a new process sees: only what the service knows. */
void world_forget(struct world *w);

/* Every function's Live on this version; "" none. */
bool world_live_is(const struct world *w, const char *version);

#endif
