#include <string.h>

#include "base/mem.h"
#include "reports/replay_private.h"

static bool step(struct event_bus *bus, json_t *event, struct arena *arena)
{
    struct account_step s = {
        .environment = replay_text_or_empty(arena, event, "environment"),
        .kind = replay_text_or_empty(arena, event, "kind"),
        .function = replay_text_or_empty(arena, event, "function"),
        .text = replay_text_or_empty(arena, event, "text"),
        .undo = json_is_true(json_object_get(event, "undo")),
        .reason = replay_text(arena, event, "reason"),
        .detail = replay_text(arena, event, "detail"),
        .start_us = replay_integer(event, "start_us"),
        .duration_us = replay_integer(event, "duration_us"),
    };

    if (!verdict_find(replay_text_or_empty(arena, event, "verdict"), &s.verdict))
        return false;
    event_step(bus, &s);
    return true;
}

static bool finding(struct event_bus *bus, json_t *event, struct arena *arena)
{
    const struct account_finding f = {
        .fails = strcmp(replay_text_or_empty(arena, event, "level"), "fail") == 0,
        .check = replay_text_or_empty(arena, event, "check"),
        .environment = replay_text_or_empty(arena, event, "environment"),
        .function = replay_text_or_empty(arena, event, "function"),
        .resource = replay_text_or_empty(arena, event, "resource"),
        .source_arn = replay_text_or_empty(arena, event, "source_arn"),
        .text = replay_text_or_empty(arena, event, "text"),
        .repair = replay_text_or_empty(arena, event, "repair"),
    };

    event_finding(bus, &f);
    return true;
}

static struct account_versions versions(struct arena *arena, json_t *event, const char *key)
{
    json_t *v = json_object_get(event, key);

    return (struct account_versions){.live = replay_text_or_empty(arena, v, "live"),
                                     .smoke = replay_text_or_empty(arena, v, "smoke"),
                                     .backup = replay_text_or_empty(arena, v, "backup")};
}

static bool place(struct event_bus *bus, json_t *event, struct arena *arena)
{
    const struct account_place p = {
        .environment = replay_text_or_empty(arena, event, "environment"),
        .function = replay_text_or_empty(arena, event, "function"),
        .before = versions(arena, event, "before"),
        .after = versions(arena, event, "after"),
        .weighted = json_is_true(json_object_get(event, "weighted")),
    };

    event_place(bus, &p);
    return true;
}

bool replay_account(struct event_bus *bus, const char *kind, json_t *event, bool *ret_known)
{
    static const struct {
        const char *kind;
        bool (*tell)(struct event_bus *bus, json_t *event, struct arena *arena);
    } rows[] = {{"step", step}, {"finding", finding}, {"place", place}};
    struct arena arena = {0};
    bool good = true;

    *ret_known = false;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].kind, kind) == 0) {
            *ret_known = true;
            good = rows[i].tell(bus, event, &arena);
        }
    arena_release(&arena);
    return good;
}
