#include "promote/act.h"

enum { TRIES = 4 };

static void tell(struct act *a, const struct layer_view *l, const char *event, const char *version,
                 const char *detail)
{
    act_tell(a, (struct journal_line){.event = event,
                                      .operation = "PublishLayerVersion",
                                      .function = l->layer->name,
                                      .version = version,
                                      .detail = detail});
}

int stage_layer(struct act *a, struct layer_view *l, struct err *err)
{
    struct err why = {0};

    for (int try = 0; try < TRIES; try++) {
        if (try > 0 && layers_find(l, a->client, err) < 0)
            return -1;
        if (l->arn[0])
            return 0;
        tell(a, l, "intent", NULL, NULL);
        if (layers_publish(l, a->client, &why) == 0) {
            tell(a, l, "done", l->arn, NULL);
            return 0;
        }
        tell(a, l, "failed", NULL, why.text);
        if (why.kind != ERR_UNKNOWN)
            break;
    }
    return err_set(err, why.kind, "layer %s: %s", l->layer->key, why.text);
}
