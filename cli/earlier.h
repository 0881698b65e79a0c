/* What an earlier run found, from its event stream (--report jsonl=FILE). */
#ifndef CLI_EARLIER_H
#define CLI_EARLIER_H

#include <jansson.h>

#include "base/err.h"

struct earlier {
    json_t *times;      /* owned object: "suite > name" to microseconds */
    json_t *not_passed; /* owned object: "suite > name" to true */
};

/* ERR_INPUT when the file is none. Release in every case. */
int earlier_load(struct earlier *ret, const char *path, struct err *err);
void earlier_release(struct earlier *e);

#endif
