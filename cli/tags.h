/* Tags of --tag that no case has: most likely misspelt, and quietly nothing would be tested. */
#ifndef CLI_TAGS_H
#define CLI_TAGS_H

#include "runner/select.h"
#include "runner/testcase.h"

/* A line on stderr for each, with the nearest tag there is. */
void tags_tell_unknown(const struct testset *set, const struct select_wish *wish);

#endif
