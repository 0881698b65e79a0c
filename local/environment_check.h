/*
 * What Lambda takes as environment variables: names of two characters and more, none of its own, 4
 * KB in all. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
#ifndef LOCAL_ENVIRONMENT_CHECK_H
#define LOCAL_ENVIRONMENT_CHECK_H

#include "local/call.h"
#include "local/rules.h"

/* The names, together with what else is wrong with a request. `environment` may be NULL. */
void environment_check_names(struct checks *k, const json_t *environment);

/* 0, or an error and -1. */
int environment_check(struct call *c, const json_t *environment);

#endif
